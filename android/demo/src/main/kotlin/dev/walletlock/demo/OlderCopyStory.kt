package dev.walletlock.demo

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.PinOutcome
import dev.walletlock.Remedy
import dev.walletlock.RollbackProtection
import dev.walletlock.demo.Stage.Companion.PIN

/** T1: a thief who copies the wallet's files and puts them back (a rollback) gains no try. */
internal class OlderCopyStory : Story {
    override val name = "T1"
    override val title = "Restore of an old copy is refused"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        stage.setPin(app.lock).close()
        stage.expect("older copies are found out", RollbackProtection.ON, app.lock.rollbackProtection())
        stage.who = "He"
        stage.say("A thief has the phone, and tools that copy any app's files and put them back. He copies her wallet.")
        val older = copy(app)
        stage.say("$TRIES tries are too few to find her PIN. But after some he can put his copy back: none is counted there.")
        repeat(USED) { stage.enterPin(app.lock, "26483$it") }
        val left = TRIES - USED
        stage.expect("after $USED wrong PINs", LockStatus.Ready(left), app.lock.status.value)

        stage.say("He ends the app, keeps what is there now too, puts his copy back, and starts the app.")
        val newest = copy(app)
        app.restart { app.phone.putBack(older) }
        stage.expectLocked(app, LockReason.DATA_DAMAGED, CHECK_OR_ASK)
        stage.say("With each try the phone's keystore made a new key for the count and destroyed the last: none fits his copy.")
        val outcome = stage.enterPin(app.lock, PIN)
        stage.expect("the right PIN on an older copy", PinOutcome.Locked(app.lock.status.value), outcome)

        stage.say("He puts back what was there. Every try is still counted.")
        app.restart { app.phone.putBack(newest) }
        stage.show(Screen.lines(app.lock.status.value))
        stage.expect("with the newest files", LockStatus.Ready(left), app.lock.status.value)
        wipe(stage, app, newest)
        "$USED tries, then the copy of before them put back: locked, with what to do; with the newest files all are " +
            "counted; and a wiped wallet stays wiped, whatever is put back"
    }

    private suspend fun wipe(stage: Stage, app: DemoApp, newest: WalletCopy) {
        stage.say("She has called her provider, who orders a wipe. The app carries it out; no PIN is needed for that.")
        app.lock.wipe()
        stage.show(Screen.lines(app.lock.status.value))
        stage.expect("the wipe", LockStatus.Wiped, app.lock.status.value)
        stage.say("He puts the files of a moment ago back.")
        app.restart { app.phone.putBack(newest) }
        stage.show(Screen.lines(app.lock.status.value))
        stage.expect("after the wipe", LockStatus.Wiped, app.lock.status.value)
    }

    private suspend fun copy(app: DemoApp): WalletCopy {
        lateinit var copy: WalletCopy
        app.restart { copy = app.phone.copyWallet() }
        return copy
    }

    private companion object {
        const val TRIES = 16
        const val USED = 3
    }
}
