package dev.walletlock.android

import android.content.res.Resources

/**
 * When a wait of this length is over, as people say it: 'in 4 minutes', '4 分钟后'.
 *
 * One unit, rounded up, so that nobody is told to come back too early.
 */
internal fun Resources.inWords(waitMs: Long): String {
    val seconds = waitMs.coerceAtLeast(0).roundedUp(SECOND_MS)
    val minutes = seconds.roundedUp(SECONDS_IN_MINUTE)
    val hours = minutes.roundedUp(MINUTES_IN_HOUR)
    return when {
        seconds < SECONDS_IN_MINUTE -> counted(R.plurals.walletlock_in_seconds, seconds)
        minutes < MINUTES_IN_HOUR -> counted(R.plurals.walletlock_in_minutes, minutes)
        hours < HOURS_IN_DAY -> counted(R.plurals.walletlock_in_hours, hours)
        else -> counted(R.plurals.walletlock_in_days, hours.roundedUp(HOURS_IN_DAY))
    }
}

/** Like [inWords], but beside a [clock] that shows the rest: from a minute to a day it is rounded to the nearest unit. */
internal fun Resources.inAboutWords(waitMs: Long): String {
    val unit = when {
        waitMs < MINUTE_MS -> return inWords(waitMs)
        waitMs < HOUR_MS -> MINUTE_MS
        waitMs < DAY_MS -> HOUR_MS
        else -> return inWords(waitMs)
    }
    return inWords((waitMs + unit / 2) / unit * unit)
}

/**
 * The time left as a countdown: '4:12', '11:59:59'. Null for a day and more, because nobody watches that.
 *
 * Rounded up to the second, and in the digits of the language.
 */
internal fun clock(waitMs: Long): String? {
    val seconds = waitMs.coerceAtLeast(0).roundedUp(SECOND_MS)
    val minutes = seconds / SECONDS_IN_MINUTE
    val hours = minutes / MINUTES_IN_HOUR
    return when {
        hours >= HOURS_IN_DAY -> null
        hours > 0 -> "%d:%02d:%02d".format(hours, minutes % MINUTES_IN_HOUR, seconds % SECONDS_IN_MINUTE)
        else -> "%d:%02d".format(minutes, seconds % SECONDS_IN_MINUTE)
    }
}

private fun Resources.counted(plural: Int, count: Long): String =
    getQuantityString(plural, count.coerceAtMost(Int.MAX_VALUE.toLong()).toInt(), count)

/** Rounds up without adding `unit - 1`, which could overflow. */
private fun Long.roundedUp(unit: Long): Long = this / unit + if (this % unit == 0L) 0 else 1

private const val SECOND_MS = 1_000L
private const val MINUTE_MS = 60_000L
private const val HOUR_MS = 3_600_000L
private const val DAY_MS = 86_400_000L
private const val SECONDS_IN_MINUTE = 60L
private const val MINUTES_IN_HOUR = 60L
private const val HOURS_IN_DAY = 24L
