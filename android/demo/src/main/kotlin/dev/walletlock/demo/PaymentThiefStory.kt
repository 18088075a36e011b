package dev.walletlock.demo

import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.Payee
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentState
import dev.walletlock.demo.Stage.Companion.DAY_MS
import dev.walletlock.demo.Stage.Companion.MINUTE_MS

/** T3: a thief who holds the phone and has seen the PIN. The limits hold, whatever he does to clocks and files. */
internal class PaymentThiefStory : Story {
    override val name = "T3"
    override val title = "A thief with her PIN pays a day's limit, and not more"

    override suspend fun play(stage: Stage): String = stage.startApp().use { app ->
        stage.setPin(app.lock).close()
        nextMorning(app)
        stage.who = "He"
        stage.say("A thief has her phone and has seen her PIN. Before he pays, he copies her wallet's files.")
        lateinit var before: WalletCopy
        app.restart { before = app.phone.copyWallet() }
        robs(stage, app)
        waits(stage, app)
        turnsClocks(stage, app)
        putsBack(stage, app, before)
        nextDay(stage, app)
        "EUR 1000.00 by shown codes, and no more that day: not after the codes ended, with the clock set ahead, after restarts, " +
            "or with a copy of the files put back"
    }

    private suspend fun robs(stage: Stage, app: DemoApp) {
        stage.say("He pays by codes that he shows, so that the phone does not learn what becomes of them.")
        for (id in listOf("code-1", "code-2")) stage.pays(app.lock, shown(id, HALF_A_DAY))
        expectUsedUp(stage, app)
    }

    private suspend fun waits(stage: Stage, app: DemoApp) {
        stage.say("He waits until both codes have ended. Nobody has told the phone that they were charged.")
        app.phone.clock.skip(10 * MINUTE_MS)
        stage.expect("the first code", PaymentState.Presumed, app.lock.payments.stateOf("code-1"))
        expectUsedUp(stage, app)
    }

    private suspend fun turnsClocks(stage: Stage, app: DemoApp) {
        stage.say("He sets the phone's clock to tomorrow.")
        app.phone.clock.setAhead(DAY_MS)
        expectUsedUp(stage, app)
        stage.say("He restarts the phone: while it was off, nothing measured the time. The wallet believes in a night at most.")
        repeat(2) {
            app.restartPhone()
            expectUsedUp(stage, app)
            app.phone.clock.setAhead(DAY_MS)
        }
    }

    private suspend fun putsBack(stage: Stage, app: DemoApp, before: WalletCopy) {
        stage.say("He puts back the files that he copied before he paid.")
        lateinit var newest: WalletCopy
        app.restart {
            newest = app.phone.copyWallet()
            app.phone.putBack(before)
        }
        stage.expectLocked(app, LockReason.DATA_DAMAGED, CHECK_OR_ASK)
        expectDamaged(stage, app)
        stage.say("He puts the newest ones back.")
        app.restart { app.phone.putBack(newest) }
        stage.expect("the wallet", app.lock.status.value is LockStatus.Ready)
        expectUsedUp(stage, app)
    }

    private suspend fun nextDay(stage: Stage, app: DemoApp) {
        stage.say("The next day begins when the phone has been on for long enough. By then she has called her provider.")
        app.phone.clock.skip(app.lock.payments.state().nextDayMs)
        stage.pays(app.lock, shown("code-4", HALF_A_DAY))
    }

    private suspend fun expectUsedUp(stage: Stage, app: DemoApp) {
        val over = stage.isRefused(app.lock, shown("code-3", 1)).filterIsInstance<PaymentRefusal.OverLimit>()
        stage.expect("what is left of the day", listOf(0L), over.map { it.left })
    }

    /** Asks for a payment of a damaged wallet, which is a fault. */
    private suspend fun expectDamaged(stage: Stage, app: DemoApp) {
        val reasons = stage.isRefused(app.lock, shown("code-3", 1))
        val status = (reasons.singleOrNull() as? PaymentRefusal.Locked)?.status
        stage.expect("why nothing is paid", (status as? LockStatus.Locked)?.reason == LockReason.DATA_DAMAGED)
    }

    private fun shown(id: String, euros: Long) = euros(id, euros, Payee("Somebody", "m-66"), PaymentChannel.CODE_SHOWN)

    private companion object {
        const val HALF_A_DAY = 500L
    }
}
