package dev.walletlock.android

import android.animation.ValueAnimator
import android.content.Context
import android.graphics.Typeface
import android.os.Build
import android.provider.Settings
import android.view.View
import kotlin.math.roundToInt

internal fun Context.dp(value: Int): Int = (value * resources.displayMetrics.density).roundToInt()

internal fun View.dp(value: Int): Int = context.dp(value)

/** Whether this person wants things to move. */
internal fun Context.animates(): Boolean =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
        ValueAnimator.areAnimatorsEnabled()
    } else {
        Settings.Global.getFloat(contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) != 0f
    }

/** For headings and buttons. */
internal val MEDIUM: Typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL)
