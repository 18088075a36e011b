package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.view.View
import android.widget.TextView
import dev.walletlock.BiometricAvailability
import dev.walletlock.RequestKind
import dev.walletlock.RollbackProtection
import dev.walletlock.SecurityLevel
import dev.walletlock.fakes.FakeProvider
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

@RunWith(RobolectricTestRunner::class)
class SecuritySettingsActivityTest {
    private val wallet = TestWallet().enrol()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `nothing is shown before the lock's own screen has a session`() {
        val screen = screen().setup().also { TestWallet.settle() }
        val asked = screen.asked()
        assertEquals(LockActivity::class.java.name, asked.component!!.className)
        assertTrue("Back leads back to the app", asked.getBooleanExtra("dev.walletlock.canGoBack", false))
        assertFalse(screen.view().isShown)
        screen.answer(Activity.RESULT_CANCELED, null)
        assertTrue("who goes back leaves", screen.get().isFinishing)
    }

    @Test
    fun `it says what protects the wallet, how long it stays open, and what happened`() {
        wallet.enterWrongPin(1)
        val screen = shown()
        val words = screen.texts()
        val session = "Your wallet locks after 2 minutes without use, and after 15 minutes in any case."
        val level = when (runBlocking { wallet.lock.securityLevel() }) {
            SecurityLevel.STRONGBOX -> "A chip of its own"
            SecurityLevel.TRUSTED_ENVIRONMENT -> "The protected part"
            SecurityLevel.SOFTWARE -> "Only the phone’s system"
            SecurityLevel.UNKNOWN -> "Your phone does not say"
        }
        val isOn = runBlocking { wallet.lock.rollbackProtection() } == RollbackProtection.ON
        val rollback = if (isOn) "gains no new tries" else "may gain new tries"
        for (said in listOf(session, level, rollback)) assertTrue("$said: $words", words.any { said in it })
        assertTrue("$words", words.containsAll(listOf("Opened with the PIN", "Wrong PIN", "PIN set")))
        assertFalse("that a try began is no news", "PIN entered" in words)
    }

    @Test
    fun `a long history is shown page by page`() {
        repeat(15) { wallet.unlocked().close() }
        val screen = shown()
        assertFalse("PIN set" in screen.texts())
        while (screen.get().window.decorView.all().any { it.isClickable && it.words() == "Show more" }) screen.press("Show more")
        assertTrue("PIN set" in screen.texts())
    }

    @Test
    fun `a finger is switched on and off by the session of the PIN`() {
        val screen = shown()
        assertEquals("Fingerprint or face, Off: only your PIN opens your wallet.", screen.finger().words())
        wallet.phone.person.willDo { touches() }
        screen.finger().performClick()
        settleUntil("it is on") { screen.finger().createAccessibilityNodeInfo().isChecked }
        assertTrue(runBlocking { wallet.lock.biometricAvailability() } is BiometricAvailability.Available)
        screen.finger().performClick()
        settleUntil("it is off") { !screen.finger().createAccessibilityNodeInfo().isChecked }
        assertNull("no PIN was asked for", shadowOf(screen.get()).nextStartedActivityForResult)
    }

    @Test
    fun `where the session is a finger's, the PIN is asked for, and then it is done`() {
        wallet.withBiometrics()
        wallet.phone.person.willDo { touches() }
        val byFinger = runBlocking { wallet.lock.verifyBiometrics() } as dev.walletlock.BiometricOutcome.Unlocked
        val screen = screen().setup().also { TestWallet.settle() }
        screen.asked()
        screen.answer(Activity.RESULT_OK, Handover.give(byFinger.session))
        screen.finger().performClick()
        TestWallet.settle()
        val asked = screen.asked()
        assertFalse("the PIN and nothing else", asked.getBooleanExtra("dev.walletlock.biometrics", true))
        assertTrue("not yet", runBlocking { wallet.lock.biometricAvailability() } is BiometricAvailability.Available)
        screen.answer(Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        settleUntil("it is off") { !screen.finger().createAccessibilityNodeInfo().isChecked }
        assertTrue(runBlocking { wallet.lock.biometricAvailability() } is BiometricAvailability.Denied)
    }

    @Test
    fun `what failed is not done later, when nobody asks for it any more`() {
        val screen = shown()
        wallet.phone.deviceKey.failure = dev.walletlock.DeviceKeyException(dev.walletlock.DeviceKeyFault.FAILED)
        screen.finger().performClick()
        settleUntil("it failed: ${screen.texts()}") { screen.texts().any { "(Code" in it } }
        wallet.phone.deviceKey.failure = null
        screen.press("Change your PIN")
        screen.asked()
        screen.answer(Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        assertTrue(screen.finger().isShown)
        assertTrue("nothing is under way, so nobody asks for a finger", screen.finger().isEnabled)
    }

    @Test
    fun `a phone without an enrolled finger says what to do, and has a dead switch`() {
        wallet.phone.person.removesAll()
        val screen = shown()
        assertEquals("Fingerprint or face, Add one in your phone’s settings first.", screen.finger().words())
        assertFalse(screen.finger().isEnabled)
    }

    @Test
    fun `the PIN and the wipe PIN have their own screen, and its session is used from then on`() {
        val screen = shown()
        for ((row, wipes) in listOf("Change your PIN" to false, "Wipe PIN" to true)) {
            screen.press(row)
            val asked = screen.asked()
            assertEquals(ChangePinActivity::class.java.name, asked.component!!.className)
            assertEquals(wipes, asked.getBooleanExtra("dev.walletlock.wipePin", false))
            wallet.lock.lockNow()
            screen.answer(Activity.RESULT_OK, Handover.give(wallet.unlocked()))
            assertTrue(screen.view().isShown)
        }
    }

    @Test
    fun `the recovery code has a row, and a change that waits can be cancelled`() {
        val screen = shown()
        assertEquals(
            "Make a recovery code, You have none. It brings you back in if you forget your PIN.",
            screen.get().window.decorView.part<View>(R.id.walletlock_code_row).words(),
        )
        screen.press("Make a recovery code")
        assertEquals(MakeRecoveryCodeActivity::class.java.name, screen.asked().component!!.className)
        screen.answer(Activity.RESULT_CANCELED, null)
        runBlocking {
            wallet.unlocked().use { session ->
                session.access.createRecoveryCode().use { code ->
                    dev.walletlock.fakes.FakePaper(code).confirm(code)
                    session.access.setRecoveryCode(code)
                }
            }
        }
        val later = shown()
        assertTrue("${later.texts()}", "A new code counts in 1 day, from your next PIN on." in later.texts())
        later.press("Cancel this change")
        assertNull(runBlocking { wallet.lock.recovery.status() }.pending)
        assertFalse("${later.texts()}", "Cancel this change" in later.texts())
    }

    @Test
    fun `where one loss leaves no way back in, a button does what helps`() = TestWallet().use { coded ->
        val without = shown()
        without.advice("Make a recovery code").performClick()
        assertEquals(MakeRecoveryCodeActivity::class.java.name, without.asked().component!!.className)
        coded.enrolWithCode()
        val with = shown(coded)
        assertTrue("${with.texts()}", with.texts().any { it.startsWith("If you lose the paper with your recovery code") })
        with.advice("Keep it on a second sheet").performClick()
        assertEquals(RecoverySheetActivity::class.java.name, with.asked().component!!.className)
    }

    @Test
    fun `where the provider keeps a key, the buttons switch that on and add a channel`() =
        ProvidedWallet().enrol(hasEscrow = false).use { provided ->
            val without = shown(provided.wallet)
            without.advice("Let it keep a key").performClick()
            TestWallet.settle()
            assertEquals("Let your provider keep a key?", without.question())
            without.press("Let it keep a key")
            provided.wallet.letPass(24 * 3_600_000L)
            val with = shown(provided.wallet)
            with.advice("Add a phone number or e-mail address").performClick()
            assertEquals(ChannelsActivity::class.java.name, with.asked().component!!.className)
        }

    /** The button of this name below a sentence about a loss. */
    private fun ActivityController<SecuritySettingsActivity>.advice(name: String): View =
        get().window.decorView.part<View>(R.id.walletlock_health).all().first { it.isClickable && it.words() == name }

    @Test
    fun `a recovery code is withdrawn after a wait, and until then that can be cancelled`() = TestWallet().use { coded ->
        coded.enrolWithCode()
        coded.withBiometrics()
        LockScreens.useLock { coded.lock }
        coded.phone.person.willDo { touches() }
        val byFinger = runBlocking { coded.lock.verifyBiometrics() } as dev.walletlock.BiometricOutcome.Unlocked
        val screen = screen().setup().also { TestWallet.settle() }
        screen.asked()
        screen.answer(Activity.RESULT_OK, Handover.give(byFinger.session))
        screen.press("Withdraw the code")
        screen.asked()
        assertNull("the PIN comes first", runBlocking { coded.lock.recovery.status() }.pending)
        screen.answer(Activity.RESULT_OK, Handover.give(coded.unlocked()))
        assertTrue("${screen.texts()}", "Your code ends in 1 day, with your next PIN." in screen.texts())
        assertFalse("${screen.texts()}", "Withdraw the code" in screen.texts())
        screen.press("Cancel this change")
        assertNull(runBlocking { coded.lock.recovery.status() }.pending)
        assertTrue("${screen.texts()}", "Withdraw the code" in screen.texts())
    }

    @Test
    fun `payments are stopped at once, and go on with the PIN's session`() {
        val screen = shown()
        assertFalse(screen.freeze().createAccessibilityNodeInfo().isChecked)
        screen.freeze().performClick()
        TestWallet.settle()
        assertTrue(runBlocking { wallet.lock.provider.state() }.isFrozen)
        assertEquals("Stop payments, Payments are stopped.", screen.freeze().words())
        screen.freeze().performClick()
        TestWallet.settle()
        assertFalse(runBlocking { wallet.lock.provider.state() }.isFrozen)
        assertFalse(screen.freeze().createAccessibilityNodeInfo().isChecked)
    }

    private fun ActivityController<SecuritySettingsActivity>.freeze(): View =
        get().window.decorView.part(R.id.walletlock_freeze)

    @Test
    fun `a freeze of the provider ends only with its grant, for which it is asked`() {
        val provider = FakeProvider(wallet.phone.clock)
        TestWallet(provider.testPolicy()).enrol().use { mine ->
            LockScreens.useLock { mine.lock }
            mine.accepts(provider.register(mine).freeze())
            val screen = shown(mine)
            screen.freeze().performClick()
            TestWallet.settle()
            assertEquals("Your provider stopped payments too. Only your provider can allow them again.", screen.note())
            LockScreens.useProvider { lock, call ->
                check(call == ProviderCall.UNFREEZE)
                provider.accounts.single().vouch()
                lock.provider.redeem(provider.answer(lock.provider.request(RequestKind.UNFREEZE)).word)
                ProviderReply.TAKEN
            }
            screen.freeze().performClick()
            TestWallet.settle()
            assertFalse(runBlocking { mine.lock.provider.state() }.isFrozen)
            assertEquals("", screen.note())
        }
    }

    @Test
    fun `the rows about escrow are there only if the policy has an escrow key`() {
        assertFalse("Your provider keeps a key" in shown().texts())
        ProvidedWallet().enrol(hasEscrow = false).use { provided ->
            assertEquals("Your provider keeps a key, Off: it cannot open your wallet.", shown(provided.wallet).escrow().words())
        }
    }

    @Test
    fun `escrow is switched on after a question and a wait, and until then that can be cancelled`() =
        ProvidedWallet().enrol(hasEscrow = false).use { provided ->
            val screen = shown(provided.wallet)
            screen.escrow().performClick()
            TestWallet.settle()
            assertEquals("Let your provider keep a key?", screen.question())
            assertTrue("${screen.texts()}", screen.texts().any { "anyone who controls your provider" in it })
            screen.recreate()
            TestWallet.settle()
            assertEquals("a rotation keeps it", "Let your provider keep a key?", screen.question())
            screen.back()
            assertNull(screen.question())
            assertNull("nothing was changed", provided.status().pendingEscrow)
            screen.escrow().performClick()
            TestWallet.settle()
            screen.press("Let it keep a key")
            assertTrue("${screen.texts()}", "It gets a key in 1 day, with your next PIN." in screen.texts())
            assertEquals(false, provided.status().pendingEscrow?.withdraws)
            assertFalse(screen.escrow().isEnabled)
            screen.press("Cancel this change")
            assertNull(provided.status().pendingEscrow)
            assertTrue("${screen.texts()}", "Off: it cannot open your wallet." in screen.texts())
            assertTrue(screen.escrow().isEnabled)
            screen.back()
            assertTrue("without a question Back leaves", screen.get().isFinishing)
        }

    @Test
    fun `escrow is switched off after a question and a wait`() = ProvidedWallet().enrol(hasEscrow = true).use { provided ->
        val screen = shown(provided.wallet)
        assertTrue(screen.escrow().createAccessibilityNodeInfo().isChecked)
        screen.escrow().performClick()
        TestWallet.settle()
        screen.press("Leave it there")
        assertNull(provided.status().pendingEscrow)
        screen.escrow().performClick()
        TestWallet.settle()
        screen.press("Take it back")
        assertTrue("${screen.texts()}", "Its key ends in 1 day, with your next PIN." in screen.texts())
        assertEquals(true, provided.status().pendingEscrow?.withdraws)
    }

    @Test
    fun `escrow needs the PIN, and is switched once it was entered`() = ProvidedWallet().enrol(hasEscrow = false).use { provided ->
        provided.wallet.withBiometrics()
        LockScreens.useLock { provided.wallet.lock }
        provided.wallet.phone.person.willDo { touches() }
        val byFinger = runBlocking { provided.wallet.lock.verifyBiometrics() } as dev.walletlock.BiometricOutcome.Unlocked
        val screen = screen().setup().also { TestWallet.settle() }
        screen.asked()
        screen.answer(Activity.RESULT_OK, Handover.give(byFinger.session))
        screen.escrow().performClick()
        TestWallet.settle()
        screen.press("Let it keep a key")
        screen.asked()
        assertNull("the PIN comes first", provided.status().pendingEscrow)
        screen.answer(Activity.RESULT_OK, Handover.give(provided.wallet.unlocked()))
        assertEquals(false, provided.status().pendingEscrow?.withdraws)
    }

    @Test
    fun `a question that another window covers is not answered`() = ProvidedWallet().enrol(hasEscrow = false).use { provided ->
        val screen = shown(provided.wallet)
        screen.escrow().performClick()
        TestWallet.settle()
        screen.view().touch(android.view.MotionEvent.FLAG_WINDOW_IS_OBSCURED, 10f, 10f)
        assertTrue(screen.note().startsWith("Something is covering this screen."))
        assertEquals("Let your provider keep a key?", screen.question())
    }

    @Test
    fun `it never says unasked whether there is a wipe PIN`() {
        val without = shown().texts()
        wallet.unlocked().use { session ->
            val done = runBlocking {
                dev.walletlock.fakes.pinOf(RIGHT).use { pin ->
                    dev.walletlock.fakes.pinOf("111111").use { session.access.setWipePin(pin, it) }
                }
            }
            assertTrue(done is dev.walletlock.PinChange.Changed)
        }
        val with = shown().texts()
        assertEquals(without.takeWhile { it != "What happened" }, with.takeWhile { it != "What happened" })
    }

    @Test
    fun `'lock now' ends every session and the screen`() {
        val other = wallet.unlocked()
        val screen = shown()
        screen.press("Lock now")
        assertFalse(other.isLive)
        assertTrue(screen.get().isFinishing)
    }

    @Test
    fun `a session whose time is over is asked for again, and a rotation keeps one that lives`() {
        val screen = shown()
        screen.recreate()
        TestWallet.settle()
        assertTrue(screen.view().isShown)
        assertNull("nobody is asked", shadowOf(screen.get()).nextStartedActivityForResult)
        wallet.lock.lockNow()
        TestWallet.settle()
        assertEquals(LockActivity::class.java.name, screen.asked().component!!.className)
        assertFalse(screen.view().isShown)
    }

    @Test
    fun `who leaves it leaves nothing open`() {
        val screen = shown()
        screen.get().finish()
        screen.pause().stop().destroy()
        assertFalse(runBlocking { wallet.lock.refresh(); wallet.lock.isOpen.value })
    }

    private fun screen(): ActivityController<SecuritySettingsActivity> =
        Robolectric.buildActivity(
            SecuritySettingsActivity::class.java,
            SecuritySettingsActivity.intent(RuntimeEnvironment.getApplication()),
        )

    private fun shown(wallet: TestWallet = this.wallet): ActivityController<SecuritySettingsActivity> {
        LockScreens.useLock { wallet.lock }
        val screen = screen().setup().also { TestWallet.settle() }
        screen.asked()
        screen.answer(Activity.RESULT_OK, Handover.give(wallet.unlocked()))
        return screen
    }

    private lateinit var asked: Intent

    private fun ActivityController<SecuritySettingsActivity>.asked(): Intent =
        checkNotNull(shadowOf(get()).nextStartedActivityForResult) { "nothing is asked" }.intent.also { asked = it }

    private fun ActivityController<SecuritySettingsActivity>.answer(result: Int, data: Intent?) {
        shadowOf(get()).receiveResult(asked, result, data)
        TestWallet.settle()
    }

    private fun ActivityController<SecuritySettingsActivity>.view(): View =
        get().window.decorView.all().first { it is SecuritySettingsView }

    private fun ActivityController<SecuritySettingsActivity>.finger(): View =
        get().window.decorView.part(R.id.walletlock_finger)

    private fun ProvidedWallet.status() = runBlocking { wallet.lock.recovery.status() }

    private fun ActivityController<SecuritySettingsActivity>.escrow(): View =
        get().window.decorView.part(R.id.walletlock_escrow_row)

    private fun ActivityController<SecuritySettingsActivity>.texts(): List<String> =
        view().all().filterIsInstance<TextView>().filter { it.isShown }.map { it.text.toString() }
}
