package dev.walletlock.demo

import dev.walletlock.ChannelKind
import dev.walletlock.Enough
import dev.walletlock.FactorOutcome
import dev.walletlock.RecoveryChange
import dev.walletlock.WayKind
import dev.walletlock.WayState
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.HOUR_MS
import dev.walletlock.demo.Stage.Companion.NEW_PIN

/** U10: when one way fails, she takes another. */
internal class AnotherWayStory : Story {
    override val name = "U10"
    override val title = "The code does not come, and she takes another way"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider(offersEscrow = true)
        return provided.app.use {
            val owned = begin(stage, provided)
            smsNeverComes(stage, owned)
            byMailAndAuthenticator(stage, owned)
            personEndsTheWait(stage, owned)
            "a code by SMS that never comes, then a link by mail, then the authenticator, each at any time; and a person at the provider " +
                "ends the wait of 72 hours, but is not enough alone"
        }
    }

    private class Owned(val provided: ProvidedApp, val sms: String, val mail: String, val authenticator: AuthenticatorApp) {
        val recovery get() = provided.lock.recovery
    }

    private suspend fun begin(stage: Stage, provided: ProvidedApp): Owned = stage.setPin(provided.lock).use { session ->
        session.vault.write("card", CARD.toByteArray())
        stage.expect("escrow", RecoveryChange.InForce, session.access.switchEscrow(true))
        stage.register(provided)
        stage.deposit(provided)
        val sms = stage.addChannel(provided, session, ChannelKind.SMS, "+86 138 1234 5678")
        val mail = stage.addChannel(provided, session, ChannelKind.MAIL, "zoe@mi.example")
        val authenticator = stage.setAuthenticator(provided.app, session)
        stage.report(provided)
        Owned(provided, sms, mail, authenticator)
    }

    private suspend fun smsNeverComes(stage: Stage, owned: Owned) {
        stage.say("She has forgotten her PIN, and the SIM card in her phone is a new one. She asks for a code by SMS.")
        stage.carry(owned.provided, owned.recovery.sendCode(owned.sms))
        stage.say("Nothing comes.")
        val progress = owned.recovery.progress()
        stage.show(inWords(progress))
        val kinds = listOf(WayKind.SMS, WayKind.MAIL, WayKind.AUTHENTICATOR, WayKind.PERSON)
        stage.expect("the ways", kinds, progress.ways.map { it.kind })
        val others = progress.ways.filter { it.channel != owned.sms }.map { it.state }
        stage.expect("each other way", List(3) { WayState.Available }, others)
    }

    private suspend fun byMailAndAuthenticator(stage: Stage, owned: Owned) {
        stage.say("She takes the mail instead, and opens the link in it.")
        stage.carry(owned.provided, owned.recovery.sendCode(owned.mail))
        val message = owned.provided.account.messages.last()
        stage.read(message)
        stage.expect("before she opens it", null, stage.carry(owned.provided, owned.recovery.prove(owned.mail)))
        owned.provided.account.openLink(message)
        val opened = stage.carry(owned.provided, owned.recovery.prove(owned.mail))
        stage.expect("the link", WordOutcome.Done(WordDone.PROVEN), opened)
        stage.expect("mail alone", Enough.OneMore, owned.recovery.progress().enough)
        stage.say("And a code of her authenticator app.")
        val wrong = stage.typed(slipped(owned.authenticator.code())).use { owned.recovery.proveAuthenticator(it) }
        stage.expect("a slip", wrong is FactorOutcome.Wrong)
        val right = stage.next(owned.provided.app, owned.authenticator).use { owned.recovery.proveAuthenticator(it) }
        stage.expect("the code", FactorOutcome.Right, right)
        stage.show(inWords(owned.recovery.progress()))
        stage.expect("both are proven on this phone", owned.recovery.progress().enough is Enough.After)
    }

    private suspend fun personEndsTheWait(stage: Stage, owned: Owned) {
        val account = owned.provided.account
        owned.provided.app.phone.clock.skip(5 * HOUR_MS)
        stage.say("Three days are long. After five hours she goes to her provider's office, and shows her passport.")
        account.vouch(hasCalledBack = false)
        val person = stage.carry(owned.provided, owned.recovery.proveElsewhere("case 7"))
        stage.expect("the person", WordOutcome.Done(WordDone.PROVEN), person)
        stage.expect("enough", Enough.Now, owned.recovery.progress().enough)
        account.vouch(hasCalledBack = false)
        stage.finish(stage.opened(stage.askEscrow(owned.provided)), NEW_PIN).first.use {
            stage.expect("her card", CARD, it.vault.read("card")?.let(::String))
        }
        stage.say("Her card is there. With the passport alone it would not have opened:")
        account.vouch()
        stage.register(owned.provided)
        stage.deposit(owned.provided)
        account.vouch(hasCalledBack = false)
        stage.carry(owned.provided, owned.recovery.proveElsewhere())
        stage.show(inWords(owned.recovery.progress()))
        stage.expect("a person alone", Enough.OneMore, owned.recovery.progress().enough)
    }

    private companion object {
        const val CARD = "4111 1111 1111 1111"
    }
}
