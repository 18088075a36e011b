package dev.walletlock.demo

import dev.walletlock.Access
import dev.walletlock.RecoveryChange
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.RecoveryCode
import dev.walletlock.RecoveryOutcome
import dev.walletlock.Rescue
import dev.walletlock.Session
import dev.walletlock.WalletLock

// What the stories about the recovery code have in common.

/** Makes a code, writes it down and types the groups that are asked back. Returns the sheet, and what became of the change. */
internal suspend fun Stage.makeCode(access: Access): Pair<Paper, RecoveryChange> =
    access.createRecoveryCode().use { code ->
        val paper = writeDown(code)
        val change = access.setRecoveryCode(code)
        show(inWords(change))
        paper to change
    }

internal fun Stage.writeDown(code: RecoveryCode): Paper {
    val paper = Paper(code)
    show("Your recovery code. Write it down, and keep the paper away from the phone.")
    show(paper.lines.map { "  $it" })
    val asked = code.askedGroups
    say("$who writes it down. The phone asks groups ${asked.joinToString(" and ")} back, and ${who.lowercase()} types them.")
    expect("the groups that are asked back", paper.confirm(code))
    return paper
}

/** Types the whole code. Returns what it opened, or throws. */
internal suspend fun Stage.enterCode(lock: WalletLock, paper: Paper): Rescue {
    val outcome = paper.typed().use { lock.recovery.enterCode(it) }
    if (outcome is CodeRefusal) {
        show(inWords(outcome))
        throw StoryFailed("the recovery code: expected Opened, found $outcome")
    }
    show("Right. Choose a new PIN, and write a new code down.")
    return (outcome as CodeOutcome.Opened).rescue
}

/** Types a code that must not open, and checks why. */
internal suspend fun Stage.expectRefused(what: String, lock: WalletLock, paper: Paper, expected: CodeRefusal) {
    val outcome = paper.typed().use { lock.recovery.enterCode(it) }
    if (outcome is CodeRefusal) show(inWords(outcome))
    (outcome as? CodeOutcome.Opened)?.rescue?.close()
    expect(what, expected, outcome)
}

/** Writes the new code down and sets the new PIN. Returns the open wallet, and the new sheet. */
internal suspend fun Stage.finish(rescue: Rescue, digits: String): Pair<Session, Paper> = rescue.use {
    rescue.newCode().use { code ->
        val paper = writeDown(code)
        say("She sets a new PIN: ${spaced(digits)}.")
        val outcome = typed(digits).use { rescue.finish(it, code) }
        val done = outcome as? RecoveryOutcome.Done ?: throw StoryFailed("the new PIN: expected Done, found $outcome")
        show("Your new PIN and your new code count from now on. The wallet is open.")
        expect("what was lost", emptyList<String>(), done.lostItems)
        done.session to paper
    }
}
