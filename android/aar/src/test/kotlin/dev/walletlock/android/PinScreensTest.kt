package dev.walletlock.android

import android.app.Activity
import java.util.TimeZone
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the screens that set a PIN, change it, and show the settings. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class PinScreensTest : ScreenPictures() {
    private val wallet = TestWallet()
    private val zone = TimeZone.getDefault()

    @Before
    fun lock() {
        LockScreens.useLock { wallet.lock }
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"))
    }

    @After
    fun close() {
        TimeZone.setDefault(zone)
        wallet.close()
    }

    @Test
    fun `choosing a PIN`() = choosing("set-pin")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `choosing a PIN, Chinese`() = choosing("set-pin-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `choosing a PIN, small with large letters`() = choosing("set-pin-small-large")

    @Test
    fun `two that differ`() {
        val screen = setPin()
        screen.type(RIGHT)
        screen.type(WRONG)
        screen.keep("set-pin-different")
    }

    @Test
    fun `the finger is offered`() = offered("offer-finger")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the finger is offered, Chinese`() = offered("offer-finger-chinese")

    @Test
    fun `the finger is asked about`() = askedAbout("change-pin")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the finger is asked about, Chinese`() = askedAbout("change-pin-chinese")

    @Test
    fun `a wipe PIN is warned of`() = warned("wipe-pin")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a wipe PIN is warned of, Chinese`() = warned("wipe-pin-chinese")

    @Test
    @Config(qualifiers = "w360dp-h1180dp-tvdpi")
    fun `the settings`() = settings("settings")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h1180dp-tvdpi")
    fun `the settings, Chinese`() = settings("settings-chinese")

    private fun choosing(name: String) {
        val screen = setPin()
        screen.pad().enter("123456")
        screen.keep(name)
    }

    private fun offered(name: String) {
        val screen = setPin()
        repeat(2) { screen.type(RIGHT) }
        screen.keep(name)
    }

    private fun askedAbout(name: String) {
        wallet.enrol().withBiometrics()
        val screen = start(ChangePinActivity::class.java, ChangePinActivity.intent(context))
        screen.type(RIGHT)
        repeat(2) { screen.type("704926") }
        screen.keep(name)
    }

    private fun warned(name: String) {
        wallet.enrol()
        start(ChangePinActivity::class.java, ChangePinActivity.wipePinIntent(context)).keep(name)
    }

    private fun settings(name: String) {
        wallet.enrol().withBiometrics().enterWrongPin(1)
        val screen =
            start(SecuritySettingsActivity::class.java, SecuritySettingsActivity.intent(context))
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        screen.keep(name)
    }

    private fun setPin() =
        start(SetPinActivity::class.java, SetPinActivity.intent(context))

    private fun <A : Activity> start(activity: Class<A>, intent: android.content.Intent): ActivityController<A> =
        Robolectric.buildActivity(activity, intent).setup().also { TestWallet.settle() }
}
