package dev.walletlock.phone

import org.junit.Assert.assertTrue
import org.junit.Test

/** A person who disputes last month's payment. */
class DisputeTest : OnPhone() {
    private val hand by lazy { Hand(phone) }
    private val day by lazy { FirstDay(hand) }
    private val disputing by lazy { DisputeDay(hand, day, PayDay(hand, day)) }

    @Test
    fun `last month's payment is found, disputed, and its evidence handed over`() {
        phone.opensApp()
        day.setsAPin()
        LostDay(hand, day).isRegistered()
        disputing.paysAndAMonthPasses()
        disputing.findsLastMonthsPayment()
        disputing.disputesIt()
        val evidence = disputing.handsTheEvidenceOver()
        assertTrue(evidence.startsWith("{\"format\":\"walletlock dispute 1\""))
        assertTrue("the card is stopped, and not all payments", "\"frozen\":\"card:everyday\"" in evidence)
    }
}
