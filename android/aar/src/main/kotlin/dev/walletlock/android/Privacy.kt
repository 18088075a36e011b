package dev.walletlock.android

import android.os.Build
import android.view.MotionEvent
import android.view.View

/**
 * Hides this view from autofill (Android 8 on), from content capture (11 on), and from accessibility services that do not
 * declare themselves accessibility tools (14 on). Screen readers can still read it.
 */
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

/**
 * Whether another window covers ours, at the touched place or, as Android 10 and later report, elsewhere. Then the person may
 * not have meant this touch for us.
 */
internal fun MotionEvent.isCovered(): Boolean {
    val partly =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED else 0
    return isCoveredHere() || flags and partly != 0
}

/** Whether another window covers ours at the touched place. */
internal fun MotionEvent.isCoveredHere(): Boolean = flags and MotionEvent.FLAG_WINDOW_IS_OBSCURED != 0
