package dev.walletlock.android

import android.app.Activity
import android.view.MotionEvent
import android.view.View
import dev.walletlock.BiometricAvailability
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

@RunWith(RobolectricTestRunner::class)
class ChangePinActivityTest {
    private val wallet = TestWallet().enrol()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        LockScreens.usePinLength(0)
        LockScreens.takePartlyCoveredKeys(false)
        LockActivity.useParts(LockScreenParts())
        wallet.close()
    }

    @Test
    fun `current, new, once more, and the PIN is another one`() {
        val before = wallet.unlocked()
        val screen = shown()
        assertEquals("Your current PIN", screen.title())
        screen.type(RIGHT)
        assertEquals("Choose a new PIN", screen.title())
        screen.type(NEW)
        assertEquals("Type the new PIN once more", screen.title())
        screen.type(NEW)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        val session = ChangePinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!
        assertTrue("the one that goes on", session.isLive)
        assertFalse("all others have ended", before.isLive)
        session.close()
        assertTrue(opens(NEW))
        assertFalse(opens(RIGHT))
    }

    @Test
    fun `a wrong current PIN is told at once, as on the lock screen`() {
        val screen = shown()
        screen.type(WRONG)
        assertEquals("That PIN is not right. 4\u00a0tries left.", screen.pad().message())
        assertEquals("Your current PIN", screen.title())
        screen.type("264831")
        assertEquals("4:12", screen.locked().text(R.id.walletlock_clock))
        assertFalse(screen.pad().isShown)
        wallet.letPass(252_000)
        assertTrue(screen.pad().isShown)
        screen.type(RIGHT)
        assertEquals("Choose a new PIN", screen.title())
    }

    @Test
    fun `who forgot the PIN is helped where the current one is asked for, and not where a new one is chosen`() {
        val asking = mutableListOf<Activity>()
        LockActivity.useParts(LockScreenParts(onForgotPin = asking::add))
        val screen = shown()
        val pad = screen.pad()
        val forgot = pad.part<View>(R.id.walletlock_forgot)
        val (plain, keys) = forgot.drawn() to pad.placeOf(pad.labelled("5"))
        assertTrue(forgot.isShown)
        forgot.performClick()
        assertEquals(listOf<Activity>(screen.get()), asking)
        assertEquals("the screen stays", "Your current PIN", screen.title())
        screen.type(WRONG)
        assertFalse("it stands out", plain.sameAs(forgot.drawn()))
        screen.type(RIGHT)
        assertEquals("Choose a new PIN", screen.title())
        assertFalse(forgot.isShown)
        assertEquals("no key moves", keys, pad.placeOf(pad.labelled("5")))
    }

    @Test
    fun `with a recovery code 'Forgot PIN' leads to it, unless the app wants its own way first`() {
        TestWallet().use { coded ->
            coded.enrolWithCode()
            LockScreens.useLock { coded.lock }
            val screen = shown()
            screen.press("Forgot PIN?")
            val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
            assertEquals(EnterRecoveryCodeActivity::class.java.name, asked.component!!.className)
            shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(coded.unlocked()))
            TestWallet.settle()
            assertEquals("a new PIN is set", Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
            ChangePinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
            val asking = mutableListOf<Activity>()
            LockActivity.useParts(LockScreenParts(onForgotPin = asking::add, prefersRecoveryCode = false))
            val own = shown()
            own.press("Forgot PIN?")
            assertEquals(listOf<Activity>(own.get()), asking)
        }
    }

    @Test
    fun `without a code and a way of the app's, 'Forgot PIN' leads to what is left`() {
        val screen = shown()
        screen.press("Forgot PIN?")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(GetBackActivity::class.java.name, asked.component!!.className)
    }

    @Test
    fun `a partly covered touch types the current PIN where the app says so, and no new one`() {
        LockScreens.takePartlyCoveredKeys(true)
        val screen = shown()
        val pad = screen.pad()
        RIGHT.forEach { assertTrue(pad.touchKey("$it", MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED)) }
        assertTrue(pad.touchKey("Done", MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
        assertEquals("Choose a new PIN", screen.title())
        assertFalse(pad.touchKey("9", MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
        assertEquals(0, pad.entry.length)
    }

    @Test
    fun `the last try before everything is erased is told here too`() = TestWallet(TestWallet.ERASES).enrol().use { last ->
        LockScreens.useLock { last.lock }
        last.enterWrongPin(1)
        val screen = shown()
        assertEquals("2\u00a0tries left", screen.pad().message())
        screen.type(WRONG)
        assertEquals("That PIN is not right. The next wrong one erases everything in this wallet.", screen.pad().message())
        screen.pad().enter("8")
        assertEquals("The next wrong PIN erases everything in this wallet.", screen.pad().message())
    }

    @Test
    fun `a wallet that is locked for good says so in place of the pad`() {
        wallet.lockOut()
        val screen = shown()
        assertEquals("Your wallet is locked", screen.locked().text(R.id.walletlock_title))
    }

    @Test
    fun `the current PIN is no new one, and neither is one that was used before`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.type(RIGHT)
        assertEquals("That is the PIN you have. Choose another one.", screen.pad().message())
        repeat(2) { screen.type(NEW) }
        ChangePinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
        val again = shown()
        again.type(NEW)
        repeat(2) { again.type(RIGHT) }
        assertEquals("You used this PIN before.", again.pad().message())
        assertEquals("Choose a new PIN", again.title())
        repeat(2) { again.type("590263") }
        assertEquals(Activity.RESULT_OK, shadowOf(again.get()).resultCode)
        assertTrue(opens("590263"))
    }

    @Test
    fun `two that differ change nothing`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.type(NEW)
        screen.type(WRONG)
        assertEquals("The two PINs differ. Choose one again.", screen.pad().message())
        assertEquals("Choose a new PIN", screen.title())
        assertTrue(opens(RIGHT))
    }

    @Test
    fun `the finger is asked about before the change, and switched off with it`() {
        for (isKept in listOf(true, false)) {
            val mine = TestWallet().enrol().withBiometrics()
            LockScreens.useLock { mine.lock }
            val screen = shown()
            screen.type(RIGHT)
            repeat(2) { screen.type(NEW) }
            assertEquals("Switch off fingerprint and face too?", screen.question())
            screen.press(if (isKept) "Keep them on" else "Switch them off")
            assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
            val availability = runBlocking { mine.lock.biometricAvailability() }
            assertEquals(isKept, availability is BiometricAvailability.Available)
            mine.close()
        }
    }

    @Test
    fun `a session that ended meanwhile is begun again by the current PIN`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.type(NEW)
        wallet.lock.lockNow()
        screen.type(NEW)
        assertEquals("That took a while. Enter your current PIN once more.", screen.pad().message())
        assertEquals("Your current PIN", screen.title())
        screen.type(RIGHT)
        repeat(2) { screen.type(NEW) }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a rotation keeps the step, and who leaves begins anew`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.type(NEW)
        screen.recreate()
        TestWallet.settle()
        assertEquals("Type the new PIN once more", screen.title())
        screen.pause().stop()
        screen.restart().start().resume()
        TestWallet.settle()
        assertEquals("Your current PIN", screen.title())
        assertFalse("what it had opened is closed", wallet.lock.isOpen.value)
    }

    @Test
    fun `a rotation while the current PIN is checked loses nothing`() {
        val screen = shown()
        screen.pad().enter(RIGHT)
        wallet.hold()
        screen.pad().done()
        assertEquals("Checking…", screen.title())
        screen.recreate()
        wallet.release()
        assertEquals("Choose a new PIN", screen.title())
    }

    @Test
    fun `Back ends it with all as it was`() {
        val screen = shown()
        screen.type(RIGHT)
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        screen.pause().stop().destroy()
        assertFalse(wallet.lock.isOpen.value)
    }

    @Test
    fun `without a PIN there is nothing to change`() {
        TestWallet().use { empty ->
            LockScreens.useLock { empty.lock }
            val screen = shown()
            assertEquals(LockActivity.RESULT_NO_PIN, shadowOf(screen.get()).resultCode)
        }
    }

    @Test
    fun `a wipe PIN is warned of, set, and wipes`() {
        val screen = shown(ofWipePin = true)
        assertEquals("A PIN that erases everything", screen.question())
        screen.press("Go on")
        screen.type(RIGHT)
        assertEquals("Choose a wipe PIN", screen.title())
        assertEquals("It has 6 digits, like your PIN.", screen.pad().message())
        screen.pad().enter("11111")
        assertFalse(screen.pad().labelled("Done").isEnabled)
        screen.pad().enter("1")
        screen.pad().done()
        screen.type("111111")
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertFalse(opens("111111"))
        assertEquals(LockStatus.Wiped, wallet.lock.status.value)
    }

    @Test
    fun `one that is a slip from the PIN is refused`() {
        val screen = shown(ofWipePin = true)
        screen.press("Go on")
        screen.type(RIGHT)
        repeat(2) { screen.type("835178") }
        assertEquals("It is one slip away from your PIN.", screen.pad().message())
        assertEquals("Choose a wipe PIN", screen.title())
    }

    @Test
    fun `one that is set is removed, after the PIN and not before`() {
        setWipePin()
        val screen = shown(ofWipePin = true)
        screen.press("Go on")
        screen.type(RIGHT)
        assertEquals("You have a wipe PIN", screen.question())
        screen.press("Remove it")
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        wallet.unlocked().use { session -> assertFalse(runBlocking { session.access.hasWipePin() }) }
    }

    @Test
    fun `the wipe PIN wipes here too`() {
        setWipePin()
        val screen = shown()
        screen.type("111111")
        assertEquals("Your wallet is empty", screen.locked().text(R.id.walletlock_title))
        screen.press("Go on")
        assertEquals(LockActivity.RESULT_NO_PIN, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `who leaves while the current PIN is checked is asked for it again, and nothing of it is kept`() {
        val screen = shown()
        screen.pad().enter(RIGHT)
        wallet.hold()
        screen.pad().done()
        screen.pause().stop()
        wallet.release()
        screen.restart().start().resume()
        TestWallet.settle()
        assertEquals("Your current PIN", screen.title())
        assertFalse("the session of the check", runBlocking { wallet.lock.refresh(); wallet.lock.isOpen.value })
    }

    @Test
    fun `the length that the app knows holds for both PINs`() {
        LockScreens.usePinLength(6)
        val screen = shown()
        screen.pad().enter(RIGHT)
        repeat(2) { screen.pad().enter(NEW) }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertTrue(opens(NEW))
    }

    private fun setWipePin() {
        val screen = shown(ofWipePin = true)
        screen.press("Go on")
        screen.type(RIGHT)
        repeat(2) { screen.type("111111") }
        ChangePinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    private fun opens(pin: String): Boolean = when (val outcome = runBlocking { wallet.lock.verify(pin) }) {
        is PinOutcome.Right -> true.also { outcome.session.close() }
        else -> false
    }

    private fun shown(ofWipePin: Boolean = false): ActivityController<ChangePinActivity> {
        val context = RuntimeEnvironment.getApplication()
        val intent = if (ofWipePin) ChangePinActivity.wipePinIntent(context) else ChangePinActivity.intent(context)
        return Robolectric.buildActivity(ChangePinActivity::class.java, intent).setup().also { TestWallet.settle() }
    }

    private fun ActivityController<ChangePinActivity>.locked(): LockedView =
        get().window.decorView.all().filterIsInstance<LockedView>().first(View::isShown)

    private companion object {
        const val NEW = "704926"
    }
}
