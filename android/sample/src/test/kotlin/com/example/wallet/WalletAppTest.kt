package com.example.wallet

import android.content.Intent
import android.widget.TextView
import dev.walletlock.Enrolment
import dev.walletlock.LockStatus
import dev.walletlock.WalletLock
import dev.walletlock.android.EnterRecoveryCodeActivity
import dev.walletlock.android.HistoryActivity
import dev.walletlock.android.LockActivity
import dev.walletlock.android.PayActivity
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/**
 * The whole app, built with the AAR alone, on Android's own classes and with fakes in place of the phone's keystore and
 * clock.
 */
@RunWith(RobolectricTestRunner::class)
class WalletAppTest {
    private val fakes = FakePhone()
    private val phone = Phone()
    private lateinit var lock: WalletLock

    @Before
    fun open() = runBlocking { lock = phone.opened(fakes.platform) }

    @After
    fun close() {
        phone.app.guard.close()
        lock.close()
    }

    private fun enrol() = runBlocking { pinOf(PIN).use { (lock.enrol(it) as Enrolment.Enrolled).session.close() } }

    /** Sets a PIN, opens the app and unlocks it, up to the home screen. */
    private fun openHome() {
        enrol()
        phone.launch()
        phone.untilShown<LockActivity>()
        phone.enter(PIN)
        phone.untilShown<HomeActivity>()
    }

    @Test
    fun `from the first run to an open wallet`() {
        phone.launch()
        phone.untilShown<WelcomeActivity>()
        assertTrue("Welcome to your wallet" in phone.texts())
        phone.press(R.id.choose)
        phone.choosePin(PIN)
        phone.press("Later")
        phone.untilShown<HomeActivity>()
        phone.until("no card") { !phone.isCovered() && "•••• •••• •••• 4821" in phone.texts() }
        assertTrue(lock.isOpen.value)
    }

    @Test
    fun `a code is made in the first run, and opens the wallet when the PIN is forgotten`() {
        phone.launch()
        phone.untilShown<WelcomeActivity>()
        phone.press(R.id.choose)
        phone.choosePin(PIN)
        phone.press("Make a recovery code")
        val paper = phone.writeDownCode()
        phone.press("Done")
        phone.untilShown<HomeActivity>()
        phone.until("no card") { !phone.isCovered() && "•••• •••• •••• 4821" in phone.texts() }
        phone.press(R.id.lock)
        phone.untilShown<LockActivity>()
        phone.press("Forgot PIN?")
        phone.untilShown<EnterRecoveryCodeActivity>()
        (1..8).forEach { phone.typeGroup(paper.group(it)) }
        phone.until("no new PIN is asked for") { "Choose a new PIN" in phone.texts() }
        phone.enter(NEW_PIN)
        phone.until("it does not ask once more") { "Type the new PIN once more" in phone.texts() }
        phone.enter(NEW_PIN)
        phone.writeDownCode()
        phone.untilShown<HomeActivity>()
        phone.until("no card") { !phone.isCovered() && "•••• •••• •••• 4821" in phone.texts() }
    }

    @Test
    fun `a wrong PIN is told, and the right one opens`() {
        enrol()
        phone.launch()
        phone.untilShown<LockActivity>()
        phone.enter("264830")
        phone.until("nobody says so") { phone.texts().any { "15" in it } }
        phone.enter(PIN)
        phone.untilShown<HomeActivity>()
        assertFalse(phone.isCovered())
    }

    @Test
    fun `the token is masked, and shown for the PIN`() {
        openHome()
        assertEquals("•••• •••• •••• 4821", token())
        phone.press(R.id.reveal)
        phone.untilShown<LockActivity>()
        phone.enter(PIN)
        phone.untilShown<HomeActivity>()
        phone.until("no token") { token() == "4929 0412 7716 4821" }
        phone.press(R.id.reveal)
        assertEquals("•••• •••• •••• 4821", token())
        assertTrue("the wallet is still open", lock.isOpen.value)
    }

    @Test
    fun `who goes back instead of entering the PIN sees no token, and the wallet stays open`() {
        openHome()
        phone.press(R.id.reveal)
        phone.untilShown<LockActivity>()
        @Suppress("DEPRECATION")
        phone.screen.onBackPressed()
        phone.untilShown<HomeActivity>()
        assertEquals("•••• •••• •••• 4821", token())
        assertTrue(lock.isOpen.value)
    }

    @Test
    fun `who leaves the app leaves no token behind`() {
        openHome()
        phone.press(R.id.reveal)
        phone.untilShown<LockActivity>()
        phone.enter(PIN)
        phone.until("no token") { phone.screen is HomeActivity && token() == "4929 0412 7716 4821" }
        phone.leaveAndComeBack {}
        assertEquals("•••• •••• •••• 4821", token())
    }

    @Test
    fun `locking by hand, and by the screen that goes off`() {
        openHome()
        phone.press(R.id.lock)
        phone.untilShown<LockActivity>()
        phone.enter(PIN)
        phone.untilShown<HomeActivity>()
        phone.leaveAndComeBack { phone.app.sendBroadcast(Intent(Intent.ACTION_SCREEN_OFF)).also { phone.idle() } }
        phone.untilShown<LockActivity>()
        assertFalse(lock.isOpen.value)
    }

    @Test
    fun `the guard covers the second Activity as well`() {
        openHome()
        phone.press(R.id.journal)
        phone.untilShown<LockActivity>()
        phone.enter(PIN)
        phone.untilShown<HistoryActivity>()
        phone.until("no lines") { "Opened with the PIN" in phone.texts() }
        val journal = phone.screen
        lock.lockNow()
        phone.untilShown<LockActivity>()
        assertFalse(journal.requireView<TextView>(dev.walletlock.android.R.id.walletlock_title).isShown)
        phone.enter(PIN)
        phone.untilShown<HistoryActivity>()
        phone.until("no lines") { "Opened with the PIN" in phone.texts() }
    }

    @Test
    fun `after five wrong PINs one has to wait`() {
        enrol()
        runBlocking { repeat(5) { digit -> pinOf("26483$digit").use { lock.verifyPin(it) } } }
        phone.launch()
        phone.untilShown<LockActivity>()
        phone.until("no countdown") { "0:30" in phone.texts() }
        fakes.clock.advanceMs(30_000)
        runBlocking { lock.refresh() }
        phone.enter(PIN)
        phone.untilShown<HomeActivity>()
    }

    @Test
    fun `the app that is started again asks for the PIN, and knows the card`(): Unit = runBlocking {
        pinOf(PIN).use { (lock.enrol(it) as Enrolment.Enrolled).session }.use { Card.prepare(it) }
        lock.close()
        lock = phone.opened(fakes.platform)
        assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
        phone.launch()
        phone.untilShown<LockActivity>()
        phone.enter(PIN)
        phone.untilShown<HomeActivity>()
        assertEquals("4929 0412 7716 4821", Card.token(phone.app.guard.session.value!!))
        assertTrue(File(phone.app.noBackupFilesDir, "walletlock/wallet.db").exists())
    }

    @Test
    fun `a small payment is approved while the wallet is open, and stopped by one tap`() {
        openHome()
        assertTrue("Coffee bar asks for" in phone.texts())
        assertTrue("€3.20" in phone.texts())
        phone.press(R.id.pay)
        phone.until("it is not paid") { phone.screen is HomeActivity && "Paid: €3.20 to Coffee bar." in phone.texts() }
        phone.press(R.id.stop)
        phone.until("payments are not stopped") { "Payments are stopped" in phone.texts() }
        phone.press(R.id.pay)
        phone.untilShown<PayActivity>()
        phone.until("nobody says why") { phone.texts().any { "You stopped payments" in it } }
        phone.press("Close")
        phone.untilShown<HomeActivity>()
    }

    @Test
    fun `JNA and the facade come once`() {
        for (name in listOf("com/sun/jna/Native.class", "dev/walletlock/WalletLock.class")) {
            // Robolectric's class loader and its parent find the same file, which counts once.
            val places = javaClass.classLoader!!.getResources(name).toList().map { it.path }.distinct()
            assertEquals("$places", 1, places.size)
        }
    }

    @Test
    fun `the archive's resources are the app's`() {
        val minutes = phone.app.resources.getQuantityString(dev.walletlock.android.R.plurals.walletlock_in_minutes, 4, 4)
        assertEquals("in 4 minutes", minutes)
        assertEquals("Wallet", phone.app.getString(R.string.app_name))
    }

    private fun token() = (phone.view(R.id.token) as TextView).text.toString()

    private companion object {
        const val PIN = "835179"
        const val NEW_PIN = "582941"
    }
}
