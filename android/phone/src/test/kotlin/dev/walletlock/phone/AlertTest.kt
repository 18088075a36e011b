package dev.walletlock.phone

import org.junit.Assert.assertEquals
import org.junit.Test

/** A person who is told of a payment, and acts on it. */
class AlertTest : OnPhone() {
    private val hand by lazy { Hand(phone) }
    private val day by lazy { FirstDay(hand) }
    private val alerted by lazy { AlertDay(hand, day, PayDay(hand, day)) }

    @Test
    fun `a notification opens its line, and its actions stop everything or lead to the limits`() {
        phone.opensApp()
        day.setsAPin()
        LostDay(hand, day).isRegistered()
        alerted.pays()
        hand.press("home")
        // The wallet locks itself.
        phone.skip(60_000)
        alerted.opensTheLine()
        alerted.lowersALimit()
        alerted.saysItWasSomebodyElse()
    }

    @Test
    fun `nothing is shown without the permission, and all of it once the person gives it`() {
        hand.givesPermissions = false
        phone.opensApp()
        day.setsAPin()
        hand.until("the app asks") { phone.permission.isAsked }
        hand.until("there is something to tell") { phone.journal.lines().any { it.text == "CARD_ADDED" } }
        repeat(100) { hand.waits() }
        assertEquals(emptyList<Any>(), phone.notifications.shown())
        hand.press("permit", "on" to "true")
        phone.skip(60_000)
        hand.until("the alerts are shown") { phone.notifications.shown().any { it.title == "A card was added" } }
    }
}
