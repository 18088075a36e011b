package dev.walletlock.android

import android.Manifest
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Build
import dev.walletlock.Alert
import dev.walletlock.AlertTopic
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.takeWhile

/**
 * Shows the wallet's alerts as Android's notifications: an optional part. It has three notification channels: security, money and
 * information. A notification says what happened and when, never a payee or an amount, and on a locked screen only that something
 * happened. A press opens the line in the history. Alerts about money have the action 'Lower my limit', and all have 'That was not me',
 * which stops everything.
 *
 * ```
 * scope.launch { AlertNotifications(context).show(lock) }
 * ```
 *
 * From Android 13 on the app needs `android.permission.POST_NOTIFICATIONS`: it names that in its manifest, and asks the person. Until
 * it is granted, or while the person has switched the app's notifications off, nothing is shown and nothing is acknowledged: the alerts
 * come later.
 */
public class AlertNotifications(context: Context) {
    private val context = context.applicationContext
    private val manager = checkNotNull(this.context.getSystemService(NotificationManager::class.java))

    /**
     * Shows each alert, the oldest first, and acknowledges it then. It does not return until it is cancelled.
     *
     * An alert that was shown just before the app was killed is shown once more, in place of the first one. While nothing may
     * be shown it looks once a minute whether it may. At most twenty are shown at a time: the oldest make room, and stay in the history.
     */
    public suspend fun show(lock: WalletLock) {
        makeChannels()
        while (true) {
            // Ends at an alert that is not shown. It and those after it come again.
            lock.alerts.pending.takeWhile { canShow() }.collect { alert ->
                makeRoom()
                manager.notify(TAG, alert.number.toInt(), notification(alert))
                try {
                    lock.alerts.acknowledge(alert)
                } catch (_: LockException) {
                    // It comes again.
                }
            }
            while (!canShow()) delay(LOOK_EVERY_MS)
        }
    }

    /** Android drops a notification without a word if the app has too many of them already. */
    private fun makeRoom() {
        val shown = manager.activeNotifications.filter { it.tag == TAG }.sortedBy { it.id }
        shown.dropLast(MOST - 1).forEach { manager.cancel(TAG, it.id) }
    }

    /** Whether the person lets this app show notifications. */
    public fun canShow(): Boolean =
        manager.areNotificationsEnabled() &&
            (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU || context.isGranted(Manifest.permission.POST_NOTIFICATIONS))

    private fun makeChannels() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.O) return
        for (topic in AlertTopic.entries) {
            val importance = if (topic == AlertTopic.INFORMATION) NotificationManager.IMPORTANCE_LOW else NotificationManager.IMPORTANCE_HIGH
            val channel = NotificationChannel(topic.channel, context.getString(topic.words), importance)
            channel.lockscreenVisibility = Notification.VISIBILITY_PRIVATE
            manager.createNotificationChannel(channel)
        }
    }

    private fun notification(alert: Alert): Notification {
        val line = HistoryActivity.intent(context, line = alert.number)
        val builder = builder(alert.topic)
            .setContentTitle(context.getString(wordsOf(alert.kind, by = null)))
            .setContentText(context.getString(R.string.walletlock_alert_open))
            .setContentIntent(opening(line, alert.number))
            .setPublicVersion(
                builder(alert.topic).setContentTitle(context.walletName()).setContentText(context.getString(alert.topic.words)).build(),
            )
            .setWhen(alert.wallMs)
            .setShowWhen(true)
            .setAutoCancel(true)
        if (alert.topic == AlertTopic.MONEY) {
            builder.addAction(action(R.string.walletlock_lower_limit, LimitsActivity.intent(context), alert.number))
        }
        builder.addAction(action(R.string.walletlock_not_me, PanicActivity.intent(context), alert.number))
        return builder.build()
    }

    private fun builder(topic: AlertTopic): Notification.Builder {
        val builder = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            Notification.Builder(context, topic.channel)
        } else {
            @Suppress("DEPRECATION")
            Notification.Builder(context).setPriority(Notification.PRIORITY_HIGH)
        }
        return builder.setSmallIcon(R.drawable.walletlock_padlock).setVisibility(Notification.VISIBILITY_PRIVATE)
    }

    private fun action(words: Int, intent: Intent, number: Long): Notification.Action =
        Notification.Action.Builder(null, context.getString(words), opening(intent, number)).build()

    private fun opening(intent: Intent, number: Long): PendingIntent {
        intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        // The line is an extra, which Android does not compare: so the number tells the intents apart.
        return PendingIntent.getActivity(context, number.toInt(), intent, PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE)
    }

    private companion object {
        const val TAG = "walletlock"
        const val MOST = 20
        const val LOOK_EVERY_MS = 60_000L
    }
}

private fun Context.isGranted(permission: String) = checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

private val AlertTopic.channel: String get() = "walletlock_${name.lowercase()}"

private val AlertTopic.words: Int
    get() = when (this) {
        AlertTopic.SECURITY -> R.string.walletlock_alerts_security
        AlertTopic.MONEY -> R.string.walletlock_alerts_money
        AlertTopic.INFORMATION -> R.string.walletlock_alerts_information
    }
