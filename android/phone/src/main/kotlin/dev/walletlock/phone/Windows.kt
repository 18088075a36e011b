package dev.walletlock.phone

import android.graphics.Point
import android.graphics.Rect
import android.view.Gravity
import android.view.View
import android.view.ViewRootImpl
import android.view.WindowManager.LayoutParams
import android.view.inspector.WindowInspector
import org.robolectric.RuntimeEnvironment
import org.robolectric.util.ReflectionHelpers

/** The job of the window manager: which windows there are, the topmost last, where each is, and which has the focus. */
object Windows {
    val size: Point
        get() = RuntimeEnvironment.getApplication().resources.displayMetrics.let { Point(it.widthPixels, it.heightPixels) }

    fun shown(): List<View> = WindowInspector.getGlobalWindowViews().filter { it.visibility == View.VISIBLE && it.width > 0 }

    /** The topmost window that takes keys. */
    fun focused(): View? = shown().lastOrNull { !it.has(LayoutParams.FLAG_NOT_FOCUSABLE) }

    /** The topmost window that takes a touch at this place: a modal window also takes the touches outside it. */
    fun touched(x: Float, y: Float): View? = shown().lastOrNull { window ->
        val isInside = place(window).contains(x.toInt(), y.toInt())
        !window.has(LayoutParams.FLAG_NOT_TOUCHABLE) && (isInside || !window.has(LayoutParams.FLAG_NOT_TOUCH_MODAL))
    }

    /** Where the window is on the screen, by its gravity, which Robolectric's window manager ignores. */
    fun place(window: View): Rect {
        val parameters = window.parameters()
        val gravity = if (parameters.gravity == 0) Gravity.TOP or Gravity.START else parameters.gravity
        val screen = size.let { Rect(0, 0, it.x, it.y) }
        return Rect().also { Gravity.apply(gravity, window.width, window.height, screen, parameters.x, parameters.y, it) }
    }

    /** Gives the window focus to [focused], as the system does, and tells each window. A window without focus drops keys. */
    fun giveFocus() {
        val focused = focused()
        for (window in WindowInspector.getGlobalWindowViews()) {
            val root = window.viewRootImpl ?: continue
            if (root.willHaveFocus() != (window === focused)) root.windowFocusChanged(window === focused)
        }
    }

    /**
     * Whether the newest focus message to this window gave it the focus. The window may handle that message only at the next
     * frame, or before the next key.
     */
    private fun ViewRootImpl.willHaveFocus(): Boolean =
        if (ReflectionHelpers.getField(this, "mWindowFocusChanged")) {
            ReflectionHelpers.getField(this, "mUpcomingWindowFocus")
        } else {
            view?.hasWindowFocus() == true
        }
}

fun View.parameters(): LayoutParams = layoutParams as LayoutParams

fun View.has(flag: Int): Boolean = parameters().flags and flag != 0
