package dev.walletlock.phone

import org.junit.Assert.assertTrue
import org.junit.Test

/** A person who forgot the PIN gets back in, with the provider's desk beside the phone. */
class ForgottenPinTest : OnPhone() {
    private val hand by lazy { Hand(phone) }
    private val day by lazy { FirstDay(hand) }
    private val forgotten by lazy { ForgottenPinDay(hand, day, LostDay(hand, day)) }

    @Test
    fun `locked out, and back in by the recovery code`() {
        phone.opensApp()
        val paper = forgotten.isPrepared()
        forgotten.looksAtTheSheet()
        forgotten.isLockedOut()
        forgotten.getsBackByTheCode(paper)
        forgotten.setsAllAnew()
        forgotten.putsThingsInOrder()
    }

    @Test
    fun `back in by SMS and a person at the provider`() {
        phone.opensApp()
        forgotten.isPrepared()
        forgotten.isLockedOut()
        forgotten.getsBackByTwo()
        forgotten.setsAllAnew()
        forgotten.putsThingsInOrder()
    }

    @Test
    fun `SMS and mail do not open at once, and open after three days of which the owner hears`() {
        phone.opensApp()
        forgotten.isPrepared()
        forgotten.isLockedOut()
        forgotten.provesOnThePhoneOnly()
        hand.until("the owner hears of it") { "Somebody asked for a new PIN" in hand.newestMessage().orEmpty() }
        forgotten.waitsThreeDays()
        forgotten.setsAllAnew()
        assertTrue(phone.journal.lines().any { it.text == "PASSWORD_SET" })
    }
}
