package dev.walletlock.android

import android.app.Activity
import android.view.View
import android.view.ViewGroup
import android.view.ViewTreeObserver
import java.util.WeakHashMap

/**
 * Hides one window. An Activity's window shows only its background; a dialog's or popup's window is gone, as after
 * `Dialog.hide`. Views that are not visible get no touch, no key and no focus, and accessibility services do not find them.
 *
 * The window stays hidden, whatever the app does to its views meanwhile: this is checked before each frame is drawn.
 *
 * @param activity the Activity that owns the window. Null: it is the window of a dialog or popup.
 * @param onDrawn called before each frame, and when the window gets or loses the focus: the app may have opened another window.
 */
internal class HiddenWindow(
    private val root: View,
    private val activity: Activity?,
    private val onDrawn: () -> Unit,
) : ViewTreeObserver.OnPreDrawListener, ViewTreeObserver.OnWindowFocusChangeListener {
    private val before = WeakHashMap<View, Int>()
    private val barrier = activity?.window?.let { window ->
        Barrier(window.callback) { activity.moveTaskToBack(true) }.also { window.callback = it }
    }

    private val giveBackAgain = activity?.takeBack { activity.moveTaskToBack(true) }

    init {
        hide()
        root.viewTreeObserver.addOnPreDrawListener(this)
        root.viewTreeObserver.addOnWindowFocusChangeListener(this)
    }

    override fun onPreDraw(): Boolean {
        // If something had to be hidden, this frame is not drawn. The next frame is drawn without it.
        val wasSeen = hide()
        onDrawn()
        return !wasSeen
    }

    override fun onWindowFocusChanged(hasFocus: Boolean): Unit = onDrawn()

    /** Hides what is visible. Returns whether anything was. */
    fun hide(): Boolean {
        val seen = parts().filter { it.visibility == View.VISIBLE }
        seen.forEach {
            before[it] = it.visibility
            it.visibility = hidden
        }
        return seen.isNotEmpty()
    }

    /**
     * Shows again what was hidden here. What the app has made `GONE` in its Activity meanwhile stays so. A dialog that the app
     * has hidden meanwhile comes back, because it cannot be told from one that was hidden here; a dismissed one does not.
     */
    fun show() {
        root.viewTreeObserver.removeOnPreDrawListener(this)
        root.viewTreeObserver.removeOnWindowFocusChangeListener(this)
        for ((view, visibility) in before) if (view.visibility == hidden) view.visibility = visibility
        activity?.let { barrier?.takeAwayFrom(it.window) }
        giveBackAgain?.invoke()
    }

    /**
     * The views to hide. Of an Activity's window these are the root view's children: Android itself makes the root view
     * visible again and again, and waits until it is drawn.
     */
    private fun parts(): List<View> =
        if (activity == null || root !is ViewGroup) listOf(root) else (0 until root.childCount).map(root::getChildAt)

    /** `GONE` for the window of a dialog or popup, as `Dialog.hide` does: then the dim behind it goes too. */
    private val hidden: Int get() = if (activity == null) View.GONE else View.INVISIBLE
}
