package dev.walletlock.android

import dev.walletlock.DisputeReason
import dev.walletlock.PaymentChannel
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the cards, the history, a dispute, and of what can be brought back. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h900dp-tvdpi")
class HistoryScreensTest : ScreenPictures() {
    private val wallet = TestWallet(PAY_POLICY).enrol()

    @Before
    fun prepare() {
        LockScreens.useLock { wallet.lock }
        LockScreens.useProvider { _, _ -> ProviderReply.LATER }
    }

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun cards() = cardsScreen().keep("cards")

    @Test
    fun `one card`() = cardsScreen().run {
        press(context.resources.isolated("Everyday"))
        keepRoughly("card-one")
    }

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-night-tvdpi")
    fun `cards, Chinese and dark`() = cardsScreen().keepRoughly("cards-chinese")

    @Test
    fun history() = wallet.withHistory().history().keep("history")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-night-tvdpi")
    fun `history, Chinese and dark`() = wallet.withHistory().history().keepRoughly("history-chinese")

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `history, small with large letters`() = wallet.withHistory().history().keepRoughly("history-small-large")

    @Test
    @Config(qualifiers = "w360dp-h2400dp-tvdpi")
    fun `its filters`() = wallet.withHistory().history().run {
        press(R.string.walletlock_filters)
        keepRoughly("history-filters")
    }

    @Test
    fun `what was spent`() = wallet.withHistory().history().run {
        press(R.string.walletlock_months)
        keepRoughly("history-months")
    }

    @Test
    @Config(qualifiers = "w360dp-h1100dp-tvdpi")
    fun `one line`() = wallet.withHistory().run { history(lastPayment()) }.keepRoughly("history-line")

    @Test
    fun `a payment is about to be disputed`() = wallet.withHistory().run { history(lastPayment()) }.run {
        press(R.string.walletlock_dispute)
        keepRoughly("history-disputing")
    }

    @Test
    @Config(qualifiers = "w360dp-h1100dp-tvdpi")
    fun `a dispute`() = dispute().keep("dispute")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h1100dp-night-tvdpi")
    fun `a dispute, Chinese and dark`() = dispute().keepRoughly("dispute-chinese")

    @Test
    fun `how a dispute ended`() = dispute().run {
        press(R.string.walletlock_dispute_over)
        keepRoughly("dispute-ended")
    }

    @Test
    fun `what can be brought back`() = switchedOff().keep("switched-off")

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h900dp-night-tvdpi")
    fun `what can be brought back, Chinese and dark`() = switchedOff().keepRoughly("switched-off-chinese")

    private fun dispute(): ActivityController<HistoryActivity> {
        wallet.withHistory()
        runBlocking { wallet.unlocked().use { it.disputes.open(wallet.lastPayment(), DisputeReason.NOT_MINE, "I was asleep.") } }
        return wallet.history().apply { press(context.getString(R.string.walletlock_dispute_open, 1)) }
    }

    private fun cardsScreen(): ActivityController<CardsActivity> {
        wallet.withCards()
        runBlocking { wallet.unlocked().use { it.cards.remove("card-2") } }
        return started(CardsActivity::class.java, CardsActivity.intent(context, wallet.unlocked()))
    }

    private fun switchedOff(): ActivityController<SwitchedOffActivity> {
        wallet.withCards()
        runBlocking {
            wallet.unlocked().use {
                it.cards.remove("card-2")
                wallet.lock.payments.freeze(PaymentChannel.ONLINE)
            }
            wallet.lock.payments.freezeCard("card-1")
        }
        return started(SwitchedOffActivity::class.java, SwitchedOffActivity.intent(context, wallet.unlocked()))
    }
}
