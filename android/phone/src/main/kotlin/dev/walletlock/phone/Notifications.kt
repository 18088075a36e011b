package dev.walletlock.phone

import android.app.Application
import android.app.Notification
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Intent
import org.robolectric.Shadows.shadowOf

/** The app's notifications, as the home screen lists them. For the main thread only. */
class Notifications(private val application: Application, private val start: (Intent) -> Unit) {
    /** A notification in words. */
    class Shown(val number: Int, val title: String, val text: String, val actions: List<String>)

    private val manager = checkNotNull(application.getSystemService(NotificationManager::class.java))

    /** The newest first. */
    fun shown(): List<Shown> = manager.activeNotifications.sortedByDescending { it.id }.map {
        val words = it.notification.extras
        Shown(
            it.id,
            words.getCharSequence(Notification.EXTRA_TITLE).toString(),
            words.getCharSequence(Notification.EXTRA_TEXT).toString(),
            it.notification.actions.orEmpty().map { action -> action.title.toString() },
        )
    }

    /** Presses notification [number], or its action with this label. False: it is gone. */
    fun press(number: Int, action: String?): Boolean {
        val pressed = manager.activeNotifications.firstOrNull { it.id == number } ?: return false
        val intent: PendingIntent =
            if (action == null) pressed.notification.contentIntent else pressed.notification.actions.first { "${it.title}" == action }.actionIntent
        if (action == null) manager.cancel(pressed.tag, number)
        start(shadowOf(intent).savedIntent)
        return true
    }
}
