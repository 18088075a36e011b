package dev.walletlock.android

import android.app.Activity
import android.view.MotionEvent
import android.view.WindowManager
import android.widget.ScrollView
import android.widget.TextView
import dev.walletlock.LockException
import dev.walletlock.PaymentContext
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentState
import dev.walletlock.Payment
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** The sheet on which a payment is confirmed. */
@RunWith(RobolectricTestRunner::class)
class PayActivityTest {
    private var wallet = TestWallet(PAY_POLICY).enrol()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        LockScreens.usePinLength(0)
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `the right PIN approves it, and opens no session`() {
        val sheet = sheet()
        sheet.type(RIGHT)
        val approved = sheet.approved()
        assertEquals("order-1", approved.authorisation.payment)
        assertFalse(wallet.lock.isOpen.value)
        assertEquals(PaymentState.Reserved, runBlocking { wallet.lock.payments.stateOf("order-1") })
        assertTrue("a result is given once", sheet.result() is PayResult.Cancelled)
    }

    @Test
    fun `each line is shown exactly as it is signed`() = eachLineIsShown(payment(), PaymentContext(language = "en"))

    @Test
    @Config(qualifiers = "zh-rCN-w320dp-h480dp", fontScale = 2f)
    fun `also in Chinese, on a small screen, with large letters`() = eachLineIsShown(
        payment(1_999, payee = "  北京  很长的名字 with  two  spaces & <b>signs</b> %1\$s ".trim() + " x".repeat(60)),
        PaymentContext(language = "zh-Hans-CN"),
    )

    private fun eachLineIsShown(asked: Payment, context: PaymentContext) {
        val sheet = sheet(asked, context)
        val shown = sheet.lines()
        assertTrue("$shown", shown.size >= 4)
        val views = shown.map { line ->
            sheet.get().window.decorView.part<ScrollView>(R.id.walletlock_pay_lines).all().first { (it as? TextView)?.text?.toString() == line }
        }.map { it as TextView }
        assertTrue("the amount is the largest", views.drop(1).all { it.textSize < views.first().textSize })
        for (view in views) {
            assertTrue(view.isShown)
            assertEquals("not cut", 0, (0 until view.lineCount).sumOf { view.layout.getEllipsisCount(it) })
            assertTrue("not cut", view.layout.height <= view.height)
        }
        sheet.type(RIGHT)
        assertEquals(sheet.approved().authorisation.lines, shown)
    }

    @Test
    fun `why a proof is needed is read too, and signed`() {
        val session = wallet.unlocked()
        wallet.close()
        session.close()
        wallet = TestWallet(payPolicyWith("""{ "scope": "all", "currency": "EUR", "per": "payment", "max": 1000, "proof": "nothing" }""")).enrol()
        val sheet = sheet(session = wallet.unlocked())
        val shown = sheet.lines()
        assertTrue("$shown", shown.last().startsWith("More than 10.00 EUR"))
        sheet.type(RIGHT)
        assertEquals(sheet.approved().authorisation.lines, shown)
    }

    @Test
    fun `in an open session a small one may need no proof, and nothing is asked`() {
        wallet.close()
        wallet = TestWallet(payPolicyWith("""{ "scope": "all", "currency": "EUR", "per": "payment", "max": 1000, "proof": "nothing" }""")).enrol()
        wallet.unlocked().use { assertEquals("order-1", sheet(payment(999), session = it).approved().authorisation.payment) }
        val closed = sheet(payment(999, id = "order-2"))
        assertEquals("Enter your PIN", closed.title())
    }

    @Test
    fun `a wrong PIN is counted, and said`() {
        val sheet = sheet()
        sheet.type(WRONG)
        assertEquals("That PIN is not right. 4\u00a0tries left.", sheet.message())
        sheet.type(RIGHT)
        sheet.approved()
    }

    @Test
    fun `a wait is explained, and the payment can be confirmed after it`() {
        val sheet = sheet()
        sheet.type(WRONG)
        sheet.type("264831")
        assertTrue("${sheet.texts()}", sheet.texts().any { it.startsWith("Try again in") })
        assertFalse(sheet.pad().isShown)
        wallet.letPass(252_000)
        assertTrue(sheet.pad().isShown)
        sheet.type(RIGHT)
        sheet.approved()
    }

    @Test
    fun `on a locked wallet the sheet says what can be done`() {
        wallet.lockOut()
        val sheet = sheet()
        val texts = sheet.texts()
        assertTrue("$texts", "Your wallet is locked" in texts)
        assertTrue("$texts", texts.any { "+1 555 0100" in it })
        sheet.back()
        val refused = sheet.result() as PayResult.Refused
        assertTrue(refused.reasons.single() is PaymentRefusal.Locked)
    }

    @Test
    fun `over a limit it says what is left, and when more is`() {
        sheet(payment(45_000, id = "first")).run {
            // Without an authenticator no stronger proof passes that limit.
            assertTrue("${texts()}", texts().any { "At most 200.00\u00a0EUR in one payment" in it })
            press("Close")
            assertTrue((result() as PayResult.Refused).reasons.single() is PaymentRefusal.OverLimit)
        }
        for (number in 1..5) sheet(payment(19_000, id = "n$number")).run { type(RIGHT); approved() }
        val sheet = sheet(payment(6_000, id = "last"))
        val said = sheet.texts().first { "a day" in it }
        assertEquals(
            "At most 1,000.00\u00a0EUR a day. 50.00\u00a0EUR left. More again in",
            said.substringBeforeLast(" in ") + " in",
        )
        sheet.press("Close")
        assertTrue((sheet.result() as PayResult.Refused).reasons.single() is PaymentRefusal.OverLimit)
    }

    @Test
    fun `a freeze is explained`() {
        runBlocking { wallet.lock.payments.freeze() }
        val sheet = sheet()
        assertTrue("You stopped payments. You can allow them again in the security settings." in sheet.texts())
    }

    @Test
    fun `a currency without a limit is refused`() =
        assertTrue("This wallet does not pay in that currency." in sheet(payment(currency = "USD")).texts())

    @Test
    fun `a payment that waited for too long can be asked for again`() {
        val sheet = sheet()
        wallet.phone.clock.advanceMs(301_000)
        sheet.type(RIGHT)
        assertEquals("This payment no longer waits", sheet.question())
        sheet.press("Ask again")
        sheet.type(RIGHT)
        sheet.approved()
    }

    @Test
    fun `who cancels approves nothing, and nothing waits`() {
        val sheet = sheet()
        sheet.press("Cancel")
        assertTrue(sheet.get().isFinishing)
        assertNull((sheet.result() as PayResult.Cancelled).fault)
        assertNull(runBlocking { wallet.lock.payments.stateOf("order-1") })
    }

    @Test
    fun `a mistake of the app is handed out`() {
        val sheet = sheet(payment(id = "has blanks in it"))
        sheet.press("Close")
        assertEquals(LockException.Invalid::class.java, (sheet.result() as PayResult.Cancelled).fault!!.javaClass)
    }

    @Test
    fun `the finger comes first, where it may`() {
        wallet.withBiometrics()
        val sheet = sheet(payment(2_000))
        wallet.phone.person.touches()
        settleUntil("approved") { sheet.get().isFinishing }
        sheet.approved()
    }

    @Test
    fun `who puts the prompt away has the PIN, and a button that asks again`() {
        wallet.withBiometrics()
        val sheet = sheet(payment(2_000))
        wallet.phone.person.choosesPin()
        settleUntil("the prompt is gone") { !wallet.phone.person.isPromptShown && sheet.canPress("Use fingerprint") }
        sheet.press("Use fingerprint")
        wallet.phone.person.touches()
        settleUntil("approved") { sheet.get().isFinishing }
        sheet.approved()
    }

    @Test
    fun `the PIN does as well, and takes the prompt away`() {
        wallet.withBiometrics()
        val sheet = sheet(payment(2_000))
        wallet.phone.person.seesPrompt()
        sheet.type(RIGHT)
        settleUntil("approved") { sheet.get().isFinishing }
        sheet.approved()
        settleUntil("it is gone") { !wallet.phone.person.isPromptShown }
    }

    @Test
    fun `a large one needs the PIN, and no finger is offered`() {
        wallet.withBiometrics()
        val sheet = sheet(payment(19_000))
        assertFalse(wallet.phone.person.isPromptShown)
        assertFalse(sheet.canPress("Use fingerprint"))
        sheet.type(RIGHT)
        sheet.approved()
    }

    @Test
    fun `a very large one needs a code, and then the PIN`() {
        wallet.close()
        wallet = TestWallet(PAY_POLICY)
        val session = runBlocking { wallet.lock.enrolled() }
        val app = wallet.addAuthenticator(session)
        session.close()
        val sheet = sheet(payment(30_000))
        assertEquals("Type your code", sheet.title())
        sheet.pad().enter("000000")
        assertTrue(sheet.message(), sheet.message().startsWith("That code is not right"))
        sheet.pad().enter(app.nextCode())
        TestWallet.settle()
        assertEquals("Enter your PIN", sheet.title())
        sheet.type(RIGHT)
        sheet.approved()
    }

    @Test
    fun `a rotation loses neither the payment nor the PIN that is checked`() {
        val sheet = sheet()
        sheet.recreate()
        TestWallet.settle()
        wallet.hold()
        sheet.type(RIGHT)
        sheet.recreate()
        assertFalse(sheet.get().isFinishing)
        sheet.back()
        assertFalse("it may be approved yet", sheet.get().isFinishing)
        wallet.release()
        sheet.approved()
    }

    @Test
    fun `it is kept out of pictures, and refuses touches through another window`() {
        LockScreens.takePartlyCoveredKeys(true)
        val sheet = sheet()
        assertTrue(sheet.get().window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0)
        val key = sheet.pad().labelled("1")
        val at = IntArray(2).also(key::getLocationInWindow)
        val flags = MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED
        sheet.get().window.decorView.touch(flags, at[0] + key.width / 2f, at[1] + key.height / 2f)
        LockScreens.takePartlyCoveredKeys(false)
        assertEquals(0, sheet.pad().entry.length)
        assertTrue(sheet.message(), sheet.message().startsWith("Something is covering"))
    }

    @Test
    @Config(qualifiers = "w320dp-h480dp-xhdpi", fontScale = 2f)
    fun `all that can be touched has a name and is large enough`() {
        LockScreens.usePinLength(6)
        val touched = sheet().get().window.decorView.all().filter { it.isShown && it.isClickable }
        assertTrue("${touched.size}", touched.size >= 11)
        for (view in touched) {
            assertTrue("$view", view.words().isNotBlank())
            assertTrue("${view.words()}: ${view.width} x ${view.height}", minOf(view.width, view.height) >= view.dp(48))
        }
    }

    @Test
    fun `an intent works once`() {
        val intent = PayActivity.intent(RuntimeEnvironment.getApplication(), payment())
        started(PayActivity::class.java, intent)
        val again = started(PayActivity::class.java, intent)
        assertTrue(again.get().isFinishing)
        assertTrue(again.result() is PayResult.Cancelled)
    }

    private fun ActivityController<PayActivity>.approved(): PayResult.Approved {
        assertTrue("it is open yet: ${texts()}", get().isFinishing)
        assertEquals(Activity.RESULT_OK, shadowOf(get()).resultCode)
        return result() as PayResult.Approved
    }

    private fun ActivityController<PayActivity>.texts() = shownTexts().flatMap { it.split("\n\n") }

    private fun ActivityController<PayActivity>.message() =
        pad().part<TextView>(R.id.walletlock_message).text.toString()

    private fun ActivityController<PayActivity>.canPress(text: String) =
        get().window.decorView.all().any { it.isShown && it.isClickable && it.isEnabled && it is TextView && it.text.startsWith(text) }
}
