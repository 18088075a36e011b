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

/** Whether animations are switched on in the phone's settings. */
internal fun Context.animates(): Boolean =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
        ValueAnimator.areAnimatorsEnabled()
    } else {
        Settings.Global.getFloat(contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) != 0f
    }

/**
 * The medium weight, for headings and buttons. Not in languages whose script has only one weight on phones: digits between
 * such letters would be bolder than the letters.
 */
internal fun Context.medium(): Typeface {
    val language = resources.configuration.locales[0].language
    return if (language in ONE_WEIGHT) Typeface.DEFAULT else Typeface.create("sans-serif-medium", Typeface.NORMAL)
}

private val ONE_WEIGHT = setOf("zh", "ja", "ko")
