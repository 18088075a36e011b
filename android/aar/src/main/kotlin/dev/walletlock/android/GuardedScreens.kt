package dev.walletlock.android

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import dev.walletlock.android.GuardedWallet.State
import java.util.Collections
import java.util.WeakHashMap

/**
 * Covers the Activities of an app with a [LockGuard], depending on the state of [wallet], and starts the lock screen or the
 * first run above them. For the main thread only. The other parameters are as for [LockGuard.install].
 */
internal class GuardedScreens(
    private val application: Application,
    private val wallet: GuardedWallet,
    private val lockScreen: (Context) -> Intent,
    private val firstRun: ((Context) -> Intent)?,
    private val excluded: Set<Class<out Activity>>,
) : Application.ActivityLifecycleCallbacks, AutoCloseable {
    private val main = Handler(Looper.getMainLooper())

    /** The Activities that were started and are not destroyed. */
    private val alive: MutableSet<Activity> = Collections.newSetFromMap(WeakHashMap())
    private val started: MutableSet<Activity> = Collections.newSetFromMap(WeakHashMap())
    private val cover = Cover(alive, ::isCovered)

    /**
     * Tasks in which the person went back from the first run, or from a lock screen of the app's own, so that it finished.
     * ([LockActivity] does not finish then: it moves its task to the back.)
     */
    private val tasksLeftByPerson = mutableSetOf<Int>()
    private val lockClass by lazy { lockScreen(application).component?.className }
    private val firstRunClass by lazy { firstRun?.invoke(application)?.component?.className }

    /** Adapts the screens to a new state of [wallet]. */
    fun follow() {
        if (wallet.state == State.OPEN) tasksLeftByPerson.clear()
        if (wallet.state == State.NO_PIN) finishLockScreens()
        cover.draw()
        // One lock screen in each task is enough.
        started.filter { !it.isFinishing && isCovered(it) }.distinctBy { it.taskId }.forEach(::bringLockScreen)
    }

    /** Finishes the lock screens that the guard has started, in every task. */
    fun finishLockScreens() {
        alive.filter { it.javaClass.name == lockClass && it.intent.getBooleanExtra(LockActivity.EXTRA_GUARD, false) }
            .forEach(Activity::finish)
    }

    /** Stops following Activities. The caller has closed [wallet], which sets its state to open: so every Activity is shown. */
    override fun close() {
        application.unregisterActivityLifecycleCallbacks(this)
        main.removeCallbacksAndMessages(null)
        cover.draw()
    }

    private fun bringLockScreen(activity: Activity) {
        if (activity.isFinishing || !isCovered(activity)) return
        val screen = screenNow() ?: return
        if (tasksLeftByPerson.remove(activity.taskId)) {
            activity.moveTaskToBack(true)
            return
        }
        // If this task has a lock screen already, it comes to the front: a link may have put this Activity above it.
        screen(activity)
            .addFlags(Intent.FLAG_ACTIVITY_REORDER_TO_FRONT or Intent.FLAG_ACTIVITY_NO_ANIMATION)
            .putExtra(LockActivity.EXTRA_GUARD, true)
            .let(activity::startActivity)
    }

    private fun screenNow(): ((Context) -> Intent)? = when (wallet.state) {
        State.LOCKED -> lockScreen
        State.NO_PIN -> firstRun
        State.OPENING, State.OPEN -> null
    }

    private fun isCovered(activity: Activity): Boolean = when (wallet.state) {
        State.OPEN -> false
        State.NO_PIN -> firstRun != null && !isFree(activity) && activity.javaClass.name != firstRunClass
        State.OPENING, State.LOCKED -> !isFree(activity)
    }

    private fun isFree(activity: Activity): Boolean {
        val type = activity.javaClass
        return type.name == lockClass || type in excluded || type.isAnnotationPresent(Unguarded::class.java)
    }

    private fun seen(activity: Activity) {
        wallet.begin()
        alive += activity
        wallet.update()
        cover.draw()
    }

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) {
        wallet.begin()
        if (!isFree(activity)) activity.keepOutOfPictures()
    }

    override fun onActivityStarted(activity: Activity) {
        if (started.isEmpty()) wallet.refresh()
        started += activity
        seen(activity)
    }

    override fun onActivityResumed(activity: Activity) {
        seen(activity)
        bringLockScreen(activity)
        // Once more after the Activity's own onResume, which may show a dialog after Android calls this.
        main.post(cover::draw)
    }

    override fun onActivityPaused(activity: Activity) {
        wallet.update()
        val isLockScreen = activity.javaClass.name == screenNow()?.invoke(application)?.component?.className
        val isOurs = isLockScreen && activity.intent.getBooleanExtra(LockActivity.EXTRA_GUARD, false)
        if (isOurs && activity.isFinishing) tasksLeftByPerson += activity.taskId
    }

    override fun onActivityStopped(activity: Activity) {
        started -= activity
    }

    override fun onActivityDestroyed(activity: Activity) {
        alive -= activity
        cover.draw()
    }

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit
}
