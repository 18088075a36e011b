package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import dev.walletlock.CardState
import dev.walletlock.DisputeEnd
import dev.walletlock.DisputeReason
import java.io.ByteArrayOutputStream
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** The screen with the history: looking for a line, and acting from it. */
@RunWith(RobolectricTestRunner::class)
class HistoryActivityTest {
    private val wallet = TestWallet(PAY_POLICY).enrol()

    /** What is written to the place that the person picks. */
    private val written = ByteArrayOutputStream()

    @Before
    fun lock() {
        LockScreens.useLock { wallet.lock }
        wallet.withHistory()
    }

    @After
    fun close() {
        LockScreens.useEvidence(null)
        wallet.close()
    }

    @Test
    fun `the newest payment comes first, and steps between are left out`() {
        val rows = wallet.history().rows()
        val payments = rows.filter { " to " in it }
        assertEquals(listOf("Radio Shop", "Tram and Train", "Corner bakery"), payments.map { it.plain().substringAfter(" to ").substringBefore(",") })
        assertFalse("$rows", rows.any { it.startsWith("A PIN try was counted") })
    }

    @Test
    fun `a search finds while the person types`() {
        val screen = wallet.history()
        screen.write(R.id.walletlock_search, "tram")
        assertEquals(1, screen.rows().count { " to " in it })
        assertTrue("${screen.shownTexts()}", "1 line was found" in screen.shownTexts())
        screen.write(R.id.walletlock_search, "tramway")
        assertTrue("${screen.shownTexts()}", "Nothing was found." in screen.shownTexts())
        screen.write(R.id.walletlock_search, "")
        assertEquals(3, screen.rows().count { " to " in it })
    }

    @Test
    fun `filters narrow it down together, and can be cleared`() {
        val screen = wallet.history()
        screen.press("Filters")
        screen.press("Everyday")
        screen.press("Payments, cards and limits")
        screen.press("Show")
        assertEquals(2, screen.rows().count { " to " in it })
        assertTrue("${screen.rows()}", screen.rows().any { it.startsWith("Filters") && "2 filters are used" in it })
        screen.press("Filters")
        screen.press("Dining")
        screen.press("Show")
        assertEquals(1, screen.rows().count { " to " in it })
        screen.press("Filters")
        screen.press("Clear the filters")
        screen.press("Show")
        assertEquals(3, screen.rows().count { " to " in it })
    }

    @Test
    fun `the months say what was spent on what`() {
        val screen = wallet.history()
        screen.press("Spending")
        val texts = screen.shownTexts().map { it.plain() }
        assertTrue("$texts", "225.80 EUR" in texts)
        assertTrue("$texts", texts.any { it.startsWith("Dining") && "Everyday" in it && "1 payment" in it })
        assertTrue(screen.goesBack())
        assertTrue("${screen.rows()}", screen.rows().any { "Radio Shop" in it })
    }

    @Test
    fun `a line says what the person was shown, and leads to the limits`() {
        val screen = wallet.history(wallet.lastPayment())
        assertTrue("${screen.shownTexts()}", screen.shownTexts().any { "Radio Shop" in it && "\n" in it })
        screen.press("Lower my limit")
        assertEquals(LimitsActivity::class.java.name, screen.launched().component!!.className)
    }

    @Test
    fun `a line says why a payment was refused`() {
        sheet(payment(90_000_00, "order-4", "Car Dealer"))
        val screen = wallet.history()
        screen.press(screen.rows().first { "Car Dealer" in it })
        assertTrue("${screen.shownTexts()}", "It was over one of your limits." in screen.shownTexts())
    }

    @Test
    fun `somebody tried to pay with a card that is stopped`() {
        runBlocking { wallet.lock.payments.freezeCard("card-1") }
        sheet(payment(1_00, "order-4", "Corner Shop"))
        val screen = wallet.history()
        screen.press(screen.rows().first { "Corner Shop" in it })
        assertTrue("${screen.shownTexts()}", "Its card was stopped or removed." in screen.shownTexts())
    }

    @Test
    fun `a payment is disputed from its line`() {
        LockScreens.useProvider { _, _ -> ProviderReply.LATER }
        val screen = wallet.history(wallet.lastPayment())
        screen.press("Dispute this payment")
        screen.press("It was charged twice")
        screen.write(R.id.walletlock_dispute_text, "Twice on the same day.")
        screen.press("Stop and dispute")

        val dispute = wallet.disputes().single()
        assertEquals(DisputeReason.CHARGED_TWICE to "Twice on the same day.", dispute.reason to dispute.text)
        assertEquals(CardState.Frozen, runBlocking { wallet.unlocked().use { it.cards.all() } }.first { it.card.id == "card-1" }.state)
        val texts = screen.shownTexts()
        assertTrue("$texts", "Everyday (Visa 1234)" in texts.map { it.plain() })
        assertTrue("$texts", texts.any { "+1 555 0100" in it.plain() } && texts.any { "@wallet" in it.plain() })

        screen.press("I have told them")
        assertEquals("provider", wallet.disputes().single().reportedTo)
        screen.press("It is over")
        screen.press("The money came back")
        assertEquals(DisputeEnd.REFUNDED, wallet.disputes().single().ended)
        assertFalse("${screen.rows()}", "It is over" in screen.rows())
        assertTrue(screen.goesBack())
        assertTrue("${screen.rows()}", screen.rows().any { it.startsWith("Dispute 1 is over") })
        screen.leave()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `what happened in words is refused if it holds a card number`() {
        val screen = wallet.history(wallet.lastPayment())
        screen.press("Dispute this payment")
        screen.write(R.id.walletlock_dispute_text, "My card 4111 1111 1111 1111")
        screen.press("Stop and dispute")
        assertTrue(screen.note(), screen.note().startsWith("Leave out card numbers"))
        assertEquals(emptyList<Any>(), wallet.disputes())
    }

    @Test
    fun `the evidence goes to the app, or else into a file`() {
        val number = runBlocking { wallet.unlocked().use { it.disputes.open(wallet.lastPayment(), DisputeReason.NOT_MINE) } }.number
        val screen = wallet.history()
        screen.press("Dispute $number is open")
        var given: String? = null
        LockScreens.useEvidence { _, dispute, file -> (dispute.number == number).also { given = file } }
        screen.press("Get the evidence")
        assertEquals("The evidence is handed over.", screen.note())
        assertTrue(checkNotNull(given).startsWith("{\"format\":\"walletlock dispute 1\""))

        LockScreens.useEvidence(null)
        screen.press("Get the evidence")
        val asked = screen.launched()
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, asked.action)
        assertEquals("dispute-1.jsonl", asked.getStringExtra(Intent.EXTRA_TITLE))
        shadowOf(RuntimeEnvironment.getApplication().contentResolver).registerOutputStream(PLACE, written)
        screen.returns(asked, Activity.RESULT_OK, Intent().setData(PLACE))
        screen.hasSaved()
    }

    @Test
    fun `the evidence is saved although the screen was away while the place was picked`() {
        val screen = picking()
        screen.pause().stop()
        // Android's order: it starts the screen, and then gives it the result.
        screen.restart().start()
        screen.picked()
        screen.resume()
        screen.hasSaved()
    }

    @Test
    fun `the evidence is saved after the PIN if the wallet locks while the place is picked`() {
        val screen = picking()
        wallet.lock.lockNow()
        TestWallet.settle()
        screen.picked()
        screen.entersThePin()
        screen.hasSaved()
    }

    @Test
    fun `the evidence is saved after the PIN if the process ends while the place is picked`() {
        val state = Bundle()
        picking().pause().stop().saveInstanceState(state).destroy()
        TestWallet.settle()
        val intent = HistoryActivity.intent(RuntimeEnvironment.getApplication())
        val screen = Robolectric.buildActivity(HistoryActivity::class.java, intent).create(state).start()
        screen.picked()
        screen.resume().visible()
        TestWallet.settle()
        screen.entersThePin()
        screen.hasSaved()
    }

    /** Opens a dispute, and asks for its evidence: now the person picks a place. */
    private fun picking(): ActivityController<HistoryActivity> {
        runBlocking { wallet.unlocked().use { it.disputes.open(wallet.lastPayment(), DisputeReason.NOT_MINE) } }
        shadowOf(RuntimeEnvironment.getApplication().contentResolver).registerOutputStream(PLACE, written)
        val screen = wallet.history()
        screen.press("Dispute 1 is open")
        screen.press("Get the evidence")
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, screen.launched().action)
        return screen
    }

    private fun ActivityController<HistoryActivity>.picked() =
        shadowOf(get()).internalCallDispatchActivityResult(null, SAVING, Activity.RESULT_OK, Intent().setData(PLACE))

    private fun ActivityController<HistoryActivity>.entersThePin() {
        val lockScreen = launched()
        assertEquals(LockActivity::class.java.name, lockScreen.component!!.className)
        assertEquals("", "$written")
        returns(lockScreen, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
    }

    private fun ActivityController<HistoryActivity>.hasSaved() {
        settleUntil("the file is written") { note().isNotEmpty() }
        assertEquals("The evidence is saved.", note())
        assertTrue("$written".startsWith("{\"format\":\"walletlock dispute 1\""))
    }

    @Test
    fun `a line that is about no payment cannot be disputed`() {
        val screen = wallet.history(line = 1)
        assertFalse("${screen.rows()}", "Dispute this payment" in screen.rows())
        assertTrue(screen.goesBack())
        assertFalse(screen.goesBack())
    }

    @Test
    fun `nothing of the history stays on the screen when the wallet locks`() {
        val screen = wallet.history(wallet.lastPayment())
        wallet.lock.lockNow()
        TestWallet.settle()
        assertFalse("${screen.shownTexts()}", screen.shownTexts().any { "Radio Shop" in it })
        assertNull(HistoryActivity.takeSession(shadowOf(screen.get()).resultIntent))
    }

    private fun ActivityController<HistoryActivity>.leave() {
        while (goesBack()) TestWallet.settle()
        get().finish()
    }

    /** Presses Android's back key. False: the screen was left by that. */
    private fun ActivityController<HistoryActivity>.goesBack(): Boolean {
        @Suppress("DEPRECATION")
        get().onBackPressed()
        TestWallet.settle()
        return !get().isFinishing
    }

    private companion object {
        val PLACE: Uri = Uri.parse("content://files/1")

        /** The request code with which the screen asks for a place. */
        const val SAVING = SettingsPageActivity.REQUEST_PAGE + 1
    }
}

/** Without the characters that keep a text's direction, and with plain spaces. */
internal fun String.plain(): String = replace(Regex("[\u2066-\u2069]"), "").replace('\u00a0', ' ')
