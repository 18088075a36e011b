package dev.walletlock.phone

import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView

/** A view with a label, and its middle in pixels of the screen: for tests, which find what to touch by its label. */
data class Place(val label: String, val x: Int, val y: Int, val canTouch: Boolean)

object Places {
    /**
     * All visible views with a label, those of the topmost window last. None while views wait to be laid out: until then they say where they
     * were.
     */
    fun all(): List<Place> {
        val windows = Windows.shown()
        if (windows.any(View::isLayoutRequested)) return emptyList()
        return windows.flatMap { window -> window.tree().filter { it.isShown && it.width > 0 }.mapNotNull(::place) }
    }

    /** Whether a view is still drawn as pressed. It is until it has handled its click. */
    fun isAnyPressed(): Boolean = Windows.shown().any { window -> window.tree().any(View::isPressed) }

    private fun place(view: View): Place? {
        val text = (view as? TextView)?.let { if (it is EditText) it.hint else it.text }
        val label = (view.contentDescription ?: text)?.toString()?.takeIf { it.isNotBlank() } ?: return null
        val at = IntArray(2).also(view::getLocationInWindow)
        val window = Windows.place(view.rootView)
        return Place(label, window.left + at[0] + view.width / 2, window.top + at[1] + view.height / 2, canTouch(view))
    }

    /** Whether a touch on the view has an effect. A parent may take the touch: the text of a row is inside the row. */
    private fun canTouch(view: View): Boolean {
        val touched = generateSequence(view) { it.parent as? View }.firstOrNull { it.isClickable || it is EditText }
        return touched?.isEnabled == true
    }

    private fun View.tree(): List<View> =
        listOf(this) + ((this as? ViewGroup)?.let { group -> (0 until group.childCount).flatMap { group.getChildAt(it).tree() } }.orEmpty())
}
