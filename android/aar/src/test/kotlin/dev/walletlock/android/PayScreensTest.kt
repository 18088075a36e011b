package dev.walletlock.android

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import dev.walletlock.PaymentContext
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Pictures of the sheet on which a payment is confirmed. See [Golden]. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w360dp-h720dp-tvdpi")
class PayScreensTest : ScreenPictures() {
    private val wallet = TestWallet(PAY_POLICY).enrol()

    @Before
    fun prepare() {
        LockScreens.useLock { wallet.lock }
        LockScreens.usePinLength(6)
    }

    @After
    fun close() {
        LockScreens.usePinLength(0)
        wallet.close()
    }

    @Test
    fun `the sheet`() = pay().run {
        pad().enter("83")
        keep("pay")
    }

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `the sheet, Chinese and dark`() = pay(language = "zh-Hans").run {
        pad().enter("83")
        keep("pay-chinese")
    }

    @Test
    @Config(qualifiers = "w320dp-h480dp-tvdpi", fontScale = 2f)
    fun `the sheet, small with large letters`() = pay(payee = LONG).keepRoughly("pay-small-large")

    @Test
    @Config(qualifiers = "w720dp-h360dp-land-tvdpi")
    fun `the sheet, on its side`() = pay(payee = LONG).keepRoughly("pay-landscape")

    @Test
    fun `a long name, and a PIN of any length`() {
        LockScreens.usePinLength(0)
        pay(payee = LONG).keepRoughly("pay-long")
    }

    @Test
    fun `a wrong PIN`() = pay().run {
        pad().enter(WRONG)
        TestWallet.settle()
        keepRoughly("pay-wrong")
    }

    @Test
    fun `with a finger`() {
        wallet.withBiometrics()
        val sheet = sheet(payment(1_250), PaymentContext(language = "en"))
        wallet.phone.person.choosesPin()
        settleUntil("the prompt is gone") { !wallet.phone.person.isPromptShown }
        settleUntil("the button is there") { sheet.shownTexts().any { it.startsWith("Use fingerprint") } }
        sheet.keepRoughly("pay-finger")
    }

    @Test
    fun `a code`() = TestWallet(PAY_POLICY).use { mine ->
        LockScreens.useLock { mine.lock }
        runBlocking { mine.lock.enrolled() }.use { mine.addAuthenticator(it) }
        sheet(payment(30_000), PaymentContext(language = "en")).keepRoughly("pay-code")
    }

    @Test
    fun `a wait`() = pay().run {
        pad().enter(WRONG)
        pad().enter("264831")
        TestWallet.settle()
        keepRoughly("pay-waits")
    }

    @Test
    fun `over a limit`() = overLimit("pay-limit")

    @Test
    @Config(qualifiers = "+zh-rCN-night")
    fun `over a limit, Chinese and dark`() = overLimit("pay-limit-chinese")

    private fun overLimit(name: String) {
        runBlocking { wallet.unlocked().use { it.limits.set(dev.walletlock.Limit(dev.walletlock.LimitScope.All, "EUR", dev.walletlock.LimitPeriod.DAY, 10_000)) } }
        sheet(payment(60_000)).keepRoughly(name)
    }

    @Test
    fun `payments are stopped`() {
        runBlocking { wallet.lock.payments.freeze() }
        pay().keepRoughly("pay-stopped")
    }

    private fun pay(payee: String = "Corner bakery", language: String = "en") =
        sheet(payment(payee = payee), PaymentContext(language = language))

    override fun ActivityController<out Activity>.drawn(): Bitmap {
        TestWallet.settle()
        val view = get().window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        // What is behind the sheet.
        Canvas(bitmap).apply { drawColor(BEHIND) }.let(view::draw)
        bitmap.setHasAlpha(false)
        return bitmap
    }

    private companion object {
        const val BEHIND = 0xff777777.toInt()
        const val LONG = "International Association of Bakers, Confectioners and Pastry Cooks of the Northern Provinces, Branch 17"
    }
}
