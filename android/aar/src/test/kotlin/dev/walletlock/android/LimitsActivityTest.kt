package dev.walletlock.android

import android.widget.EditText
import dev.walletlock.BiometricOutcome
import dev.walletlock.Limit
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.LimitState
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

/** The screen with the limits on payments. */
@RunWith(RobolectricTestRunner::class)
class LimitsActivityTest {
    private val wallet = TestWallet(PAY_POLICY).enrol()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() = wallet.close()

    @Test
    fun `each limit is shown with what is left of it`() {
        sheet(payment(25_00)).type(RIGHT)
        val texts = limits().shownTexts()
        assertTrue("$texts", "At most 1,000.00\u00a0EUR a day" in texts)
        assertTrue("$texts", texts.any { it.startsWith("975.00\u00a0EUR left. More again in") })
        assertTrue("$texts", "At most 200.00\u00a0EUR in one payment, with one proof" in texts)
    }

    @Test
    fun `a limit is set and lowered at once, and raised later unless that is cancelled`() {
        val screen = limits()
        screen.press("Set a limit")
        screen.press("Each payment")
        screen.press("Online")
        screen.set("80")
        assertEquals("The limit holds from now on.", screen.note())
        assertEquals(8_000, own().limit.max)
        assertEquals(LimitPeriod.PAYMENT, own().limit.per)
        screen.change("50.5")
        assertEquals(5_050, own().limit.max)
        screen.change("100")
        assertEquals("The limit changes in 1 day. Until then you can cancel that.", screen.note())
        assertEquals(5_050 to 10_000L, own().limit.max.toInt() to own().raise?.to)
        assertTrue("${screen.shownTexts()}", "It becomes 100.00\u00a0EUR in 1 day." in screen.shownTexts())
        screen.press("At most 50.50")
        screen.press("Leave it as it is")
        assertNull(own().raise)
        screen.press("At most 50.50")
        screen.press("Remove this limit")
        assertTrue("${screen.shownTexts()}", "It ends in 1 day." in screen.shownTexts())
        wallet.letPass(25 * 3_600_000L)
        assertTrue(runBlocking { wallet.unlocked().use { it.limits.all() } }.none { it.isOwners })
    }

    @Test
    fun `what is no amount is said`() {
        val screen = limits()
        screen.press("Set a limit")
        for (text in listOf("", "0", "1,000", "1.2.3", "12.345")) {
            screen.set(text)
            assertEquals(text, "Type an amount without spaces, with a point before the cents.", screen.note())
        }
    }

    @Test
    fun `amounts are read exactly`() {
        assertEquals(1_250L, minorOf("12.5", "EUR"))
        assertEquals(1_250L, minorOf(" 12,50 ", "EUR"))
        assertEquals(12L, minorOf("12", "JPY"))
        assertNull(minorOf("12.0", "JPY"))
        assertEquals(12_345L, minorOf("12.345", "KWD"))
        assertNull(minorOf("1e3", "EUR"))
        assertNull(minorOf("-5", "EUR"))
        assertNull(minorOf("9999999999999", "EUR"))
    }

    @Test
    fun `a raise needs the PIN`() {
        runBlocking { wallet.unlocked().use { it.limits.set(Limit(LimitScope.All, "EUR", LimitPeriod.DAY, 10_000)) } }
        wallet.withBiometrics()
        wallet.phone.person.willDo { touches() }
        val byFinger = runBlocking { wallet.lock.verifyBiometrics() } as BiometricOutcome.Unlocked
        val screen = limits(byFinger.session)
        screen.press("At most 100.00")
        screen.press("Change the amount")
        screen.set("200")
        val asked = screen.launched()
        assertEquals(LockActivity::class.java.name, asked.component!!.className)
        screen.returns(asked, android.app.Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        assertEquals(20_000L, own().raise?.to)
    }

    private fun limits(session: dev.walletlock.Session = wallet.unlocked()) =
        started(LimitsActivity::class.java, LimitsActivity.intent(RuntimeEnvironment.getApplication(), session))

    private fun own(): LimitState = runBlocking { wallet.unlocked().use { it.limits.all() } }.single { it.isOwners }

    private fun ActivityController<LimitsActivity>.change(amount: String) {
        press("At most ${"%.2f".format(own().limit.max / 100.0)}")
        press("Change the amount")
        set(amount)
    }

    private fun ActivityController<LimitsActivity>.set(amount: String) {
        get().window.decorView.part<EditText>(R.id.walletlock_limit_amount).setText(amount)
        press("Set this limit")
    }
}
