package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.WhoLocked

// What the lock says, in the person's language. No text blames the person; each says what to do next.

/**
 * A lock as the screen shows it: picture, heading and explanation.
 *
 * @property headingWithoutClock the heading for a place that shows no countdown: its time is rounded up.
 * @property bodyWithoutClock the same of the explanation.
 */
internal class Notice(
    val icon: Int,
    val heading: String,
    val body: String,
    val headingWithoutClock: String = heading,
    val bodyWithoutClock: String = body,
)

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
    is LockStatus.Locked -> notice(status.reason).withPinIn(this, status.pinWaitMs)
    is LockStatus.Busy -> notice(R.drawable.walletlock_clock, R.string.walletlock_busy_now, R.string.walletlock_busy_now_body)
    is LockStatus.Wiped ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_wiped, R.string.walletlock_wiped_body)
}

/** The right PIN clears the lock, and may be entered after a wait of [waitMs]. Null: there is no such wait. */
private fun Notice.withPinIn(resources: Resources, waitMs: Long?): Notice {
    if (waitMs == null) return this
    fun later(time: String) = body + "\n" + resources.getString(R.string.walletlock_pin_later, time)
    return Notice(icon, heading, later(resources.inAboutWords(waitMs)), bodyWithoutClock = later(resources.inWords(waitMs)))
}

/** What stands above the pad while the right PIN clears the lock that stands. Null: no such lock stands. */
internal fun Resources.noticeAbovePad(status: LockStatus): Notice? {
    if (status !is LockStatus.Locked || !status.takesPin) return null
    val notice = notice(status.reason)
    val body = if (status.reason == LockReason.UNUSUAL_ACTIVITY) getString(R.string.walletlock_unusual_pin) else notice.body
    return Notice(notice.icon, notice.heading, body)
}

/** What stands above the message for whoever finds the phone. */
internal fun Resources.finderNotice(): Notice =
    notice(R.drawable.walletlock_phone, R.string.walletlock_finder_found, R.string.walletlock_finder_from)

/** Who locked it. Null: the heading says it already. */
internal fun Resources.whoLocked(status: LockStatus.Locked): String? = when (status.by) {
    WhoLocked.PHONE -> R.string.walletlock_by_phone
    WhoLocked.OWNER -> R.string.walletlock_by_you.takeIf { status.reason != LockReason.LOCKED_BY_OWNER }
    WhoLocked.ACCOUNT -> R.string.walletlock_by_account
    WhoLocked.PROVIDER -> R.string.walletlock_by_provider.takeIf { status.reason != LockReason.PROVIDER_ORDER }
}?.let(::getString)

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
