package dev.walletlock.android

import android.provider.Settings
import android.view.HapticFeedbackConstants
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.widget.TextView
import dev.walletlock.Enrolment
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.Session
import java.util.Random
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class PinPadTest {
    private val wallet = TestWallet().enrol()
    private val activity = Stage.shown()
    private val sessions = mutableListOf<Session>()
    private val refusals = mutableListOf<Refusal>()
    private val pad = activity.show(
        PinPadView(activity).apply {
            bind(wallet.lock)
            setOnUnlocked(sessions::add)
            setOnRefused(refusals::add)
        },
    )

    @After
    fun close() {
        LockScreens.takePartlyCoveredKeys(false)
        wallet.close()
    }

    @Test
    fun `the right PIN, by touch, opens the wallet`() {
        TestWallet.RIGHT.forEach { assertTrue(pad.touchKey(it.toString())) }
        assertEquals(6, pad.entry.length)
        pad.touchKey("Done")
        assertTrue(sessions.single().isLive)
        assertEquals(0, pad.entry.length)
        assertEquals(emptyList<Refusal>(), refusals)
    }

    @Test
    fun `a wrong one is refused, told, felt, and not kept`() {
        pad.enter(TestWallet.WRONG)
        pad.done()
        assertEquals(4, (refusals.single() as PinOutcome.Wrong).triesLeft)
        assertEquals("That PIN is not right. 4\u00a0tries left.", pad.message())
        assertEquals(HapticFeedbackConstants.REJECT, shadowOf(pad as View).lastHapticFeedbackPerformed())
        assertNotNull(pad.dots().refusalAnimation)
        assertEquals("No digits typed", pad.dots().contentDescription)
        pad.enter("8")
        assertEquals("", pad.message())
        assertEquals(HapticFeedbackConstants.KEYBOARD_TAP, shadowOf(pad as View).lastHapticFeedbackPerformed())
    }

    @Test
    fun `nothing shakes for who wants nothing to move`() {
        Settings.Global.putFloat(activity.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 0f)
        pad.enter(TestWallet.WRONG)
        pad.done()
        assertNull(pad.dots().refusalAnimation)
    }

    @Test
    fun `the same wrong one twice is not counted, and that is said`() {
        repeat(2) {
            pad.enter(TestWallet.WRONG)
            pad.done()
        }
        assertEquals("You just tried that PIN, so it was not counted. Try another one.", pad.message())
        assertEquals(LockStatus.Ready(4), wallet.lock.status.value)
    }

    @Test
    fun `too few digits are no try`() {
        pad.enter("83")
        pad.done()
        assertEquals("A PIN has at least 4 digits.", pad.message())
        assertEquals(LockStatus.Ready(5), wallet.lock.status.value)
    }

    @Test
    fun `while a PIN is checked nothing else is taken`() {
        pad.enter(TestWallet.WRONG)
        wallet.hold()
        pad.done()
        assertEquals("Checking…", pad.title())
        assertEquals("", pad.message())
        assertEquals("6 digits typed", pad.dots().contentDescription)
        assertFalse(pad.labelled("5").isEnabled)
        pad.enter("5")
        pad.done()
        pad.dispatchKeyEvent(KeyEvent(KeyEvent.ACTION_DOWN, KeyEvent.KEYCODE_5))
        wallet.release()
        assertEquals("Enter your PIN", pad.title())
        assertEquals(1, refusals.size)
        assertEquals(0, pad.entry.length)
        assertEquals(LockStatus.Ready(4), wallet.lock.status.value)
        assertTrue(pad.labelled("5").isEnabled)
    }

    @Test
    fun `while the lock cools down it takes nothing, and then again`() {
        wallet.enterWrongPin(2)
        assertEquals("Try again in 5 minutes", pad.message())
        assertFalse(pad.labelled("5").isEnabled)
        wallet.letPass(200_000)
        assertEquals("Try again in 52 seconds", pad.message())
        wallet.letPass(52_000)
        assertEquals("3\u00a0tries left", pad.message())
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertEquals(1, sessions.size)
    }

    @Test
    fun `digits typed before the lock closes are wiped`() {
        pad.enter("835")
        wallet.enterWrongPin(2)
        assertEquals(0, pad.entry.length)
    }

    @Test
    fun `a phone that is busy says so, and takes the next`() {
        wallet.phone.deviceKey.isPhoneLocked = true
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertEquals("Your phone is busy. Please try again in a moment. (Code\u00a06)", pad.message())
        wallet.phone.deviceKey.isPhoneLocked = false
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertEquals(1, sessions.size)
    }

    @Test
    fun `a PIN of a length that is known ends by itself`() {
        pad.pinLength = 6
        pad.enter("8351")
        assertFalse(pad.labelled("Done").isShown)
        pad.labelled("Delete the last digit").performClick()
        assertEquals("3 of 6 digits typed", pad.dots().contentDescription)
        pad.enter("179")
        assertEquals(1, sessions.size)
        assertThrows(IllegalArgumentException::class.java) { pad.pinLength = 3 }
    }

    @Test
    fun `digits are taken back, one or all`() {
        pad.enter("835")
        val backspace = pad.labelled("Delete the last digit")
        backspace.performClick()
        assertEquals(2, pad.entry.length)
        backspace.performLongClick()
        assertEquals(0, pad.entry.length)
    }

    @Test
    fun `a touch through another window is refused, and that is said`() {
        val key = pad.labelled("8")
        for (flag in listOf(MotionEvent.FLAG_WINDOW_IS_OBSCURED, MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED)) {
            assertFalse(pad.touchKey("8", flag))
            assertEquals(0, pad.entry.length)
            assertTrue(pad.message(), pad.message().startsWith("Something is covering this screen."))
            assertFalse("it looks as if it took nothing", key.isEnabled)
            assertTrue(pad.touchKey("8"))
            assertEquals(1, pad.entry.length)
            assertEquals("", pad.message())
            pad.labelled("Delete the last digit").performClick()
        }
        assertTrue(key.isEnabled)
    }

    @Test
    fun `where the app says so the keys take a touch past a window elsewhere, and nothing else does`() {
        LockScreens.takePartlyCoveredKeys(true)
        val forgotten = mutableListOf<Unit>()
        pad.setOnForgotPin { forgotten += Unit }
        TestWallet.settle()
        assertFalse("over the key itself", pad.touchKey("8", MotionEvent.FLAG_WINDOW_IS_OBSCURED))
        assertEquals(0, pad.entry.length)
        TestWallet.RIGHT.forEach { assertTrue(pad.touchKey("$it", MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED)) }
        assertEquals("", pad.message())
        val forgot = pad.part<View>(R.id.walletlock_forgot)
        assertFalse(pad.touchOn(forgot, MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
        assertEquals(0, forgotten.size)
        assertTrue(pad.message(), pad.message().startsWith("Something is covering this screen."))
        assertTrue(pad.touchKey("Done", MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
        assertEquals(1, sessions.size)
        assertTrue("as any button, while nothing lies above", pad.touchOn(forgot))
        assertEquals(1, forgotten.size)
    }

    @Test
    fun `a keyboard types, takes back and ends`() {
        pad.requestFocus()
        listOf(KeyEvent.KEYCODE_8, KeyEvent.KEYCODE_NUMPAD_3, KeyEvent.KEYCODE_9).forEach(pad::press)
        pad.press(KeyEvent.KEYCODE_DEL)
        listOf(5, 1, 7, 9).forEach { pad.press(KeyEvent.KEYCODE_0 + it) }
        pad.press(KeyEvent.KEYCODE_ENTER)
        assertEquals(1, sessions.size)
    }

    @Test
    fun `arrows reach the keys, and Enter presses the one in focus`() {
        Stage.useKeyboard()
        activity.show(TextView(activity))
        Stage.shown().show(pad).requestFocus()
        pad.press(KeyEvent.KEYCODE_DPAD_DOWN)
        assertTrue(pad.labelled("1").isFocused)
        pad.press(KeyEvent.KEYCODE_ENTER)
        assertEquals(1, pad.entry.length)
        assertEquals(emptyList<Refusal>(), refusals)
    }

    @Test
    fun `shuffled digits lie elsewhere at each showing, all of them, and open`() {
        pad.random = Random(1)
        pad.isShuffled = true
        val orders = List(20) {
            activity.show(TextView(activity))
            activity.show(pad).digits()
        }
        assertTrue(orders.all { it.sorted() == "0123456789".map(Char::toString) })
        assertTrue("${orders.distinct().size}", orders.distinct().size > 15)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertEquals(1, sessions.size)
        pad.isShuffled = false
        assertEquals("1234567890".map(Char::toString), pad.digits())
    }

    @Test
    fun `nobody can foresee where they lie`() {
        assertEquals(java.security.SecureRandom::class.java, PinPadView(activity).random.javaClass)
    }

    @Test
    fun `what was typed is wiped when the pad goes away, and a session that came too late is closed`() {
        pad.enter("835")
        val entry = pad.entry
        activity.show(TextView(activity))
        assertThrows(dev.walletlock.LockException.Closed::class.java) { entry.length }
        activity.show(pad)
        pad.enter(TestWallet.RIGHT)
        wallet.hold()
        pad.done()
        activity.show(TextView(activity))
        wallet.release()
        assertEquals(emptyList<Session>(), sessions)
        activity.show(pad)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertEquals("it works on as before", 1, sessions.size)
    }

    @Test
    fun `a session waits for who listens late`() {
        val unlocking = Unlocking(wallet.lock)
        pad.setOnUnlocked(null)
        pad.bind(unlocking)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        assertEquals(emptyList<Session>(), sessions)
        pad.setOnUnlocked(sessions::add)
        assertTrue(sessions.single().isLive)
        assertNull(unlocking.takeSession())
        unlocking.close()
        assertTrue("it was taken", sessions.single().isLive)
    }

    @Test
    fun `a session that nobody took is closed with what kept it`() {
        val unlocking = Unlocking(wallet.lock)
        pad.setOnUnlocked(null)
        pad.bind(unlocking)
        pad.enter(TestWallet.RIGHT)
        pad.done()
        val kept = Unlocking::class.java.getDeclaredField("session").apply { isAccessible = true }.get(unlocking) as Session
        assertTrue(kept.isLive)
        unlocking.close()
        assertFalse(kept.isLive)
        assertNull(unlocking.takeSession())
    }

    @Test
    fun `a pad without a lock hands its digits over`() {
        val empty = TestWallet()
        pad.unbind()
        pad.title = "Choose a PIN"
        pad.setOnPinEntered { entry ->
            runBlocking { (empty.lock.enrol(entry) as? Enrolment.Enrolled)?.session?.close() }
        }
        pad.enter("947206")
        pad.done()
        assertEquals(LockStatus.Ready(5), empty.lock.status.value)
        pad.enter("11")
        pad.clear()
        assertEquals("No digits typed", pad.dots().contentDescription)
        pad.enter("11")
        pad.reject("Not that one")
        assertEquals("Not that one", pad.message())
        assertEquals(0, pad.entry.length)
        assertNotEquals("Not that one", pad.also { it.enter("1") }.message())
        empty.close()
    }
}

fun PinPadView.touchKey(label: String, flags: Int = 0): Boolean = touchOn(labelled(label), flags)

/** Touches the middle of [part]. Returns whether the touch was taken. */
fun PinPadView.touchOn(part: View, flags: Int = 0): Boolean {
    var x = part.width / 2f
    var y = part.height / 2f
    var view = part
    while (view !== this) {
        x += view.left
        y += view.top
        view = view.parent as View
    }
    return touch(flags, x, y)
}

fun PinPadView.press(code: Int) {
    listOf(KeyEvent.ACTION_DOWN, KeyEvent.ACTION_UP).forEach { dispatchKeyEvent(KeyEvent(it, code)) }
    TestWallet.settle()
}

fun View.message(): String = part<TextView>(R.id.walletlock_message).text.toString()

fun View.title(): String = part<TextView>(R.id.walletlock_title).text.toString()

internal fun PinPadView.dots(): DotsView = part(R.id.walletlock_dots)

fun PinPadView.digits(): List<String> =
    all().mapNotNull { it.contentDescription?.toString() }.filter { it.length == 1 && it[0].isDigit() }
