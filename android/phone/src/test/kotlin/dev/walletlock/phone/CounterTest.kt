package dev.walletlock.phone

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** Paying at the counter beside the phone, and what the counter makes of it. */
class CounterTest : OnPhone() {
    private val hand by lazy { Hand(phone) }
    private val day by lazy { FirstDay(hand) }
    private val paying by lazy { PayDay(hand, day) }

    private fun opened() {
        phone.opensApp()
        day.setsAPin()
        LostDay(hand, day).isRegistered()
    }

    @Test
    fun `a payment is confirmed with the PIN, checked at the counter, and charged`() {
        opened()
        paying.pays("48.00", "ALL")
        paying.isTold("Paid: €48.00 to Bookshop.", atTheCounter = "Charged")
        val payment = checkNotNull(phone.desk.counter.receipt?.payment)
        assertEquals("48.00 EUR", payment.shown.first())
        assertTrue("pin" in payment.methods)
        assertEquals(PayDay.A_DAY - 4_800, paying.leftToday())
        assertNull(phone.desk.counter.offer)
    }

    @Test
    fun `a small payment needs no PIN while the wallet is open`() {
        opened()
        paying.isAskedFor("12.00", "ALL")
        hand.tap("Pay")
        paying.isTold("Paid: €12.00 to Bookshop.", atTheCounter = "Charged")
        assertTrue("pin" !in phone.desk.counter.receipt!!.payment!!.methods)
    }

    @Test
    fun `what is declined is given back, and so is half of what is charged half of`() {
        opened()
        paying.pays("60.00", "NOTHING")
        paying.isTold("Not charged: €60.00", atTheCounter = "Declined: nothing is charged")
        assertEquals(PayDay.A_DAY, paying.leftToday())
        paying.pays("60.00", "LESS")
        paying.isTold("Paid: €30.00", atTheCounter = "Half of it is charged")
        assertEquals(PayDay.A_DAY - 3_000, paying.leftToday())
        paying.pays("60.00", "MORE")
        paying.isTold("Paid: €66.00", atTheCounter = "A tenth more is charged")
        assertEquals(PayDay.A_DAY - 9_600, paying.leftToday())
    }

    @Test
    fun `a word that comes late, or never, gives nothing back`() {
        opened()
        paying.pays("48.00", "NEVER_TOLD")
        paying.isTold("Approved: €48.00", atTheCounter = "Charged; the phone is never told")
        hand.press("skip", "ms" to "240000")
        day.enters(FirstDay.PIN)
        hand.sees("Nobody said whether it was charged")
        paying.pays("50.00", "LATE")
        paying.isTold("Approved: €50.00", atTheCounter = "Charged; the phone is told in an hour")
        hand.press("skip", "ms" to "3600000")
        day.enters(FirstDay.PIN)
        hand.sees("Paid: €50.00")
        assertEquals(PayDay.A_DAY - 9_800, paying.leftToday())
    }

    @Test
    fun `what is approved while the phone is offline is handed in later`() {
        opened()
        paying.isAskedFor("48.00", "ALL")
        hand.press("offline", "on" to "true")
        paying.opensTheSheet("48.00")
        day.enters(FirstDay.PIN)
        hand.sees("Approved: €48.00 to Bookshop.")
        assertNull(phone.desk.counter.receipt)
        hand.press("offline", "on" to "false")
        paying.isTold("Paid: €48.00", atTheCounter = "Charged")
    }

    @Test
    fun `who does not want to pay pays nothing`() {
        opened()
        paying.isAskedFor("48.00", "ALL")
        hand.tap("No, thanks")
        hand.until("the counter knows") { phone.desk.counter.offer == null }
        assertNull(phone.desk.counter.receipt)
        assertEquals(PayDay.A_DAY, paying.leftToday())
    }

    @Test
    fun `one tap stops payments, and the provider knows`() {
        opened()
        hand.tap("Stop payments")
        hand.sees("Payments are stopped")
        hand.until("the provider knows") { phone.desk.account?.frozenPayments == listOf("all") }
        paying.isAskedFor("48.00", "ALL")
        hand.tap("Pay")
        hand.sees("You stopped payments")
        hand.tap("Close")
        day.seesTheWallet()
        assertNull(phone.desk.counter.receipt)
    }

    @Test
    fun `the limits are shown for the PIN`() {
        opened()
        hand.tap("Limits")
        day.enters(FirstDay.PIN)
        hand.sees("At most")
        hand.press("back")
        day.seesTheWallet()
    }

    @Test
    fun `the counter needs a phone, an amount and what to charge`() {
        phone.opensApp()
        val asked = mapOf("amount" to "48.00", "charging" to "ALL")
        assertNotNull(phone.act("ask", asked))
        assertThrows(IllegalArgumentException::class.java) { phone.act("ask", asked + ("amount" to "48,00")) }
        assertThrows(IllegalArgumentException::class.java) { phone.act("ask", asked + ("charging" to "TWICE")) }
    }
}
