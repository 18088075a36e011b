package dev.walletlock.android

import android.app.Activity
import android.content.Intent
import android.graphics.Insets
import android.os.Bundle
import android.view.View
import android.view.WindowInsets
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.TextView
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.LockException
import dev.walletlock.LockStatus
import dev.walletlock.RequestKind
import dev.walletlock.WalletLock
import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakeProvider
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper
import org.robolectric.util.ReflectionHelpers

@RunWith(RobolectricTestRunner::class)
class LockActivityTest {
    private val wallet = TestWallet()
    private val provider = FakeProvider(wallet.phone.clock)
    private var last: ActivityController<LockActivity>? = null

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        LockScreens.usePinLength(0)
        LockActivity.setOnTrouble(null)
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `the right PIN ends it with a session, handed over once, and not by the intent`() {
        val screen = shown()
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        val activity = screen.get()
        assertTrue(activity.isFinishing)
        assertEquals(Activity.RESULT_OK, shadowOf(activity).resultCode)
        val data = shadowOf(activity).resultIntent
        screen.pause().stop().destroy()
        val session = LockActivity.takeSession(data)!!
        assertTrue(session.isLive)
        assertNull(LockActivity.takeSession(data))
        assertNull(LockActivity.takeSession(null))
        assertNull(LockActivity.takeSession(Intent()))
        assertEquals(setOf("dev.walletlock.session"), data.extras!!.keySet())
        assertTrue(data.extras!!.getString("dev.walletlock.session")!!.matches(Regex("[0-9a-f-]{36}")))
        session.close()
    }

    @Test
    fun `a session that nobody takes is closed`() {
        val taken = opened()
        val left = opened()
        val session = LockActivity.takeSession(taken)!!
        ShadowLooper.idleMainLooper(Handover.UNCLAIMED_MS, TimeUnit.MILLISECONDS)
        assertNull(LockActivity.takeSession(left))
        assertTrue("one that was taken lives on", session.isLive)
        session.close()
    }

    @Test
    fun `without a PIN there is nothing to unlock`() {
        val activity = screen().setup().get()
        TestWallet.settle()
        assertTrue(activity.isFinishing)
        assertEquals(LockActivity.RESULT_NO_PIN, shadowOf(activity).resultCode)
    }

    @Test
    fun `it shows which lock it is, and the pad again when that is over`() {
        val screen = shown()
        repeat(2) {
            screen.pad().enter("26483$it")
            screen.pad().done()
        }
        assertFalse(screen.pad().isShown)
        assertEquals("4:12", screen.locked().text(R.id.walletlock_clock))
        wallet.letPass(252_000)
        assertEquals(View.GONE, screen.locked().visibility)
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    @Config(qualifiers = "w360dp-h720dp")
    fun `a lock that the PIN clears shows the pad, why above it, and the other ways behind a button`() = withProvider { mine, account ->
        mine.withBiometrics()
        mine.phone.person.willDo { choosesPin() }
        val screen = shown()
        mine.accepts(account.lock(FakeAccount.Reason.UNUSUAL))
        assertTrue(screen.pad().isShown)
        val notice = screen.get().window.decorView.part<View>(R.id.walletlock_pad_notice)
        val words = listOf(
            "Locked because of unusual activity",
            "Your provider has seen something unusual, and locked your wallet. Enter your PIN to show that it is you.",
        )
        assertEquals(words, notice.texts().take(2))
        val finger = screen.pad().part<View>(R.id.walletlock_biometric)
        assertFalse("only the PIN clears it", finger.isShown && finger.isEnabled)
        screen.press("Other ways")
        assertFalse(screen.pad().isShown)
        screen.locked().button("Call +1 555 0100")
        screen.press("Enter your PIN")
        assertTrue(screen.pad().isShown)
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        LockActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
        assertTrue("the lock is cleared", mine.lock.status.value is LockStatus.Ready)
    }

    @Test
    fun `wrong PINs bring a wait beneath a lock that the PIN clears, and the notice goes with the lock`() = withProvider { mine, account ->
        val screen = shown()
        mine.accepts(account.lock(FakeAccount.Reason.UNUSUAL))
        repeat(2) {
            screen.pad().enter("26483$it")
            screen.pad().done()
        }
        assertFalse(screen.pad().isShown)
        assertEquals("Locked because of unusual activity", screen.locked().text(R.id.walletlock_title))
        assertEquals("4:12", screen.locked().text(R.id.walletlock_clock))
        mine.letPass(252_000)
        assertTrue(screen.pad().isShown)
        val notice = screen.get().window.decorView.part<View>(R.id.walletlock_pad_notice)
        assertTrue(notice.isShown)
        runBlocking { mine.unlocked().close() }
        TestWallet.settle()
        assertFalse(notice.isShown)
    }

    @Test
    fun `a lost phone shows the finder's message, and the pad again once the provider has unlocked it`() = withProvider { mine, account ->
        val screen = shown()
        screen.pad().enter("8351")
        mine.accepts(account.lock(FakeAccount.Reason.LOST, "Please call us.", contact = 0))
        assertFalse(screen.pad().isShown)
        assertEquals("what was typed is gone", 0, screen.pad().entry.length)
        assertTrue("${screen.locked().texts()}", "Please call us." in screen.locked().texts())
        screen.locked().button("Call +1 555 0100")
        LockScreens.useProvider { lock, call ->
            check(call == ProviderCall.UNLOCK)
            account.vouch()
            lock.provider.redeem(provider.answer(lock.provider.request(RequestKind.UNLOCK)).word)
            ProviderReply.TAKEN
        }
        screen.press("This is my phone")
        screen.press("Ask your provider to unlock")
        assertTrue(screen.pad().isShown)
    }

    private fun withProvider(test: (TestWallet, FakeAccount) -> Unit) =
        TestWallet(provider.testPolicy()).enrol().use { mine ->
            LockScreens.useLock { mine.lock }
            test(mine, provider.register(mine))
        }

    @Test
    fun `a rotation keeps the digits, in memory only`() {
        val screen = shown()
        screen.pad().enter("8351")
        val before = screen.get()
        screen.recreate()
        TestWallet.settle()
        assertTrue(before !== screen.get())
        assertEquals("4 digits typed", screen.pad().dots().contentDescription)
        screen.pad().enter("79")
        screen.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a rotation while a PIN is checked loses neither answer`() {
        for (pin in listOf(TestWallet.WRONG, TestWallet.RIGHT)) {
            val screen = shown()
            screen.pad().enter(pin)
            wallet.hold()
            screen.pad().done()
            screen.recreate()
            assertEquals("Checking…", screen.pad().title())
            wallet.release()
            if (pin == TestWallet.WRONG) {
                assertEquals("That PIN is not right. 4\u00a0tries left.", screen.pad().message())
                assertNotNull("it is seen as it happens", screen.pad().dots().refusalAnimation)
                screen.recreate()
                assertEquals("That PIN is not right. 4\u00a0tries left.", screen.pad().message())
                assertNull("and not again", screen.pad().dots().refusalAnimation)
            } else {
                assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
            }
        }
    }

    @Test
    fun `after the process ended it begins anew`() {
        val screen = shown()
        screen.pad().enter("8351")
        val saved = Bundle()
        screen.saveInstanceState(saved).pause().stop()
        assertEquals("what is left behind is wiped", 0, screen.pad().entry.length)
        val again = screen().setup(saved)
        TestWallet.settle()
        assertEquals("No digits typed", again.pad().dots().contentDescription)
        again.pad().enter(TestWallet.RIGHT)
        again.pad().done()
        assertEquals(Activity.RESULT_OK, shadowOf(again.get()).resultCode)
    }

    @Test
    fun `who leaves while a PIN is checked leaves nothing open`() {
        val screen = shown()
        screen.pad().enter(TestWallet.RIGHT)
        wallet.hold()
        screen.pad().done()
        screen.get().finish()
        screen.pause().stop().destroy()
        wallet.release()
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        assertNull(shadowOf(screen.get()).resultIntent)
    }

    @Test
    fun `a lock that does not open is said, and tried again`() {
        wallet.enrol()
        var faults = 1
        LockScreens.useLock { if (faults-- > 0) throw someFault() else wallet.lock }
        val screen = screen().setup()
        TestWallet.settle()
        assertEquals("Your wallet did not open", screen.locked().text(R.id.walletlock_title))
        screen.locked().all().first { it.isClickable }.performClick()
        TestWallet.settle()
        assertTrue(screen.pad().isShown)
    }

    @Test
    fun `two taps on 'Try again' open it once, and leave no pad behind`() {
        wallet.enrol()
        val asked = mutableListOf<CompletableDeferred<WalletLock>>()
        LockScreens.useLock { CompletableDeferred<WalletLock>().also(asked::add).await() }
        val screen = screen().setup()
        asked.single().completeExceptionally(someFault())
        TestWallet.settle()
        repeat(2) { screen.locked().button("Try again").performClick() }
        TestWallet.settle()
        assertEquals(2, asked.size)
        asked.last().complete(wallet.lock)
        TestWallet.settle()
        screen.pad().enter("8351")
        val entry = screen.pad().entry
        screen.pause().stop().destroy()
        assertThrows(LockException.Closed::class.java) { entry.length }
    }

    @Test
    fun `who leaves while it opens leaves no pad behind, whatever opens it`() {
        wallet.enrol()
        val going = CompletableDeferred<WalletLock>()
        LockScreens.useLock { withContext(NonCancellable) { going.await() } }
        val screen = screen().setup()
        screen.pause().stop().destroy()
        going.complete(wallet.lock)
        TestWallet.settle()
        val state = ReflectionHelpers.getField<LockScreenState>(screen.get(), "screenState")
        assertNull("nobody would close it", state.unlocking)
    }

    @Test
    fun `each fault has its words, its code, and a way to go on if there is one`() {
        wallet.enrol()
        val told = mutableListOf<LockTrouble>()
        LockActivity.setOnTrouble(told::add)
        val faults = Faults.ofOpening
        for ((fault, trouble) in faults) {
            LockScreens.useLock { throw fault }
            val screen = screen().setup()
            TestWallet.settle()
            val words = screen.locked().text(R.id.walletlock_body)
            assertTrue("$fault: $words", words.endsWith("(Code\u00a0${trouble.code})"))
            val buttons = screen.locked().all().filter { it.isClickable && it.isShown }
            assertEquals("$fault", if (trouble.canRetry) 1 else 0, buttons.size)
            screen.pause().stop().destroy()
        }
        assertEquals(faults.map { it.second }, told)
        assertEquals("each is another one", faults.size, told.toSet().size)
        assertEquals(LockTrouble.entries.map { it.code }, LockTrouble.entries.map { it.code }.distinct())
    }

    @Test
    fun `a PIN that cannot be checked is told to the app as well`() {
        val told = mutableListOf<LockTrouble>()
        LockActivity.setOnTrouble(told::add)
        val screen = shown()
        val keys = wallet.phone.deviceKey
        // A keystore that answers 'gone' to every call is not believed. If it works and the key is missing, the key is gone.
        for (fault in DeviceKeyFault.entries + null) {
            keys.failure = fault?.let(::DeviceKeyException)
            if (fault == null) keys.loseAll()
            screen.pad().enter(TestWallet.RIGHT)
            screen.pad().done()
            assertTrue(screen.pad().message(), screen.pad().message().endsWith("(Code\u00a0${told.last().code})"))
        }
        val expected = listOf(
            LockTrouble.KEYSTORE_BUSY,
            LockTrouble.KEYSTORE_BUSY,
            LockTrouble.NO_KEYSTORE,
            LockTrouble.KEYSTORE_FAILED,
            LockTrouble.KEY_GONE,
        )
        assertEquals(expected, told)
    }

    @Test
    fun `its window is secure from the start, and its length and order are as asked`() {
        wallet.enrol()
        LockScreens.usePinLength(6)
        val intent = LockActivity.intent(RuntimeEnvironment.getApplication(), isShuffled = true)
        val screen = Robolectric.buildActivity(LockActivity::class.java, intent).create()
        assertTrue(screen.get().window.attributes.flags and FLAG_SECURE != 0)
        screen.start().resume().visible()
        TestWallet.settle()
        assertTrue(screen.pad().isShuffled)
        screen.pad().enter(TestWallet.RIGHT)
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        assertFalse(screen.get().isDestroyed)
    }

    @Test
    fun `nothing lies under the bars and the camera`() {
        val screen = shown()
        val root = screen.locked().parent as View
        val bars = WindowInsets.Builder()
            .setInsets(WindowInsets.Type.systemBars(), Insets.of(0, 24, 0, 48))
            .setInsets(WindowInsets.Type.displayCutout(), Insets.of(30, 0, 0, 0))
            .build()
        root.dispatchApplyWindowInsets(bars)
        assertEquals(listOf(30, 24, 0, 48), listOf(root.paddingLeft, root.paddingTop, root.paddingRight, root.paddingBottom))
    }

    private fun someFault(): LockException =
        assertThrows(LockException::class.java) { dev.walletlock.PinEntry().use { it.push(10) } }

    private fun View.button(text: String): View = all().first { it.isClickable && (it as? TextView)?.text?.toString() == text }

    private fun screen(): ActivityController<LockActivity> =
        Robolectric.buildActivity(LockActivity::class.java, LockActivity.intent(RuntimeEnvironment.getApplication()))

    /** Ends the last screen first: two lock screens in one task act as one. */
    private fun shown(): ActivityController<LockActivity> {
        last?.takeUnless { it.get().isDestroyed }?.pause()?.stop()?.destroy()
        if (wallet.lock.status.value == LockStatus.Unconfigured) wallet.enrol()
        return screen().setup().also {
            last = it
            TestWallet.settle()
        }
    }

    private fun opened(): Intent {
        val screen = shown()
        screen.pad().enter(TestWallet.RIGHT)
        screen.pad().done()
        return shadowOf(screen.get()).resultIntent
    }

    private fun ActivityController<LockActivity>.pad(): PinPadView = get().window.decorView.part(R.id.walletlock_pad)

    private fun ActivityController<LockActivity>.locked(): LockedView = get().window.decorView.part(R.id.walletlock_locked)
}
