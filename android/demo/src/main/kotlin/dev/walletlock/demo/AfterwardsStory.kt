package dev.walletlock.demo

import dev.walletlock.Advice
import dev.walletlock.ChannelKind
import dev.walletlock.ChecklistLine
import dev.walletlock.Loss
import dev.walletlock.RecoveryChange
import dev.walletlock.Session
import dev.walletlock.Task
import dev.walletlock.demo.Stage.Companion.NEW_PIN

/** U12: after a recovery the wallet says what to put in order. */
internal class AfterwardsStory : Story {
    override val name = "U12"
    override val title = "She is back in, and puts things in order"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider(offersEscrow = true)
        return provided.app.use {
            val paper = begin(stage, provided)
            stage.say("She has forgotten her PIN, and types the code.")
            val (session, newPaper) = stage.finish(stage.enterCode(provided.lock, paper), NEW_PIN)
            session.use {
                tidyUp(stage, provided, session)
                health(stage, session)
                sheet(stage, provided, session, newPaper)
                finishList(stage, session)
            }
            "a list of ${AFTER_RECOVERY.size} things, each gone once it is done or put away, and the list once all are; what one loss " +
                "would mean, and what helps; a sheet with what she needs on the day the phone is lost, addresses masked"
        }
    }

    private suspend fun begin(stage: Stage, provided: ProvidedApp): Paper = stage.setPin(provided.lock).use { session ->
        val (paper, _) = stage.makeCode(session.access)
        stage.register(provided)
        stage.expect("the list before a recovery", emptyList<ChecklistLine>(), session.access.checklist())
        paper
    }

    private suspend fun tidyUp(stage: Stage, provided: ProvidedApp, session: Session) {
        stage.expectOpen(session, AFTER_RECOVERY)
        stage.say("She has the phone registered again, sets up an authenticator, and gives a phone number.")
        provided.account.vouch()
        stage.register(provided)
        stage.setAuthenticator(provided.app, session)
        stage.addChannel(provided, session, ChannelKind.SMS, "+86 138 1234 5678")
        stage.expectOpen(session, listOf(Task.REVIEW_JOURNAL, Task.BIOMETRICS, Task.SHEET))
        stage.say("She looks through what happened, and wants no finger.")
        stage.show(session.journal.page().entries.take(JOURNAL_LINES).map(::inWords))
        session.access.noteDone(Task.REVIEW_JOURNAL)
        session.access.dismiss(Task.BIOMETRICS)
        stage.expectOpen(session, listOf(Task.SHEET))
    }

    private suspend fun health(stage: Stage, session: Session) {
        stage.say("What if she forgets the PIN, and loses one thing more?")
        expectHealth(stage, session, listOf(null, null, null, Advice.SWITCH_ESCROW_ON))
        stage.say("She lets her provider keep a key.")
        stage.expect("escrow", RecoveryChange.InForce, session.access.switchEscrow(true))
        expectHealth(stage, session, listOf(null, null, null, null))
    }

    private suspend fun expectHealth(stage: Stage, session: Session, expected: List<Advice?>) {
        val lines = session.access.health()
        stage.show(lines.map(::inWords))
        stage.expect("the losses", Loss.entries, lines.map { it.loss })
        stage.expect("what helps", expected, lines.map { it.advice })
    }

    private suspend fun sheet(stage: Stage, provided: ProvidedApp, session: Session, paper: Paper) {
        stage.say("She prints a sheet, and wants the code on it.")
        val channels = session.access.channels()
        val sheet = sheetLines(provided.app.phone.date, channels, CONTACTS.map { it.contact }, paper)
        stage.show(sheet.map { "  $it" })
        val text = sheet.joinToString("\n")
        stage.expect("the mask on it", channels.single().mask in text)
        stage.expect("not the number", "13812345678" !in text)
        stage.expect("whom to call", "+1 555 0100" in text)
        stage.expect("the code", paper.lines.all { it in text })
    }

    private suspend fun finishList(stage: Stage, session: Session) {
        session.access.noteDone(Task.SHEET)
        stage.expect("the list", emptyList<ChecklistLine>(), session.access.checklist())
        stage.show("Everything is in order.")
    }

    private companion object {
        const val JOURNAL_LINES = 5

        /** The others are for after a panic. */
        val AFTER_RECOVERY = Task.entries - setOf(Task.CHANGE_PIN, Task.REPORT)
    }
}
