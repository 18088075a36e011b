package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.graphics.Insets
import android.os.Bundle
import android.view.View
import android.view.WindowInsets
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import dev.walletlock.LockException
import java.util.concurrent.TimeUnit
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowLooper

@RunWith(RobolectricTestRunner::class)
class LockActivityTest {
    private val wallet = TestWallet()

    @Before
    fun lock() = LockActivity.useLock { wallet.lock }

    @After
    fun close() = wallet.close()

    @Test
    fun `the right PIN ends it with a session, handed over once, and not by the intent`() {
        val screen = shown()
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        val activity = screen.get()
        assertTrue(activity.isFinishing)
        assertEquals(Activity.RESULT_OK, shadowOf(activity).resultCode)
        val data = shadowOf(activity).resultIntent
        screen.pause().stop().destroy()
        val session = LockActivity.takeSession(data)!!
        assertTrue(session.isLive)
        assertNull(LockActivity.takeSession(data))
        assertNull(LockActivity.takeSession(null))
        assertNull(LockActivity.takeSession(Intent()))
        assertEquals(setOf("dev.walletlock.session"), data.extras!!.keySet())
        assertTrue(data.extras!!.getString("dev.walletlock.session")!!.matches(Regex("[0-9a-f-]{36}")))
        session.close()
    }

    @Test
    fun `a session that nobody takes is closed`() {
        val taken = opened()
        val left = opened()
        val session = LockActivity.takeSession(taken)!!
        ShadowLooper.idleMainLooper(Handover.UNCLAIMED_MS, TimeUnit.MILLISECONDS)
        assertNull(LockActivity.takeSession(left))
        assertTrue("one that was taken lives on", session.isLive)
        session.close()
    }

    @Test
    fun `going back is a cancelled result`() {
        val activity = shown().get()
        @Suppress("DEPRECATION")
        activity.onBackPressed()
        assertTrue(activity.isFinishing)
        assertEquals(Activity.RESULT_CANCELED, shadowOf(activity).resultCode)
    }

    @Test
    fun `without a PIN there is nothing to unlock`() {
        val activity = screen().setup().get()
        TestWallet.settle()
        assertTrue(activity.isFinishing)
        assertEquals(LockActivity.RESULT_NO_PIN, shadowOf(activity).resultCode)
    }

    @Test
    fun `it shows which lock it is, and the pad again when that is over`() {
        val screen = shown()
        repeat(2) {
            screen.pad().enter("26483$it")
            screen.pad().done()
        }
        assertFalse(screen.pad().isShown)
        assertEquals("4:12", screen.locked().text(R.id.walletlock_clock))
        wallet.letPass(252_000)
        assertEquals(View.GONE, screen.locked().visibility)
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a rotation keeps the digits, in memory only`() {
        val screen = shown()
        screen.pad().enter("8351")
        val before = screen.get()
        screen.recreate()
        TestWallet.settle()
        assertTrue(before !== screen.get())
        assertEquals("4 digits typed", screen.pad().dots().contentDescription)
        screen.pad().enter("79")
        screen.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a rotation while a PIN is checked loses neither answer`() {
        for (pin in listOf(TestWallet.WRONG, TestWallet.RIGHT)) {
            val screen = shown()
            screen.pad().enter(pin)
            wallet.hold()
            screen.pad().done()
            screen.recreate()
            assertEquals("Checking…", screen.pad().message())
            wallet.letGo()
            if (pin == TestWallet.WRONG) {
                assertEquals("That PIN is not right. 4\u00a0tries left.", screen.pad().message())
                assertNotNull("it is seen as it happens", screen.pad().dots().shaking)
                screen.recreate()
                assertEquals("That PIN is not right. 4\u00a0tries left.", screen.pad().message())
                assertNull("and not again", screen.pad().dots().shaking)
            } else {
                assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
            }
        }
    }

    @Test
    fun `after the process ended it begins anew`() {
        val screen = shown()
        screen.pad().enter("8351")
        val saved = Bundle()
        screen.saveInstanceState(saved).pause().stop()
        assertEquals("what is left behind is wiped", 0, screen.pad().entry.length)
        val again = screen().setup(saved)
        TestWallet.settle()
        assertEquals("No digits typed", again.pad().dots().contentDescription)
        again.pad().enter(TestWallet.RIGHT)
        again.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(again.get()).resultCode)
    }

    @Test
    fun `who leaves while a PIN is checked leaves nothing open`() {
        val screen = shown()
        screen.pad().enter(TestWallet.RIGHT)
        wallet.hold()
        screen.pad().done()
        screen.get().finish()
        screen.pause().stop().destroy()
        wallet.letGo()
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        assertNull(shadowOf(screen.get()).resultIntent)
    }

    @Test
    fun `a lock that does not open is said, and tried again`() {
        wallet.enrol()
        var faults = 1
        LockActivity.useLock { if (faults-- > 0) throw someFault() else wallet.lock }
        val screen = screen().setup()
        TestWallet.settle()
        assertEquals("Your wallet did not open", screen.locked().text(R.id.walletlock_title))
        screen.locked().all().first { it.isClickable }.performClick()
        TestWallet.settle()
        assertTrue(screen.pad().isShown)
    }

    @Test
    fun `an app that names no lock is told how to`() {
        LockActivity::class.java.getDeclaredField("source").apply { isAccessible = true }.set(null, null)
        val message = assertThrows(RuntimeException::class.java) { screen().setup() }
        assertTrue("$message", "LockActivity.useLock" in "$message ${message.cause}")
    }

    @Test
    fun `its window is secure from the start, and its length and order are as asked`() {
        wallet.enrol()
        val intent = LockActivity.intent(RuntimeEnvironment.getApplication(), pinLength = 6, isShuffled = true)
        val screen = Robolectric.buildActivity(LockActivity::class.java, intent).create()
        assertTrue(screen.get().window.attributes.flags and FLAG_SECURE != 0)
        screen.start().resume().visible()
        TestWallet.settle()
        assertTrue(screen.pad().isShuffled)
        screen.pad().enter(TestWallet.RIGHT)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertFalse(screen.get().isDestroyed)
    }

    @Test
    fun `nothing lies under the bars and the camera`() {
        val screen = shown()
        val root = screen.locked().parent as View
        val bars = WindowInsets.Builder()
            .setInsets(WindowInsets.Type.systemBars(), Insets.of(0, 24, 0, 48))
            .setInsets(WindowInsets.Type.displayCutout(), Insets.of(30, 0, 0, 0))
            .build()
        root.dispatchApplyWindowInsets(bars)
        assertEquals(listOf(30, 24, 0, 48), listOf(root.paddingLeft, root.paddingTop, root.paddingRight, root.paddingBottom))
    }

    private fun someFault(): LockException =
        assertThrows(LockException::class.java) { dev.walletlock.PinEntry().use { it.push(10) } }

    private fun screen(): ActivityController<LockActivity> =
        Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(RuntimeEnvironment.getApplication()))

    private fun shown(): ActivityController<LockActivity> {
        if (wallet.lock.status.value == dev.walletlock.LockStatus.Unconfigured) wallet.enrol()
        return screen().setup().also { TestWallet.settle() }
    }

    private fun opened(): Intent {
        val screen = shown()
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        return shadowOf(screen.get()).resultIntent
    }

    private fun ActivityController<LockActivity>.pad(): PinPadView = get().window.decorView.part(R.id.walletlock_pad)

    private fun ActivityController<LockActivity>.locked(): LockedView = get().window.decorView.part(R.id.walletlock_locked)
}
