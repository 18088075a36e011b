package dev.walletlock.android

import android.app.Activity
import android.text.InputType
import android.view.View
import android.widget.EditText
import dev.walletlock.ChannelKind
import dev.walletlock.ChannelState
import dev.walletlock.RecoveryChange
import dev.walletlock.Session
import dev.walletlock.fakes.FakeChannel
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** The settings' screens about the ways back in: where codes are sent, the second factor, and the recovery sheet. */
@RunWith(RobolectricTestRunner::class)
class WaysBackActivitiesTest {
    private val provided = ProvidedWallet()
    private val wallet = provided.wallet
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun carry() = provided.carryWaysBack()

    @After
    fun close() {
        carryNothing()
        provided.close()
    }

    // Where codes are sent.

    @Test
    fun `a number is added, confirmed by a code, waits, is announced, and can be cancelled`() {
        val first = provided.firstSession()
        provided.addNumber(first)
        first.close()
        val screen = channels(wallet.unlocked())
        screen.press("Add an e-mail address")
        val field = screen.get().window.decorView.part<EditText>(R.id.walletlock_address)
        assertEquals(InputType.TYPE_TEXT_VARIATION_EMAIL_ADDRESS, field.inputType and InputType.TYPE_MASK_VARIATION)
        assertEquals(listOf(View.AUTOFILL_HINT_EMAIL_ADDRESS), field.autofillHints?.toList())
        screen.typeAddress("ana at home")
        screen.press("Send a code")
        assertEquals("That is no e-mail address. It looks like name@example.com.", screen.note())
        screen.typeAddress("ana@example.org")
        screen.press("Send a code")
        assertEquals("Type the code", screen.title())
        screen.pad().enter(if (code() == "000000") "111111" else "000000")
        assertTrue("${screen.shownTexts()}", "That code is not right. Use the newest one." in screen.shownTexts())
        screen.pad().enter(code())
        assertEquals("Confirmed. It counts in 1 day.", screen.note())
        assertTrue("${screen.shownTexts()}", "Counts in 1 day." in screen.shownTexts())
        assertEquals(FakeChannel.State.WAITING, provided.account.channels.single { it.kind == FakeChannel.Kind.MAIL }.state)
        assertTrue("on the old channel", provided.account.messages.any { it.kind == FakeChannel.Kind.SMS && it.code == null })
        screen.press("Cancel this change")
        assertFalse("${screen.shownTexts()}", "Counts in 1 day." in screen.shownTexts())
        screen.back()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertTrue(ChannelsActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.isLive)
    }

    @Test
    fun `the link in the mail does the same as its code`() {
        val screen = channels(provided.firstSession())
        screen.press("Add an e-mail address")
        screen.typeAddress("ana@example.org")
        screen.press("Send a code")
        screen.press("I opened the link")
        assertTrue("nobody has opened it", screen.shownTexts().any { it.startsWith("That code is not right") })
        provided.account.openLink(provided.account.messages.last())
        screen.press("I opened the link")
        assertEquals("Confirmed.", screen.note())
    }

    @Test
    fun `the order changes with buttons, and what is removed can be kept`() {
        val first = provided.firstSession()
        provided.addNumber(first)
        addMail(first)
        val screen = channels(first)
        assertEquals(listOf(ChannelKind.SMS, ChannelKind.MAIL), kinds())
        val shown = screen.get().window.decorView.all().filter { it.isShown }
        shown.first { it.words().startsWith("Move E-mail") && it.words().endsWith("up") }.performClick()
        TestWallet.settle()
        assertEquals(listOf(ChannelKind.MAIL, ChannelKind.SMS), kinds())
        screen.back()
        LockScreens.useLock { wallet.lock }
        val later = channels(wallet.unlocked())
        later.press("Phone number")
        assertTrue("${later.question()}", later.question()!!.startsWith("Phone number"))
        later.press("Remove")
        assertEquals("It will be removed in 1 day. Until then you can keep it.", later.note())
        later.press("Keep it")
        assertTrue(states().all { it is ChannelState.InForce && it.leavesInMs == null })
        later.back()
        assertEquals(2, later.shownTexts().count { it.startsWith("In force. Last confirmed on ") })
        wallet.letPass(181 * DAY_MS)
        val stale = channels(wallet.unlocked())
        assertEquals(2, stale.shownTexts().count { it.startsWith("Last confirmed on ") && it.endsWith(": confirm it again.") })
    }

    @Test
    fun `without a session it asks for the PIN, and a rotation keeps what is typed`() {
        provided.firstSession().close()
        val screen = started(ChannelsActivity::class.java, ChannelsActivity.intent(context))
        val asked = screen.launched()
        assertEquals(LockActivity::class.java.name, asked.component!!.className)
        screen.returns(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        screen.press("Add a phone number")
        screen.typeAddress("+1 555")
        screen.recreate()
        TestWallet.settle()
        assertEquals("+1 555", screen.get().window.decorView.part<EditText>(R.id.walletlock_address).text.toString())
        screen.press("Send a code")
        assertEquals("That is no phone number. Type 7 to 15 digits, perhaps with a plus before them.", screen.note())
    }

    // The second factor.

    @Test
    fun `an authenticator is set up with one code, waits, and is asked for once it counts`() {
        provided.firstSession().close()
        val screen = factor(wallet.unlocked())
        screen.press("Authenticator app")
        val secret = screen.get().window.decorView.part<SecretView>(R.id.walletlock_secret).secret!!
        val app = TestAuthenticator(secret, wallet)
        assertTrue(screen.get().window.decorView.part<View>(R.id.walletlock_qr).isShown)
        val letters = (0 until 4).map(secret::letter).joinToString("")
        assertFalse("no text holds it", screen.shownTexts().any { letters in it.replace(" ", "") })
        screen.press("I added it")
        screen.pad().enter(if (app.nextCode() == "000000") "111111" else "000000")
        assertTrue("${screen.shownTexts()}", screen.shownTexts().any { it.startsWith("That is not the code.") })
        screen.pad().enter(app.nextCode())
        assertEquals("Your change waits", screen.question())
        screen.press("Done")
        assertTrue("${screen.shownTexts()}", screen.shownTexts().any { it.startsWith("Will be replaced in 1 day by: Authenticator app") })
        screen.back()
        ChannelsActivity.takeSession(shadowOf(screen.get()).resultIntent)?.close()
        wallet.letPass(DAY_MS + 1)
        val later = factor(wallet.unlocked())
        later.press("Remove the second factor")
        later.press("Remove the second factor")
        assertNull("the code comes first", runBlocking { wallet.unlocked().use { it.access.secondFactor() } }.pending)
        later.proves(app)
        assertEquals("Your change waits", later.question())
        later.press("Cancel this change")
        assertNull(runBlocking { wallet.unlocked().use { it.access.secondFactor() } }.pending)
    }

    @Test
    fun `who does not type the code is where they were, and nothing was changed`() {
        val first = provided.firstSession()
        wallet.addAuthenticator(first)
        first.close()
        val screen = factor(wallet.unlocked())
        repeat(2) { screen.press("Remove the second factor") }
        val asked = screen.launched()
        val factor = started(EnterSecondFactorActivity::class.java, asked)
        factor.press("Cancel")
        screen.returns(asked, shadowOf(factor.get()).resultCode, shadowOf(factor.get()).resultIntent)
        assertNull("it is not asked again", shadowOf(screen.get()).nextStartedActivityForResult)
        assertEquals("Remove the second factor?", screen.question())
        assertNull(runBlocking { wallet.unlocked().use { it.access.secondFactor() } }.pending)
    }

    @Test
    fun `a code by SMS needs a number, is sent when it is asked for, and is checked by the provider`() {
        val first = provided.firstSession()
        provided.addNumber(first)
        val screen = factor(first)
        screen.press("Code by SMS")
        assertEquals("Your second factor counts", screen.question())
        screen.back()
        wallet.letPass(MINUTE_MS)
        val later = factor(wallet.unlocked())
        repeat(2) { later.press("Remove the second factor") }
        val asked = later.launched()
        val factor = started(EnterSecondFactorActivity::class.java, asked)
        factor.press("Send a code")
        factor.pad().enter(code())
        TestWallet.settle()
        later.returns(asked, shadowOf(factor.get()).resultCode, shadowOf(factor.get()).resultIntent)
        assertEquals("Your change waits", later.question())
    }

    // Changes elsewhere that need the second factor.

    @Test
    fun `the recovery code asks for the second factor, and goes on`() {
        val first = provided.firstSession()
        val app = wallet.addAuthenticator(first)
        first.close()
        val screen =
            started(MakeRecoveryCodeActivity::class.java, MakeRecoveryCodeActivity.intent(context, wallet.unlocked()))
        screen.press("Make a recovery code")
        screen.proves(app)
        assertTrue(screen.get().window.decorView.part<View>(R.id.walletlock_code).isShown)
    }

    @Test
    fun `escrow in the settings asks for the second factor, and goes on`() {
        val first = provided.firstSession()
        val app = wallet.addAuthenticator(first)
        first.close()
        val screen = settings(wallet.unlocked())
        screen.get().window.decorView.part<View>(R.id.walletlock_escrow_row).performClick()
        TestWallet.settle()
        screen.press("Let it keep a key")
        assertNull("the code comes first", runBlocking { wallet.lock.recovery.status() }.pendingEscrow)
        screen.proves(app)
        assertEquals(false, runBlocking { wallet.lock.recovery.status() }.pendingEscrow?.withdraws)
    }

    // The settings, and the sheet.

    @Test
    fun `the settings lend their session, and say what a loss would mean`() {
        val first = provided.firstSession()
        provided.addNumber(first)
        val screen = settings(first)
        val rows = screen.get().window.decorView
        assertEquals("Where codes are sent, +155****5678", rows.part<View>(R.id.walletlock_channels_row).words())
        assertEquals("Second factor, Your PIN is enough for everything.", rows.part<View>(R.id.walletlock_factor_row).words())
        assertTrue("${screen.shownTexts()}", "If you forget your PIN, nothing brings you back in." in screen.shownTexts())
        rows.part<View>(R.id.walletlock_channels_row).performClick()
        val asked = screen.launched()
        assertEquals(ChannelsActivity::class.java.name, asked.component!!.className)
        val lent = started(ChannelsActivity::class.java, asked)
        addMail(first)
        lent.back()
        screen.returns(asked, Activity.RESULT_OK, shadowOf(lent.get()).resultIntent)
        assertEquals("Where codes are sent, +155****5678, a***@example.org", rows.part<View>(R.id.walletlock_channels_row).words())
        runBlocking {
            assertEquals(RecoveryChange.InForce, first.access.switchEscrow(true))
        }
        screen.pause().stop().start().resume()
        TestWallet.settle()
        assertTrue("${screen.shownTexts()}", "Whatever single thing you lose, you have a way back in." in screen.shownTexts())
    }

    @Test
    fun `the sheet has no code that was made earlier, and can have one that was just made`() {
        val first = provided.firstSession()
        val screen = started(RecoverySheetActivity::class.java, RecoverySheetActivity.intent(context, first))
        assertFalse(screen.codeSwitch().isEnabled)
        screen.press("Make a code for the sheet")
        val asked = screen.launched()
        val make = started(MakeRecoveryCodeActivity::class.java, asked)
        make.press("Make a recovery code")
        val paper = make.paper()
        val groups = make.code().askedGroups
        make.press("I wrote it down")
        groups.forEach { make.typeGroup(paper.group(it)) }
        make.press("Done")
        screen.returns(asked, shadowOf(make.get()).resultCode, shadowOf(make.get()).resultIntent)
        val work = screen.get().screen.made as SheetWork
        assertEquals(paper.group(3), (0 until 6).map { work.sheet(context)!!.code!!.digit(3, it) })
        screen.codeSwitch().performClick()
        TestWallet.settle()
        assertNull(work.sheet(context)!!.code)
        screen.press("Save as PDF")
        val picking = screen.launched()
        screen.returns(picking, Activity.RESULT_CANCELED, null)
        assertEquals("who picks no place saves nothing", "", screen.note())
        assertTrue("the session stays", work.isOpen)
    }

    private fun ActivityController<RecoverySheetActivity>.codeSwitch(): View = get().window.decorView.part(R.id.walletlock_sheet_code)

    private fun addMail(session: Session) = runBlocking {
        val new = session.access.addChannel(ChannelKind.MAIL, "ana@example.org")
        check(provided.provider.answer((new.request as dev.walletlock.CodeRequest.Asked).request).refusal == null)
        provided.confirm(session, new.id)
    }

    private fun code() = checkNotNull(provided.account.messages.last { it.code != null }.code)

    private fun kinds() = runBlocking { wallet.unlocked().use { session -> session.access.channels().map { it.kind } } }

    private fun states() = runBlocking { wallet.unlocked().use { session -> session.access.channels().map { it.state } } }

    private fun channels(session: Session) = started(ChannelsActivity::class.java, ChannelsActivity.intent(context, session))

    private fun factor(session: Session) = started(SecondFactorActivity::class.java, SecondFactorActivity.intent(context, session))

    private fun settings(session: Session): ActivityController<SecuritySettingsActivity> {
        val screen = started(SecuritySettingsActivity::class.java, SecuritySettingsActivity.intent(context))
        screen.returns(screen.launched(), Activity.RESULT_OK, Handover.give(session))
        return screen
    }

    private companion object {
        const val DAY_MS = 86_400_000L
        const val MINUTE_MS = 60_000L
    }
}
