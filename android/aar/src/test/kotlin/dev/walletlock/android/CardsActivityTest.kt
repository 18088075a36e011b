package dev.walletlock.android

import dev.walletlock.CardState
import dev.walletlock.PaymentChannel
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** The screen with the cards, and the one that brings back what was closed. */
@RunWith(RobolectricTestRunner::class)
class CardsActivityTest {
    private val wallet = TestWallet(PAY_POLICY).enrol()
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() = wallet.close()

    @Test
    fun `without cards the screen says so`() {
        assertTrue("${cards().shownTexts()}", "Your wallet keeps no cards." in cards().shownTexts())
    }

    @Test
    fun `a card is stopped, allowed, removed, and brought back`() {
        wallet.withCards()
        val screen = cards()
        screen.press("Everyday".isolated())
        screen.press("Stop payments with it")
        assertEquals("Payments with this card are stopped now.", screen.note())
        assertEquals(CardState.Frozen, state())
        screen.press("Allow payments")
        assertEquals(CardState.Active, state())
        screen.press("Remove this card")
        assertEquals("The card is removed. Until it is deleted you can bring it back.", screen.note())
        assertTrue("${screen.rows()}", "Bring it back" in screen.rows())
        screen.press("Bring it back")
        assertEquals("The card is back.", screen.note())
        assertEquals(CardState.Active, state())
    }

    @Test
    fun `a removed card is gone after its time, also if nobody opened the wallet`() {
        wallet.withCards()
        val screen = cards()
        screen.press("Everyday".isolated())
        screen.press("Remove this card")
        wallet.letPass(8 * 24 * 3_600_000L)
        val later = cards().shownTexts()
        assertFalse("$later", later.any { "Everyday" in it })
        assertTrue("$later", later.any { "Travel" in it })
    }

    @Test
    fun `what was closed is found and brought back in one place`() {
        wallet.withCards()
        runBlocking {
            wallet.unlocked().use {
                it.cards.remove("card-2")
                wallet.lock.payments.freeze(PaymentChannel.ONLINE)
            }
            wallet.lock.payments.freezeCard("card-1")
        }
        val screen = started(SwitchedOffActivity::class.java, SwitchedOffActivity.intent(context, wallet.unlocked()))
        assertEquals(3, screen.rows().count { it.startsWith("The card") || it.startsWith("Payments") })
        screen.press("The card")
        assertEquals("It is back.", screen.note())
        screen.press("Payments with the card")
        screen.press("Payments online")
        assertTrue("${screen.shownTexts()}", "Nothing is closed or switched off." in screen.shownTexts())
        assertEquals(CardState.Active, state())
    }

    @Test
    fun `what was stopped in an emergency is not brought back here at once`() {
        runBlocking { wallet.unlocked().use { it.payments.panicFreeze() } }
        val screen = started(SwitchedOffActivity::class.java, SwitchedOffActivity.intent(context, wallet.unlocked()))
        screen.press("All payments")
        assertTrue(screen.note(), screen.note().startsWith("You stopped everything in an emergency."))
    }

    private fun cards() = started(CardsActivity::class.java, CardsActivity.intent(context, wallet.unlocked()))

    private fun state(): CardState = runBlocking { wallet.unlocked().use { it.cards.all() } }.first { it.card.id == "card-1" }.state

    private fun String.isolated() = context.resources.isolated(this)
}
