package dev.walletlock.demo

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.WhoLocked
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.HOUR_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS
import dev.walletlock.demo.Stage.Companion.PIN
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList

/** U1: wrong PINs lock the wallet for a while, then for longer, then until the person is verified some other way. */
internal class LockoutStory : Story {
    override val name = "U1"
    override val title = "Someone has her phone and tries PINs"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        stage.setPin(app.lock).close()
        stage.say("She locks the wallet and leaves the phone lying about. Someone else picks it up.")
        stage.who = "He"
        WAITS_MS.forEachIndexed { i, waitMs ->
            val outcome = stage.enterPin(app.lock, wrongPin(i))
            stage.expect("wrong PIN ${i + 1}", PinOutcome.Wrong(LIMIT - 1 - i, waitMs, repeated = false), outcome)
            if (i == 0) repeatTheSame(stage, app)
            if (waitMs == FIVE_MINUTES_MS) tryToCheat(stage, app, waitMs)
            if (waitMs > 0) stage.waitItOut(app)
        }
        lockForGood(stage, app)
        val waits = WAITS_MS.filter { it > 0 }
        val (first, last) = waits.let { durationInWords(it.first()) to durationInWords(it.last()) }
        "$LIMIT wrong PINs: ${waits.size} waits from $first to $last, in words and counted down, with the tries " +
            "left; then locked for good, whatever the clock says and whoever types"
    }

    private suspend fun repeatTheSame(stage: Stage, app: DemoApp) {
        val outcome = stage.enterPin(app.lock, wrongPin(0))
        stage.expect("the same again", PinOutcome.Wrong(LIMIT - 1, cooldownMs = 0, repeated = true), outcome)
    }

    private suspend fun tryToCheat(stage: Stage, app: DemoApp, waitMs: Long) {
        stage.show(Screen.lines(app.lock.status.value))
        stage.say("The countdown runs by itself:")
        val cooling = app.lock.status.filterIsInstance<LockStatus.CoolingDown>()
        val ticks = cooling.map { it.remainingMs }.take(TICKS).toList()
        stage.show(ticks.joinToString("  ", transform = ::countdown))
        stage.expect("the countdown goes down", ticks.zipWithNext().all { (before, after) -> after < before })

        stage.say("Even the right PIN is not looked at now.")
        val refused = stage.enterPin(app.lock, PIN) as? PinOutcome.Locked
        stage.expect("the right PIN while cooling down", refused?.status is LockStatus.CoolingDown)

        stage.say("He sets the phone's clock two hours ahead.")
        app.phone.clock.setAhead(2 * HOUR_MS)
        val left = remainingMs(stage, app)
        stage.show("Try again in ${durationInWords(left)}.")
        stage.expect("the clock set ahead saves nothing but the seconds that passed", left in 1..ticks.last())

        stage.say("He ends the app and starts it again.")
        app.restart()
        val afterApp = remainingMs(stage, app)
        stage.show("Try again in ${durationInWords(afterApp)}.")
        stage.expect("a new start of the app saves nothing either", afterApp in 1..left)

        stage.say("He restarts the phone.")
        app.restartPhone()
        val afterPhone = remainingMs(stage, app)
        stage.show("Try again in ${durationInWords(afterPhone)}.")
        stage.expect("a restart of the phone only makes it longer", afterPhone in afterApp..waitMs)
    }

    private suspend fun lockForGood(stage: Stage, app: DemoApp) {
        val locked = LockStatus.Locked(LockReason.TOO_MANY_ATTEMPTS, WhoLocked.PHONE, CONTACTS)
        stage.expect("wrong PIN $LIMIT", PinOutcome.Locked(locked), stage.enterPin(app.lock, wrongPin(LIMIT - 1)))

        stage.say("A year passes, and he restarts the phone once more.")
        app.phone.clock.skip(365 * DAY_MS)
        app.restartPhone()
        stage.expect("a year later", locked, app.lock.status.value)
        stage.say("She has her phone back, and knows her PIN. Now she must show in some other way who she is.")
        stage.who = "She"
        stage.expect("the right PIN at the end", PinOutcome.Locked(locked), stage.enterPin(app.lock, PIN))
    }

    private suspend fun remainingMs(stage: Stage, app: DemoApp): Long {
        val status = app.lock.refresh()
        stage.expect("it still cools down, and not $status", status is LockStatus.CoolingDown)
        return (status as LockStatus.CoolingDown).remainingMs
    }

    private fun wrongPin(i: Int) = (264_830 + 37 * i).toString()

    private companion object {
        const val LIMIT = 16
        const val TICKS = 4
        const val FIVE_MINUTES_MS = 5 * MINUTE_MS

        /** The waits of the preset `walletlock` after each of the first fifteen wrong PINs, in milliseconds. */
        val WAITS_MS = List(4) { 0L } + listOf(MINUTE_MS / 2) + listOf(1, 5, 15, 30).map { it * MINUTE_MS } +
            listOf(1, 4, 12, 12, 12, 12).map { it * HOUR_MS }
    }
}
