package dev.walletlock.demo

import dev.walletlock.CodeChange
import dev.walletlock.Contact
import dev.walletlock.FinderMessage
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.RecoveryOutcome
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.RequestKind
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN
import dev.walletlock.fakes.FakeAccount

/** U3: a lost phone is locked from afar or by itself, and its owner gets back in. */
internal class LostPhoneStory : Story {
    override val name = "U3"
    override val title = "She loses her phone"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider(allowanceHours = 168)
        return provided.app.use {
            val paper = begin(stage, provided)
            byOrder(stage, provided)
            backByGrant(stage, provided)
            backByCode(stage, provided, paper)
            byAllowance(stage, provided)
            "locked by an order at once, with a message for the finder; back by the provider's grant, and by code and 72 hours; " +
                "a week without the provider locks too, after a warning, and a heartbeat ends it"
        }
    }

    private suspend fun begin(stage: Stage, provided: ProvidedApp): Paper = stage.setPin(provided.lock).use { session ->
        session.vault.write("card", CARD.toByteArray())
        val (paper, change) = stage.makeCode(session.access)
        stage.expect("the first code", CodeChange.InForce, change)
        stage.say("The app registers her phone with its provider.")
        stage.register(provided)
        paper
    }

    private suspend fun byOrder(stage: Stage, provided: ProvidedApp) = stage.unlock(provided.lock).use { session ->
        stage.say("She leaves the phone on a bus, with the wallet open. She calls the provider from a friend's phone.")
        provided.account.lock(FakeAccount.Reason.LOST, MESSAGE, contact = 0)
        stage.expect("the order", LOCKED, stage.collect(provided))
        stage.expect("the wallet that was open", expected = false, session.isLive)
        val status = stage.expectReason(provided, LockReason.LOST_OR_STOLEN)
        stage.expect("the message", FinderMessage(MESSAGE, Contact.Phone("+1 555 0100")), status.message)
        stage.say("Whoever finds it may know her PIN, and may restart the phone.")
        provided.app.restartPhone()
        val pin = stage.typed(PIN).use { provided.lock.verifyPin(it) }
        stage.expect("the right PIN", PinOutcome.Locked(provided.lock.status.value), pin)
    }

    private suspend fun backByGrant(stage: Stage, provided: ProvidedApp) {
        stage.say("An honest finder calls. She has the phone back, and shows the provider who she is.")
        stage.expect("the grant", listOf(WordOutcome.Done(WordDone.UNLOCKED)), stage.ask(provided, RequestKind.UNLOCK))
        expectCard(stage, provided, PIN)
    }

    private suspend fun backByCode(stage: Stage, provided: ProvidedApp, paper: Paper) {
        stage.say("She loses it again, and finds it in her coat. Nobody answers at the provider. She has her recovery code.")
        provided.account.lock()
        stage.expect("the order", LOCKED, stage.collect(provided))
        val newPaper = stage.enterCode(provided.lock, paper).use { rescue ->
            rescue.newCode().use { code ->
                val newPaper = stage.writeDown(code)
                val outcome = stage.typed(NEW_PIN).use { rescue.finish(it, code) }
                stage.expect("the code alone leaves the provider's lock", outcome is RecoveryOutcome.Locked)
                newPaper
            }
        }
        val waiting = stage.expectReason(provided, LockReason.LOST_OR_STOLEN)
        val code = waiting.remedies.filterIsInstance<Remedy.RecoveryCode>().single()
        val leftMs = (code.state as? RemedyState.Waiting)?.leftMs ?: 0
        stage.expect("a wait of three days, found $leftMs ms", THREE_DAYS_MS - leftMs in 0..MINUTE_MS)
        stage.say("She waits three days. Had a thief found the sheet, she would lock the phone again meanwhile.")
        provided.app.phone.clock.skip(THREE_DAYS_MS)
        provided.lock.refresh()
        stage.finish(stage.enterCode(provided.lock, newPaper), LATER_PIN).first.close()
        expectCard(stage, provided, LATER_PIN)
        stage.say("Her phone has a new key, so the provider has to register it again. She shows once more who she is.")
        provided.account.vouch()
        stage.register(provided)
    }

    private suspend fun byAllowance(stage: Stage, provided: ProvidedApp) {
        stage.say("A thief takes the phone, and lets it reach no network. No order arrives.")
        provided.provider.post.isLosing = true
        provided.account.lock()
        provided.app.phone.clock.skip(SIX_DAYS_MS)
        provided.lock.refresh()
        val state = provided.lock.provider.state()
        stage.show("This phone will lock itself in ${durationInWords(state.allowanceLeftMs ?: 0)}: let it reach your provider.")
        stage.expect("the warning after six days", state.warns && provided.lock.status.value is LockStatus.Ready)
        provided.app.phone.clock.skip(DAY_MS)
        provided.lock.refresh()
        val status = stage.expectReason(provided, LockReason.HEARTBEAT_EXPIRED)
        stage.expect("what ends it", Remedy.Connect(RemedyState.Available), status.remedies.first())
        stage.say("The police bring it back, and it reaches the provider. The order comes with the heartbeat.")
        provided.provider.post.isLosing = false
        stage.expect("the heartbeat", listOf(WordOutcome.Done(WordDone.HEARTBEAT_TAKEN)), stage.beat(provided))
        stage.expectReason(provided, LockReason.LOST_OR_STOLEN)
        stage.expect("the grant", listOf(WordOutcome.Done(WordDone.UNLOCKED)), stage.ask(provided, RequestKind.UNLOCK))
        expectCard(stage, provided, LATER_PIN)
    }

    private suspend fun expectCard(stage: Stage, provided: ProvidedApp, pin: String) = stage.unlock(provided.lock, pin).use {
        stage.expect("her card", CARD, it.vault.read("card")?.let(::String))
    }

    private companion object {
        const val CARD = "4111 1111 1111 1111"
        const val MESSAGE = "This phone is lost. Please call. Reward!"
        const val LATER_PIN = "730518"
        const val THREE_DAYS_MS = 3 * DAY_MS
        const val SIX_DAYS_MS = 6 * DAY_MS
        val LOCKED = listOf(WordOutcome.Done(WordDone.LOCKED))
    }
}
