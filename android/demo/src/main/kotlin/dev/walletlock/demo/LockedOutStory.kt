package dev.walletlock.demo

import dev.walletlock.ChannelKind
import dev.walletlock.CodeOutcome
import dev.walletlock.Enough
import dev.walletlock.GrantOutcome
import dev.walletlock.ProofMethod
import dev.walletlock.ProviderRequest
import dev.walletlock.RecoveryChange
import dev.walletlock.RequestKind
import dev.walletlock.WordDone
import dev.walletlock.WordError
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.HOUR_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS

/** U8: out of the lock for too many attempts by three ways, of which none is open to a thief with the unlocked phone. */
internal class LockedOutStory : Story {
    override val name = "U8"
    override val title = "Too many wrong PINs: three ways back in for her, and none for a thief"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider(offersEscrow = true)
        return provided.app.use {
            val owned = begin(stage, provided)
            thief(stage, owned)
            byCode(stage, owned)
            byTwoMethods(stage, owned)
            byWaiting(stage, owned)
            "locked for good, and back by the recovery code; by SMS and a person at the provider; by SMS and mail and 72 hours. A thief " +
                "with the unlocked phone has no code, SMS and mail are not enough, and her PIN or a lock order ends his 72 hours"
        }
    }

    /** Her wallet, and what she has to get back in. */
    private class Owned(val provided: ProvidedApp, val sms: String, val mail: String, val paper: Paper) {
        val app get() = provided.app
        val recovery get() = provided.lock.recovery
    }

    private suspend fun begin(stage: Stage, provided: ProvidedApp): Owned = stage.setPin(provided.lock).use { session ->
        session.vault.write("card", CARD.toByteArray())
        val (paper, _) = stage.makeCode(session.access)
        stage.expect("escrow", RecoveryChange.InForce, session.access.switchEscrow(true))
        stage.register(provided)
        stage.deposit(provided)
        val sms = stage.addChannel(provided, session, ChannelKind.SMS, "+86 138 1234 5678")
        val mail = stage.addChannel(provided, session, ChannelKind.MAIL, "zoe@mi.example")
        stage.report(provided)
        Owned(provided, sms, mail, paper)
    }

    private suspend fun thief(stage: Stage, owned: Owned) {
        stage.say("A thief snatches her phone, unlocked. SMS and mail come to it. He does not know her PIN, nor has he her sheet.")
        stage.who = "He"
        val his = stage.startApp().use { app -> stage.setPin(app.lock).use { stage.makeCode(it.access).first } }
        stage.expectRefused("a code of his own wallet", owned.provided.lock, his, CodeOutcome.Wrong)
        proveBoth(stage, owned)
        refusedNow(stage, owned)
        owned.app.phone.clock.skip(WAIT_MS - HOUR_MS)
        stage.say("An hour before the wait is over she has found the phone, and enters her PIN.")
        stage.who = "She"
        stage.unlock(owned.provided.lock).close()
        expectVoid(stage, owned)

        stage.say("He steals it once more, and tries PINs until it takes none.")
        stage.nextDay(owned.app)
        stage.lockOut(owned.app)
        proveBoth(stage, owned)
        stage.report(owned.provided)
        stage.say("She reads that at a friend's computer, and calls her provider, which locks the wallet.")
        owned.provided.account.lock()
        stage.expect("the order", listOf(WordOutcome.Done(WordDone.LOCKED)), stage.collect(owned.provided))
        expectVoid(stage, owned)
        owned.app.phone.clock.skip(WAIT_MS)
        stage.say("Three days later.")
        refusedNow(stage, owned)
        stage.say("The police bring it back. She shows her provider who she is.")
        stage.expect("the grant", listOf(WordOutcome.Done(WordDone.UNLOCKED)), stage.ask(owned.provided, RequestKind.UNLOCK))
        expectCard(stage, owned, Stage.PIN)
    }

    private suspend fun byCode(stage: Stage, owned: Owned) {
        stage.say("First way: she has forgotten her PIN, and fetches the sheet.")
        stage.lockOut(owned.app)
        stage.finish(stage.enterCode(owned.provided.lock, owned.paper), Stage.NEW_PIN).first.close()
        expectCard(stage, owned, Stage.NEW_PIN)
        registerAgain(stage, owned)
    }

    private suspend fun byTwoMethods(stage: Stage, owned: Owned) {
        stage.say("Second way: a year later, and without the sheet. A code by SMS, and a person at the provider, who sees her passport.")
        stage.nextDay(owned.app)
        stage.lockOut(owned.app)
        stage.prove(owned.provided, owned.sms)
        stage.show(inWords(owned.recovery.progress()))
        stage.expect("SMS alone", Enough.OneMore, owned.recovery.progress().enough)
        owned.provided.account.vouch()
        val person = stage.carry(owned.provided, owned.recovery.proveElsewhere("case 7"))
        stage.expect("the person", WordOutcome.Done(WordDone.PROVEN), person)
        stage.expect("what is proven", listOf(ProofMethod.SMS, ProofMethod.PERSON), owned.recovery.progress().proven)
        stage.expect("enough", Enough.Now, owned.recovery.progress().enough)
        stage.finish(stage.opened(grantBySms(stage, owned)), SECOND_PIN).first.close()
        expectCard(stage, owned, SECOND_PIN)
        registerAgain(stage, owned)
    }

    private suspend fun byWaiting(stage: Stage, owned: Owned) {
        stage.say("Third way: nobody can see her, because she is abroad. SMS and mail, and three days.")
        stage.nextDay(owned.app)
        stage.lockOut(owned.app)
        proveBoth(stage, owned)
        stage.show(inWords(owned.recovery.progress()))
        stage.report(owned.provided)
        owned.app.phone.clock.skip(WAIT_MS)
        stage.say("Three days later. Nobody has cancelled it.")
        stage.expect("enough", Enough.Now, owned.recovery.progress().enough)
        stage.finish(stage.opened(grantBySms(stage, owned)), THIRD_PIN).first.close()
        expectCard(stage, owned, THIRD_PIN)
    }

    private suspend fun proveBoth(stage: Stage, owned: Owned) {
        stage.prove(owned.provided, owned.sms)
        stage.prove(owned.provided, owned.mail)
        val progress = owned.recovery.progress()
        val leftMs = (progress.enough as? Enough.After)?.leftMs ?: 0
        stage.expect("a wait of three days, found $leftMs ms", WAIT_MS - leftMs in 0..MINUTE_MS)
    }

    /** Asks for the key with one more code by SMS, from the provider's call centre: no proof from elsewhere. */
    private suspend fun grantBySms(stage: Stage, owned: Owned): GrantOutcome {
        val sent = owned.provided.account.sendCode()
        return stage.askEscrow(owned.provided, ProviderRequest("sms", sent.code))
    }

    private suspend fun refusedNow(stage: Stage, owned: Owned) {
        stage.expect("the key now", GrantOutcome.Refused(WordError.NOT_ENOUGH), grantBySms(stage, owned))
        stage.show(inWords(WordOutcome.Refused(WordError.NOT_ENOUGH)))
    }

    private suspend fun expectVoid(stage: Stage, owned: Owned) {
        val progress = owned.recovery.progress()
        stage.expect("what he has proven", emptyList<ProofMethod>(), progress.proven)
        stage.expect("his wait", null, progress.waitLeftMs)
        stage.say("What he has proven counts no more.")
    }

    private suspend fun registerAgain(stage: Stage, owned: Owned) {
        stage.say("The phone has a new key, so the provider registers it again.")
        owned.provided.account.vouch()
        stage.register(owned.provided)
        stage.deposit(owned.provided)
    }

    private suspend fun expectCard(stage: Stage, owned: Owned, pin: String) = stage.unlock(owned.provided.lock, pin).use {
        stage.expect("her card", CARD, it.vault.read("card")?.let(::String))
    }

    private companion object {
        const val CARD = "4111 1111 1111 1111"
        const val SECOND_PIN = "730518"
        const val THIRD_PIN = "619375"
        const val WAIT_MS = 72 * HOUR_MS
    }
}
