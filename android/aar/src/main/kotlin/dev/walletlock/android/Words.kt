package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.LockReason
import dev.walletlock.LockStatus

// What the lock says, in the person's language. No text blames the person; each says what to do next.

/**
 * A lock as the screen shows it: picture, heading and explanation.
 *
 * @property headingWithoutClock the heading for a place that shows no countdown: its time is rounded up.
 */
internal class Notice(val icon: Int, val heading: String, val body: String, val headingWithoutClock: String = heading)

/** [erasesLast]: the last wrong PIN wipes the wallet. */
internal fun Resources.notice(status: LockStatus, erasesLast: Boolean = false): Notice = when (status) {
    is LockStatus.Unconfigured ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_no_pin, R.string.walletlock_no_pin_body)
    is LockStatus.Ready ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_ready, R.string.walletlock_ready_body)
    is LockStatus.CoolingDown -> Notice(
        R.drawable.walletlock_clock,
        getString(R.string.walletlock_try_again, inAboutWords(status.remainingMs)),
        listOfNotNull(
            getString(R.string.walletlock_cooling_down_body),
            status.triesLeft?.let { triesThen(it, erasesLast) },
        ).joinToString("\n"),
        headingWithoutClock = getString(R.string.walletlock_try_again, inWords(status.remainingMs)),
    )
    // The text of each reason says who locked the wallet.
    is LockStatus.Locked -> notice(status.reason)
    is LockStatus.Busy -> notice(R.drawable.walletlock_clock, R.string.walletlock_busy_now, R.string.walletlock_busy_now_body)
    is LockStatus.Wiped ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_wiped, R.string.walletlock_wiped_body)
}

private fun Resources.notice(reason: LockReason): Notice = when (reason) {
    LockReason.TOO_MANY_ATTEMPTS ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_too_many, R.string.walletlock_too_many_body)
    LockReason.UNTIL_RESTART ->
        notice(R.drawable.walletlock_restart, R.string.walletlock_until_restart, R.string.walletlock_until_restart_body)
    // With the same code that this fault has when it is shown as a LockTrouble.
    LockReason.DATA_DAMAGED -> Notice(
        R.drawable.walletlock_damaged,
        getString(R.string.walletlock_damaged),
        words(LockTrouble.DAMAGED),
    )
    LockReason.LOST_OR_STOLEN ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_lost, R.string.walletlock_lost_body)
    LockReason.PROVIDER_ORDER ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_ordered, R.string.walletlock_ordered_body)
    LockReason.LOCKED_BY_OWNER ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_by_owner, R.string.walletlock_by_owner_body)
    LockReason.UNUSUAL_ACTIVITY ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_unusual, R.string.walletlock_unusual_body)
    LockReason.HEARTBEAT_EXPIRED ->
        notice(R.drawable.walletlock_clock, R.string.walletlock_no_heartbeat, R.string.walletlock_no_heartbeat_body)
}

internal fun Resources.notice(trouble: LockTrouble): Notice =
    Notice(R.drawable.walletlock_damaged, getString(R.string.walletlock_trouble), words(trouble))

internal fun Resources.words(trouble: LockTrouble): String =
    getString(R.string.walletlock_with_code, getString(trouble.words), trouble.code)

private fun Resources.notice(icon: Int, heading: Int, body: Int) = Notice(icon, getString(heading), getString(body))

private fun Resources.triesThen(tries: Int, erasesLast: Boolean): String =
    if (tries == 1 && erasesLast) {
        getString(R.string.walletlock_then_last_erases)
    } else {
        getQuantityString(R.plurals.walletlock_tries_then, tries, tries)
    }
