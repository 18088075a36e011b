package dev.walletlock.android

import android.os.Build
import android.view.MotionEvent
import android.view.View

/** Of everything that reads screens, only what reads them aloud to somebody gets to see this one. */
internal fun View.keepToPeople() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
        importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO_EXCLUDE_DESCENDANTS
    }
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
        importantForContentCapture = View.IMPORTANT_FOR_CONTENT_CAPTURE_NO_EXCLUDE_DESCENDANTS
    }
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
        setAccessibilityDataSensitive(View.ACCESSIBILITY_DATA_SENSITIVE_YES)
    }
}

/** Whether it came through something that lies over the window, or over another part of it: it may not be meant for us. */
internal fun MotionEvent.isCovered(): Boolean {
    val partly =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED else 0
    return flags and (MotionEvent.FLAG_WINDOW_IS_OBSCURED or partly) != 0
}
