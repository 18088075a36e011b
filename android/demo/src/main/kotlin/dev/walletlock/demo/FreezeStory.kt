package dev.walletlock.demo

import dev.walletlock.PanicOutcome
import dev.walletlock.Payee
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentFreeze
import dev.walletlock.PaymentRefusal
import dev.walletlock.PinChange
import dev.walletlock.RequestKind
import dev.walletlock.Session
import dev.walletlock.Task
import dev.walletlock.Unfreezing
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN

/** U14: one tap stops every payment, the PIN allows them again, and after a panic that takes more. */
internal class FreezeStory : Story {
    override val name = "U14"
    override val title = "She stops payments"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use {
            stage.setPin(provided.lock).close()
            stage.register(provided)
            everything(stage, provided)
            oneChannel(stage, provided)
            panic(stage, provided)
            tidyUp(stage, provided)
            "one tap stopped all payments while the wallet was closed, and the provider was told; one kind alone; the PIN ended " +
                "both; after a panic the PIN did not, the provider's grant did, and a list said what to do"
        }
    }

    private suspend fun everything(stage: Stage, provided: ProvidedApp) {
        val payments = provided.lock.payments
        stage.say("She cannot find her bag, and taps 'Stop payments'. No PIN is asked for.")
        payments.freeze()
        val frozen = PaymentFreeze(byOwner = true, byProvider = false, inPanic = false, ofChannel = false)
        expectFrozen(stage, provided, frozen, PaymentChannel.ONLINE)
        stage.expect("what stands", frozen, payments.state().freeze)
        stage.say("The app tells the provider, which takes nothing from now on that was handed out before.")
        expectTold(stage, provided, listOf("all"))
        stage.say("The bag is in the kitchen.")
        expectUnfrozen(stage, provided, Unfreezing.Done)
        expectTold(stage, provided, emptyList())
        stage.pays(provided.lock, euros("tea-1", 4, KIOSK))
    }

    private suspend fun oneChannel(stage: Stage, provided: ProvidedApp) {
        stage.say("She never pays by showing a code, and stops that alone.")
        provided.lock.payments.freeze(PaymentChannel.CODE_SHOWN)
        val frozen = PaymentFreeze(byOwner = false, byProvider = false, inPanic = false, ofChannel = true)
        expectFrozen(stage, provided, frozen, PaymentChannel.CODE_SHOWN)
        stage.pays(provided.lock, euros("tea-2", 4, KIOSK))
        expectTold(stage, provided, listOf("code_shown"))
        expectUnfrozen(stage, provided, Unfreezing.Done, PaymentChannel.CODE_SHOWN)
        stage.pays(provided.lock, euros("tea-3", 4, KIOSK, PaymentChannel.CODE_SHOWN))
    }

    private suspend fun panic(stage: Stage, provided: ProvidedApp) {
        stage.say("Somebody has watched her type her PIN, and comes closer. She presses 'Stop everything' and types it once more.")
        stage.unlock(provided.lock).use { session ->
            val outcome = stage.typed(PIN).use { provided.lock.payments.panicFreeze(it) }
            stage.expect("the panic", PanicOutcome.Frozen, outcome)
            stage.expect("the wallet that was open", expected = false, session.isLive)
        }
        stage.say("He takes the phone. He knows the PIN, and it opens the wallet, but no payment.")
        stage.who = "He"
        expectUnfrozen(stage, provided, Unfreezing.Waits(DAY_MS))
        val frozen = PaymentFreeze(byOwner = true, byProvider = false, inPanic = true, ofChannel = false)
        expectFrozen(stage, provided, frozen, PaymentChannel.CODE_SHOWN)
        stage.who = "She"
    }

    private suspend fun tidyUp(stage: Stage, provided: ProvidedApp) {
        stage.say("The police bring the phone back within the hour.")
        stage.unlock(provided.lock).use { session ->
            stage.expectOpen(session, listOf(Task.CHANGE_PIN, Task.SECOND_FACTOR, Task.REVIEW_JOURNAL, Task.REPORT))
            stage.say("She changes her PIN to ${stage.spaced(NEW_PIN)}, wants no second factor, and looks through what happened.")
            val change = stage.typed(PIN).use { old -> stage.typed(NEW_PIN).use { session.access.changePin(old, it) } }
            stage.expect("another PIN", PinChange.Changed(biometricsOn = false), change)
            session.access.dismiss(Task.SECOND_FACTOR)
            stage.show(session.journal.page().entries.take(JOURNAL_LINES).map(::inWords))
            session.access.noteDone(Task.REVIEW_JOURNAL)
            stage.expectOpen(session, listOf(Task.REPORT))
        }
        stage.say("She tells her provider what happened, and shows who she is.")
        stage.expect("the grant", listOf(WordOutcome.Done(WordDone.UNFROZEN)), stage.ask(provided, RequestKind.UNFREEZE))
        stage.unlock(provided.lock, NEW_PIN).use { session ->
            session.access.noteDone(Task.REPORT)
            stage.expectOpen(session, emptyList())
        }
        expectUnfrozen(stage, provided, Unfreezing.Done, pin = NEW_PIN)
        stage.pays(provided.lock, euros("tea-4", 4, KIOSK), NEW_PIN)
    }

    private suspend fun expectFrozen(stage: Stage, provided: ProvidedApp, frozen: PaymentFreeze, channel: PaymentChannel) {
        val reasons = stage.isRefused(provided.lock, euros("stopped", 1, KIOSK, channel))
        stage.expect("why", listOf<PaymentRefusal>(PaymentRefusal.Frozen(frozen)), reasons)
    }

    private suspend fun expectUnfrozen(
        stage: Stage,
        provided: ProvidedApp,
        expected: Unfreezing,
        channel: PaymentChannel? = null,
        pin: String = PIN,
    ) = stage.unlock(provided.lock, pin).use { session ->
        val end = session.access.unfreeze(channel)
        stage.show(inWords(end))
        // A moment has passed since the panic.
        val roundedUp = if (end is Unfreezing.Waits) Unfreezing.Waits((end.leftMs + MINUTE_MS) / MINUTE_MS * MINUTE_MS) else end
        stage.expect("ending it", expected, roundedUp)
    }

    private suspend fun expectTold(stage: Stage, provided: ProvidedApp, frozen: List<String>) {
        provided.provider.answer(provided.lock.provider.request(RequestKind.FREEZE_NOTICE))
        stage.expect("what the provider knows", frozen, provided.account.frozenPayments)
    }

    private companion object {
        val KIOSK = Payee("Kiosk", "m-30")
        const val JOURNAL_LINES = 5
    }
}
