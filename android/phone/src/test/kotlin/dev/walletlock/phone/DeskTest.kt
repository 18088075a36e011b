package dev.walletlock.phone

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** The provider's desk beside the phone, and what the post does to its words. */
class DeskTest : OnPhone() {
    private val hand by lazy { Hand(phone) }
    private val day by lazy { FirstDay(hand) }
    private val lost by lazy { LostDay(hand, day) }

    private fun opened() {
        phone.opensApp()
        day.setsAPin()
        lost.isRegistered()
    }

    @Test
    fun `a phone that was lost is found, and its owner gets back in with the provider`() {
        opened()
        lost.isLived()
        assertEquals(emptyList<Desk.Asked>(), phone.desk.waiting)
    }

    @Test
    fun `a wallet whose PIN is forgotten is opened by the provider, which keeps a key`() {
        opened()
        lost.isKeptByTheProvider()
        lost.providerOpensIt()
        assertTrue(phone.journal.lines().any { it.text == "RECOVERED" })
    }

    @Test
    fun `unusual activity is cleared by the PIN`() {
        opened()
        hand.press("order", "what" to "unusual")
        hand.sees("Locked because of unusual activity")
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `a clerk who refuses leaves the wallet locked`() {
        opened()
        hand.press("order", "what" to "order")
        hand.tap("Ask your provider to unlock")
        hand.until("the request is on the desk") { phone.desk.waiting.size == 1 }
        val number = phone.desk.waiting.single().number
        hand.press("answer", "number" to "$number", "on" to "false")
        assertEquals("That request was answered already.", phone.act("answer", mapOf("number" to "$number", "on" to "true")))
        hand.sees("Your provider locked your wallet")
    }

    @Test
    fun `a phone that is offline for too long locks itself, and opens once it is connected`() {
        opened()
        hand.press("offline", "on" to "true")
        hand.press("skip", "ms" to "${4 * LostDay.DAY_MS}")
        hand.sees("This phone was offline for too long")
        hand.tap("Try again")
        hand.sees("could not be reached")
        hand.press("offline", "on" to "false")
        hand.tap("Try again")
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `a forged word changes nothing, and a repeated one changes nothing twice`() {
        opened()
        hand.press("forge", "on" to "true")
        hand.press("order", "what" to "lost")
        hand.until("the order was refused") {
            phone.journal.lines().map { it.text }.dropWhile { it != "collected: ORDER" }.any { it == "refused: BAD_SIGNATURE" }
        }
        day.seesTheWallet()
        hand.press("forge", "on" to "false")
        hand.press("repeat", "on" to "true")
        hand.press("order", "what" to "unusual")
        hand.sees("Locked because of unusual activity")
        day.enters(FirstDay.PIN)
        day.seesTheWallet()
    }

    @Test
    fun `a frozen wallet says so, and the owner asks the provider`() {
        opened()
        hand.press("order", "what" to "freeze")
        hand.until("payments are frozen") { phone.journal.lines().any { it.text == "FROZEN" } }
    }

    @Test
    fun `what the page asks for wrongly is refused, and an order needs a phone`() {
        phone.opensApp()
        assertNotNull(phone.act("order", mapOf("what" to "lost")))
        assertThrows(IllegalArgumentException::class.java) { phone.act("order", mapOf("what" to "nothing")) }
        assertThrows(IllegalArgumentException::class.java) { phone.act("answer", emptyMap()) }
        assertNull(phone.desk.account)
        assertTrue(phone.desk.waiting.isEmpty())
    }
}
