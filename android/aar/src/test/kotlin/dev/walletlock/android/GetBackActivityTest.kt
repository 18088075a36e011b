package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.widget.EditText
import android.widget.TextView
import dev.walletlock.LockStatus
import dev.walletlock.Session
import dev.walletlock.WayKind
import dev.walletlock.fakes.pinOf
import java.io.IOException
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
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

/** Getting back in by several proofs, the account's password, what to put in order, and the second factor at unlocking. */
@RunWith(RobolectricTestRunner::class)
class GetBackActivityTest {
    private val ways = GuardedByWays()
    private val wallet = ways.wallet
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun prepare() {
        LockScreens.useLock { wallet.lock }
        LockScreens.useProofs { _, request -> ways.carry(request) }
        LockScreens.useEscrow { _, _ -> EscrowReply.NotGranted.LATER }
    }

    @After
    fun close() {
        LockScreens.useProofs(null)
        LockScreens.useEscrow(carry = null)
        LockScreens.useAccountPassword(null)
        LockScreens.useTasks(null)
        ways.close()
    }

    // Getting back in.

    @Test
    fun `'Forgot PIN' leads to the ways, and the lock screen ends as after a PIN`() {
        ways.enrol()
        val screen = start(LockActivity.intent(context), LockActivity::class.java)
        screen.press("Forgot PIN?")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(GetBackActivity::class.java.name, asked.component!!.className)
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(session()))
        TestWallet.settle()
        assertNotNull(LockActivity.takeSession(shadowOf(screen.get()).resultIntent)?.close())
    }

    @Test
    fun `two proofs on this phone are enough after a wait, and a person ends it`() {
        ways.enrol()
        val screen = getBack()
        assertEquals("Show that it is you", screen.heading())
        screen.press("Text message")
        assertEquals("Enter the code", screen.title())
        screen.pad().enter(ways.last().code!!)
        assertEquals("One more proof is needed", screen.heading())
        assertTrue("${screen.words()}", "+861****5678\nProven" in screen.words())
        screen.press("Authenticator app")
        screen.pad().enter(ways.app.code())
        assertEquals("Enough. You can go on in 3 days", screen.heading())
        screen.press("A person at your provider")
        screen.press("Ask now")
        assertEquals("Your provider did not agree. Contact your provider to learn why.", screen.note())
        ways.account.vouch()
        screen.press("Ask now")
        assertEquals("That is enough", screen.heading())
        screen.press("Set a new PIN")
        assertEquals(AskEscrowActivity::class.java.name, screen.started().component!!.className)
    }

    @Test
    fun `a wrong code says so, counts, and nothing more`() {
        ways.enrol()
        val screen = getBack()
        screen.press("Text message")
        screen.pad().enter(wrong(ways.last().code!!))
        assertEquals("That code is not right.", screen.message())
        assertEquals("Enter the code", screen.title())
        screen.press("Another way")
        assertEquals("Show that it is you", screen.heading())
        screen.press("Authenticator app")
        screen.pad().enter(wrong(ways.app.code()))
        assertTrue(screen.message(), screen.message().startsWith("That code is not right. You have"))
    }

    @Test
    fun `the link in the mail counts only once it was opened`() {
        ways.enrol()
        val screen = getBack()
        screen.press("Mail")
        screen.press("I opened the link")
        assertTrue(screen.message(), screen.message().startsWith("Your provider does not see yet"))
        ways.account.openLink(ways.last())
        screen.press("I opened the link")
        assertEquals("One more proof is needed", screen.heading())
    }

    @Test
    fun `another code can be sent only after a while`() {
        ways.enrol()
        val screen = getBack()
        screen.press("Text message")
        val button = screen.get().window.decorView.all().first { it.isShown && it.words().startsWith("Send another") } as TextView
        assertFalse(button.isEnabled)
        assertTrue("${button.text}", button.text.startsWith("Send another ("))
        assertTrue("${button.contentDescription}", button.contentDescription.startsWith("Send another in "))
    }

    @Test
    fun `'That was not me' cancels what was proven`() {
        ways.enrol()
        val screen = getBack()
        screen.press("Text message")
        screen.pad().enter(ways.last().code!!)
        screen.press("That was not me")
        assertEquals("Cancel what was proven?", screen.heading())
        assertTrue(screen.words().none { it.startsWith("Recovery code") })
        screen.press("Authenticator app")
        screen.pad().enter(ways.app.code())
        assertEquals("It is cancelled. Nothing counts as proven any more.", screen.note())
        assertEquals("Show that it is you", screen.heading())
    }

    @Test
    fun `who did not change the number pauses that, with a code that goes to the one before`() {
        ways.enrol(hasFactor = false)
        ways.changeNumber()
        wallet.letPass(DAY_MS)
        val screen = getBack()
        screen.press("I did not change where codes go")
        assertEquals("Pause a change?", screen.heading())
        screen.press("Text message")
        assertEquals("+8613812345678", ways.last().to)
        screen.pad().enter(wrong(ways.last().code!!))
        assertTrue(screen.message(), screen.message().startsWith("That code is not right."))
        screen.pad().enter(ways.last().code!!)
        assertTrue(screen.note(), screen.note().startsWith("The change is paused for a while."))
        assertFalse("${screen.words()}", "I did not change where codes go" in screen.words())
        val numbers = screen.words().filter { "****" in it }
        assertTrue("$numbers", numbers.isNotEmpty() && numbers.all { "5678" in it })
    }

    @Test
    fun `an app that is offline says so, and nothing is lost`() {
        ways.enrol()
        LockScreens.useProofs { _, _ -> throw IOException("no route") }
        val screen = getBack()
        screen.press("Text message")
        assertTrue(screen.message(), screen.message().startsWith("Your provider could not be reached."))
        screen.recreate()
        TestWallet.settle()
        assertEquals("Enter the code", screen.title())
        screen.back()
        assertEquals("Show that it is you", screen.heading())
        screen.back()
        assertTrue(screen.get().isFinishing)
    }

    @Test
    fun `without a provider's key enough proof gives more tries`() {
        ways.enrol(hasEscrow = false)
        var asked: ProviderCall? = null
        LockScreens.useProvider { _, call -> ProviderReply.TAKEN.also { asked = call } }
        val screen = getBack()
        screen.press("Text message")
        screen.pad().enter(ways.last().code!!)
        ways.account.vouch()
        screen.press("A person at your provider")
        screen.press("Ask now")
        screen.press("Ask for more tries")
        assertEquals(ProviderCall.UNLOCK, asked)
        assertTrue(screen.get().isFinishing)
        LockScreens.useProvider(null)
    }

    @Test
    fun `what is left says that it destroys, asks once more, and erases`() {
        ways.enrol()
        val screen = getBack()
        screen.press("None of these reaches me")
        assertTrue("${screen.words()}", screen.words().any { "Starting anew erases everything" in it })
        screen.press("Start anew")
        assertEquals("Erase your wallet and start anew?", screen.question())
        screen.press("Do not erase it")
        screen.press("Start anew")
        screen.press("Erase everything")
        assertTrue(screen.get().isFinishing)
        assertEquals(LockActivity.RESULT_NO_PIN, shadowOf(screen.get()).resultCode)
        assertTrue(wallet.lock.status.value.let { it is LockStatus.Wiped || it is LockStatus.Unconfigured })
    }

    @Test
    fun `a locked wallet leads to the ways, too`() {
        ways.enrol()
        wallet.lockOut()
        val screen = start(LockActivity.intent(context), LockActivity::class.java)
        screen.press("Get back in")
        assertEquals(GetBackActivity::class.java.name, screen.started().component!!.className)
    }

    // Afterwards.

    @Test
    fun `after the new PIN come the account's password and what to put in order`() {
        ways.enrol()
        LockScreens.useAccountPassword { _, _ -> true }
        val screen = getBack()
        screen.press("Recovery code")
        screen.answer(Activity.RESULT_OK, recovered())
        val password = screen.started()
        assertEquals(SetPasswordActivity::class.java.name, password.component!!.className)
        screen.answer(password, Activity.RESULT_OK, Handover.take(password)!!)
        val list = screen.started()
        assertEquals(ChecklistActivity::class.java.name, list.component!!.className)
        screen.answer(list, Activity.RESULT_CANCELED, Handover.take(list)!!)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        GetBackActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.use { session ->
            assertArrayEquals(byteArrayOf(7), runBlocking { session.vault.read("card") })
        }
    }

    @Test
    fun `a password is judged as it is typed, given to the app, and cleared`() {
        ways.enrol()
        val taken = mutableListOf<ByteArray>()
        var text = ""
        LockScreens.useAccountPassword { _, utf8 -> (taken.size > 0).also { text = String(utf8); taken += utf8 } }
        val screen = start(SetPasswordActivity.intent(context, session()), SetPasswordActivity::class.java)
        val field = screen.get().window.decorView.part<EditText>(R.id.walletlock_password)
        assertTrue("${screen.words()}", "At least 12 characters" in screen.words())
        field.setText("short")
        TestWallet.settle()
        assertTrue("${screen.words()}", "At least 12 characters" in screen.words() && "A lower-case letter: done" in screen.words())
        field.setText("a line\nbreak")
        TestWallet.settle()
        assertTrue(screen.note(), screen.note().startsWith("This cannot be a password"))
        field.setText(GOOD)
        TestWallet.settle()
        screen.press("Set the password")
        assertEquals("Your account did not take the password. Try again, or choose another one.", screen.note())
        screen.press("Set the password")
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertEquals(GOOD, text)
        taken.forEach { assertArrayEquals(ByteArray(it.size), it) }
        SetPasswordActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `a password that was used before is refused`() {
        ways.enrol()
        LockScreens.useAccountPassword { _, _ -> true }
        repeat(2) { time ->
            val screen = start(SetPasswordActivity.intent(context, session()), SetPasswordActivity::class.java)
            screen.get().window.decorView.part<EditText>(R.id.walletlock_password).setText(GOOD)
            TestWallet.settle()
            screen.press("Set the password")
            assertEquals(time == 0, screen.get().isFinishing)
            if (time == 1) assertTrue("${screen.words()}", "You have used this one before" in screen.words())
        }
    }

    @Test
    fun `the list leads to where a task is done, and a line can be skipped`() {
        ways.enrol()
        val tasks = mutableListOf<dev.walletlock.Task>()
        LockScreens.useTasks { _, task -> tasks.add(task) }
        val screen = start(ChecklistActivity.intent(context, recovered()), ChecklistActivity::class.java)
        screen.press("Register this phone again")
        assertEquals(listOf(dev.walletlock.Task.REGISTER_PHONE), tasks)
        LockScreens.useTasks(null)
        screen.press("Skip: Keep a recovery sheet")
        assertFalse("${screen.words()}", "Keep a recovery sheet" in screen.words())
        screen.press("Register this phone again")
        assertEquals(SecuritySettingsActivity::class.java.name, screen.started().component!!.className)
        screen.press("Later")
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        ChecklistActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `each task has its screen, and those that change a way back in get the session and give it back`() {
        ways.enrol(hasFactor = false)
        wallet.letPass(HALF_A_YEAR_MS)
        val screen = start(ChecklistActivity.intent(context, recovered()), ChecklistActivity::class.java)
        val withSession = mapOf(
            "Turn on a second factor" to SecondFactorActivity::class.java,
            "Check where codes are sent" to ChannelsActivity::class.java,
            "Keep a recovery sheet" to RecoverySheetActivity::class.java,
            "Look at what happened" to HistoryActivity::class.java,
        )
        for ((task, activity) in withSession) {
            screen.press(task)
            val asked = screen.started()
            assertEquals(activity.name, asked.component!!.className)
            screen.answer(asked, Activity.RESULT_CANCELED, Handover.take(asked)!!)
        }
        for (task in listOf("Register this phone again", "Turn fingerprint or face on again")) {
            screen.press(task)
            val asked = screen.started()
            assertEquals(SecuritySettingsActivity::class.java.name, asked.component!!.className)
            assertNull(Handover.take(asked))
            screen.returns(asked, Activity.RESULT_CANCELED, null)
        }
        screen.press("Later")
        ChecklistActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.use { assertTrue(it.isLive) }
    }

    // The second factor at unlocking.

    @Test
    fun `the lock screen ends only once the second factor was right`() = GuardedByWays(atUnlock = true).enrol().use { guarded ->
        LockScreens.useLock { guarded.wallet.lock }
        val screen = start(LockActivity.intent(context), LockActivity::class.java)
        screen.type(TestWallet.RIGHT)
        assertFalse(screen.get().isFinishing)
        val asked = screen.started()
        assertEquals(UnlockFactorActivity::class.java.name, asked.component!!.className)
        val factor = start(asked, UnlockFactorActivity::class.java)
        assertEquals("Enter the code of your authenticator app", factor.title())
        factor.pad().enter(wrong(guarded.app.code()))
        assertTrue(factor.message(), factor.message().startsWith("That code is not right. You have"))
        factor.pad().enter(guarded.app.code())
        assertEquals(Activity.RESULT_OK, shadowOf(factor.get()).resultCode)
        screen.answer(asked, Activity.RESULT_OK, Handover.take(shadowOf(factor.get()).resultIntent)!!)
        LockActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.use { session ->
            assertArrayEquals(byteArrayOf(7), runBlocking { session.vault.read("card") })
        }
    }

    @Test
    fun `who has lost the authenticator gets back in, and Back leaves the wallet closed`() =
        GuardedByWays(atUnlock = true).enrol().use { guarded ->
            LockScreens.useLock { guarded.wallet.lock }
            val screen = start(LockActivity.intent(context), LockActivity::class.java)
            screen.type(TestWallet.RIGHT)
            val factor = start(screen.started(), UnlockFactorActivity::class.java)
            factor.press("Get back in")
            assertEquals(GetBackActivity::class.java.name, factor.started().component!!.className)
            factor.back()
            assertEquals(Activity.RESULT_CANCELED, shadowOf(factor.get()).resultCode)
            assertNull(Handover.take(shadowOf(factor.get()).resultIntent))
        }

    @Test
    fun `a code by SMS opens the wallet too, also if one was sent for getting back in before`() =
        GuardedByWays(atUnlock = true).enrol(hasFactor = false).use { guarded ->
            LockScreens.useLock { guarded.wallet.lock }
            LockScreens.useProofs { _, request -> guarded.carry(request) }
            runBlocking { guarded.wallet.unlocked().use { it.access.setSmsFactor() } }
            guarded.wallet.letPass(24 * 3_600_000L)
            val recovery = guarded.wallet.lock.recovery
            runBlocking { recovery.sendCode(recovery.progress().ways.first { it.kind == WayKind.SMS }.channel!!) }
            val screen = start(LockActivity.intent(context), LockActivity::class.java)
            screen.type(TestWallet.RIGHT)
            val factor = start(screen.started(), UnlockFactorActivity::class.java)
            factor.press(context.getString(R.string.walletlock_back_send))
            factor.pad().enter(guarded.last().code!!)
            TestWallet.settle()
            assertEquals(Activity.RESULT_OK, shadowOf(factor.get()).resultCode)
            Handover.take(shadowOf(factor.get()).resultIntent)!!.close()
        }

    @Test
    fun `the PIN is changed only once the second factor was right`() = GuardedByWays(atUnlock = true).enrol().use { guarded ->
        LockScreens.useLock { guarded.wallet.lock }
        val screen = start(ChangePinActivity.intent(context), ChangePinActivity::class.java)
        screen.type(TestWallet.RIGHT)
        val asked = screen.started()
        val factor = start(asked, UnlockFactorActivity::class.java)
        factor.pad().enter(guarded.app.code())
        screen.answer(asked, Activity.RESULT_OK, Handover.take(shadowOf(factor.get()).resultIntent)!!)
        assertEquals("Choose a new PIN", screen.title())
        repeat(2) { screen.type("582941") }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        ChangePinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `without its Activity the view gives the session to whoever asks for the second factor`() =
        GuardedByWays(atUnlock = true).enrol().use { guarded ->
            val stage = Stage.shown()
            val view = ChangePinView(stage)
            val given = mutableListOf<Session>()
            view.setOnSecondFactorNeeded(given::add)
            view.bind(guarded.wallet.lock)
            stage.show(view)
            fun typePin() {
                view.pad.enter(TestWallet.RIGHT)
                view.pad.done()
                TestWallet.settle()
            }
            typePin()
            given.single().close()
            view.goOn(null)
            TestWallet.settle()
            assertEquals("who did not prove it begins again", "Your current PIN", view.pad.title())
            typePin()
            val session = given.last()
            runBlocking { pinOf(guarded.app.code()).use { session.access.proveSecondFactor(it) } }
            view.goOn(session)
            TestWallet.settle()
            assertEquals("Choose a new PIN", view.pad.title())
        }

    private fun session(): Session = wallet.unlocked()

    /** A session after a recovery with the code. */
    private fun recovered(): Session {
        val screen = start(EnterRecoveryCodeActivity.intent(context), EnterRecoveryCodeActivity::class.java)
        screen.typeAll(ways.paper)
        repeat(2) { screen.type("582941") }
        screen.confirm()
        return EnterRecoveryCodeActivity.takeSession(shadowOf(screen.get()).resultIntent)!!
    }

    private fun wrong(code: String) = "%06d".format((code.toInt() + 1) % 1_000_000)

    private fun getBack() = start(GetBackActivity.intent(context), GetBackActivity::class.java)

    private fun ActivityController<out Activity>.started(): Intent = shadowOf(get()).nextStartedActivityForResult.intent

    private fun ActivityController<out Activity>.answer(result: Int, session: Session) = answer(started(), result, session)

    private fun ActivityController<out Activity>.answer(asked: Intent, result: Int, session: Session) {
        shadowOf(get()).receiveResult(asked, result, Handover.give(session))
        TestWallet.settle()
    }

    private fun ActivityController<out Activity>.words(): List<String> =
        get().window.decorView.all().filter { it.isShown }.map { it.words() }

    private fun ActivityController<out Activity>.message(): String =
        pad().part<TextView>(R.id.walletlock_message).text.toString()

    private fun ActivityController<out Activity>.heading(): String? =
        get().window.decorView.all().firstOrNull { it.isShown && it.id == R.id.walletlock_title }?.let { (it as TextView).text.toString() }

    private fun <A : Activity> start(intent: Intent, activity: Class<A>): ActivityController<A> =
        Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }

    private companion object {
        const val GOOD = "Tall-otters 7 sing"
        const val DAY_MS = 24 * 3_600_000L
        const val HALF_A_YEAR_MS = 181 * DAY_MS
    }
}
