package dev.walletlock.android

import android.app.Activity
import android.view.View
import dev.walletlock.PaymentChannel
import dev.walletlock.RequestKind
import dev.walletlock.Session
import dev.walletlock.Task
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** Stopping everything in a panic, and letting payments go on. */
@RunWith(RobolectricTestRunner::class)
class PanicActivityTest {
    private val wallet = TestWallet(PAY_POLICY).enrol()
    private val context = RuntimeEnvironment.getApplication()
    private val calls = mutableListOf<ProviderCall>()

    @Before
    fun lock() = LockScreens.useLock { wallet.lock }

    @After
    fun close() {
        LockScreens.useProvider(null)
        wallet.close()
    }

    @Test
    fun `it explains itself, asks for the PIN, stops everything, and leads to what to do`() {
        carry(ProviderReply.TAKEN)
        val session = wallet.unlocked()
        val panic = panic()
        assertEquals("Stop everything?", panic.question())
        assertFalse("nothing yet", isFrozen())
        panic.press("Stop everything")
        panic.type(WRONG)
        assertFalse(isFrozen())
        panic.type(RIGHT)
        assertEquals("Everything is stopped", panic.question())
        assertTrue(isFrozen())
        assertFalse(session.isLive)
        assertEquals(listOf(ProviderCall.FREEZE_NOTICE), calls)
        panic.press("See what to do now")
        assertEquals(ChecklistActivity::class.java.name, shadowOf(panic.get()).nextStartedActivity.component!!.className)
        assertEquals(Activity.RESULT_OK, shadowOf(panic.get()).resultCode)
    }

    @Test
    fun `in an open session no PIN is asked for`() {
        val panic = panic(wallet.unlocked())
        panic.press("Stop everything")
        assertEquals("Everything is stopped", panic.question())
        assertTrue(isFrozen())
    }

    @Test
    fun `who cannot enter the PIN stops payments without it`() {
        val panic = panic()
        panic.press("Stop everything")
        panic.press("Stop payments without the PIN")
        assertEquals("Payments are stopped", panic.question())
        assertTrue(runBlocking { wallet.lock.payments.state() }.freeze.byOwner)
    }

    @Test
    fun `who goes back has stopped nothing, and keeps the session`() {
        val panic = panic(wallet.unlocked())
        panic.back()
        assertEquals(Activity.RESULT_CANCELED, shadowOf(panic.get()).resultCode)
        assertFalse(isFrozen())
        PanicActivity.takeSession(shadowOf(panic.get()).resultIntent)!!.use { assertTrue(it.isLive) }
    }

    @Test
    fun `the list says how much is done, and a report goes to the provider`() = provided { wallet ->
        runBlocking { wallet.unlocked().use { it.payments.panicFreeze() } }
        carry(ProviderReply.NOT_REACHED)
        val list = started(ChecklistActivity::class.java, ChecklistActivity.intent(context, wallet.unlocked()))
        val count = runBlocking { wallet.unlocked().use { it.access.checklist() } }.size
        assertTrue("${list.shownTexts()}", "0 of $count done" in list.shownTexts())
        assertTrue("${list.shownTexts()}", "Everything is stopped. These make your wallet safe again." in list.shownTexts())
        list.press("Report what happened")
        assertEquals(listOf(ProviderCall.FREEZE_NOTICE), calls)
        assertTrue(list.note(), list.note().isNotEmpty())
        carry(ProviderReply.TAKEN)
        list.press("Report what happened")
        assertEquals("", list.note())
        assertTrue("${list.shownTexts()}", "1 of $count done" in list.shownTexts())
        assertTrue(runBlocking { wallet.unlocked().use { it.access.checklist() } }.single { it.task == Task.REPORT }.isDone)
        list.press("Change your PIN")
        assertEquals(ChangePinActivity::class.java.name, list.launched().component!!.className)
    }

    @Test
    fun `the notice is signed by this phone`() = ProvidedWallet().enrol(hasEscrow = false).use {
        LockScreens.useLock { _ -> it.wallet.lock }
        LockScreens.useProvider { lock, call ->
            calls += call
            check(it.provider.answer(lock.provider.request(RequestKind.FREEZE_NOTICE)).refusal == null)
            ProviderReply.TAKEN
        }
        val panic = panic()
        panic.press("Stop everything")
        panic.type(RIGHT)
        assertEquals(listOf(ProviderCall.FREEZE_NOTICE), calls)
    }

    @Test
    fun `the settings stop payments of one kind, and let them go on`() {
        val settings = settings(wallet.unlocked())
        settings.press("Stop some kinds of payment only")
        settings.press("Stop payments online")
        assertEquals(listOf(PaymentChannel.ONLINE), runBlocking { wallet.lock.payments.state() }.frozenChannels)
        settings.press("Stop payments online")
        assertEquals(emptyList<PaymentChannel>(), runBlocking { wallet.lock.payments.state() }.frozenChannels)
    }

    @Test
    fun `after a panic the settings say when the PIN is enough, and what is enough now`() {
        runBlocking { wallet.unlocked().use { it.payments.panicFreeze() } }
        val settings = settings(wallet.unlocked())
        settings.freeze().performClick()
        TestWallet.settle()
        assertEquals("Everything is stopped", settings.question())
        assertTrue("${settings.shownTexts()}", settings.shownTexts().any { it.startsWith("Your PIN alone allows payments again in 1 day") })
        settings.press("Not now")
        assertTrue(isFrozen())
        wallet.letPass(24 * 3_600_000L)
        val later = settings(wallet.unlocked())
        later.freeze().performClick()
        TestWallet.settle()
        assertFalse(isFrozen())
    }

    @Test
    fun `after a panic the second factor lets payments go on at once`() {
        TestWallet(PAY_POLICY).use { mine ->
            LockScreens.useLock { mine.lock }
            val session = runBlocking { mine.lock.enrolled() }
            val app = mine.addAuthenticator(session)
            runBlocking { session.payments.panicFreeze() }
            val settings = settings(mine.unlocked())
            settings.freeze().performClick()
            TestWallet.settle()
            settings.press("Use my second factor")
            settings.proves(app)
            assertFalse(runBlocking { mine.lock.payments.state() }.freeze.isAny)
        }
    }

    @Test
    fun `the settings lead to it with the session`() {
        val settings = settings(wallet.unlocked())
        settings.press("Somebody saw my PIN")
        val asked = settings.launched()
        assertEquals(PanicActivity::class.java.name, asked.component!!.className)
        val panic = started(PanicActivity::class.java, asked)
        panic.press("Stop everything")
        assertTrue(isFrozen())
    }

    /** Runs [block] with a wallet that has a provider. */
    private fun provided(block: (TestWallet) -> Unit) = ProvidedWallet().enrol(hasEscrow = false).use {
        LockScreens.useLock { _ -> it.wallet.lock }
        block(it.wallet)
    }

    private fun panic(session: Session? = null) = started(PanicActivity::class.java, PanicActivity.intent(context, session))

    private fun settings(session: Session): ActivityController<SecuritySettingsActivity> {
        val settings = started(SecuritySettingsActivity::class.java, SecuritySettingsActivity.intent(context))
        val asked = settings.launched()
        settings.returns(asked, Activity.RESULT_OK, Handover.give(session))
        return settings
    }

    private fun ActivityController<SecuritySettingsActivity>.freeze(): View = get().window.decorView.part(R.id.walletlock_freeze)

    private fun isFrozen() = runBlocking { wallet.lock.payments.state() }.freeze.isAny

    private fun carry(reply: ProviderReply) = LockScreens.useProvider { _, call ->
        calls += call
        reply
    }
}
