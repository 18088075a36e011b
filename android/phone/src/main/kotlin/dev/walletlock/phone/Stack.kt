package dev.walletlock.phone

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.view.View
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.util.ReflectionHelpers

/**
 * The app's back stack. Moves its activities through their lifecycle in Android's order: Robolectric only records what
 * they ask for.
 */
class Stack(private val application: Application, private val log: (String) -> Unit) {
    private class Screen(val controller: ActivityController<out Activity>, val requestCode: Int) {
        val activity: Activity get() = controller.get()

        /** The screen above that ended; its result was not delivered to this screen yet. */
        var ended: Screen? = null
    }

    private val screens = ArrayDeque<Screen>()

    /** Whether the app is in the background. */
    var isAway = true
        private set

    /** Called with an intent that would open another app. */
    var onLeaving: (Intent) -> Unit = {}

    /** Called with the intent and the request code of a question for a permission, and with who asks. */
    var onPermission: (Activity, Intent, Int) -> Unit = { _, _, _ -> }
    val top: Activity? get() = screens.lastOrNull()?.activity
    val depth: Int get() = screens.size

    /** What is seen through a translucent screen: the one below it. On a phone that one is only paused. Here it is stopped, but drawn. */
    val seenThrough: View? get() = screens.getOrNull(screens.size - 2)?.takeIf { isTranslucent(screens.last()) }?.activity?.window?.decorView

    /** Brings the app to the front, as a touch on its icon does. */
    fun open() {
        if (!isAway) return
        isAway = false
        if (screens.isEmpty()) start(launcher()) else show(screens.last())
    }

    /** Sends the app to the background. */
    fun leave() {
        if (isAway) return
        isAway = true
        screens.lastOrNull()?.let { hide(it.apply { controller.userLeaving().pause() }) }
    }

    /** Destroys all activities without saving their state, as when the process ends. */
    fun clear() {
        leave()
        while (screens.isNotEmpty()) screens.removeLast().controller.destroy()
    }

    /** Does what the activities have asked for since the last call. */
    fun settle() {
        val top = screens.lastOrNull() ?: return
        val asked = shadowOf(top.activity).nextStartedActivityForResult
        when {
            asked?.intent?.action == Permission.ACTION -> onPermission(top.activity, asked.intent, asked.requestCode)
            asked != null -> start(asked.intent, asked.requestCode)
            top.activity.isFinishing -> end(top)
            movesToBack(top.activity) -> leave()
            else -> return sweep()
        }
        settle()
    }

    /** True once for each `moveTaskToBack`: Robolectric never resets its flag, so this does. */
    private fun movesToBack(activity: Activity): Boolean {
        val shadow = shadowOf(activity)
        if (!shadow.isTaskMovedToBack) return false
        ReflectionHelpers.setField(shadow, "isTaskMovedToBack", false)
        return true
    }

    /** Delivers a configuration change to the top activity. The others get it when they are shown again. */
    fun configure() {
        if (!isAway) screens.lastOrNull()?.let(::adapt)
    }

    /** Starts a screen of the app, as a touch on a notification does. */
    fun start(intent: Intent): Unit = start(intent, NO_RESULT)

    private fun start(intent: Intent, requestCode: Int) {
        val name = intent.component?.className ?: return onLeaving(intent)
        if (intent.flags and Intent.FLAG_ACTIVITY_CLEAR_TASK != 0) screens.forEach { it.activity.finish() }
        val same = screens.lastOrNull { it.activity.javaClass.name == name && !it.activity.isFinishing }
        val clears = intent.flags and Intent.FLAG_ACTIVITY_CLEAR_TOP != 0
        val isSingle = intent.flags and (Intent.FLAG_ACTIVITY_SINGLE_TOP or Intent.FLAG_ACTIVITY_REORDER_TO_FRONT) != 0
        if (same != null && isSingle && (clears || same === screens.last())) {
            while (screens.last() !== same) end(screens.last())
            same.controller.pause().newIntent(intent).resume()
            return
        }
        if (same != null && intent.flags and Intent.FLAG_ACTIVITY_REORDER_TO_FRONT != 0) return bringToFront(same, intent)
        log("${name.substringAfterLast('.')} opens")
        val below = screens.lastOrNull()
        if (!isAway) below?.controller?.pause()
        val type = Class.forName(name, true, application.javaClass.classLoader).asSubclass(Activity::class.java)
        val next = Screen(Robolectric.buildActivity(type, intent), requestCode)
        screens += next
        isAway = false
        next.controller.setup()
        below?.let(::hide)
    }

    private fun bringToFront(screen: Screen, intent: Intent) {
        log("${screen.activity.javaClass.simpleName} comes to the front")
        val below = screens.last()
        if (!isAway) below.controller.pause()
        screens.remove(screen)
        screens += screen
        isAway = false
        screen.controller.newIntent(intent)
        show(screen)
        hide(below)
    }

    private fun end(top: Screen) {
        screens.remove(top)
        val below = screens.lastOrNull()
        if (!isAway) top.controller.pause()
        below?.ended = top
        when {
            below == null -> isAway = true
            !isAway -> show(below)
        }
        if (top.activity.window.decorView.visibility == View.VISIBLE) hide(top)
        top.controller.destroy()
    }

    private fun show(screen: Screen) {
        screen.activity.window.decorView.visibility = View.VISIBLE
        screen.controller.restart().start()
        adapt(screen)
        val ended = screen.ended
        screen.ended = null
        if (ended != null && ended.requestCode != NO_RESULT) {
            val result = shadowOf(ended.activity)
            shadowOf(screen.activity).internalCallDispatchActivityResult(null, ended.requestCode, result.resultCode, result.resultIntent)
        }
        screen.controller.resume()
    }

    private fun hide(screen: Screen) {
        screen.controller.stop()
        screen.activity.window.decorView.visibility = View.INVISIBLE
    }

    private fun isTranslucent(screen: Screen): Boolean {
        val style = screen.activity.theme.obtainStyledAttributes(intArrayOf(android.R.attr.windowIsTranslucent))
        return style.getBoolean(0, false).also { style.recycle() }
    }

    private fun adapt(screen: Screen) {
        val before = screen.activity
        screen.controller.configurationChange()
        if (screen.activity !== before) screen.controller.visible()
    }

    /** Destroys the activities below the top that have finished. */
    private fun sweep() {
        screens.dropLast(1).filter { it.activity.isFinishing }.forEach {
            screens.remove(it)
            it.controller.destroy()
        }
    }

    private fun launcher(): Intent =
        checkNotNull(application.packageManager.getLaunchIntentForPackage(application.packageName)) { "the app's manifest has no launcher activity" }

    private companion object {
        /** The request code that Android uses for a plain `startActivity`. */
        const val NO_RESULT = -1
    }
}
