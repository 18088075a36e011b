package dev.walletlock.android

import android.graphics.Rect
import android.view.KeyEvent
import android.view.MotionEvent
import dev.walletlock.LockStatus
import dev.walletlock.Session
import java.time.Duration
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowSystemClock

/** Which keys are shown, where they are, and what a key does when it cannot do its normal work. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-xhdpi")
class PadKeysTest {
    private val wallet = TestWallet().enrol().withBiometrics()
    private val unlocking = Unlocking(wallet.lock)
    private val activity = Stage.shown()
    private val sessions = mutableListOf<Session>()
    private val pad = activity.show(
        PinPadView(activity).apply {
            bind(unlocking)
            setOnUnlocked(sessions::add)
        },
    )

    @After
    fun close() {
        LockScreens.takePartlyCoveredKeys(false)
        unlocking.close()
        wallet.close()
    }

    @Test
    fun `the key that ends the PIN is there with the fourth digit, the one that deletes with the first`() {
        val shown = List(5) { digits ->
            if (digits > 0) pad.enter("7")
            listOf(DELETE, DONE).filter { pad.labelled(it).isShown }
        }
        assertEquals(listOf(emptyList(), listOf(DELETE), listOf(DELETE), listOf(DELETE), listOf(DELETE, DONE)), shown)
    }

    @Test
    fun `no key ever moves, whatever is typed, said or offered`() {
        pad.title = "A title that takes more than one line because the app has so much to say in it"
        TestWallet.settle()
        val before = places()
        offerFinger()
        assertEquals(before, places())
        pad.enter("8351")
        assertEquals(before, places())
        pad.reject("Words, and more words, and so many of them that they need every line that there is, and then some.")
        TestWallet.settle()
        assertEquals(before, places())
        pad.enter(TestWallet.WRONG)
        wallet.hold()
        pad.done()
        assertEquals(before, places())
        wallet.release()
        assertEquals(before, places())
    }

    @Test
    fun `a finger is asked for in the corner where nothing else is, and not by one tap too many on delete`() {
        assertFalse(pad.labelled(ASK).isShown)
        offerFinger()
        assertTrue(pad.labelled(ASK).isShown)
        pad.enter("8")
        assertFalse("there is something to delete", pad.labelled(ASK).isShown)
        pad.labelled(DELETE).performClick()
        assertTrue(pad.labelled(ASK).isShown)
        pad.labelled(ASK).performClick()
        TestWallet.settle()
        assertFalse("it was meant for the key before", unlocking.isAsking)
        ShadowSystemClock.advanceBy(Duration.ofSeconds(1))
        wallet.phone.person.willDo { touches() }
        pad.labelled(ASK).performClick()
        settleUntil("it opens") { sessions.isNotEmpty() }
        assertTrue(sessions.single().isLive)
    }

    @Test
    fun `the key that asks for a finger takes no partly covered touch, whatever the app says of the others`() {
        LockScreens.takePartlyCoveredKeys(true)
        offerFinger()
        assertFalse(pad.touchKey(ASK, MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
        assertTrue(pad.touchKey("8", MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED))
    }

    @Test
    fun `where the length is known the finger's key and delete have a corner each`() {
        offerFinger()
        pad.pinLength = 6
        TestWallet.settle()
        pad.enter("8351")
        assertTrue(pad.labelled(ASK).isShown && pad.labelled(DELETE).isShown)
        assertFalse(pad.labelled(DONE).isShown)
        assertFalse(Rect.intersects(place(ASK), place(DELETE)))
    }

    @Test
    fun `a digit beyond the longest PIN is told, and changes nothing`() {
        pad.enter("835179835179")
        assertEquals("", pad.message())
        pad.enter("4")
        assertEquals("A PIN has 12 digits at most. The last one was not added.", pad.message())
        assertEquals(12, pad.entry.length)
        pad.labelled(DELETE).performClick()
        assertEquals("", pad.message())
    }

    @Test
    fun `also on a pad without a lock, and beyond the length that is asked for`() {
        pad.unbind()
        var ends = 0
        pad.setOnPinEntered { ends++ }
        pad.pinLength = 6
        pad.enter("8351794")
        assertEquals(1, ends)
        assertEquals("A PIN has 6 digits at most. The last one was not added.", pad.message())
        assertEquals(6, pad.entry.length)
    }

    @Test
    fun `a screen where a PIN is chosen hears of each digit, has its own words below them, and says when they may end`() {
        pad.unbind()
        val heard = mutableListOf<Int>()
        var ends = 0
        pad.setOnPinEntered { ends++ }
        pad.behaviour.onDigits = { heard += it }
        pad.behaviour.showHint("Four digits or more")
        pad.behaviour.canEnd = false
        pad.enter("8351")
        assertEquals(listOf(1, 2, 3, 4), heard)
        assertEquals("Four digits or more", pad.message())
        assertFalse(pad.labelled(DONE).isEnabled)
        pad.press(KeyEvent.KEYCODE_ENTER)
        assertEquals(0, ends)
        pad.behaviour.canEnd = true
        assertTrue(pad.labelled(DONE).isEnabled)
        pad.done()
        assertEquals(1, ends)
        pad.reject("Not that one")
        assertEquals("Not that one", pad.message())
        pad.enter("7")
        assertEquals("Four digits or more", pad.message())
        pad.behaviour.canEnd = false
        pad.pinLength = 4
        pad.enter("351")
        assertEquals("no key would end it", 2, ends)
    }

    @Test
    fun `whatever confirms submits, also the button of a gamepad, and types nothing`() {
        val confirm = listOf(
            KeyEvent.KEYCODE_DPAD_CENTER,
            KeyEvent.KEYCODE_ENTER,
            KeyEvent.KEYCODE_NUMPAD_ENTER,
            KeyEvent.KEYCODE_SPACE,
            KeyEvent.KEYCODE_BUTTON_A,
        )
        for (key in confirm) {
            pad.requestFocus()
            pad.enter(TestWallet.RIGHT)
            pad.press(key)
            assertEquals(KeyEvent.keyCodeToString(key), 1, sessions.size)
            sessions.clear()
            pad.press(key)
            assertEquals("the second press types nothing", 0, pad.entry.length)
        }
    }

    @Test
    fun `too few digits are told, whatever ends them, and nothing is counted`() {
        pad.enter("835")
        pad.press(KeyEvent.KEYCODE_ENTER)
        assertEquals("A PIN has at least 4 digits.", pad.message())
        assertEquals(3, pad.entry.length)
        assertEquals(LockStatus.Ready(5), wallet.lock.status.value)
    }

    private fun offerFinger() {
        wallet.phone.person.willDo { choosesPin() }
        unlocking.offerBiometrics()
        // Until the lock knows how the prompt ended, the key shows no other prompt.
        settleUntil("it is offered") { unlocking.offersBiometrics && !unlocking.isAsking }
    }

    private fun places() = (0..9).map { place(it.toString()) } + listOf(DELETE, DONE, ASK).map(::place)

    private fun place(label: String): Rect = pad.placeOf(pad.labelled(label))

    private companion object {
        const val ASK = "Use fingerprint or face"
        const val DELETE = "Delete the last digit"
        const val DONE = "Done"
    }
}
