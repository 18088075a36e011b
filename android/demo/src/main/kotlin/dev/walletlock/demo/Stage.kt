package dev.walletlock.demo

import dev.walletlock.Enrolment
import dev.walletlock.Finding
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Personal
import dev.walletlock.PinEntry
import dev.walletlock.PinOutcome
import dev.walletlock.PinRule
import dev.walletlock.Policy
import dev.walletlock.Refusal
import dev.walletlock.Remedy
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.WhoLocked
import java.io.PrintStream
import java.nio.file.Path

/** A user story: playing it prints what happens and checks it at the same time. */
internal interface Story {
    /** As in tests/stories/README.md; T: protection against a thief, see SECURITY.md. */
    val name: String
    val title: String

    /** Plays the story. Returns one line that sums up what the story has shown, for the end of the tour. */
    suspend fun play(stage: Stage): String
}

/** A story did not go as it should. */
internal class StoryFailed(message: String) : Exception(message)

/**
 * Where a story is played: prints what happens, and throws [StoryFailed] at the first thing that is not as expected.
 *
 * A story prints its digits in clear. They are made up: nobody types a real PIN here.
 */
internal class Stage(private val folder: Path, val policy: Policy, private val out: PrintStream) {
    private var phones = 0

    /** The person who is typing, as the subject of a sentence. */
    var who = "She"

    fun title(text: String) = out.println("\n== $text\n")

    fun say(text: String) = out.println(text)

    /** Prints what the phone's screen says. */
    fun show(lines: List<String>) = lines.forEach { out.println("    | $it") }

    fun show(line: String) = show(listOf(line))

    fun newPhone() = DemoPhone(folder.resolve("phone-${++phones}"))

    suspend fun startApp(policy: Policy = this.policy) = DemoApp.start(newPhone(), policy)

    fun <T> expect(what: String, expected: T, found: T) {
        if (expected != found) throw StoryFailed("$what: expected $expected, found $found")
    }

    fun expect(what: String, isSo: Boolean) = expect(what, expected = true, found = isSo)

    /** Sets the first PIN. */
    suspend fun setPin(lock: WalletLock, digits: String = PIN, personal: List<Personal> = emptyList()): Session {
        say("$who sets ${if (who == "He") "his" else "her"} PIN: ${spaced(digits)}.")
        val enrolment = typed(digits).use { lock.enrol(it, personal) }
        val session = (enrolment as? Enrolment.Enrolled)?.session
            ?: throw StoryFailed("setting $digits: expected Enrolled, found ${rulesOf(enrolment)}")
        show("Your PIN is set. The wallet is open.")
        return session
    }

    /** Types a PIN to unlock the wallet, and shows the verdict. */
    suspend fun enterPin(lock: WalletLock, digits: String): PinOutcome {
        say("$who types ${spaced(digits)}.")
        val outcome = typed(digits).use { lock.verifyPin(it) }
        when (outcome) {
            is PinOutcome.Right ->
                show(if (lock.isOpen.value) "Right. The wallet is open." else "Right. Now the code of your second factor.")
            is Refusal -> show(Screen.lines(outcome))
        }
        return outcome
    }

    /** Types the right PIN; returns the session of the open wallet. */
    suspend fun unlock(lock: WalletLock, digits: String = PIN): Session {
        val outcome = enterPin(lock, digits)
        return (outcome as? PinOutcome.Right)?.session
            ?: throw StoryFailed("the right PIN: expected Right, found $outcome")
    }

    /** Waits until the cool-down is over, by moving the demo's clock. */
    suspend fun waitItOut(app: DemoApp) {
        val status = app.lock.refresh()
        val remainingMs = (status as? LockStatus.CoolingDown)?.remainingMs
            ?: throw StoryFailed("before waiting: expected CoolingDown, found $status")
        say("$who waits ${durationInWords(remainingMs)}.")
        app.phone.clock.skip(remainingMs)
        expect("after waiting, a PIN may be entered", app.lock.refresh() is LockStatus.Ready)
    }

    /** Shows the status, and checks that the wallet is locked for [reason] and offers [remedies]. */
    fun expectLocked(app: DemoApp, reason: LockReason, remedies: List<Remedy>) {
        val status = app.lock.status.value
        show(Screen.lines(status))
        expect("the lock", LockStatus.Locked(reason, WhoLocked.PHONE, remedies), status)
    }

    fun expectRules(what: String, expected: List<PinRule>, findings: List<Finding>) =
        expect(what, expected, findings.map { it.rule })

    fun typed(digits: String): PinEntry = PinEntry().also { entry -> digits.forEach { entry.push(it.digitToInt()) } }

    fun spaced(digits: String): String = digits.toList().joinToString(" ")

    private fun rulesOf(enrolment: Enrolment) = (enrolment as? Enrolment.Forbidden)?.findings?.map { it.rule }

    companion object {
        const val PIN = "835179"
        const val NEW_PIN = "902746"
        const val MINUTE_MS = 60_000L
        const val HOUR_MS = 3_600_000L
        const val DAY_MS = 86_400_000L
    }
}
