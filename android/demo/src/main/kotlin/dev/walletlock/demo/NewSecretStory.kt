package dev.walletlock.demo

import dev.walletlock.PasswordEntry
import dev.walletlock.PasswordFinding
import dev.walletlock.PinRule
import dev.walletlock.RecoveryOutcome
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN

/** U9: after she has got back in she sets a new PIN, and a new password for her account. */
internal class NewSecretStory : Story {
    override val name = "U9"
    override val title = "She chooses a new PIN, and a new password for her account"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        val paper = stage.setPin(app.lock).use { stage.makeCode(it.access).first }
        stage.say("She has forgotten the PIN, and types the code.")
        newPin(stage, app.lock, paper).use { session ->
            weakPasswords(stage, app.lock, session)
            earlierPasswords(stage, session)
        }
        "a new PIN by the rules for every PIN: an easy one and the earlier one refused; ${WEAK.size} weak passwords refused with every " +
            "reason, and one of the last five; a good one set"
    }

    private suspend fun newPin(stage: Stage, lock: WalletLock, paper: Paper): Session =
        stage.enterCode(lock, paper).use { rescue ->
            rescue.newCode().use { code ->
                stage.writeDown(code)
                for ((digits, rule) in listOf("123456" to PinRule.RUN, PIN to PinRule.USED_BEFORE)) {
                    stage.say("She types ${stage.spaced(digits)}.")
                    val outcome = stage.typed(digits).use { rescue.finish(it, code) }
                    val findings = (outcome as? RecoveryOutcome.Forbidden)?.findings
                        ?: throw StoryFailed("$digits: expected it to be refused, found $outcome")
                    stage.show(Screen.refused(findings))
                    stage.expect("why $digits is refused", findings.any { it.rule == rule })
                }
                stage.say("She types ${stage.spaced(NEW_PIN)}.")
                val outcome = stage.typed(NEW_PIN).use { rescue.finish(it, code) }
                stage.show("Your new PIN and your new code count from now on. The wallet is open.")
                (outcome as? RecoveryOutcome.Done)?.session ?: throw StoryFailed("the new PIN: expected Done, found $outcome")
            }
        }

    private suspend fun weakPasswords(stage: Stage, lock: WalletLock, session: Session) {
        stage.say("The app has an account at its server as well. She wants a new password for it.")
        for ((text, findings) in WEAK) {
            stage.say("She types '$text'.")
            PasswordEntry().use { entry ->
                entry.set(text)
                val judged = lock.recovery.judgePassword(entry)
                stage.show(refused(judged))
                stage.expect("what is judged of '$text'", findings, judged)
                stage.expect("setting '$text'", findings, session.access.setPassword(entry))
            }
        }
    }

    private suspend fun earlierPasswords(stage: Stage, session: Session) {
        val passwords = (1..5).map { "$it-Quiet-Harbour-Lamp" }
        stage.say("She sets '${passwords.first()}', and four others in the years after.")
        for (text in passwords) stage.expect("setting '$text'", emptyList<PasswordFinding>(), set(session, text))
        stage.say("She types the first one again.")
        val again = set(session, passwords.first())
        stage.show(refused(again))
        stage.expect("one of the last five", listOf(PasswordFinding.UsedBefore), again)
        stage.say("She types 'Grüne Kröte, 7 Teiche'.")
        stage.expect("a good one", emptyList<PasswordFinding>(), set(session, "Grüne Kröte, 7 Teiche"))
        stage.show("Your password is changed.")
    }

    private suspend fun set(session: Session, text: String): List<PasswordFinding> = PasswordEntry().use { entry ->
        entry.set(text)
        session.access.setPassword(entry)
    }

    private fun refused(findings: List<PasswordFinding>) = "Refused: ${findings.joinToString("; ", transform = ::inWords)}."

    private companion object {
        val WEAK = listOf(
            "Harbour 7!" to listOf(PasswordFinding.TooShort(least = 12)),
            "quiet harbour lamp" to listOf(PasswordFinding.NoUpperCase, PasswordFinding.NoDigit),
            "Ab1!Ab1!Ab1!" to listOf(PasswordFinding.Repeated),
            "Password1234!" to listOf(PasswordFinding.Common),
        )
    }
}
