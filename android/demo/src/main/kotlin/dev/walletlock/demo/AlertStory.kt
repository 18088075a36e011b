package dev.walletlock.demo

import dev.walletlock.Alert
import dev.walletlock.JournalKind
import dev.walletlock.Limit
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.Payee
import dev.walletlock.WalletLock
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withTimeoutOrNull

/** U15: she hears of everything that counts, also after the app was killed, and hears nothing twice once it was shown. */
internal class AlertStory : Story {
    override val name = "U15"
    override val title = "She hears of it"

    override suspend fun play(stage: Stage): String {
        val provided = stage.startWithProvider()
        return provided.app.use { app ->
            stage.setPin(provided.lock).close()
            stage.register(provided)
            stage.say("A new device: her phone is registered.")
            shown(stage, provided.lock, listOf(JournalKind.PROVIDER_REGISTERED))
            stage.pays(provided.lock, euros("tea-1", 4, KIOSK))
            stage.isRefused(provided.lock, euros("piano", 5_000, KIOSK))
            stage.unlock(provided.lock).use { session ->
                session.limits.set(Limit(LimitScope.All, "EUR", LimitPeriod.DAY, 10_000))
            }
            provided.lock.payments.freeze()
            stage.isRefused(provided.lock, euros("tea-2", 4, KIOSK))
            stage.say("The app is killed before it has shown her any of that.")
            app.restart { }
            val kinds = listOf(
                JournalKind.PAYMENT_APPROVED,
                JournalKind.PAYMENT_REFUSED,
                JournalKind.LIMIT_SET,
                JournalKind.FROZEN,
                JournalKind.PAYMENT_REFUSED,
            )
            shown(stage, app.lock, kinds)
            stage.say("The app is started once more. Nothing comes again.")
            app.restart { }
            stage.expect("what comes again", emptyList<Alert>(), pending(app.lock, 1))
            "a new device, a payment, refusals, a changed limit and a freeze, each once shown; those that were not shown came again " +
                "after the app was killed, while the wallet was closed"
        }
    }

    /** Shows what comes, and acknowledges it. */
    private suspend fun shown(stage: Stage, lock: WalletLock, expected: List<JournalKind>) {
        val alerts = pending(lock, expected.size)
        alerts.forEach { stage.show(inWords(it.kind)) }
        stage.expect("the alerts", expected, alerts.map { it.kind })
        alerts.forEach { lock.alerts.acknowledge(it) }
    }

    private suspend fun pending(lock: WalletLock, count: Int): List<Alert> {
        val alerts = mutableListOf<Alert>()
        withTimeoutOrNull(COMES_WITHIN_MS) { lock.alerts.pending.take(count).toList(alerts) }
        return alerts
    }

    private companion object {
        val KIOSK = Payee("Kiosk", "m-30")
        const val COMES_WITHIN_MS = 2_000L
    }
}
