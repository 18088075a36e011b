package dev.walletlock.demo

import dev.walletlock.Enrolment
import dev.walletlock.Personal
import dev.walletlock.PinChange
import dev.walletlock.PinOutcome
import dev.walletlock.PinRule
import dev.walletlock.Refusal
import dev.walletlock.Reminder
import dev.walletlock.Session
import dev.walletlock.WalletLock
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS
import dev.walletlock.demo.Stage.Companion.NEW_PIN
import dev.walletlock.demo.Stage.Companion.PIN

/** U5: she chooses a PIN that is hard to guess; the wallet asks for it again after a while, and helps her remember it. */
internal class PinStory : Story {
    override val name = "U5"
    override val title = "She chooses a PIN"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        stage.say("Born on 5 August 1990, telephone 0170 8827364: the wallet knows, and takes no PIN made of them.")
        stage.show(Screen.lines(app.lock.status.value))
        for ((digits, rules) in WEAK) refuse(stage, app.lock, digits, rules)
        warn(stage, app.lock)
        stage.setPin(app.lock, PIN, PERSONAL).use { session ->
            changePin(stage, session)
            askAgain(stage, app, session)
        }
        val reminders = remind(stage, app)
        "${WEAK.size} PINs refused with every reason; a weak one named; an earlier one refused; the PIN asked for " +
            "again after two minutes; $reminders reminders in forty days, none within a week of another"
    }

    private suspend fun refuse(stage: Stage, lock: WalletLock, digits: String, rules: List<PinRule>) {
        stage.say("She types ${stage.spaced(digits)}.")
        val enrolment = stage.typed(digits).use { lock.enrol(it, PERSONAL) }
        (enrolment as? Enrolment.Enrolled)?.session?.close()
        val findings = (enrolment as? Enrolment.Forbidden)?.findings
            ?: throw StoryFailed("$digits: expected it to be refused for $rules, but it was set")
        stage.show(Screen.refused(findings))
        stage.expectRules("why $digits is refused", rules, findings)
    }

    private suspend fun warn(stage: Stage, lock: WalletLock) {
        stage.say("She thinks of ${stage.spaced(WEDDING)}, the day of her wedding.")
        val judgement = stage.typed(WEDDING).use { lock.judgePin(it, PERSONAL) }
        stage.show("You may use it, but ${judgement.findings.joinToString("; ", transform = ::inWords)}.")
        stage.expect("a date of which the wallet knows nothing is allowed", judgement.allowed)
        stage.expectRules("and named", listOf(PinRule.DATE), judgement.findings)
        stage.say("She would rather not.")
    }

    private suspend fun changePin(stage: Stage, session: Session) {
        suspend fun change(from: String, to: String): PinChange {
            stage.say("She changes her PIN from ${stage.spaced(from)} to ${stage.spaced(to)}.")
            val change = stage.typed(from).use { old ->
                stage.typed(to).use { session.access.changePin(old, it, PERSONAL) }
            }
            stage.show(
                when (change) {
                    is PinChange.Changed -> listOf(Screen.changed(change))
                    is PinChange.Forbidden -> listOf(Screen.refused(change.findings))
                    is Refusal -> Screen.lines(change)
                },
            )
            return change
        }
        stage.expect("another PIN", PinChange.Changed(biometricsOn = false), change(PIN, NEW_PIN))
        val again = change(NEW_PIN, PIN) as? PinChange.Forbidden
        stage.expectRules("the earlier one again", listOf(PinRule.USED_BEFORE), again?.findings.orEmpty())
        val wrong = change("111222", "417053")
        stage.expect("the wrong PIN is counted here too", PinOutcome.Wrong(15, cooldownMs = 0, repeated = false), wrong)
    }

    private suspend fun askAgain(stage: Stage, app: DemoApp, session: Session) {
        stage.say("She puts the phone down for two minutes.")
        stage.expect("before that the wallet is open", session.isLive)
        app.phone.clock.skip(2 * MINUTE_MS)
        stage.expect("after two minutes it has locked itself", !session.isLive)
        stage.show(Screen.lines(app.lock.refresh()))
        stage.unlock(app.lock, NEW_PIN).close()
    }

    /** Asks for a reminder each day, as an app would. Returns how many there were. */
    private suspend fun remind(stage: Stage, app: DemoApp): Int {
        stage.say("She does not use the wallet for forty days. Each day the app asks what to remind her of.")
        val days = (1..40).filter { day ->
            app.phone.clock.skip(DAY_MS)
            val reminder = app.lock.takeReminder() ?: return@filter false
            stage.show("Day $day: ${inWords(reminder)}")
            stage.expect("the reminder", Reminder.REHEARSE, reminder)
            true
        }
        stage.expect("the days with a reminder", listOf(30, 37), days)
        stage.unlock(app.lock, NEW_PIN).close()
        app.phone.clock.skip(8 * DAY_MS)
        stage.expect("eight days after she entered it, only the history is left", Reminder.REVIEW, app.lock.takeReminder())
        app.phone.clock.skip(8 * DAY_MS)
        stage.expect("a reminder eight days after that", null, app.lock.takeReminder())
        return days.size
    }

    private companion object {
        const val WEDDING = "140615"

        val PERSONAL = listOf(Personal.Birthday(1990, 8, 5), Personal.Number("0170 8827364"))

        val WEAK = listOf(
            "8351" to listOf(PinRule.TOO_SHORT),
            "123456" to listOf(PinRule.RUN, PinRule.KEYPAD_LINE),
            "777777" to listOf(PinRule.FEW_DIGITS),
            "739739" to listOf(PinRule.REPEATED_BLOCK),
            "338855" to listOf(PinRule.DOUBLED),
            "147258" to listOf(PinRule.KEYPAD_LINE),
            "5201314" to listOf(PinRule.COMMON),
            "050890" to listOf(PinRule.PERSONAL, PinRule.DATE),
            "882736" to listOf(PinRule.PERSONAL),
        )
    }
}
