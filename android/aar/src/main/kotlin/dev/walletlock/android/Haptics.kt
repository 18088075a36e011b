package dev.walletlock.android

import android.os.Build
import android.view.HapticFeedbackConstants
import android.view.View

// Haptic feedback. The system gives none if the person has switched it off.

internal fun View.keyHaptic() {
    performHapticFeedback(HapticFeedbackConstants.KEYBOARD_TAP)
}

internal fun View.confirmHaptic() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) performHapticFeedback(HapticFeedbackConstants.CONFIRM)
}

internal fun View.rejectHaptic() {
    val isNew = Build.VERSION.SDK_INT >= Build.VERSION_CODES.R
    performHapticFeedback(if (isNew) HapticFeedbackConstants.REJECT else HapticFeedbackConstants.LONG_PRESS)
}
