package dev.walletlock.demo

import dev.walletlock.Contact
import dev.walletlock.DeviceKeyFault
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinOutcome
import dev.walletlock.Remedy
import dev.walletlock.SecurityLevel
import dev.walletlock.demo.Stage.Companion.PIN
import java.nio.file.Files

/** U2: the wallet never says just 'locked'. */
internal class WhichLockStory : Story {
    override val name = "U2"
    override val title = "Which lock is it, and what can she do?"

    override suspend fun play(stage: Stage): String {
        val seen = listOf(
            coolingDown(stage),
            untilRestartAndForGood(stage),
            damaged(stage),
            busy(stage),
        ).flatten()
        return "${seen.joinToString()}; each lock with who locked it and what to do, first choice first"
    }

    private suspend fun coolingDown(stage: Stage): List<String> = stage.startApp().use { app ->
        stage.setPin(app.lock).close()
        stage.say("Her nephew plays with the phone: five wrong PINs.")
        repeat(5) { i -> stage.typed("26483$i").use { app.lock.verifyPin(it) } }
        val status = app.lock.status.value
        stage.show(Screen.lines(status))
        stage.expect("after five, it cools down, and not $status", status is LockStatus.CoolingDown)
        val remedies = (status as LockStatus.CoolingDown).remedies
        val expected = listOf(Remedy.Wait(status.remainingMs)) + CONTACTS
        stage.expect("what she can do while it cools down", expected, remedies)
        listOf("cooling down")
    }

    private suspend fun untilRestartAndForGood(stage: Stage): List<String> {
        stage.say("Another wallet has other rules: three wrong PINs until the phone is restarted, eight in all.")
        val policy = policyNamed("policy-until-restart.json")
        return stage.startApp(policy).use { app ->
            stage.setPin(app.lock).close()
            repeat(3) { i -> stage.typed("26483$i").use { app.lock.verifyPin(it) } }
            val untilRestart = listOf(Remedy.Restart) + CONTACTS
            stage.expectLocked(app, LockReason.UNTIL_RESTART, untilRestart)
            stage.say("She does what it says first.")
            app.restartPhone()
            stage.show(Screen.lines(app.lock.status.value))
            stage.expect("after the restart", LockStatus.Ready(triesLeft = 3), app.lock.status.value)

            stage.say("Three more wrong ones, another restart, and two more.")
            repeat(3) { i -> stage.typed("36483$i").use { app.lock.verifyPin(it) } }
            app.restartPhone()
            repeat(2) { i -> stage.typed("46483$i").use { app.lock.verifyPin(it) } }
            stage.expectLocked(app, LockReason.TOO_MANY_ATTEMPTS, CONTACTS)
            listOf("until restart", "too many attempts")
        }
    }

    private suspend fun damaged(stage: Stage): List<String> {
        val hers = stage.newPhone()
        DemoApp.start(hers, stage.policy).use { app ->
            stage.setPin(app.lock).close()
            stage.say("The wallet says where its keys are: in software, because this phone keeps them in a file.")
            stage.expect("where her phone keeps the keys", SecurityLevel.SOFTWARE, app.lock.securityLevel())
            app.end()
        }
        stage.say("A thief copies the wallet's database to a phone of his own, to try PINs there as often as he likes.")
        val his = stage.newPhone()
        Files.copy(hers.database, his.database)
        DemoApp.start(his, stage.policy).use { app ->
            stage.expectLocked(app, LockReason.DATA_DAMAGED, CHECK_OR_ASK)
            val outcome = stage.typed(PIN).use { app.lock.verifyPin(it) }
            stage.expect("the right PIN on the wrong phone", PinOutcome.Locked(app.lock.status.value), outcome)
            stage.say("Not even the right PIN helps him: the key is in her phone.")
        }
        stage.say("On her own phone nothing has changed.")
        DemoApp.start(hers, stage.policy).use { stage.unlock(it.lock).close() }
        return listOf("protected data damaged")
    }

    private suspend fun busy(stage: Stage): List<String> = stage.startApp().use { app ->
        stage.setPin(app.lock).close()
        stage.say("The phone's keystore is busy, and answers nobody.")
        app.phone.deviceKey.isBusy = true
        val outcome = stage.enterPin(app.lock, PIN)
        val expected = PinOutcome.NoVerdict(NoVerdictCause.DeviceKey(DeviceKeyFault.BUSY))
        stage.expect("the right PIN while the keystore is busy", expected, outcome)
        app.phone.deviceKey.isBusy = false
        stage.say("A moment later it answers.")
        stage.unlock(app.lock).close()
        listOf("keystore busy")
    }
}

/** The contacts in the demo's policies, for a person who is locked out. */
internal val CONTACTS = listOf(
    Remedy.Ask(Contact.Phone("+1 555 0100")),
    Remedy.Ask(Contact.Form("https://wallet.example/locked")),
)

/** The remedies for damaged data. Checking again helps if it was a passing fault of the keystore or the disk. */
internal val CHECK_OR_ASK = listOf(Remedy.CheckAgain) + CONTACTS
