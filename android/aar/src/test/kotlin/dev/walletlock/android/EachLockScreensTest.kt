package dev.walletlock.android

import android.app.Activity
import android.graphics.Bitmap
import android.view.View
import android.widget.LinearLayout
import android.widget.TextView
import dev.walletlock.Contact
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.FinderMessage
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Remedy
import dev.walletlock.RemedyState.Available
import dev.walletlock.RemedyState.UsedUp
import dev.walletlock.RemedyState.Waiting
import dev.walletlock.WhoLocked
import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakeProvider
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Pictures of each lock's own screen. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class EachLockScreensTest : ScreenPictures() {
    private val wallet = TestWallet()

    @Before
    fun prepare() {
        wallet.enrolWithCode()
        LockScreens.useLock { wallet.lock }
        LockScreens.useProvider { _, _ -> ProviderReply.NOT_REACHED }
    }

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `whoever finds the phone`() = golden.check("finder", drawn(lost("Please bring this phone to any of our shops. Thank you.")))

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `whoever finds the phone, Chinese and dark`() =
        golden.check("finder-chinese", drawn(lost("请把这部手机送到我们的任意一家门店，谢谢。")))

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `whoever finds the phone, small with large letters`() =
        golden.checkRoughly("finder-small-large", drawn(lost("Please bring this phone to any of our shops. Thank you.")))

    @Test
    fun `lost, for its owner`() = golden.check("lost", drawn(lost(message = null)))

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `lost, for its owner, Chinese`() = golden.check("lost-chinese", drawn(lost(message = null)))

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `lost, for its owner, on its side`() = golden.checkRoughly("lost-landscape", drawn(lost(message = null)))

    @Test
    fun `lost for three days, and asked too often`() = golden.checkRoughly(
        "lost-waits",
        drawn(locked(LockReason.LOST_OR_STOLEN, Remedy.AskProvider(UsedUp), Remedy.RecoveryCode(Waiting(72 * HOUR)), CALL)),
    )

    @Test
    fun `ordered by the provider`() = golden.checkRoughly(
        "ordered",
        drawn(locked(LockReason.PROVIDER_ORDER, Remedy.AskProvider(Available), Remedy.RecoveryCode(Available), CALL)),
    )

    @Test
    fun `locked by the owner`() = golden.checkRoughly(
        "by-owner",
        drawn(locked(LockReason.LOCKED_BY_OWNER, Remedy.RecoveryCode(Available), by = WhoLocked.OWNER)),
    )

    @Test
    @Config(qualifiers = "+night")
    fun `offline for too long, dark`() = golden.check("offline", drawn(offline(), press = "Try again"))

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `offline for too long, Chinese`() = golden.check("offline-chinese", drawn(offline(), press = "重试"))

    @Test
    fun `unusual activity, cleared by the PIN`() = golden.check("unusual-pad", pad())

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `unusual activity, cleared by the PIN, Chinese and dark`() = golden.check("unusual-pad-chinese", pad())

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `unusual activity, small with large letters`() = golden.checkRoughly("unusual-pad-small-large", pad())

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `unusual activity, on its side`() = golden.checkRoughly("unusual-pad-landscape", pad())

    @Test
    fun `busy, with a code`() {
        wallet.phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
        golden.checkRoughly("busy-code", drawn(LockStatus.Busy))
    }

    @Test
    fun `damaged, checked again`() = damaged("Check again") { golden.checkRoughly("damaged-checked", it) }

    @Test
    fun `starting anew is asked about`() = damaged("Check again", "Start anew") { golden.check("start-anew", it) }

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `starting anew is asked about, Chinese`() = damaged("再次检查", "重新开始") { golden.check("start-anew-chinese", it) }

    @Test
    fun `the wallet locks itself soon`() = golden.check("allowance", soon("Your cards"))

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the wallet locks itself soon, Chinese and dark`() = golden.check("allowance-chinese", soon("您的卡片"))

    @Test
    @Config(fontScale = 2f)
    fun `the wallet locks itself soon, large letters`() = golden.checkRoughly("allowance-large", soon("Your cards"))

    private fun lost(message: String?) = LockStatus.Locked(
        LockReason.LOST_OR_STOLEN,
        WhoLocked.PROVIDER,
        listOf(Remedy.AskProvider(Available), Remedy.RecoveryCode(Waiting(20 * HOUR)), CALL),
        message?.let { FinderMessage(it, Contact.Phone("+1 555 0199")) },
    )

    private fun locked(reason: LockReason, vararg remedies: Remedy, by: WhoLocked = WhoLocked.PROVIDER) =
        LockStatus.Locked(reason, by, remedies.toList())

    private fun offline() =
        locked(LockReason.HEARTBEAT_EXPIRED, Remedy.Connect(Available), Remedy.RecoveryCode(Available), CALL, by = WhoLocked.PHONE)

    private fun drawn(status: LockStatus, vararg press: String): Bitmap {
        val activity = Stage.shown()
        val view = activity.show(LockedView(activity))
        view.setOnRecoveryCode {}
        view.checked = wallet.lock
        view.show(status)
        return activity.drawnAfter(*press)
    }

    private fun drawn(status: LockStatus, press: String) = drawn(status, *arrayOf(press))

    private fun damaged(vararg press: String, check: (Bitmap) -> Unit) = TestWallet().use { broken ->
        broken.enrol().damage()
        val activity = Stage.shown()
        activity.show(LockedView(activity)).bind(broken.lock)
        check(activity.drawnAfter(*press))
    }

    private fun pad(): Bitmap {
        val provider = FakeProvider(wallet.phone.clock)
        return TestWallet(provider.testPolicy()).use { mine ->
            mine.enrolWithCode()
            LockScreens.useLock { mine.lock }
            mine.accepts(provider.register(mine).lock(FakeAccount.Reason.UNUSUAL))
            val screen = Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(context)).setup()
            screen.get().drawnAfter()
        }
    }

    /** The notice above what an app shows. */
    private fun soon(title: String): Bitmap {
        val activity = Stage.shown()
        val column = Column(activity)
        val notice = AllowanceNotice(activity)
        notice.bind(wallet.lock)
        notice.show(5 * HOUR)
        column.addView(notice, LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, LinearLayout.LayoutParams.WRAP_CONTENT))
        column.addView(
            TextView(activity).apply {
                text = title
                textSize = 28f
                setTextColor(Colours(activity).text)
            },
        )
        activity.show(column)
        return activity.drawnAfter()
    }

    private fun Activity.drawnAfter(vararg press: String): Bitmap {
        TestWallet.settle()
        press.forEach { text ->
            window.decorView.all().first { it.isClickable && (it as? TextView)?.text?.toString() == text }.let(View::performClick)
            TestWallet.settle()
        }
        return window.decorView.drawn()
    }

    private companion object {
        const val HOUR = 3_600_000L
        val CALL = Remedy.Ask(Contact.Phone("+1 555 0100"))
    }
}
