package dev.walletlock.android

import android.os.SystemClock
import android.view.MotionEvent
import android.view.View

/** Puts a finger down and up again. [flags] say whether windows cover this one. Returns whether the touch was taken. */
fun View.touch(flags: Int = 0, x: Float = width / 2f, y: Float = height / 2f): Boolean {
    val now = SystemClock.uptimeMillis()
    val taken = listOf(MotionEvent.ACTION_DOWN, MotionEvent.ACTION_UP).map { action ->
        val properties = MotionEvent.PointerProperties().apply { toolType = MotionEvent.TOOL_TYPE_FINGER }
        val place = MotionEvent.PointerCoords().apply {
            this.x = x
            this.y = y
            pressure = 1f
        }
        val event = MotionEvent.obtain(
            now, now, action, 1, arrayOf(properties), arrayOf(place), 0, 0, 1f, 1f, 0, 0, 0, flags,
        )
        dispatchTouchEvent(event).also { event.recycle() }
    }
    TestWallet.settle()
    return taken.first()
}

fun View.touchThroughAnother(): Boolean = touch(MotionEvent.FLAG_WINDOW_IS_OBSCURED)
