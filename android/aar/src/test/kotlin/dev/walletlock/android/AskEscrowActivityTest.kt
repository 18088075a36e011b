package dev.walletlock.android

import android.app.Activity
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.EscrowRequest
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinOutcome
import dev.walletlock.ProviderRequest
import dev.walletlock.WordError
import java.io.IOException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
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

/** Getting back in with the key that the provider keeps. `EscrowTest` of the fakes says what the provider can open. */
@RunWith(RobolectricTestRunner::class)
class AskEscrowActivityTest {
    private val provided = ProvidedWallet().enrol(hasEscrow = true)
    private val wallet = provided.wallet
    private val context = RuntimeEnvironment.getApplication()

    @Before
    fun lock() {
        LockScreens.useLock { wallet.lock }
        LockScreens.useEscrow { _, request -> provided.carry(request) }
    }

    @After
    fun close() {
        LockScreens.useEscrow(carry = null)
        provided.close()
    }

    // What leads there.

    @Test
    fun `a damaged wallet leads to the provider, and the lock screen ends as after a PIN`() {
        wallet.damage()
        val screen = start(LockActivity::class.java)
        screen.press("Let your provider open it")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(AskEscrowActivity::class.java.name, asked.component!!.className)
        shadowOf(screen.get()).receiveResult(asked, Activity.RESULT_OK, Handover.give(recovered()))
        TestWallet.settle()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        LockActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.close()
    }

    @Test
    fun `an app that cannot carry the request has words instead of the button`() {
        LockScreens.useEscrow(carry = null)
        wallet.damage()
        val screen = start(LockActivity::class.java)
        val words = screen.get().window.decorView.all().filter { it.isShown }.map { it.words() }
        assertTrue("$words", words.any { it.startsWith("Ask your provider to open the wallet. It keeps the key for you") })
        assertFalse("$words", "Let your provider open it" in words)
    }

    @Test
    fun `without a code 'Forgot PIN' leads to the provider, on both screens that have it`() {
        for (screen in listOf(start(LockActivity::class.java), start(ChangePinActivity::class.java))) {
            screen.press("Forgot PIN?")
            val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
            assertEquals(AskEscrowActivity::class.java.name, asked.component!!.className)
        }
    }

    @Test
    fun `a locked wallet leads from changing the PIN to the provider, too`() {
        wallet.lockOut()
        val screen = start(ChangePinActivity::class.java)
        screen.press("Let your provider open it")
        val asked = shadowOf(screen.get()).nextStartedActivityForResult.intent
        assertEquals(AskEscrowActivity::class.java.name, asked.component!!.className)
    }

    // The way back in.

    @Test
    fun `the provider verifies the owner first, then a new PIN, a new code, and everything is there`() {
        wallet.damage()
        val screen = ask()
        assertEquals("Ask your provider to open your wallet", screen.question())
        screen.press("Ask now")
        assertEquals("Your provider has your request", screen.question())
        provided.account.vouch()
        screen.press("Ask again")
        assertEquals("Choose a new PIN", screen.title())
        repeat(2) { screen.type(NEW) }
        screen.confirm()
        assertEquals(Activity.RESULT_OK, shadowOf(screen.get()).resultCode)
        AskEscrowActivity.takeSession(shadowOf(screen.get()).resultIntent)!!.use { session ->
            assertArrayEquals(byteArrayOf(7), runBlocking { session.vault.read("card") })
            val words = runBlocking { session.journal.page() }.entries.map { context.resources.words(it) }
            assertTrue("$words", "Opened with the key that your provider keeps" in words)
        }
        assertTrue(runBlocking { wallet.lock.verify(RIGHT) } is PinOutcome.Wrong)
    }

    @Test
    fun `what the person has typed for the backend is in the request`() {
        // Without the code this is one proof, and not enough.
        provided.account.vouch(hasCalledBack = false)
        LockScreens.useEscrow(
            said = { ProviderRequest("sms", provided.account.sendCode().code) },
            carry = { _, request -> provided.carry(request) },
        )
        val screen = ask()
        screen.press("Ask now")
        assertEquals("Choose a new PIN", screen.title())
    }

    @Test
    fun `a lock of the provider still stands afterwards`() {
        runBlocking { wallet.lock.provider.accept(provided.account.lock()) }
        provided.account.vouch()
        val screen = ask()
        screen.press("Ask now")
        repeat(2) { screen.type(NEW) }
        screen.confirm()
        assertEquals("Your new PIN and your new code are set", screen.question())
        screen.press("Go on")
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
        assertTrue(wallet.lock.status.value is LockStatus.Locked)
    }

    @Test
    fun `after ten minutes the provider is asked once more`() {
        provided.account.vouch()
        val screen = ask()
        screen.press("Ask now")
        repeat(2) { screen.type(NEW) }
        wallet.phone.clock.advanceMs(600_000)
        screen.confirm()
        assertEquals("Ask your provider to open your wallet", screen.question())
        assertEquals("That took more than ten minutes. Ask your provider once more.", screen.note())
    }

    // What can go wrong.

    @Test
    fun `each answer of the provider without a grant says what to do next`() {
        val said = mapOf(
            EscrowReply.NotGranted.LATER to "Your provider has your request",
            EscrowReply.NotGranted.REFUSED to "Your wallet was not opened",
            EscrowReply.NotGranted.NOT_REACHED to "Your wallet was not opened",
        )
        var reply: EscrowReply = EscrowReply.NotGranted.LATER
        LockScreens.useEscrow { _, _ -> reply }
        val screen = ask()
        screen.press("Ask now")
        for ((next, heading) in said) {
            reply = next
            screen.press("Ask again")
            assertEquals(heading, screen.question())
        }
        LockScreens.useEscrow { _, _ -> throw IOException("no route") }
        screen.press("Ask again")
        assertTrue(screen.words().any { it.startsWith("Your provider could not be reached.") })
        screen.press("Later")
        assertTrue(screen.get().isFinishing)
        assertEquals(Activity.RESULT_CANCELED, shadowOf(screen.get()).resultCode)
    }

    @Test
    fun `a grant that the lock refuses says why`() {
        var grant: (EscrowRequest) -> String = { "x" }
        LockScreens.useEscrow { _, request -> EscrowReply.Granted(grant(request)) }
        val screen = ask()
        screen.press("Ask now")
        assertTrue("${screen.words()}", screen.words().any { it.startsWith("Your provider’s answer does not fit this wallet.") })
        grant = { request ->
            provided.granted(request).also { wallet.phone.clock.advanceMs(601_000) }
        }
        screen.press("Ask again")
        assertTrue("${screen.words()}", "Your provider’s answer came too late. Ask again." in screen.words())
        grant = { request ->
            provided.granted(request).also { runBlocking { wallet.lock.provider.accept(provided.account.lock()) } }
        }
        screen.press("Ask again")
        assertTrue("${screen.words()}", "Your provider sent an order while you asked. Ask again." in screen.words())
    }

    @Test
    fun `every refusal has its words, and only what can help has a button for asking again`() {
        val helps = mapOf<CodeRefusal, Boolean>(
            CodeOutcome.NotSetUp to false,
            CodeOutcome.OldCode to false,
            CodeOutcome.Altered to false,
            CodeOutcome.Locked(LockStatus.Wiped) to false,
            CodeOutcome.NoVerdict(NoVerdictCause.TryAgain) to true,
        )
        val refusals = helps.map { (why, canHelp) -> EscrowRefusal.OfWallet(why) to canHelp } +
            WordError.entries.map { EscrowRefusal.OfGrant(it) to true } +
            EscrowReply.NotGranted.entries.map { EscrowRefusal.ByProvider(it) to true }
        for ((refusal, canHelp) in refusals) {
            val steps = AskEscrowSteps()
            assertTrue(steps.ask())
            steps.refused(refusal)
            assertEquals("$refusal", canHelp, steps.canAskAgain)
            assertEquals("$refusal", canHelp, steps.ask())
        }
        val bodies = helps.keys.map { context.resources.escrowNotice(EscrowRefusal.OfWallet(it)).body }
        assertEquals("each has its own", bodies.size, bodies.distinct().size)
        val missing = context.resources.escrowNotice(EscrowRefusal.OfGrant(WordError.ORDER_MISSING)).body
        assertTrue(missing, missing.startsWith("An order of your provider has not reached this phone yet."))
    }

    @Test
    fun `a wallet without escrow says that there is no key, and offers nothing that cannot help`() =
        ProvidedWallet().enrol(hasEscrow = false).use { without ->
            LockScreens.useLock { without.wallet.lock }
            val screen = ask()
            screen.press("Ask now")
            assertTrue("${screen.words()}", screen.words().any { it.startsWith("Your provider keeps no key to this wallet") })
            assertFalse("${screen.words()}", "Ask again" in screen.words())
        }

    @Test
    fun `a phone that fails to take the grant takes the same one again`() {
        provided.account.vouch()
        var carried = 0
        LockScreens.useEscrow { _, request ->
            carried++
            provided.carry(request).also { wallet.phone.entropy.failure = IllegalStateException("no randomness") }
        }
        val screen = ask()
        screen.press("Ask now")
        assertEquals("Your wallet was not opened", screen.question())
        wallet.phone.entropy.failure = null
        screen.press("Ask again")
        assertEquals("Choose a new PIN", screen.title())
        assertEquals("the provider has verified the owner once", 1, carried)
    }

    @Test
    fun `a rotation keeps the request on its way, and Back stops it`() {
        val reply = CompletableDeferred<EscrowReply>()
        val requests = mutableListOf<EscrowRequest>()
        LockScreens.useEscrow { _, request -> reply.also { requests += request }.await() }
        val screen = ask()
        screen.press("Ask now")
        assertEquals("Asking your provider…", screen.question())
        screen.recreate()
        TestWallet.settle()
        assertEquals("Asking your provider…", screen.question())
        screen.back()
        assertEquals("Ask your provider to open your wallet", screen.question())
        provided.account.vouch()
        reply.complete(EscrowReply.Granted(provided.provider.answer(requests.single().text).word))
        TestWallet.settle()
        assertEquals("an answer that comes later is ignored", "Ask your provider to open your wallet", screen.question())
        screen.back()
        assertTrue(screen.get().isFinishing)
    }

    @Test
    fun `a reply never shows the grant`() = assertEquals("Granted", EscrowReply.Granted("secret").toString())

    /** What an owner has whom the provider has verified. */
    private fun ProvidedWallet.granted(request: EscrowRequest): String {
        account.vouch()
        return provider.answer(request.text).word
    }

    private fun recovered(): dev.walletlock.Session {
        provided.account.vouch()
        val screen = ask()
        screen.press("Ask now")
        repeat(2) { screen.type(NEW) }
        screen.confirm()
        return AskEscrowActivity.takeSession(shadowOf(screen.get()).resultIntent)!!
    }

    private fun ActivityController<out Activity>.words(): List<String> =
        get().window.decorView.all().filter { it.isShown }.map { it.words() }

    private fun ask() = start(AskEscrowActivity::class.java)

    private fun <A : Activity> start(activity: Class<A>): ActivityController<A> =
        Robolectric.buildActivity(activity, android.content.Intent(context, activity)).setup().also { TestWallet.settle() }

    private companion object {
        const val NEW = "582941"
    }
}
