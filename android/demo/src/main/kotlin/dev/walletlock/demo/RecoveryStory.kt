package dev.walletlock.demo

import dev.walletlock.RecoveryChange
import dev.walletlock.CodeEntry
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeStep
import dev.walletlock.EscrowOutcome
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.Remedy
import dev.walletlock.RemedyState
import dev.walletlock.Rescue
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN
import dev.walletlock.fakes.FakeProvider

/** U8: the recovery code brings the owner back in, and nobody else; or the provider that keeps a key. */
internal class RecoveryStory : Story {
    override val name = "U8"
    override val title = "She forgot her PIN, and has a recovery code, or a provider that keeps a key"

    override suspend fun play(stage: Stage): String = "${byCode(stage)}; ${byEscrow(stage)}"

    private suspend fun byCode(stage: Stage): String = stage.startApp().use { app ->
        val paper = make(stage, app)
        val newPaper = forgotten(stage, app, paper)
        stage.say("Somebody finds the old sheet.")
        stage.expectRefused("the old code", app.lock, paper, CodeOutcome.Wrong)
        thief(stage, app, newPaper)
        "code made and two groups asked back; PIN forgotten, code, new PIN, everything still there; the old PIN and the " +
            "old code open nothing; a code that a thief asks for waits a day and is cancelled"
    }

    private suspend fun make(stage: Stage, app: DemoApp): Paper = stage.setPin(app.lock).use { session ->
        session.vault.write("card", CARD.toByteArray())
        stage.say("She keeps her card in it. The app offers her a recovery code, in case she forgets the PIN.")
        session.access.createRecoveryCode().use { code ->
            stage.say("She takes no note of the first one. The phone asks a group back, and she guesses.")
            val asked = code.askedGroups.first()
            val paper = Paper(code)
            val isRight = paper.isConfirmed(code, asked, slipped(paper.group(asked)))
            stage.expect("a group that she guesses", expected = false, isRight)
            val change = session.access.setRecoveryCode(code)
            stage.show(inWords(change))
            stage.expect("a code that was not written down", RecoveryChange.NotConfirmed, change)
        }
        stage.say("She asks for another one.")
        val (paper, change) = stage.makeCode(session.access)
        stage.expect("the first code of a new wallet", RecoveryChange.InForce, change)
        paper
    }

    private suspend fun forgotten(stage: Stage, app: DemoApp, paper: Paper): Paper {
        stage.say("A year later she has forgotten the PIN. She tries five.")
        repeat(5) { i -> stage.typed("26483$i").use { app.lock.verifyPin(it) } }
        val status = app.lock.status.value
        stage.show(Screen.lines(status))
        val remedies = (status as? LockStatus.CoolingDown)?.remedies
        val wait = Remedy.Wait((status as? LockStatus.CoolingDown)?.remainingMs ?: 0)
        stage.expect("what she can do", listOf(wait, Remedy.RecoveryCode(RemedyState.Available)) + CONTACTS, remedies)
        stage.say("She need not wait. She fetches the sheet, and mistypes a digit of group 5.")
        CodeEntry().use { entry ->
            (1..4).forEach { entry.type(paper.group(it)) }
            entry.type(slipped(paper.group(5)))
            stage.expect("the slip", CodeStep.Slip(5), entry.step)
            stage.show(inWords(CodeOutcome.NotACode(5)))
            entry.clearGroup()
            stage.expect("the group is empty again", CodeStep.Typing(5), entry.step)
        }
        stage.say("She types the group again, and the rest.")
        val (session, newPaper) = stage.finish(stage.enterCode(app.lock, paper), NEW_PIN)
        session.use { stage.expect("her card", CARD, it.vault.read("card")?.let(::String)) }
        stage.say("Her card is there. The old PIN opens nothing any more.")
        stage.expect("the old PIN", stage.enterPin(app.lock, PIN) is PinOutcome.Wrong)
        return newPaper
    }

    private suspend fun thief(stage: Stage, app: DemoApp, paper: Paper) {
        stage.say("A thief has watched her type the new PIN. He wants a code of his own, for later.")
        stage.who = "He"
        val (thiefs, change) = stage.unlock(app.lock, NEW_PIN).use { stage.makeCode(it.access) }
        stage.expect("the thief's code", RecoveryChange.Pending(DAY_MS), change)
        stage.who = "She"
        val waiting = app.lock.recovery.status().pending
        stage.expect("what the locked wallet tells her: a new code waits", waiting?.withdraws == false)
        stage.say("She sees on the locked screen that a new code waits. She opens the wallet and cancels it.")
        stage.unlock(app.lock, NEW_PIN).use { stage.expect("the cancelling", it.access.cancelRecoveryCodeChange()) }
        app.phone.clock.skip(2 * DAY_MS)
        stage.unlock(app.lock, NEW_PIN).close()
        stage.expectRefused("the thief's code two days later", app.lock, thiefs, CodeOutcome.Wrong)
        stage.enterCode(app.lock, paper).close()
        stage.say("Her own code opens it as before.")
    }

    private suspend fun byEscrow(stage: Stage): String {
        val provided = stage.startWithProvider(offersEscrow = true)
        return provided.app.use { app ->
            stage.say("")
            stage.say("Another owner has no recovery code. She lets her provider keep a key, when she sets the PIN.")
            stage.setPin(app.lock).use { session ->
                session.vault.write("card", CARD.toByteArray())
                stage.expect("escrow of a new wallet", RecoveryChange.InForce, session.access.switchEscrow(true))
            }
            stage.register(provided)
            stage.deposit(provided)
            stage.say("The phone is set up anew, and its keystore is empty.")
            app.restart { app.phone.deviceKey.lose { true } }
            val ask = Remedy.AskEscrow(RemedyState.Available)
            stage.expectLocked(app, LockReason.DATA_DAMAGED, listOf(Remedy.CheckAgain, ask) + CONTACTS)
            val (session, _) = stage.finish(opened(stage, provided), NEW_PIN)
            session.use { stage.expect("her card", CARD, it.vault.read("card")?.let(::String)) }
            stage.say("Her card is there. The wallet has a new key, so the phone is registered again, and a new deposit is made.")
            provided.account.vouch()
            stage.register(provided)
            stage.deposit(provided)
            "a wallet whose keystore was emptied, and without a code, is opened by the provider that keeps its key, once it has " +
                "verified the owner"
        }
    }

    /** What the provider opens with its key. */
    private suspend fun opened(stage: Stage, provided: ProvidedApp): Rescue {
        val asked = provided.lock.recovery.askEscrow() as? EscrowOutcome.Asked ?: throw StoryFailed("asking for escrow was refused")
        return asked.request.use { request ->
            stage.expect("a stranger who asks", FakeProvider.Refusal.NOT_PROVEN, provided.provider.answer(request.text).refusal)
            stage.say("The provider does not know yet who asks. She goes to its office, and shows her passport.")
            provided.account.vouch()
            provided.provider.answer(request.text)
            val grant = provided.provider.post.collect(provided.account.wallet).single()
            stage.opened(request.redeem(grant.word))
        }
    }

    private companion object {
        const val CARD = "4111 1111 1111 1111"
    }
}
