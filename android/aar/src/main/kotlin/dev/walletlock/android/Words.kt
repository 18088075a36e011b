package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.BiometricDenial
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.LockReason
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal
import dev.walletlock.WhoLocked

// What the lock says, in the words of the person's language. None of them blames; each says what to do next.

/** A kind of lock on the screen: its picture, its name, what it means, and the name without a clock beside it. */
internal class Notice(val icon: Int, val heading: String, val body: String, val alone: String = heading)

internal fun Resources.notice(status: LockStatus): Notice = when (status) {
    is LockStatus.Unconfigured ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_no_pin, R.string.walletlock_no_pin_body)
    is LockStatus.Ready ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_ready, R.string.walletlock_ready_body)
    is LockStatus.CoolingDown -> Notice(
        R.drawable.walletlock_clock,
        getString(R.string.walletlock_try_again, inAboutWords(status.remainingMs)),
        listOfNotNull(getString(R.string.walletlock_cooling_down_body), status.triesLeft?.let(::triesThen))
            .joinToString("\n"),
        alone = getString(R.string.walletlock_try_again, inWords(status.remainingMs)),
    )
    is LockStatus.Locked -> when (status.by) {
        // Each of these says that the phone did it.
        WhoLocked.PHONE -> notice(status.reason)
    }
    is LockStatus.Busy -> notice(R.drawable.walletlock_clock, R.string.walletlock_busy_now, R.string.walletlock_busy_now_body)
    is LockStatus.Wiped ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_wiped, R.string.walletlock_wiped_body)
}

private fun Resources.notice(reason: LockReason): Notice = when (reason) {
    LockReason.TOO_MANY_ATTEMPTS ->
        notice(R.drawable.walletlock_padlock, R.string.walletlock_too_many, R.string.walletlock_too_many_body)
    LockReason.UNTIL_RESTART ->
        notice(R.drawable.walletlock_restart, R.string.walletlock_until_restart, R.string.walletlock_until_restart_body)
    LockReason.DATA_DAMAGED ->
        notice(R.drawable.walletlock_damaged, R.string.walletlock_damaged, R.string.walletlock_damaged_body)
}

internal fun Resources.notice(trouble: LockTrouble): Notice =
    Notice(R.drawable.walletlock_damaged, getString(R.string.walletlock_trouble), words(trouble))

private fun Resources.words(trouble: LockTrouble): String =
    getString(R.string.walletlock_with_code, getString(trouble.words), trouble.code)

private fun Resources.notice(icon: Int, heading: Int, body: Int) = Notice(icon, getString(heading), getString(body))

/** What was answered, and whether it warns. Null: what there is to say is on the screen already. */
private fun Resources.answer(answer: Unlocking.Answer): Pair<String, Boolean>? = when (answer) {
    is Unlocking.Answer.Refused -> answer(answer.refusal) to true
    is Unlocking.Answer.Fault -> words(answer.fault) to true
    // It is no mistake: the PIN does as well.
    is Unlocking.Answer.NotByBiometrics -> wordsOf(answer.outcome)?.let { getString(it) to false }
}

private fun wordsOf(outcome: BiometricOutcome): Int? = when (outcome) {
    is BiometricOutcome.Unlocked -> null
    is BiometricOutcome.NotRecognised -> R.string.walletlock_biometric_not_recognised
    is BiometricOutcome.Ended -> wordsOf(outcome.end)
    is BiometricOutcome.Denied -> wordsOf(outcome.reason)
    is BiometricOutcome.NoVerdict ->
        // Another prompt is on the screen.
        if (outcome.cause is NoVerdictCause.TryAgain) null else R.string.walletlock_biometric_no_answer
}

private fun wordsOf(end: BiometricEnd): Int? = when (end) {
    // Who put it away knows that.
    BiometricEnd.CANCELLED_BY_PERSON, BiometricEnd.CANCELLED_BY_SYSTEM, BiometricEnd.TIMED_OUT -> null
    BiometricEnd.NONE_ENROLLED, BiometricEnd.NO_HARDWARE -> null
    BiometricEnd.LOCKED_OUT, BiometricEnd.LOCKED_OUT_FOR_GOOD -> R.string.walletlock_biometric_too_many
    BiometricEnd.KEY_INVALIDATED -> R.string.walletlock_biometric_changed
    BiometricEnd.NO_VERDICT -> R.string.walletlock_biometric_no_answer
}

/** Only what the person would wonder about: whoever has set it up, and it is not there. */
private fun wordsOf(reason: BiometricDenial): Int? = when (reason) {
    BiometricDenial.LOCKED, BiometricDenial.SWITCHED_OFF, BiometricDenial.NOT_SUPPORTED -> null
    BiometricDenial.NO_HARDWARE, BiometricDenial.NONE_ENROLLED, BiometricDenial.BUSY -> null
    BiometricDenial.ENROLMENT_CHANGED -> R.string.walletlock_biometric_changed
    BiometricDenial.OFF_AFTER_FAILURES -> R.string.walletlock_biometric_off
    BiometricDenial.TOO_MANY_FAILURES -> R.string.walletlock_biometric_too_many
    BiometricDenial.FIRST_UNLOCK -> R.string.walletlock_biometric_restarted
    BiometricDenial.PIN_TOO_LONG_AGO, BiometricDenial.TOO_MANY_USES -> R.string.walletlock_biometric_pin_due
    BiometricDenial.OVER_BUDGET, BiometricDenial.RISK_RAISED -> R.string.walletlock_biometric_pin_due
}

private fun Resources.answer(refusal: Refusal): String = when (refusal) {
    is PinOutcome.Wrong -> wrong(refusal)
    is PinOutcome.Locked -> notice(refusal.status).alone
    is PinOutcome.NoVerdict -> when (val cause = refusal.cause) {
        is NoVerdictCause.NotAPin -> getString(R.string.walletlock_too_short)
        is NoVerdictCause.TryAgain, is NoVerdictCause.NoMemory -> getString(R.string.walletlock_busy)
        is NoVerdictCause.Storage, is NoVerdictCause.Platform, is NoVerdictCause.DeviceKey ->
            LockTrouble.of(cause)?.let(::words) ?: getString(R.string.walletlock_busy)
    }
}

private fun Resources.wrong(wrong: PinOutcome.Wrong): String {
    val tries = wrong.triesLeft
    return when {
        wrong.repeated -> getString(R.string.walletlock_repeated)
        tries == null -> getString(R.string.walletlock_wrong)
        else -> getQuantityString(R.plurals.walletlock_wrong_tries, tries, tries)
    }
}

/** Told beforehand only when it matters: who has plenty should not count them. */
private fun Resources.triesLeft(status: LockStatus?): String {
    val tries = (status as? LockStatus.Ready)?.triesLeft ?: return ""
    return if (tries > FEW_TRIES) "" else getQuantityString(R.plurals.walletlock_tries, tries, tries)
}

private fun Resources.triesThen(tries: Int): String =
    getQuantityString(R.plurals.walletlock_tries_then, tries, tries)

/**
 * The line under the dots, and whether it warns: what is in the way first, then what was just [said] or answered.
 */
internal fun Resources.padWords(
    isCovered: Boolean,
    isChecking: Boolean,
    status: LockStatus?,
    said: Pair<CharSequence, Boolean>?,
    answer: Unlocking.Answer?,
): Pair<CharSequence, Boolean> = when {
    isCovered -> getString(R.string.walletlock_covered) to true
    isChecking -> getString(R.string.walletlock_checking) to false
    status != null && status !is LockStatus.Ready -> notice(status).alone to false
    said != null -> said
    else -> answer?.let(::answer) ?: (triesLeft(status) to false)
}

private const val FEW_TRIES = 3
