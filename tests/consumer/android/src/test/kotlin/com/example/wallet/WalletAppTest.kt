package com.example.wallet

import android.content.Intent
import android.view.View
import android.widget.Button
import dev.walletlock.Enrolment
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.WalletLock
import dev.walletlock.android.LockActivity
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** The app as it is built, from the archive alone, on Android's own classes and with a phone of fakes. */
@RunWith(RobolectricTestRunner::class)
class WalletAppTest {
    private val phone = FakePhone()
    private val app = RuntimeEnvironment.getApplication() as WalletApp

    private suspend fun opened() = app.opened(phone.platform)

    @Test
    fun `someone is locked out, waits, comes in, and is locked out when the screen goes off`(): Unit = runBlocking {
        opened().use { lock ->
            lock.enrolled("835179")
            val screen = Robolectric.buildActivity(UnlockScreen::class.java).setup().get()
            repeat(5) { assertEquals(null, screen.enter("26483$it", lock)) }
            assertEquals("11 tries left.", screen.message.text)
            assertEquals(null, screen.enter("835179", lock))
            assertEquals("Please wait 30 seconds.", screen.message.text)
            phone.clock.advanceMs(30_000)
            val session = screen.enter("835179", lock)!!
            assertTrue(session.isLive)
            app.sendBroadcast(Intent(Intent.ACTION_SCREEN_OFF))
            shadowOf(app.mainLooper).idle()
            assertFalse(session.isLive)
        }
    }

    @Test
    fun `the app that is started again asks for the PIN, and knows the card`(): Unit = runBlocking {
        opened().use { lock ->
            lock.enrolled("835179").use { it.vault.write("card", "4929 1234".toByteArray()) }
        }
        opened().use { lock ->
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
            val screen = Robolectric.buildActivity(UnlockScreen::class.java).setup().get()
            screen.enter("835179", lock)!!.use { assertEquals("4929 1234", it.vault.read("card")?.decodeToString()) }
        }
        assertTrue(File(app.noBackupFilesDir, "walletlock/wallet.db").exists())
    }

    @Test
    fun `the lock screen finds the app's lock by itself, and gives its session`(): Unit = runBlocking {
        opened().use { lock ->
            assertSame(lock, opened())
            lock.enrolled("835179").close()
            val screen = Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(app)).setup()
            val pad = screen.pad()
            assertTrue(pad.isShown)
            val outcome = pinOf("264830").use { lock.verifyPin(it) }
            assertEquals(15, (outcome as PinOutcome.Wrong).triesLeft)
        }
    }

    /** The main thread is the test's own: what other threads bring to it comes when the test lets it. */
    private fun ActivityController<LockActivity>.pad(): View {
        val end = System.nanoTime() + 10_000_000_000
        while (true) {
            shadowOf(app.mainLooper).idle()
            val pad: View? = get().window.decorView.findViewById(dev.walletlock.android.R.id.walletlock_pad)
            if (pad?.isShown == true) return pad
            check(System.nanoTime() < end) { "no pad is shown" }
            Thread.yield()
        }
    }

    @Test
    fun `JNA and the facade come once`() {
        for (name in listOf("com/sun/jna/Native.class", "dev/walletlock/WalletLock.class")) {
            // Robolectric's class loader and the one above it find the same.
            val places = javaClass.classLoader!!.getResources(name).toList().map { it.path }.distinct()
            assertEquals("$places", 1, places.size)
        }
    }

    @Test
    fun `the archive's resources are the app's`() {
        val minutes = app.resources.getQuantityString(dev.walletlock.android.R.plurals.walletlock_in_minutes, 4, 4)
        assertEquals("in 4 minutes", minutes)
        assertEquals("Wallet", app.getString(R.string.app_name))
    }

    private suspend fun WalletLock.enrolled(pin: String) = pinOf(pin).use { (enrol(it) as Enrolment.Enrolled).session }

    private suspend fun UnlockScreen.enter(pin: String, lock: WalletLock) = run {
        pin.forEach { window.decorView.findViewWithTag<View>(it.digitToInt()).let { key -> (key as Button).performClick() } }
        submit(lock)
    }
}
