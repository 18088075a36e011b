package dev.walletlock.android

import android.app.Activity
import android.view.KeyEvent
import android.view.View
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.TextView
import dev.walletlock.LockStatus
import dev.walletlock.Personal
import dev.walletlock.PinOutcome
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

@RunWith(RobolectricTestRunner::class)
class SetPinActivityTest {
    private val wallet = TestWallet()
    private val person = wallet.phone.person

    @Before
    fun lock() {
        person.removesAll()
        LockScreens.useLock { wallet.lock }
    }

    @After
    fun close() {
        LockScreens.usePersonal { emptyList() }
        LockScreens.usePinLength(0)
        wallet.close()
    }

    @Test
    fun `a PIN that was typed twice is set, and its session handed over`() {
        val screen = shown()
        assertEquals("Choose a PIN", screen.title())
        screen.type(RIGHT)
        assertEquals("Type it once more", screen.title())
        assertEquals("No digits typed", screen.pad().dots().contentDescription)
        screen.type(RIGHT)
        val activity = screen.get()
        assertTrue(activity.isFinishing)
        assertEquals(Activity.RESULT_OK, shadowOf(activity).resultCode)
        val session = SetPinActivity.takeSession(shadowOf(activity).resultIntent)!!
        assertTrue(session.isLive)
        session.close()
        assertTrue(runBlocking { wallet.lock.verify(RIGHT) } is PinOutcome.Right)
    }

    @Test
    fun `two that differ say so, set nothing, and begin again`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.type(WRONG)
        assertEquals("The two PINs differ. Choose one again.", screen.pad().message())
        assertEquals("Choose a PIN", screen.title())
        assertEquals(LockStatus.Unconfigured, wallet.lock.status.value)
        screen.pad().enter("8")
        assertEquals("A PIN has at least 6 digits.", screen.pad().message())
        screen.pad().enter(RIGHT.drop(1))
        screen.pad().done()
        screen.type(RIGHT)
        assertTrue(wallet.lock.status.value is LockStatus.Ready)
    }

    @Test
    fun `each reason is said as it is typed, and the key that ends it is dead meanwhile`() {
        val screen = shown()
        val pad = screen.pad()
        val colours = Colours(pad.context)
        val message = pad.part<TextView>(R.id.walletlock_message)
        assertEquals("A PIN has at least 6 digits.", pad.message())
        assertEquals("it is no mistake yet", colours.secondary, message.currentTextColor)
        pad.enter("12345")
        assertEquals("its beginning is no reason", "A PIN has at least 6 digits.", pad.message())
        assertFalse(pad.labelled("Done").isEnabled)
        pad.enter("6")
        assertTrue(pad.message(), "Digits in a row" in pad.message())
        assertTrue("every reason: ${pad.message()}", "The keys lie in a line." in pad.message())
        assertEquals(colours.error, message.currentTextColor)
        assertEquals("the dots have said first how many", View.ACCESSIBILITY_LIVE_REGION_POLITE, message.accessibilityLiveRegion)
        assertFalse(pad.labelled("Done").isEnabled)
        pad.enter("0284")
        assertTrue("more digits made it a good one: ${pad.message()}", pad.labelled("Done").isEnabled)
        assertEquals("", pad.message())
    }

    @Test
    fun `Enter on a keyboard sets none that may not be set, and says why`() {
        val screen = shown()
        screen.pad().requestFocus()
        screen.pad().enter("123456")
        screen.pad().press(KeyEvent.KEYCODE_ENTER)
        assertEquals("Choose a PIN", screen.title())
        assertTrue(screen.pad().message(), "Digits in a row" in screen.pad().message())
    }

    @Test
    fun `a digit that there is no room for is told, and does not count`() {
        val screen = shown()
        screen.pad().enter("835179264830")
        assertEquals("", screen.pad().message())
        screen.pad().enter("7")
        assertEquals("A PIN has 12 digits at most. The last one was not added.", screen.pad().message())
        assertEquals(12, screen.pad().entry.length)
    }

    @Test
    fun `where the length is known the last digit ends it, also a PIN that may not be set`() {
        LockScreens.usePinLength(6)
        val screen = shown()
        screen.pad().enter("123456")
        assertTrue(screen.pad().message(), "Digits in a row" in screen.pad().message())
        assertEquals("it is typed anew", 0, screen.pad().entry.length)
        screen.pad().enter(RIGHT)
        assertEquals("Type it once more", screen.title())
        screen.pad().enter(RIGHT)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `what the app knows of the person is no PIN`() {
        LockScreens.usePersonal { listOf(Personal.Number("835179")) }
        val screen = shown()
        screen.pad().enter(RIGHT)
        assertEquals("It is made of something that others know of you.", screen.pad().message())
    }

    @Test
    fun `where the phone can ask for a finger it is offered, and switched on`() {
        person.enrolsAnother()
        val screen = shown()
        repeat(2) { screen.type(RIGHT) }
        assertEquals("Open with fingerprint or face?", screen.question())
        person.willDo { cancels() }
        screen.press("Switch it on")
        settleUntil("it was not switched on") { screen.note().isNotEmpty() }
        assertEquals("It was not switched on. You can try again.", screen.note())
        person.willDo { touches() }
        screen.press("Switch it on")
        settleUntil("it ends") { screen.get().isFinishing }
        SetPinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
        assertTrue(runBlocking { wallet.lock.biometricAvailability() } is dev.walletlock.BiometricAvailability.Available)
    }

    @Test
    fun `'not now' and Back leave the finger off, and the PIN set`() {
        person.enrolsAnother()
        val screen = shown()
        repeat(2) { screen.type(RIGHT) }
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertTrue(screen.get().isFinishing)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        SetPinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `who answers the offer after the wallet has locked itself is done, and the phone is not blamed`() {
        person.enrolsAnother()
        val screen = shown()
        repeat(2) { screen.type(RIGHT) }
        wallet.lock.lockNow()
        screen.press("Switch it on")
        settleUntil("it ends") { screen.get().isFinishing }
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a touch on a question through another window is refused, and that is said`() {
        person.enrolsAnother()
        val screen = shown()
        repeat(2) { screen.type(RIGHT) }
        val question = screen.get().window.decorView.all().first { it is QuestionView }
        question.touchThroughAnother()
        assertTrue(screen.note(), "covering this screen" in screen.note())
        question.touch(y = 0f)
        assertEquals("", screen.note())
        assertFalse(screen.get().isFinishing)
    }

    @Test
    fun `Back is a step back, and then a cancelled result`() {
        val screen = shown()
        screen.type(RIGHT)
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertFalse(screen.get().isFinishing)
        assertEquals("Choose a PIN", screen.title())
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertTrue(screen.get().isFinishing)
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a rotation keeps the first PIN, and loses what was just typed`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.pad().enter("83")
        screen.recreate()
        TestWallet.settle()
        assertEquals("Type it once more", screen.title())
        assertEquals("No digits typed", screen.pad().dots().contentDescription)
        screen.type(RIGHT)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a rotation while it is set loses nothing`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.pad().enter(RIGHT)
        wallet.hold()
        screen.pad().done()
        assertEquals("Setting your PIN…", screen.title())
        screen.recreate()
        assertEquals("Setting your PIN…", screen.title())
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertFalse("the screen waits for the running call", screen.get().isFinishing)
        wallet.release()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        SetPinActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `who leaves and comes back begins anew`() {
        val screen = shown()
        screen.type(RIGHT)
        screen.pause().stop()
        screen.restart().start().resume()
        TestWallet.settle()
        assertEquals("Choose a PIN", screen.title())
        screen.type(RIGHT)
        assertEquals("Type it once more", screen.title())
    }

    @Test
    fun `a wallet that has a PIN says so to the app`() {
        wallet.enrol()
        val screen = screen().setup()
        TestWallet.settle()
        assertEquals(SetPinActivity.RESULT_HAS_PIN, shadowOf(screen.get()).resultCode)
        assertTrue(screen.get().isFinishing)
    }

    @Test
    fun `a lock that does not open is said, and tried again`() {
        var faults = 1
        LockScreens.useLock { if (faults-- > 0) throw Faults.ofOpening[4].first else wallet.lock }
        val screen = screen().setup()
        TestWallet.settle()
        screen.press("Try again")
        assertTrue(screen.pad().isShown)
    }

    @Test
    fun `its window is secure from the start, and what leaves it open is nothing`() {
        val screen = screen().create()
        assertTrue(screen.get().window.attributes.flags and FLAG_SECURE != 0)
        screen.start().resume().visible()
        TestWallet.settle()
        screen.type(RIGHT)
        screen.pause().stop().destroy()
        assertNull(shadowOf(screen.get()).resultIntent)
    }

    private fun screen(): ActivityController<SetPinActivity> =
        Robolectric.buildActivity(SetPinActivity::class.java, SetPinActivity.intent(RuntimeEnvironment.getApplication()))

    private fun shown() = screen().setup().also { TestWallet.settle() }
}
