package dev.walletlock.android

import android.os.Build
import android.view.KeyEvent
import android.view.KeyboardShortcutGroup
import android.view.Menu
import android.view.MotionEvent
import android.view.Window
import android.view.accessibility.AccessibilityEvent

/** The window callback of a covered Activity. It swallows touches and keys, until [takeAwayFrom] lets them through again. */
internal class Barrier(private val behind: Window.Callback, private val onBack: () -> Unit) : Window.Callback by behind {
    /** True after [takeAwayFrom]. If other code has wrapped this callback, it stays in the window, and passes everything on. */
    private var isOpen = false

    fun takeAwayFrom(window: Window) {
        isOpen = true
        if (window.callback === this) window.callback = behind
    }

    override fun dispatchKeyEvent(event: KeyEvent): Boolean {
        if (isOpen) return behind.dispatchKeyEvent(event)
        if (event.keyCode == KeyEvent.KEYCODE_BACK && event.action == KeyEvent.ACTION_UP && !event.isCanceled) onBack()
        return true
    }

    override fun dispatchKeyShortcutEvent(event: KeyEvent): Boolean = !isOpen || behind.dispatchKeyShortcutEvent(event)

    override fun dispatchTouchEvent(event: MotionEvent): Boolean = !isOpen || behind.dispatchTouchEvent(event)

    override fun dispatchTrackballEvent(event: MotionEvent): Boolean = !isOpen || behind.dispatchTrackballEvent(event)

    override fun dispatchGenericMotionEvent(event: MotionEvent): Boolean = !isOpen || behind.dispatchGenericMotionEvent(event)

    override fun dispatchPopulateAccessibilityEvent(event: AccessibilityEvent): Boolean =
        !isOpen || behind.dispatchPopulateAccessibilityEvent(event)

    // Kotlin's `by` does not delegate the default methods of a Java interface.
    override fun onProvideKeyboardShortcuts(data: MutableList<KeyboardShortcutGroup>?, menu: Menu?, deviceId: Int) =
        behind.onProvideKeyboardShortcuts(data, menu, deviceId)

    override fun onPointerCaptureChanged(hasCapture: Boolean) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) behind.onPointerCaptureChanged(hasCapture)
    }
}
