package dev.walletlock.android

import android.content.pm.ApplicationInfo
import android.provider.Settings
import android.view.View
import dev.walletlock.Contact
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.WhoLocked
import java.util.Random
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What a person sees, kept as pictures. See [Golden] for how to keep new ones. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class ScreensTest {
    private val golden = Golden()
    private val wallet = TestWallet().enrol()

    @After
    fun close() = wallet.close()

    @Test
    fun `pad, light`() = pad("pad-light") { enter("835") }

    @Test
    @Config(qualifiers = "+night")
    fun `pad, dark`() = pad("pad-dark") { enter("835") }

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `pad, Chinese, wrong`() = pad("pad-chinese-wrong") { miss() }

    @Test
    fun `pad, wrong`() = pad("pad-wrong") { miss() }

    @Test
    fun `pad, checking`() {
        still()
        pad("pad-checking") {
            enter(TestWallet.RIGHT)
            wallet.hold()
            done()
        }
        wallet.letGo()
    }

    @Test
    @Config(fontScale = 2f)
    fun `pad, large letters`() = pad("pad-large") { miss() }

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi")
    fun `pad, small`() = pad("pad-small") { miss() }

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `pad, small with large letters`() = pad("pad-small-large") { miss() }

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `pad, on its side`() = pad("pad-landscape") { enter("835") }

    @Test
    fun `pad, six digits, shuffled`() = pad("pad-shuffled") {
        random = Random(7)
        isShuffled = true
        pinLength = 6
        enter("835")
    }

    @Test
    @Config(qualifiers = "ar-ldrtl-w720dp-h360dp-land-tvdpi")
    fun `pad, from right to left`() {
        mirrored()
        pad("pad-rtl") { enter("835") }
    }

    @Test
    fun `pad, covered`() = pad("pad-covered") { touchThroughAnother() }

    @Test
    fun `pad, with a finger or face`() = offered("pad-biometric")

    @Test
    @Config(qualifiers = "zh-rCN-w320dp-h480dp-night-tvdpi")
    fun `pad, with a finger or face, Chinese, dark and small`() = offered("pad-biometric-chinese")

    @Test
    fun `pad, another finger was added`() {
        wallet.withBiometrics()
        wallet.phone.person.enrolsAnother()
        lockScreen("pad-biometric-changed") { message().isNotEmpty() }
    }

    @Test
    fun `cooling down, light`() = cooling("cooling-light")

    @Test
    @Config(qualifiers = "+night")
    fun `cooling down, dark`() = cooling("cooling-dark")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h720dp-mdpi")
    fun `cooling down, Chinese`() = cooling("cooling-chinese")

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `cooling down, on its side`() = cooling("cooling-landscape")

    @Test
    fun `locked, light`() = locked("locked-light")

    @Test
    @Config(qualifiers = "+night")
    fun `locked, dark`() = locked("locked-dark")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `locked, Chinese`() = locked("locked-chinese")

    @Test
    @Config(qualifiers = "w360dp-h720dp-mdpi", fontScale = 2f)
    fun `locked, large letters`() = locked("locked-large")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi")
    fun `locked, small`() = locked("locked-small")

    @Test
    fun `until a restart`() = shown(
        "until-restart",
        LockStatus.Locked(LockReason.UNTIL_RESTART, WhoLocked.PHONE, listOf(Remedy.Restart)),
    )

    @Test
    fun damaged() = shown(
        "damaged",
        LockStatus.Locked(
            LockReason.DATA_DAMAGED,
            WhoLocked.PHONE,
            listOf(Remedy.CheckAgain, Remedy.Ask(Contact.Phone("+1 555 0100"))),
        ),
    )

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `busy, Chinese`() = shown("busy-chinese", LockStatus.Busy)

    @Test
    fun `it did not open`() = trouble("trouble", LockTrouble.KEYSTORE_FAILED)

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `it did not open, Chinese`() = trouble("trouble-chinese", LockTrouble.NEWER_VERSION)

    private fun trouble(name: String, trouble: LockTrouble) {
        val activity = Stage.shown()
        activity.show(LockedView(activity)).show(trouble) {}
        TestWallet.settle()
        golden.check(name, activity.window.decorView.drawn())
    }

    private fun pad(name: String, act: PinPadView.() -> Unit) {
        val activity = Stage.shown()
        val pad = activity.show(PinPadView(activity).apply { bind(wallet.lock) })
        pad.act()
        TestWallet.settle()
        golden.check(name, activity.window.decorView.drawn())
    }

    private fun PinPadView.miss() {
        enter(TestWallet.WRONG)
        done()
    }

    private fun cooling(name: String) {
        wallet.miss(2)
        lockScreen(name)
    }

    private fun locked(name: String) {
        wallet.lockOut()
        lockScreen(name)
    }

    private fun shown(name: String, status: LockStatus) {
        val activity = Stage.shown()
        val view = activity.show(LockedView(activity))
        view.checked = wallet.lock
        view.show(status)
        TestWallet.settle()
        golden.check(name, activity.window.decorView.drawn())
    }

    private fun offered(name: String) {
        wallet.withBiometrics()
        wallet.phone.person.willDo { choosesPin() }
        lockScreen(name) { part<View>(R.id.walletlock_biometric).visibility == View.VISIBLE }
    }

    private fun lockScreen(name: String, isThere: View.() -> Boolean = { true }) {
        LockActivity.useLock { wallet.lock }
        val intent = LockActivity.intent(RuntimeEnvironment.getApplication())
        val activity = Robolectric.buildActivity(LockActivity::class.java, intent).setup().get()
        settleUntil(name) { activity.window.decorView.isThere() }
        golden.check(name, activity.window.decorView.drawn())
    }

    private fun still() {
        Settings.Global.putFloat(
            RuntimeEnvironment.getApplication().contentResolver,
            Settings.Global.ANIMATOR_DURATION_SCALE,
            0f,
        )
    }

    private fun mirrored() {
        val info = RuntimeEnvironment.getApplication().applicationInfo
        info.flags = info.flags or ApplicationInfo.FLAG_SUPPORTS_RTL
    }
}
