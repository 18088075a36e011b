package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import dev.walletlock.CodeOutcome
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.Enrolment
import dev.walletlock.PinOutcome
import dev.walletlock.RecoveryCode
import dev.walletlock.RecoveryStatus
import dev.walletlock.Session
import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.pinOf
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
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

/** The screens that make a recovery code and take it. */
@RunWith(RobolectricTestRunner::class)
class RecoveryActivitiesTest {
    private val wallet = TestWallet()
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() = wallet.close()

    // Making a code.

    @Test
    fun `the code of a new wallet is written down, two groups are asked back, and it counts`() {
        val session = firstSession()
        val screen = make(session)
        assertEquals("Recovery code", screen.question())
        screen.press("Make a recovery code")
        assertTrue(screen.get().window.attributes.flags and FLAG_SECURE != 0)
        val paper = screen.paper()
        screen.press("I wrote it down")
        val asked = screen.code().askedGroups
        assertEquals("Type group ${asked[0]}", screen.title())
        screen.typeGroup(paper.group(asked[1]))
        assertEquals("That is not group ${asked[0]}. Look at your paper, and type it again.", screen.pad().message())
        asked.forEach { screen.typeGroup(paper.group(it)) }
        assertEquals("Your recovery code counts", screen.question())
        screen.press("Done")
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        MakeRecoveryCodeActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
        assertEquals(RecoveryStatus(hasCode = true, pending = null, hasEscrow = false, pendingEscrow = null), status())
    }

    @Test
    fun `who wants none now gives the session back`() {
        val session = firstSession()
        val screen = make(session)
        screen.press("Later")
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        val back = MakeRecoveryCodeActivity.takeSession(shadowOf(screen.get()).resultIntent)
        assertTrue(back === session && session.isLive)
        session.close()
    }

    @Test
    fun `without a session the PIN is asked for, and then the code waits and can be cancelled`() {
        wallet.enrolWithCode()
        val screen = make(null)
        assertEquals("A new recovery code?", screen.question())
        screen.press("Make a recovery code")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertFalse("the PIN and nothing else", asked.getBooleanExtra("dev.walletlock.biometrics", true))
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        TestWallet.settle()
        screen.confirm()
        assertEquals("Your new code waits", screen.question())
        assertTrue(status().pending != null)
        screen.press("Cancel this change")
        assertEquals(RecoveryStatus(hasCode = true, pending = null, hasEscrow = false, pendingEscrow = null), status())
        assertTrue(screen.get().isFinishing)
    }

    @Test
    fun `a change is cancelled with the PIN if the wallet has locked itself, and who only reads it is done`() {
        wallet.enrolWithCode()
        val screen = make(wallet.unlocked())
        screen.press("Make a recovery code")
        screen.confirm()
        wallet.lock.lockNow()
        TestWallet.settle()
        screen.press("Cancel this change")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertTrue("not yet", status().pending != null)
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        TestWallet.settle()
        assertNull(status().pending)
        assertTrue(screen.get().isFinishing)
        val another = make(wallet.unlocked())
        another.press("Make a recovery code")
        another.confirm()
        wallet.lock.lockNow()
        TestWallet.settle()
        another.press("Done")
        assertTrue(another.get().isFinishing)
        assertEquals(Activity.RESULT_OK, shadowOf(another.get()).resultCode)
    }

    @Test
    fun `a locked wallet leads from changing the PIN to the code, too`() {
        wallet.enrolWithCode()
        wallet.lockOut()
        val screen = start(ChangePinActivity::class.java, ChangePinActivity.intent(context))
        screen.press("Enter your recovery code")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(EnterRecoveryCodeActivity::class.java.name, asked.component!!.className)
    }

    @Test
    fun `who does not enter the PIN has made none`() {
        wallet.enrol()
        val screen = make(null)
        screen.press("Make a recovery code")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_CANCELED, null)
        TestWallet.settle()
        assertEquals("Recovery code", screen.question())
    }

    @Test
    fun `a rotation keeps the code, and a wallet that locks itself drops it`() {
        val screen = make(firstSession())
        screen.press("Make a recovery code")
        val before = screen.paper()
        screen.recreate()
        TestWallet.settle()
        val after = screen.paper()
        assertEquals((1..8).map(before::group), (1..8).map(after::group))
        wallet.lock.lockNow()
        TestWallet.settle()
        assertEquals("Recovery code", screen.question())
        assertEquals("That took a while, so your wallet locked itself. Make the code again.", screen.note())
        assertNull(screen.making().confirming)
    }

    @Test
    fun `a session stays open while the code is written down`() {
        val session = firstSession()
        val screen = make(session)
        screen.press("Make a recovery code")
        repeat(30) {
            wallet.phone.clock.advanceMs(9_000)
            shadowOf(android.os.Looper.getMainLooper()).idleFor(10, java.util.concurrent.TimeUnit.SECONDS)
        }
        assertTrue("after four and a half minutes", session.isLive)
        screen.confirm()
        assertEquals("Your recovery code counts", screen.question())
    }

    @Test
    fun `a screen reader reads a group only when asked`() {
        Stage.listen()
        val screen = make(firstSession())
        screen.press("Make a recovery code")
        val view = screen.codeView()
        assertEquals(context.getString(R.string.walletlock_code_read), view.contentDescription)
        val digits = (1..8).map { screen.paper().group(it).joinToString("") }
        val said = screen.get().window.decorView.all().map { it.words() + it.contentDescription }
        val spelled = digits + digits.map { it.toList().joinToString(" ") }
        assertFalse("no text holds digits of it", said.any { words -> spelled.any { it in words } })
        assertTrue(view.isClickable)
        assertTrue(view.performClick())
    }

    // Entering it.

    @Test
    fun `a forgotten PIN, the code, a new PIN, a new code, and everything is there`() {
        val paper = wallet.enrolWithCode()
        val screen = enter()
        assertEquals("Group 1 of 8", screen.title())
        screen.typeGroup(paper.group(1))
        assertEquals("Group 2 of 8", screen.title())
        val slip = paper.group(2).toMutableList().also { it[3] = (it[3] + 1) % 10 }
        screen.typeGroup(slip)
        assertEquals("Group 2 of 8", screen.title())
        assertEquals("There is a slip in group 2. Look at your paper, and type it again.", screen.pad().message())
        assertEquals("No digits typed", screen.pad().dots().contentDescription)
        (2..8).forEach { screen.typeGroup(paper.group(it)) }
        assertEquals("Choose a new PIN", screen.title())
        repeat(2) { screen.type(NEW) }
        screen.confirm()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        EnterRecoveryCodeActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.use { session ->
            assertArrayEquals(byteArrayOf(7), runBlocking { session.vault.read("card") })
        }
        assertTrue(runBlocking { wallet.lock.verify(RIGHT) } is PinOutcome.Wrong)
        assertEquals(CodeOutcome.Wrong, runBlocking { paper.entry().use { wallet.lock.recovery.enterCode(it) } })
    }

    @Test
    fun `a wrong code says what to look for, and is typed again`() {
        wallet.enrolWithCode()
        TestWallet().use { other ->
            val screen = enter()
            screen.typeAll(other.enrolWithCode())
            assertEquals("That is not your code", screen.question())
            screen.press("Type it again")
            assertEquals("Group 1 of 8", screen.title())
        }
    }

    @Test
    fun `without a code it says so, and offers nothing that cannot help`() {
        wallet.enrol()
        TestWallet().use { other ->
            val screen = enter()
            screen.typeAll(other.enrolWithCode())
            assertEquals("There is no recovery code", screen.question())
            assertTrue(screen.get().window.decorView.all().none { it.isShown && it.words().startsWith("Type it again") })
            screen.press("Later")
            assertTrue(screen.get().isFinishing)
            assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        }
    }

    @Test
    fun `a phone that gives no random bytes costs no typing`() {
        val paper = wallet.enrolWithCode()
        val screen = enter()
        wallet.phone.entropy.failure = IllegalStateException("no randomness")
        screen.typeAll(paper)
        assertEquals("Your code was not checked", screen.question())
        wallet.phone.entropy.failure = null
        screen.press("Try again")
        assertEquals("Choose a new PIN", screen.title())
    }

    @Test
    fun `a busy keystore does not keep the code from being checked`() {
        val paper = wallet.enrolWithCode()
        val screen = enter()
        wallet.phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
        screen.typeAll(paper)
        assertEquals("Choose a new PIN", screen.title())
    }

    @Test
    fun `a code that is older than ten minutes is typed once more`() {
        val paper = wallet.enrolWithCode()
        val screen = enter()
        screen.typeAll(paper)
        repeat(2) { screen.type(NEW) }
        wallet.phone.clock.advanceMs(600_000)
        screen.confirm()
        assertEquals("Group 1 of 8", screen.title())
        assertEquals("That took more than ten minutes. Type your code once more.", screen.pad().message())
    }

    @Test
    fun `a PIN that was used before is chosen anew, and the new code stays`() {
        val paper = wallet.enrolWithCode()
        val screen = enter()
        screen.typeAll(paper)
        repeat(2) { screen.type(RIGHT) }
        screen.confirm()
        assertEquals("Choose a new PIN", screen.title())
        assertEquals("You used this PIN before.", screen.pad().message())
        repeat(2) { screen.type(NEW) }
        assertEquals("no code is asked for again", Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        EnterRecoveryCodeActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `whole groups stay while the person looks the code up, and a rotation loses none`() {
        val paper = wallet.enrolWithCode()
        val screen = enter()
        (1..3).forEach { screen.typeGroup(paper.group(it)) }
        screen.pad().enter("12")
        screen.pause().stop()
        screen.restart().start().resume()
        TestWallet.settle()
        assertEquals("Group 4 of 8", screen.title())
        assertEquals("No digits typed", screen.pad().dots().contentDescription)
        screen.recreate()
        TestWallet.settle()
        assertEquals("Group 4 of 8", screen.title())
        screen.back()
        assertEquals("Group 3 of 8", screen.title())
        repeat(2) { screen.back() }
        assertEquals("Group 1 of 8", screen.title())
        screen.back()
        assertTrue(screen.get().isFinishing)
    }

    @Test
    fun `a damaged wallet is opened too`() {
        val paper = wallet.enrolWithCode()
        wallet.damage()
        val screen = enter()
        screen.typeAll(paper)
        repeat(2) { screen.type(NEW) }
        screen.confirm()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        EnterRecoveryCodeActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    // What leads there.

    @Test
    fun `'Forgot PIN' leads to the code where there is one, and the lock screen ends as after a PIN`() {
        wallet.enrolWithCode()
        val screen = Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(context)).setup()
        TestWallet.settle()
        screen.press("Forgot PIN?")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(EnterRecoveryCodeActivity::class.java.name, asked.component!!.className)
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        TestWallet.settle()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        LockActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `where nothing is set up 'Forgot PIN' leads to what is left`() {
        wallet.enrol()
        val screen = Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(context)).setup()
        TestWallet.settle()
        screen.press("Forgot PIN?")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(GetBackActivity::class.java.name, asked.component!!.className)
    }

    @Test
    fun `a locked wallet offers the code first`() {
        wallet.enrolWithCode()
        wallet.lockOut()
        val screen = Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(context)).setup()
        TestWallet.settle()
        screen.press("Enter your recovery code")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(EnterRecoveryCodeActivity::class.java.name, asked.component!!.className)
    }

    @Test
    fun `a view that nobody listens to says it in words`() {
        val activity = Stage.shown()
        val view = activity.show(LockedView(activity))
        val status = dev.walletlock.LockStatus.Locked(
            dev.walletlock.LockReason.TOO_MANY_ATTEMPTS,
            dev.walletlock.WhoLocked.PHONE,
            listOf(dev.walletlock.Remedy.RecoveryCode(dev.walletlock.RemedyState.Available)),
        )
        view.show(status)
        assertTrue(view.all().none { it.isClickable && it.words() == "Enter your recovery code" })
        view.setOnRecoveryCode {}
        assertTrue(view.all().any { it.isClickable && it.words() == "Enter your recovery code" })
    }

    private fun firstSession(): Session = runBlocking {
        pinOf(RIGHT).use { (wallet.lock.enrol(it) as Enrolment.Enrolled).session }
    }

    private fun status() = runBlocking { wallet.lock.recovery.status() }

    private fun make(session: Session?): ActivityController<MakeRecoveryCodeActivity> =
        start(MakeRecoveryCodeActivity::class.java, MakeRecoveryCodeActivity.intent(context, session))

    private fun enter(): ActivityController<EnterRecoveryCodeActivity> =
        start(EnterRecoveryCodeActivity::class.java, EnterRecoveryCodeActivity.intent(context))

    private fun <A : Activity> start(activity: Class<A>, intent: Intent): ActivityController<A> =
        Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }

    private companion object {
        const val NEW = "582941"
    }
}

// What a person does with a code on the screens.

internal fun ActivityController<out Activity>.codeView(): CodeView = get().window.decorView.part(R.id.walletlock_code)

/** The code that is shown. */
internal fun ActivityController<out Activity>.code(): RecoveryCode = checkNotNull(codeView().code)

internal fun ActivityController<out Activity>.paper() = FakePaper(code())

internal fun ActivityController<out Activity>.typeGroup(digits: List<Int>) = pad().enter(digits.joinToString(""))

internal fun ActivityController<out Activity>.typeAll(paper: FakePaper) = (1..8).forEach { typeGroup(paper.group(it)) }

/** Writes the code on the screen down, and types the groups that are asked back. */
internal fun ActivityController<out Activity>.confirm() {
    val paper = paper()
    val asked = code().askedGroups
    press("I wrote it down")
    asked.forEach { typeGroup(paper.group(it)) }
}

@Suppress("DEPRECATION")
internal fun ActivityController<out Activity>.back() {
    get().onBackPressed()
    TestWallet.settle()
}

internal fun ActivityController<MakeRecoveryCodeActivity>.making(): MakingCode = get().screen.made as MakingCode
