package dev.walletlock.phone

import android.os.SystemClock
import android.view.InputDevice
import android.view.KeyCharacterMap
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.view.inputmethod.EditorInfo

/** Input to the phone: a finger on the screen, a mouse wheel and a keyboard. */
class Input {
    /** Whether touches are marked as passed through another app's window (`FLAG_WINDOW_IS_OBSCURED`). */
    var areCovered = false
    private var downMs = 0L

    /** The window that gets the touches until the finger is lifted. */
    private var held: View? = null

    /** Sends a touch. [action] is a `MotionEvent.ACTION_*`; [x] and [y] are in pixels of the screen. */
    fun touch(action: Int, x: Float, y: Float) {
        val now = SystemClock.uptimeMillis()
        if (action == MotionEvent.ACTION_DOWN) {
            downMs = now
            held = Windows.touched(x, y)
        }
        val window = held ?: return
        if (action == MotionEvent.ACTION_UP || action == MotionEvent.ACTION_CANCEL) held = null
        send(window, action, x, y, InputDevice.SOURCE_TOUCHSCREEN, MotionEvent.TOOL_TYPE_FINGER)
    }

    /** Turns a mouse wheel by [notches] at a place in pixels of the screen. */
    fun scroll(x: Float, y: Float, notches: Float) {
        val window = Windows.touched(x, y) ?: return
        downMs = SystemClock.uptimeMillis()
        // Not from a mouse: such an event is for the view below the cursor, and Robolectric leaves the cursor at 0, 0.
        send(window, MotionEvent.ACTION_SCROLL, x, y, InputDevice.SOURCE_TOUCHSCREEN, MotionEvent.TOOL_TYPE_MOUSE, notches)
    }

    /** Presses and releases the key [code], a `KeyEvent.KEYCODE_*`. */
    fun key(code: Int) {
        // A window that was laid out a moment ago has no focus yet, and would drop the key.
        Windows.giveFocus()
        for (action in listOf(KeyEvent.ACTION_DOWN, KeyEvent.ACTION_UP)) {
            val now = SystemClock.uptimeMillis()
            val event = KeyEvent(now, now, action, code, 0, 0, KeyCharacterMap.VIRTUAL_KEYBOARD, 0)
            Windows.focused()?.viewRootImpl?.dispatchInputEvent(event)
        }
    }

    /** Types into the field that has the focus, as an input method does. If no field has it, sends only the digits, as keys. */
    fun type(text: String) {
        val field = Windows.focused()?.findFocus()?.takeIf(View::onCheckIsTextEditor)
        if (field != null) {
            field.onCreateInputConnection(EditorInfo())?.commitText(text, 1)
        } else {
            text.filter { it in '0'..'9' }.forEach { key(KeyEvent.KEYCODE_0 + it.digitToInt()) }
        }
    }

    private fun send(window: View, action: Int, x: Float, y: Float, source: Int, tool: Int, notches: Float = 0f) {
        val place = Windows.place(window)
        // Without an id a pointer scrolls nothing: -1 is the id of no pointer.
        val pointer = MotionEvent.PointerProperties().apply {
            id = 0
            toolType = tool
        }
        val point = MotionEvent.PointerCoords().apply {
            this.x = x - place.left
            this.y = y - place.top
            pressure = 1f
            size = 1f
            setAxisValue(MotionEvent.AXIS_VSCROLL, notches)
        }
        val flags = if (areCovered) MotionEvent.FLAG_WINDOW_IS_OBSCURED else 0
        val event = MotionEvent.obtain(
            downMs, SystemClock.uptimeMillis(), action, 1, arrayOf(pointer), arrayOf(point), 0, 0, 1f, 1f, 0, 0, source, flags,
        )
        window.viewRootImpl?.dispatchInputEvent(event)
    }
}
