package dev.walletlock.android

import android.app.Activity
import android.view.View
import android.widget.EditText
import dev.walletlock.Limit
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the limits, and of stopping everything. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class MoneyScreensTest : ScreenPictures() {
    private val wallet = TestWallet(PAY_POLICY).enrol()

    @Before
    fun prepare() {
        LockScreens.useLock { wallet.lock }
    }

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    @Config(qualifiers = "w360dp-h1000dp-tvdpi")
    fun limits() = limitsWithOwn().keep("limits")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-night-tvdpi")
    fun `limits, Chinese and dark`() = limitsWithOwn().keepRoughly("limits-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `limits, small with large letters`() = limitsWithOwn().keepRoughly("limits-small-large")

    @Test
    @Config(qualifiers = "w360dp-h1100dp-tvdpi")
    fun `a new limit`() = draft("limit-new")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h1100dp-night-tvdpi")
    fun `a new limit, Chinese and dark`() = draft("limit-new-chinese")

    private fun draft(name: String) = limitsWithOwn().run {
        press(R.string.walletlock_limit_add)
        get().window.decorView.part<EditText>(R.id.walletlock_limit_amount).setText("120.50")
        TestWallet.settle()
        keepRoughly(name)
    }

    @Test
    fun `one limit`() = limitsWithOwn().run {
        get().window.decorView.all().first { it.isShown && it.isClickable && "100.00" in it.words() }.performClick()
        TestWallet.settle()
        keepRoughly("limit-one")
    }

    private fun limitsWithOwn(): ActivityController<LimitsActivity> {
        sheet(payment(63_00)).type(RIGHT)
        val own = Limit(LimitScope.All, "EUR", LimitPeriod.DAY, 10_000)
        runBlocking {
            wallet.unlocked().use {
                it.limits.set(own)
                it.limits.set(own.copy(max = 20_000))
            }
        }
        return started(LimitsActivity::class.java, LimitsActivity.intent(context, wallet.unlocked()))
    }

    @Test
    fun `stopping everything is explained`() = panic().keep("panic")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `stopping everything is explained, Chinese and dark`() = panic().keepRoughly("panic-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `stopping everything is explained, small with large letters`() = panic().keepRoughly("panic-small-large")

    @Test
    fun `the PIN to stop everything`() = panic().run {
        press(R.string.walletlock_panic_do)
        pad().enter("83")
        keepRoughly("panic-pin")
    }

    @Test
    fun `everything is stopped`() = panic().run {
        press(R.string.walletlock_panic_do)
        type(RIGHT)
        keepRoughly("panic-stopped")
    }

    @Test
    fun `what to do after it`() = afterPanic("panic-list")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `what to do after it, Chinese and dark`() = afterPanic("panic-list-chinese")

    private fun afterPanic(name: String) = ProvidedWallet().enrol(hasEscrow = false).use { provided ->
        LockScreens.useLock { provided.wallet.lock }
        runBlocking { provided.wallet.unlocked().use { it.payments.panicFreeze() } }
        runBlocking { provided.wallet.unlocked().use { it.access.noteDone(dev.walletlock.Task.REPORT) } }
        val list = ChecklistActivity.intent(context, provided.wallet.unlocked())
        started(ChecklistActivity::class.java, list).keepRoughly(name)
    }

    @Test
    fun `payments go on later, or at once`() {
        LockScreens.useProvider { _, _ -> ProviderReply.LATER }
        runBlocking { wallet.unlocked().use { it.payments.panicFreeze() } }
        val settings = started(SecuritySettingsActivity::class.java, SecuritySettingsActivity.intent(context))
        settings.returns(settings.launched(), Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        settings.get().window.decorView.part<View>(R.id.walletlock_freeze).performClick()
        TestWallet.settle()
        settings.keepRoughly("unfreeze-waits")
    }

    private fun panic() = started(PanicActivity::class.java, PanicActivity.intent(context))
}
