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
 * Ends every session when the person turns the screen off, or has left the app for a while. Screens hear of it by
 * [WalletLock.isOpen]; [WalletLock.lastSessionEnd] says which of the two it was.
 *
 * ```
 * val autoLock = AutoLock.start(application, lock, afterSeconds = 30)
 * ```
 *
 * Going from one of the app's screens to another is not leaving, nor is turning the phone. The time is that since the
 * phone started: setting its clock changes nothing, and time asleep counts. A new process needs no help: sessions live
 * in memory only, so every start is locked.
 *
 * It may be started at any time: a screen that is shown already counts, and so does the time since the app was left.
 */
public class AutoLock private constructor(
    private val application: Application,
    private val lock: WalletLock,
    private val afterMs: Long,
) : AutoCloseable {
    private val main = Handler(Looper.getMainLooper())
    private val whenDue = Runnable { lockIfDue() }
    private val isClosed = AtomicBoolean()

    /** Screens on the display. What follows is the main thread's. */
    private val shown: MutableSet<Activity> = Collections.newSetFromMap(WeakHashMap())

    /** By `SystemClock.elapsedRealtime()`, if nobody comes back before. */
    private var lockAtMs: Long? = null

    /** Whether a screen may be in front that [shown] does not know of. */
    private var isUnsure = false

    private fun begin() {
        application.registerActivityLifecycleCallbacks(screens)
        // Only the system may send it, so nobody has to be kept out.
        application.registerReceiver(screenOff, IntentFilter(Intent.ACTION_SCREEN_OFF))
        MainThread.run(::learn)
    }

    /** Nobody tells of a screen that was there before; and the app may have been left by now. */
    private fun learn() {
        if (isClosed.get() || shown.isNotEmpty() || lockAtMs != null || isInFront()) return
        lockIn(max(afterMs, MADE_ANEW_WITHIN_MS))
    }

    /** As the system has it, which follows what happens within moments. A service in the foreground is not a screen. */
    private fun isInFront(): Boolean {
        val state = RunningAppProcessInfo().also(ActivityManager::getMyMemoryState)
        return state.importance == IMPORTANCE_FOREGROUND || state.importance == IMPORTANCE_VISIBLE
    }

    /** The app locks by itself no more. What is open stays open. A second call does nothing. */
    override fun close() {
        if (isClosed.getAndSet(true)) return
        application.unregisterActivityLifecycleCallbacks(screens)
        application.unregisterReceiver(screenOff)
        main.removeCallbacks(whenDue)
    }

    private fun seen(activity: Activity) {
        // The timer sleeps with the phone: the time may be over without it.
        if (isDue()) lockNow()
        forgetTheTime()
        shown += activity
    }

    private fun left(activity: Activity) {
        // One that was going when all this began makes room for another one of ours, or for another app.
        val isUnseen = !shown.remove(activity)
        if (shown.isNotEmpty()) return
        // It is about to be made anew. Should it not be, the app was left.
        lockIn(if (activity.isChangingConfigurations || isUnseen) max(afterMs, MADE_ANEW_WITHIN_MS) else afterMs)
        isUnsure = isUnseen
    }

    private fun lockIn(waitMs: Long) {
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
        override fun onActivityStarted(activity: Activity) = seen(activity)

        // Also those that were started before anyone listened.
        override fun onActivityResumed(activity: Activity) = seen(activity)

        override fun onActivityPaused(activity: Activity) = seen(activity)

        override fun onActivityStopped(activity: Activity) = left(activity)

        override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }

    /** Where it starts. */
    public companion object {
        /**
         * Locks by itself from now on, until it is closed or the lock is.
         *
         * @param lock closing it, and what locks it otherwise, stays the app's business.
         * @param afterSeconds how long the app may be out of sight. With 0 leaving it locks at once.
         * @throws IllegalArgumentException when it is negative.
         */
        @JvmStatic
        @JvmOverloads
        public fun start(application: Application, lock: WalletLock, afterSeconds: Int = 30): AutoLock {
            require(afterSeconds >= 0) { "a time cannot be negative" }
            return AutoLock(application, lock, afterSeconds * 1_000L).apply { begin() }
        }

        /** A screen that is turned comes back well within this time, also on a slow phone. Our own choice. */
        private const val MADE_ANEW_WITHIN_MS = 2_000L
    }
}
