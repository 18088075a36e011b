package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.Enough
import dev.walletlock.RecoveryProgress
import dev.walletlock.RecoveryWay
import dev.walletlock.WayKind
import dev.walletlock.WayState

// The words about getting back in, in the person's language. None of them says which of several proofs was wrong.

/** What is missing, and why. [passedMs]: how long ago [progress] was read. */
internal fun Resources.notice(standing: Standing, progress: RecoveryProgress, passedMs: Long): Notice = when (standing) {
    Standing.NEW_PIN ->
        notice(R.drawable.walletlock_done, R.string.walletlock_back_enough, R.string.walletlock_back_enough_body)
    Standing.MORE_TRIES ->
        notice(R.drawable.walletlock_done, R.string.walletlock_back_enough, R.string.walletlock_back_tries_body)
    Standing.WAITS -> {
        val left = progress.waitMs(passedMs) ?: 0
        Notice(
            R.drawable.walletlock_clock,
            getString(R.string.walletlock_back_waits, inAboutWords(left)),
            getString(R.string.walletlock_back_waits_body),
            headingWithoutClock = getString(R.string.walletlock_back_waits, inWords(left)),
        )
    }
    Standing.ONE_MORE ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_back_one_more, R.string.walletlock_back_one_more_body)
    Standing.TWO_MORE -> {
        val hasCode = progress.ways.any { it.kind == WayKind.RECOVERY_CODE }
        val body = if (hasCode) R.string.walletlock_back_two_more_body else R.string.walletlock_back_two_more_no_code
        notice(R.drawable.walletlock_padlock, R.string.walletlock_back_two_more, body)
    }
    Standing.ONLY_CODE ->
        notice(R.drawable.walletlock_paper, R.string.walletlock_back_only_code, R.string.walletlock_back_only_code_body)
    Standing.NOTHING -> leftNotice(isNothing = true)
}

/** What is left if no way reaches the person. [isNothing]: there is no way. */
internal fun Resources.leftNotice(isNothing: Boolean): Notice =
    if (isNothing) {
        notice(R.drawable.walletlock_damaged, R.string.walletlock_back_nothing, R.string.walletlock_back_nothing_body)
    } else {
        notice(R.drawable.walletlock_phone, R.string.walletlock_back_left, R.string.walletlock_back_left_body)
    }

internal fun Resources.cancelNotice(): Notice =
    notice(R.drawable.walletlock_padlock, R.string.walletlock_back_cancel, R.string.walletlock_back_cancel_body)

internal fun Resources.pauseNotice(): Notice =
    notice(R.drawable.walletlock_padlock, R.string.walletlock_back_pause, R.string.walletlock_back_pause_body)

/** How long what was proven has to wait. Null: it does not wait. */
internal fun RecoveryProgress.waitMs(passedMs: Long): Long? =
    (enough as? Enough.After)?.let { (it.leftMs - passedMs).coerceAtLeast(0) }

internal fun Resources.titleOf(kind: WayKind): String = getString(
    when (kind) {
        WayKind.RECOVERY_CODE -> R.string.walletlock_recovery_code
        WayKind.SMS -> R.string.walletlock_way_sms
        WayKind.MAIL -> R.string.walletlock_way_mail
        WayKind.BACKUP_MAIL -> R.string.walletlock_way_backup_mail
        WayKind.AUTHENTICATOR -> R.string.walletlock_way_authenticator
        WayKind.PERSON -> R.string.walletlock_way_person
    },
)

/** What a row says below the name of the way. [isChoice]: the row is one to cancel or to pause with. */
internal fun Resources.bodyOf(way: RecoveryWay, passedMs: Long, isChoice: Boolean): String {
    val mask = isolatedNumber(way.mask)
    val state = when (val now = way.state) {
        is WayState.Available -> available(way.kind, mask, isChoice)
        is WayState.Sent -> {
            val left = (now.validForMs - passedMs).coerceAtLeast(MINUTE_MS)
            sentences(getString(R.string.walletlock_way_sent, mask), getString(R.string.walletlock_sent_valid, inWords(left)))
        }
        is WayState.Waiting -> {
            val later = getString(R.string.walletlock_way_later, inWords((now.leftMs - passedMs).coerceAtLeast(MINUTE_MS)))
            if (way.mask.isEmpty()) later else mask + "\n" + later
        }
        is WayState.Proven ->
            if (isChoice) {
                available(way.kind, mask, isChoice = true)
            } else {
                listOf(mask, getString(R.string.walletlock_way_proven)).filter { it.isNotEmpty() }.joinToString("\n")
            }
    }
    return if (way.isStale && way.state !is WayState.Proven) state + "\n" + getString(R.string.walletlock_way_stale) else state
}

private fun Resources.available(kind: WayKind, mask: String, isChoice: Boolean): String = when (kind) {
    WayKind.RECOVERY_CODE -> getString(R.string.walletlock_way_code_body)
    WayKind.SMS -> getString(R.string.walletlock_way_sms_body, mask)
    WayKind.MAIL, WayKind.BACKUP_MAIL -> getString(R.string.walletlock_way_mail_body, mask)
    WayKind.AUTHENTICATOR -> getString(R.string.walletlock_way_authenticator_body)
    WayKind.PERSON -> getString(if (isChoice) R.string.walletlock_way_person_cancels else R.string.walletlock_way_person_body)
}

/** The page that asks for the code of [way]. */
internal fun Resources.codePage(way: RecoveryWay, cancels: Boolean, isBusy: Boolean): CodePage =
    if (way.kind == WayKind.AUTHENTICATOR) authenticatorPage(way.state, isBusy) else sentPage(way, cancels, isBusy)

/** The page that asks for a code of the authenticator app. */
internal fun Resources.authenticatorPage(state: WayState, isBusy: Boolean): CodePage {
    val waits = (state as? WayState.Waiting)?.leftMs
    return CodePage(
        title = getString(R.string.walletlock_authenticator_enter),
        body = getString(if (waits == null) R.string.walletlock_authenticator_body else R.string.walletlock_back_too_many),
        isBusy = isBusy,
        takesDigits = waits == null,
        waitMs = waits,
    )
}

private fun Resources.sentPage(way: RecoveryWay, cancels: Boolean, isBusy: Boolean): CodePage {
    val to = getString(R.string.walletlock_back_to, isolatedNumber(way.mask))
    val title = getString(R.string.walletlock_back_enter)
    val isMail = way.kind.isMail
    return when (val now = way.state) {
        is WayState.Sent -> CodePage(
            title,
            to,
            validForMs = now.validForMs,
            triesLeft = now.triesLeft,
            isBusy = isBusy,
            resendAfterMs = now.resendAfterMs,
            offersLink = isMail,
        )
        is WayState.Waiting -> CodePage(
            title,
            getString(R.string.walletlock_back_too_many),
            isBusy = isBusy,
            takesDigits = false,
            resendAfterMs = now.leftMs,
            send = R.string.walletlock_back_send,
        )
        is WayState.Available, is WayState.Proven -> CodePage(
            title,
            getString(R.string.walletlock_back_not_sent, isolatedNumber(way.mask)),
            isBusy = isBusy,
            // While it counts as proven, the lock does not say whether a code was sent.
            takesDigits = cancels && now is WayState.Proven,
            resendAfterMs = 0,
            send = R.string.walletlock_back_send,
            offersLink = isMail && cancels && now is WayState.Proven,
        )
    }
}

internal fun Resources.words(note: GetBackNote): String = when (note) {
    is GetBackNote.WrongCode -> getString(R.string.walletlock_back_wrong)
    is GetBackNote.WrongFactor -> sentences(
        getString(R.string.walletlock_back_wrong),
        getQuantityString(R.plurals.walletlock_sent_tries, note.triesLeft, note.triesLeft),
    )
    is GetBackNote.Wait -> getString(R.string.walletlock_back_wait, inWords(note.leftMs))
    is GetBackNote.NoCode -> getString(R.string.walletlock_back_none)
    is GetBackNote.LinkNotOpened -> getString(R.string.walletlock_back_link_not)
    is GetBackNote.NotReached -> getString(R.string.walletlock_provider_not_reached)
    is GetBackNote.Later -> getString(R.string.walletlock_back_later)
    is GetBackNote.Refused -> getString(R.string.walletlock_provider_refused)
    is GetBackNote.WrongAnswer -> getString(R.string.walletlock_back_wrong_answer)
    is GetBackNote.CannotCancel -> getString(R.string.walletlock_back_cannot_cancel)
    is GetBackNote.Cancelled -> getString(R.string.walletlock_back_cancelled)
    is GetBackNote.Paused -> getString(R.string.walletlock_back_paused)
    is GetBackNote.Failed -> words(note.trouble)
    is GetBackNote.Provider -> getString(note.words)
}

/** Sentences, one after the other, with what the language puts between them. */
internal fun Resources.sentences(vararg all: String?): String =
    all.filterNotNull().filter { it.isNotEmpty() }.joinToString(getString(R.string.walletlock_between_sentences))

private fun Resources.notice(icon: Int, heading: Int, body: Int) = Notice(icon, getString(heading), getString(body))

private const val MINUTE_MS = 60_000L
