package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.content.pm.ActivityInfo
import android.graphics.drawable.ColorDrawable
import android.view.View
import android.widget.TextView
import dev.walletlock.Session
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
import org.robolectric.annotation.Config

/** The lock screen among an app's other screens: Back, two lock screens, the result, and the app's own parts on it. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-xhdpi")
class LockActivityAmongOthersTest {
    private val wallet = TestWallet().enrol()
    private val application = RuntimeEnvironment.getApplication()
    private val newerVersion = Faults.ofOpening.first { it.second == LockTrouble.NEWER_VERSION }.first

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        LockActivity.useParts(LockScreenParts())
        wallet.close()
    }

    @Test
    fun `Back leaves the app, and what lies behind is not shown`() {
        val screen = shown(LockActivity.intent(application))
        @Suppress("DEPRECATION")
        screen.get().onBackPressed()
        assertTrue("with all that is below it", shadowOf(screen.get()).isTaskMovedToBack)
        assertFalse("it is there when the person comes back", screen.get().isFinishing)
    }

    @Test
    fun `where the app says so, Back is a cancelled result, with the fault's code if there was one`() {
        val screen = shown(LockActivity.intent(application, canGoBack = true))
        assertNull((screen.wentBack() as LockResult.Cancelled).trouble)
        screen.pause().stop().destroy()
        LockScreens.useLock { throw newerVersion }
        val failed = shown(LockActivity.intent(application, canGoBack = true))
        assertEquals(LockTrouble.NEWER_VERSION, (failed.wentBack() as LockResult.Cancelled).trouble)
    }

    @Test
    fun `each way in which it ends is a result that says so`() {
        val screen = shown()
        screen.unlock()
        val ended = shadowOf(screen.get())
        val session = (LockActivity.result(ended.resultCode, ended.resultIntent) as LockResult.Unlocked).session
        assertTrue(session.isLive)
        assertTrue("taken", LockActivity.result(ended.resultCode, ended.resultIntent) is LockResult.Cancelled)
        assertEquals(LockResult.NoPin, LockActivity.result(LockActivity.RESULT_NO_PIN, null))
        assertNull((LockActivity.result(Activity.RESULT_CANCELED, null) as LockResult.Cancelled).trouble)
        session.close()
    }

    @Test
    fun `two in one task have one prompt, and one unlocking ends both`() {
        wallet.withBiometrics()
        val first = shown()
        wallet.phone.person.seesPrompt()
        val prompt = wallet.phone.biometrics.shown
        first.pause()
        val second = shown()
        first.stop()
        TestWallet.settle()
        assertTrue("it is there still, and the same", prompt != null && wallet.phone.biometrics.shown === prompt)
        wallet.phone.person.touches()
        settleUntil("both end") { first.get().isFinishing && second.get().isFinishing }
        val results = listOf(first, second).map { shadowOf(it.get()).run { LockActivity.result(resultCode, resultIntent) } }
        val session: Session = results.filterIsInstance<LockResult.Unlocked>().single().session
        assertTrue(session.isLive)
        session.close()
    }

    @Test
    fun `when the one on top goes, the one below is told again`() {
        val first = shown()
        first.pause()
        val second = shown(LockActivity.intent(application, canGoBack = true))
        first.stop()
        second.wentBack()
        second.pause()
        first.restart().start().resume()
        second.stop().destroy()
        TestWallet.settle()
        first.unlock()
        assertEquals(Activity.RESULT_OK, shadowOf(first.get()).resultCode)
    }

    @Test
    fun `launched again while it is on top it is the same one`() {
        val info = application.packageManager.getActivityInfo(LockActivity.intent(application).component!!, 0)
        assertEquals(ActivityInfo.LAUNCH_SINGLE_TOP, info.launchMode)
    }

    @Test
    fun `it carries what is the app's own`() {
        val forgotten = mutableListOf<Activity>()
        LockActivity.useParts(
            LockScreenParts(
                mark = R.drawable.walletlock_padlock,
                title = R.string.walletlock_biometric_unlock,
                footer = { TextView(it).apply { text = "Ana's wallet" } },
                onForgotPin = forgotten::add,
            ),
        )
        val screen = shown().get()
        val pad = screen.pad()
        assertEquals("Open your wallet", pad.title())
        assertTrue(pad.part<View>(R.id.walletlock_mark).isShown)
        assertTrue("Ana's wallet" in pad.texts())
        pad.part<View>(R.id.walletlock_forgot).performClick()
        assertEquals(listOf<Activity>(screen), forgotten)
    }

    @Test
    fun `'Forgot PIN' is there only where it leads somewhere, and stands out after a wrong PIN`() {
        val plain = Stage.shown().let { it.show(PinPadView(it)) }
        assertFalse(plain.part<View>(R.id.walletlock_forgot).isShown)
        plain.bind(wallet.lock)
        plain.setOnForgotPin {}
        plain.mark = ColorDrawable()
        TestWallet.settle()
        val before = plain.part<View>(R.id.walletlock_forgot).drawn()
        plain.enter(TestWallet.WRONG)
        plain.done()
        val after = plain.part<View>(R.id.walletlock_forgot).drawn()
        assertEquals(before.width to before.height, after.width to after.height)
        val key = Colours(plain.context).key
        assertEquals(listOf(false, true), listOf(before, after).map { it.getPixel(it.width / 2, 4) == key })
    }

    private fun shown(intent: Intent = LockActivity.intent(application)): ActivityController<LockActivity> =
        Robolectric.buildActivity(LockActivity::class.java, intent).setup().also { TestWallet.settle() }

    private fun ActivityController<LockActivity>.unlock() {
        get().pad().enter(TestWallet.RIGHT)
        get().pad().done()
    }

    private fun ActivityController<LockActivity>.wentBack(): LockResult {
        @Suppress("DEPRECATION")
        get().onBackPressed()
        assertTrue(get().isFinishing)
        return shadowOf(get()).run { LockActivity.result(resultCode, resultIntent) }
    }

    private fun LockActivity.pad(): PinPadView = window.decorView.part(R.id.walletlock_pad)
}
