package dev.walletlock.android

import android.app.Activity
import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.app.ActivityManager.RunningAppProcessInfo.IMPORTANCE_FOREGROUND
import android.app.ActivityManager.RunningAppProcessInfo.IMPORTANCE_VISIBLE
import android.app.Application
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import java.util.Collections
import java.util.WeakHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.math.max

/**
 * Ends every session when the person turns the screen off, or has left the app for a while. Screens learn of it from
 * [WalletLock.isOpen]; [WalletLock.lastSessionEnd] says which of the two happened.
 *
 * ```
 * val autoLock = AutoLock.start(application, lock, afterSeconds = 30)
 * ```
 *
 * Going from one of the app's screens to another is not leaving, nor is a rotation. The time is measured with
 * `SystemClock.elapsedRealtime()`: setting the phone's clock changes nothing, and time asleep counts. After process death
 * nothing has to be done: sessions live in memory only, so a new process starts locked.
 *
 * It may be started at any time. A screen that is already shown counts; if the app is not in front, the time begins then.
 */
public class AutoLock private constructor(
    private val application: Application,
    private val lock: WalletLock,
    private val afterMs: Long,
) : AutoCloseable {
    private val main = Handler(Looper.getMainLooper())
    private val whenDue = Runnable { lockIfDue() }
    private val isClosed = AtomicBoolean()

    /** The Activities that are on the screen. This and the two properties below are used on the main thread only. */
    private val shown: MutableSet<Activity> = Collections.newSetFromMap(WeakHashMap())

    /** When to lock unless the person comes back before, by `SystemClock.elapsedRealtime()`. Null: no time is running. */
    private var lockAtMs: Long? = null

    /** Whether an Activity may be in front that is not in [shown]. */
    private var isUnsure = false

    private fun begin() {
        application.registerActivityLifecycleCallbacks(screens)
        // Only the system may send this broadcast, so the receiver needs no permission.
        application.registerReceiver(screenOff, IntentFilter(Intent.ACTION_SCREEN_OFF))
        MainThread.run(::startIfNotInFront)
    }

    /** Starts the time if no screen is in front. There is no callback for a screen that was started or left before [begin]. */
    private fun startIfNotInFront() {
        if (isClosed.get() || shown.isNotEmpty() || lockAtMs != null || isInFront()) return
        lockIn(max(afterMs, RECREATED_WITHIN_MS))
    }

    /** Whether the system says that the app is in front. It may be a moment late. A foreground service does not count. */
    private fun isInFront(): Boolean {
        val state = RunningAppProcessInfo().also(ActivityManager::getMyMemoryState)
        return state.importance == IMPORTANCE_FOREGROUND || state.importance == IMPORTANCE_VISIBLE
    }

    /** Stops locking by itself. Open sessions stay open. A second call does nothing. */
    override fun close() {
        if (isClosed.getAndSet(true)) return
        application.unregisterActivityLifecycleCallbacks(screens)
        application.unregisterReceiver(screenOff)
        main.removeCallbacks(whenDue)
    }

    private fun markShown(activity: Activity) {
        // While the phone sleeps, the handler's timer stops. So the time may be over although the timer has not fired.
        if (isDue()) lockNow()
        forgetTheTime()
        shown += activity
    }

    /** The person is back in the app, which ends the [Exemption]. */
    private fun cameBack(activity: Activity) {
        markShown(activity)
        Exemption.end()
    }

    private fun left(activity: Activity) {
        // Not in `shown`: this Activity was already stopping when AutoLock started. Another screen of the app may be in front.
        val isUnseen = !shown.remove(activity)
        if (shown.isNotEmpty()) return
        // A configuration change recreates the Activity at once. If that does not happen, the app was left.
        lockIn(if (activity.isChangingConfigurations || isUnseen) max(afterMs, RECREATED_WITHIN_MS) else afterMs)
        isUnsure = isUnseen
    }

    private fun lockIn(askedMs: Long) {
        val waitMs = max(askedMs, Exemption.leftMs)
        lockAtMs = SystemClock.elapsedRealtime() + waitMs
        if (waitMs == 0L) lockIfDue() else main.postDelayed(whenDue, waitMs)
    }

    private fun isDue() = lockAtMs?.let { SystemClock.elapsedRealtime() >= it } ?: false

    private fun lockIfDue() {
        if (!isDue()) return
        if (isUnsure && isInFront()) forgetTheTime() else lockNow()
    }

    private fun lockNow(screenWentOff: Boolean = false) {
        forgetTheTime()
        try {
            lock.lockNow(screenWentOff)
        } catch (_: LockException.Closed) {
            close()
        }
    }

    private fun forgetTheTime() {
        lockAtMs = null
        isUnsure = false
        main.removeCallbacks(whenDue)
    }

    private val screenOff = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) = lockNow(screenWentOff = true)
    }

    private val screens = object : Application.ActivityLifecycleCallbacks {
        override fun onActivityStarted(activity: Activity) = cameBack(activity)

        // An Activity may have been started before this was registered: then only onActivityResumed is called.
        override fun onActivityResumed(activity: Activity) = cameBack(activity)

        override fun onActivityPaused(activity: Activity) = markShown(activity)

        override fun onActivityStopped(activity: Activity) = left(activity)

        override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }

    /** Starts it. */
    public companion object {
        /**
         * Locks [lock] by itself from now on, until the returned object or the lock is closed. Any thread may call it.
         *
         * @param lock the app still has to close it, and may lock it at other moments too.
         * @param afterSeconds how long the app may be out of sight, in seconds. With 0 the wallet is locked as soon as the
         *   app is left.
         * @throws IllegalArgumentException if [afterSeconds] is negative.
         */
        @JvmStatic
        @JvmOverloads
        public fun start(application: Application, lock: WalletLock, afterSeconds: Int = 30): AutoLock {
            require(afterSeconds >= 0) { "afterSeconds must not be negative" }
            return AutoLock(application, lock, afterSeconds * 1_000L).apply { begin() }
        }

        /** After a rotation the new Activity is there well within this time, also on a slow phone. Our own choice. */
        private const val RECREATED_WITHIN_MS = 2_000L
    }
}
