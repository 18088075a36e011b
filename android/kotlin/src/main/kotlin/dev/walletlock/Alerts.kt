package dev.walletlock

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onStart

/**
 * What the owner is to be told: every payment, refusal, lock, new device, changed limit and step of a recovery. [WalletLock.alerts]
 * gives it. It works while the wallet is locked, too.
 *
 * ```
 * scope.launch {
 *     lock.alerts.pending.collect { alert ->
 *         notify(alert)
 *         lock.alerts.acknowledge(alert)
 *     }
 * }
 * ```
 *
 * An alert comes at least once, and in order, until it is acknowledged; also after the app was killed. On Android,
 * `AlertNotifications` shows them.
 */
public class Alerts internal constructor(private val lock: WalletLock) {
    /**
     * The alerts that were not acknowledged, the oldest first, and then each new one. One that this collector got does not come to it
     * again; to the next collector it does, unless it was acknowledged.
     *
     * The flow does not end. While no record of the wallet can be read ([LockStatus.Unconfigured], damage, a fault of the storage and
     * others) it has nothing to give, and looks again at the next event.
     *
     * @throws LockException.Closed once the lock is closed.
     */
    public val pending: Flow<Alert> = flow {
        var after = 0L
        lock.events.map {}.onStart { emit(Unit) }.collect {
            do {
                val page = page(after) ?: break
                // Less than before, if the wallet was removed and made anew.
                after = page.upTo
                page.alerts.forEach { emit(it) }
            } while (page.hasMore)
        }
    }

    /**
     * Notes that an alert was shown, and all before it. It does not wait for the disk: after a power cut the last ones come again.
     *
     * @throws LockException.Invalid ("alert") if this process did not get the alert from [pending].
     */
    public suspend fun acknowledge(alert: Alert): Unit = lock.callNative { it.acknowledgeAlerts(alert.number) }

    /** Says nothing about the alerts. */
    override fun toString(): String = "Alerts"

    private suspend fun page(after: Long): AlertPage? = try {
        val page = lock.callNative { it.pendingAlerts(after) }
        AlertPage(page.alerts.map { it.toPublic() }, page.upTo, page.hasMore)
    } catch (closed: LockException.Closed) {
        throw closed
    } catch (_: LockException) {
        // It may be over in a moment: the next event looks again.
        null
    }
}

private class AlertPage(val alerts: List<Alert>, val upTo: Long, val hasMore: Boolean)

/**
 * Something that the owner is to be told. It says what happened and when, and no details: those are in the journal's line of this
 * number, which an open wallet shows ([Journal.line]).
 *
 * @property number the number of the journal's line.
 * @property wallMs when it happened, in milliseconds since 1970, by the phone's clock.
 * @property kind what happened.
 * @property topic what it is about.
 */
public data class Alert(
    public val number: Long,
    public val wallMs: Long,
    public val kind: JournalKind,
    public val topic: AlertTopic,
)

/** What an alert is about. `AlertNotifications` makes a notification channel of each. */
public enum class AlertTopic {
    /** What opens the wallet, and who tried. */
    SECURITY,

    /** Payments, cards and limits. */
    MONEY,

    /** Anything else. */
    INFORMATION,
}
