package dev.walletlock.android

import android.os.Build
import android.view.HapticFeedbackConstants
import android.view.View

// Haptic feedback. The system gives none if the person has switched it off.

internal fun View.feelKey() {
    performHapticFeedback(HapticFeedbackConstants.KEYBOARD_TAP)
}

internal fun View.feelYes() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) performHapticFeedback(HapticFeedbackConstants.CONFIRM)
}

internal fun View.feelNo() {
    val isNew = Build.VERSION.SDK_INT >= Build.VERSION_CODES.R
    performHapticFeedback(if (isNew) HapticFeedbackConstants.REJECT else HapticFeedbackConstants.LONG_PRESS)
}
