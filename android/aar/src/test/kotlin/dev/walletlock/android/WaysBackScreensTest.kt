package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.view.View
import android.widget.ScrollView
import dev.walletlock.Session
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the settings' screens about the ways back in. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class WaysBackScreensTest : ScreenPictures() {
    /** The same seed in each run, so that the secret is the same. */
    private val provided = ProvidedWallet(TestWallet.phone(seed = 20_000))
    private val wallet = provided.wallet

    @Before
    fun prepare() {
        provided.carryWaysBack()
    }

    @After
    fun close() {
        carryNothing()
        provided.close()
    }

    @Test
    fun channels() = withChannels().keepRoughly("channels")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-night-tvdpi")
    fun `channels, Chinese and dark`() = withChannels().keep("channels-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `channels, small with large letters`() = withChannels().keepRoughly("channels-small-large")

    @Test
    fun `no channels`() = start(ChannelsActivity::class.java, ChannelsActivity.intent(context, provided.firstSession()))
        .keepRoughly("channels-none")

    @Test
    fun `one channel`() = withChannels().run {
        press(context.resources.words(dev.walletlock.ChannelKind.MAIL))
        keepRoughly("channel-one")
    }

    @Test
    fun `an address`() = address("channel-address")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `an address, Chinese and dark`() = address("channel-address-chinese")

    private fun address(name: String) = withChannels().run {
        press(R.string.walletlock_channel_add_backup_mail)
        typeAddress("ana at home")
        press(R.string.walletlock_check_send)
        keepRoughly(name)
    }

    @Test
    fun `the code of a channel`() = channelCode("channel-code")

    @Test
    @Config(qualifiers = "+zh-rCN")
    fun `the code of a channel, Chinese`() = channelCode("channel-code-chinese")

    private fun channelCode(name: String) = withChannels().run {
        press(R.string.walletlock_channel_add_backup_mail)
        typeAddress("ana@backup.example")
        press(R.string.walletlock_check_send)
        pad().enter("12")
        keepRoughly(name)
    }

    @Test
    fun `no second factor`() = factor(withNumber()).keepRoughly("factor-none")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `no second factor, Chinese and dark`() = factor(withNumber()).keepRoughly("factor-none-chinese")

    @Test
    fun `a second factor`() = factor(withFactor()).keepRoughly("factor-on")

    @Test
    fun `the secret`() = secret().keep("factor-secret")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the secret, Chinese and dark`() = secret().keepRoughly("factor-secret-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `the secret, small with large letters`() = secret().keepRoughly("factor-secret-small-large")

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `the secret, on its side`() = secret().keepRoughly("factor-secret-landscape")

    @Test
    fun `removing is asked about`() = factor(withFactor()).run {
        press(R.string.walletlock_factor_remove)
        keepRoughly("factor-remove")
    }

    @Test
    fun `the second factor is asked for`() = asked("factor-asked")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the second factor is asked for, Chinese and dark`() = asked("factor-asked-chinese")

    private fun asked(name: String) {
        withFactor().close()
        val screen =
            start(EnterSecondFactorActivity::class.java, EnterSecondFactorActivity.intent(context, wallet.unlocked()))
        screen.pad().enter("000000")
        screen.keepRoughly(name)
    }

    @Test
    fun `the sheet`() = start(RecoverySheetActivity::class.java, RecoverySheetActivity.intent(context, withNumber()))
        .keepRoughly("sheet-page")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-tvdpi")
    fun `the sheet, Chinese`() = start(RecoverySheetActivity::class.java, RecoverySheetActivity.intent(context, withNumber()))
        .keep("sheet-page-chinese")

    @Test
    fun `the settings, nothing brings the person back`() = settings("settings-health")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the settings, nothing brings the person back, Chinese and dark`() = settings("settings-health-chinese")

    private fun settings(name: String) {
        val session = withNumber()
        runBlocking { session.access.switchEscrow(true) }
        val screen = start(SecuritySettingsActivity::class.java, SecuritySettingsActivity.intent(context))
        screen.returns(screen.launched(), Activity.RESULT_OK, Handover.give(session))
        val page = screen.get().window.decorView.all().first { it is SecuritySettingsView } as ScrollView
        page.scrollTo(0, page.part<View>(R.id.walletlock_health).top - context.dp(HEADING_DP))
        TestWallet.settle()
        screen.keepRoughly(name)
    }

    private fun withNumber(): Session = provided.firstSession().also { provided.addNumber(it) }

    private fun withFactor(): Session = provided.firstSession().also { wallet.addAuthenticator(it) }

    private fun factor(session: Session) = start(SecondFactorActivity::class.java, SecondFactorActivity.intent(context, session))

    private fun secret() = factor(withNumber()).apply { press(R.string.walletlock_factor_app) }

    /** A number in force that will be removed, and a mailbox that waits. */
    private fun withChannels(): ActivityController<ChannelsActivity> {
        withNumber().close()
        val later = wallet.unlocked()
        runBlocking {
            val new = later.access.addChannel(dev.walletlock.ChannelKind.MAIL, "ana@example.org")
            check(provided.provider.answer((new.request as dev.walletlock.CodeRequest.Asked).request).refusal == null)
            provided.confirm(later, new.id)
            later.access.removeChannel(later.access.channels().first().id)
        }
        return start(ChannelsActivity::class.java, ChannelsActivity.intent(context, later))
    }

    private fun <A : Activity> start(activity: Class<A>, intent: Intent): ActivityController<A> = started(activity, intent)

    private companion object {
        const val HEADING_DP = 72
    }
}
