package dev.walletlock.demo

import dev.walletlock.ChannelKind
import dev.walletlock.FactorKind
import dev.walletlock.FactorOutcome
import dev.walletlock.GuardedAction
import dev.walletlock.LockException
import dev.walletlock.NewAuthenticator
import dev.walletlock.RecoveryChange
import dev.walletlock.Session
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS

/** U7: a code of an authenticator app, or one that the provider sends, is asked for beside the PIN. */
internal class SecondFactorStory : Story {
    override val name = "U7"
    override val title = "She wants more than a PIN"

    override suspend fun play(stage: Stage): String = "${byAuthenticator(stage)}; ${bySms(stage)}"

    private suspend fun byAuthenticator(stage: Stage): String {
        stage.say("The rules of this wallet ask for the second factor at every unlocking. There is no provider.")
        return stage.startApp(policyNamed("policy-second-factor.json")).use { app ->
            val authenticator = stage.setPin(app.lock).use { setUp(stage, app, it) }
            unlocked(stage, app, authenticator)
            guessed(stage, app, authenticator)
            removed(stage, app, authenticator)
            "authenticator set up by QR code or by its letters, and confirmed by one code; asked for at unlock, without a network; " +
                "after five wrong codes it waits; it goes with PIN and code, a day later"
        }
    }

    private suspend fun setUp(stage: Stage, app: DemoApp, session: Session): AuthenticatorApp {
        session.vault.write("card", CARD.toByteArray())
        return session.access.makeAuthenticator().use { new ->
            val letters = String(CharArray(NewAuthenticator.LETTERS) { new.letter(it) })
            stage.show(listOf("Scan this with your authenticator app: [QR code]", "Or type this there:"))
            stage.show("  ${letters.chunked(LETTERS_A_GROUP).joinToString(" ")}")
            stage.say("She scans it. On a second phone, without a camera, she types the letters.")
            val scanned = stage.scan(app, new)
            val typed = AuthenticatorApp(letters, app.phone.clock)
            stage.expect("both show the same code", scanned.code(), typed.code())
            val slip = stage.typed(slipped(scanned.code())).use { session.access.confirmAuthenticator(new, it) }
            stage.expect("a code with a slip", expected = false, slip)
            stage.expect("setting it up unconfirmed", RecoveryChange.NotConfirmed, session.access.setAuthenticator(new))
            stage.say("She types the code that the app shows.")
            stage.expect("the code", stage.typed(scanned.code()).use { session.access.confirmAuthenticator(new, it) })
            stage.expect("setting it up", RecoveryChange.InForce, session.access.setAuthenticator(new))
            stage.show("Your authenticator app is the second factor from now on.")
            scanned
        }
    }

    private suspend fun unlocked(stage: Stage, app: DemoApp, authenticator: AuthenticatorApp) {
        app.restart()
        stage.say("The next day, in the underground, where there is no network.")
        stage.unlock(app.lock).use { session ->
            stage.expect("the factor is needed", session.access.needsSecondFactor())
            stage.expectFactorNeeded("the card before the code") { session.vault.read("card") }
            stage.expect("the wallet is open", expected = false, app.lock.isOpen.value)
            val right = stage.next(app, authenticator).use { session.access.proveSecondFactor(it) }
            stage.expect("the code", FactorOutcome.Right, right)
            stage.show("Right. The wallet is open.")
            stage.expect("her card", CARD, session.vault.read("card")?.let(::String))
        }
    }

    private suspend fun guessed(stage: Stage, app: DemoApp, authenticator: AuthenticatorApp) {
        stage.say("A thief has watched her PIN, and has her phone, but not her authenticator. He tries codes.")
        stage.who = "He"
        stage.unlock(app.lock).use { session ->
            suspend fun guess() = stage.typed(slipped(authenticator.code())).use { session.access.proveSecondFactor(it) }
            for (left in 4 downTo 1) stage.expect("a wrong code", FactorOutcome.Wrong(left, waitMs = 0), guess())
            val fifth = guess() as? FactorOutcome.Wrong
            stage.expect("the wait after the fifth", 15 * MINUTE_MS, fifth?.waitMs)
            stage.show("Wrong code. Try again in ${durationInWords(15 * MINUTE_MS)}.")
            val meanwhile = stage.next(app, authenticator).use { session.access.proveSecondFactor(it) }
            stage.expect("the right code meanwhile is not judged", meanwhile is FactorOutcome.Waiting)
        }
        stage.who = "She"
        app.phone.clock.skip(15 * MINUTE_MS)
    }

    private suspend fun removed(stage: Stage, app: DemoApp, authenticator: AuthenticatorApp) {
        stage.say("Later she has a new phone in mind, and removes the second factor.")
        stage.unlock(app.lock).use { session ->
            stage.expectFactorNeeded("removing it with the PIN alone") { session.access.removeSecondFactor() }
            stage.next(app, authenticator).use { session.access.proveSecondFactor(it) }
            stage.expect("removing it", RecoveryChange.Pending(DAY_MS), session.access.removeSecondFactor())
            stage.show("No second factor is asked for any more in ${durationInWords(DAY_MS)}. Until then you can keep it.")
            stage.expect("keeping it", session.access.cancelSecondFactorChange())
            stage.expect("removing it after all", RecoveryChange.Pending(DAY_MS), session.access.removeSecondFactor())
        }
        app.phone.clock.skip(DAY_MS)
        stage.unlock(app.lock).use { session ->
            stage.expect("a day later", null, session.access.secondFactor().inForce)
            stage.expect("her card, with the PIN alone", CARD, session.vault.read("card")?.let(::String))
        }
    }

    private suspend fun bySms(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use { app ->
            stage.say("")
            stage.say("Another owner has no authenticator app. Her provider sends codes, and checks them.")
            val sms = stage.setPin(app.lock).use { session ->
                stage.register(provided)
                val sms = stage.addChannel(provided, session, ChannelKind.SMS, "+1 555 0123 4567")
                stage.expect("codes by SMS", RecoveryChange.InForce, session.access.setSmsFactor())
                sms
            }
            stage.nextDay(app)
            stage.unlock(app.lock).use { session ->
                stage.expect("the factor in force", FactorKind.SMS, session.access.secondFactor().inForce)
                stage.expect("it opens without", expected = false, session.access.needsSecondFactor())
                stage.expect("a new PIN needs it", session.access.needsSecondFactor(GuardedAction.CHANGE_PIN))
                stage.carry(provided, session.access.sendCode(sms))
                val asked = stage.typed(stage.received(provided)).use { session.access.proveSmsFactor(sms, it) }
                stage.expect("the code", WordOutcome.Done(WordDone.SECOND_FACTOR_PROVEN), stage.carry(provided, asked))
                stage.expect("it is needed", expected = false, session.access.needsSecondFactor(GuardedAction.CHANGE_PIN))
            }
            "or a code by SMS, which the provider checks, before what would let somebody in later"
        }
    }

    private suspend fun Stage.expectFactorNeeded(what: String, act: suspend () -> Unit) {
        try {
            act()
        } catch (needed: LockException.SecondFactorNeeded) {
            show(inWords(needed))
            return
        }
        throw StoryFailed("$what: expected it to be refused, but it was done")
    }

    private companion object {
        const val CARD = "4111 1111 1111 1111"
        const val LETTERS_A_GROUP = 4
    }
}
