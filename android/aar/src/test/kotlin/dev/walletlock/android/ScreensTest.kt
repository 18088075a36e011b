package dev.walletlock.android

import android.content.pm.ApplicationInfo
import android.graphics.Bitmap
import android.view.View
import android.widget.TextView
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
import org.robolectric.annotation.Config

/**
 * What a person sees. Of each screen one picture in English and one in Chinese are kept ([KEPT]). The other pictures are
 * compared roughly. See [Golden] for how to keep new ones.
 */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class ScreensTest : ScreenPictures() {
    private val wallet = TestWallet(policy()).enrol()

    @After
    fun close() {
        LockScreens.usePinLength(0)
        wallet.close()
    }

    @Test
    fun `pad, light`() = pad("pad-light") { enter("835") }

    @Test
    @Config(qualifiers = "+night")
    fun `pad, dark`() = pad("pad-dark") { enter("835") }

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `pad, Chinese, wrong`() = pad("pad-chinese-wrong") { enterWrongPin() }

    @Test
    fun `pad, wrong`() = pad("pad-wrong") { enterWrongPin() }

    @Test
    fun `pad, checking`() {
        pad("pad-checking") {
            enter(TestWallet.RIGHT)
            wallet.hold()
            done()
        }
        wallet.release()
    }

    @Test
    @Config(fontScale = 2f)
    fun `pad, large letters`() = pad("pad-large") { enterWrongPin() }

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi")
    fun `pad, small`() = pad("pad-small") { enterWrongPin() }

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `pad, small with large letters`() = pad("pad-small-large") { enterWrongPin() }

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
    fun `pad, with all that is the app's own`() = pad("pad-parts") {
        parts("Ana's wallet")
        enterWrongPin()
    }

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h720dp-night-tvdpi")
    fun `pad, with all that is the app's own, Chinese and dark`() = pad("pad-parts-chinese") {
        parts("安娜的钱包")
        enter("83517")
    }

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `pad, with all that is the app's own, on its side`() = pad("pad-parts-landscape") { parts("Ana's wallet") }

    @Test
    @Config(qualifiers = "w360dp-h250dp-land-tvdpi")
    fun `pad, half a screen`() = pad("pad-half") { enterWrongPin() }

    @Test
    @Config(qualifiers = "w360dp-h340dp-land-tvdpi")
    fun `pad, another half`() = pad("pad-other-half") { enterWrongPin() }

    @Test
    @Config(qualifiers = "w220dp-h220dp-port-xhdpi")
    fun `pad, smallest`() = pad("pad-smallest") { enterWrongPin() }

    @Test
    fun `pad, six digits`() = offered("pad-six", pinLength = 6)

    @Test
    fun `pad, the last try erases`() = TestWallet(TestWallet.ERASES).enrol().use { last ->
        last.enterWrongPin(2)
        val activity = Stage.shown()
        activity.show(PinPadView(activity).apply { bind(last.lock) })
        TestWallet.settle()
        check("pad-last-try", activity.window.decorView.drawn())
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
    fun damaged() = damage("damaged")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `damaged, Chinese`() = damage("damaged-chinese")

    private fun damage(name: String) = shown(
        name,
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
        check(name, activity.window.decorView.drawn())
    }

    private fun pad(name: String, act: PinPadView.() -> Unit) {
        val activity = Stage.shown()
        val pad = activity.show(PinPadView(activity).apply { bind(wallet.lock) })
        pad.act()
        TestWallet.settle()
        check(name, activity.window.decorView.drawn())
    }

    private fun PinPadView.enterWrongPin() {
        enter(TestWallet.WRONG)
        done()
    }

    private fun cooling(name: String) {
        wallet.enterWrongPin(2)
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
        check(name, activity.window.decorView.drawn())
    }

    private fun PinPadView.parts(whose: String) {
        mark = context.getDrawable(R.drawable.walletlock_padlock)!!.mutate().apply { setTint(Colours(context).brand) }
        footer = TextView(context).apply {
            text = whose
            setTextColor(Colours(context).secondary)
        }
        setOnForgotPin {}
        TestWallet.settle()
    }

    private fun offered(name: String, pinLength: Int = 0) {
        wallet.withBiometrics()
        wallet.phone.person.willDo { choosesPin() }
        lockScreen(name, pinLength) {
            part<View>(R.id.walletlock_biometric).visibility == View.VISIBLE &&
                part<PinPadView>(R.id.walletlock_pad).behaviour.binding.unlocking?.isAsking == false
        }
    }

    private fun lockScreen(name: String, pinLength: Int = 0, isThere: View.() -> Boolean = { true }) {
        LockScreens.useLock { wallet.lock }
        LockScreens.usePinLength(pinLength)
        val intent = LockActivity.intent(context)
        val activity = Robolectric.buildActivity(LockActivity::class.java, intent).setup().get()
        settleUntil(name) { activity.window.decorView.isThere() }
        check(name, activity.window.decorView.drawn())
    }

    /** The advice in an app's policy is written in the person's language. */
    private fun policy(): String {
        val isChinese = context.resources.configuration.locales[0].language == "zh"
        return if (isChinese) TestWallet.POLICY.replace("ask for a case number.", "请索取受案回执。") else TestWallet.POLICY
    }

    private fun check(name: String, drawn: Bitmap) =
        if (name in KEPT) golden.check(name, drawn) else golden.checkRoughly(name, drawn)

    private fun mirrored() {
        val info = context.applicationInfo
        info.flags = info.flags or ApplicationInfo.FLAG_SUPPORTS_RTL
    }

    private companion object {
        val KEPT = setOf(
            "pad-light",
            "pad-chinese-wrong",
            "pad-parts",
            "pad-parts-chinese",
            "cooling-light",
            "cooling-chinese",
            "locked-dark",
            "locked-chinese",
            "damaged",
            "damaged-chinese",
            "trouble",
            "trouble-chinese",
        )
    }
}
