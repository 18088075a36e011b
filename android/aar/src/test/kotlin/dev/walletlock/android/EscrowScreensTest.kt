package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.view.View
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the screens about escrow. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class EscrowScreensTest : ScreenPictures() {
    private val provided = ProvidedWallet()
    private val wallet = provided.wallet

    @Before
    fun prepare() {
        LockScreens.useLock { wallet.lock }
        LockScreens.useEscrow { _, request -> provided.carry(request) }
    }

    @After
    fun close() {
        LockScreens.useEscrow(carry = null)
        provided.close()
    }

    @Test
    @Config(qualifiers = "w360dp-h900dp-tvdpi")
    fun `a change waits`() = settings(hasEscrow = false).run {
        pressSwitch()
        press(R.string.walletlock_escrow_on)
        keep("escrow-waits")
    }

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-tvdpi")
    fun `on, Chinese`() = settings(hasEscrow = true).keep("escrow-on-chinese")

    @Test
    fun `the question`() = asked(hasEscrow = false).keep("escrow-question")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the question, Chinese and dark`() = asked(hasEscrow = false).keep("escrow-question-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `the question, small with large letters`() = asked(hasEscrow = false).keepRoughly("escrow-question-small-large")

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `the question, on its side`() = asked(hasEscrow = false).keepRoughly("escrow-question-landscape")

    @Test
    fun `the question about taking the key back`() = asked(hasEscrow = true).keepRoughly("escrow-question-off")

    @Test
    fun `a damaged wallet`() = damaged().keep("escrow-damaged")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `a damaged wallet, Chinese`() = damaged().keepRoughly("escrow-damaged-chinese")

    @Test
    fun `asking the provider`() = ask().keepRoughly("escrow-ask")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `asking the provider, Chinese`() = ask().keep("escrow-ask-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `asking the provider, small with large letters`() = ask().keepRoughly("escrow-ask-small-large")

    @Test
    fun `the provider answers later`() = later("escrow-later")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the provider answers later, Chinese`() = later("escrow-later-chinese")

    private fun later(name: String) = ask().run {
        press(R.string.walletlock_escrow_ask_now)
        keep(name)
    }

    private fun damaged(): ActivityController<LockActivity> {
        provided.enrol(hasEscrow = true)
        wallet.damage()
        return start(LockActivity::class.java)
    }

    private fun ask(): ActivityController<AskEscrowActivity> {
        provided.enrol(hasEscrow = true)
        return start(AskEscrowActivity::class.java)
    }

    private fun asked(hasEscrow: Boolean) = settings(hasEscrow).also { it.pressSwitch() }

    private fun settings(hasEscrow: Boolean): ActivityController<SecuritySettingsActivity> {
        provided.enrol(hasEscrow)
        val screen = start(SecuritySettingsActivity::class.java)
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        TestWallet.settle()
        return screen
    }

    private fun ActivityController<out Activity>.pressSwitch() {
        get().window.decorView.part<View>(R.id.walletlock_escrow_row).performClick()
        TestWallet.settle()
    }

    private fun <A : Activity> start(activity: Class<A>): ActivityController<A> =
        Robolectric.buildActivity(activity, Intent(context, activity)).setup().also { TestWallet.settle() }
}
