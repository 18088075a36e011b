package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.BiometricDenial
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.LockStatus
import dev.walletlock.NoVerdictCause
import dev.walletlock.PinOutcome
import dev.walletlock.Refusal

// What the pad says before a try, and about its outcome.

/** What the pad was told to say. [isWarning], [isError], [isWrong]: as in [PadWords]. */
internal class Said(val text: CharSequence, val isWarning: Boolean, val isError: Boolean, val isWrong: Boolean = false)

/** The [title] above the dots, and the [text] below them. */
internal class PadWords(
    val title: CharSequence,
    val text: CharSequence,
    /** The title at other times. The space that it needs is kept free. */
    val usualTitle: CharSequence = title,
    /** The text is a warning, and has the error colour. */
    val isWarning: Boolean = false,
    /** What was typed was not accepted: the dots have the error colour. */
    val isError: Boolean = false,
    /** The PIN was wrong: 'Forgot PIN?' stands out, for people who have forgotten theirs. */
    val isWrong: Boolean = false,
    /** The text changes each second. */
    val isTicking: Boolean = false,
    /** A screen reader interrupts what it is saying, and reads the text. */
    val isUrgent: Boolean = isWarning,
)

/** Chooses the words: first what prevents a try, then what was just [said] or answered, then how many tries are left. */
internal fun Resources.padWords(
    title: CharSequence,
    isCovered: Boolean,
    isChecking: Boolean,
    binding: PadBinding,
    said: Said?,
): PadWords {
    val status = binding.status
    val answer = binding.unlocking?.answer
    return when {
        isCovered -> PadWords(title, getString(R.string.walletlock_covered), isWarning = true)
        isChecking -> PadWords(getString(R.string.walletlock_checking), "", usualTitle = title)
        status != null && !status.takesPin ->
            PadWords(title, notice(status).headingWithoutClock, isTicking = status is LockStatus.CoolingDown)
        said != null ->
            PadWords(title, said.text, isWarning = said.isWarning, isError = said.isError, isWrong = said.isWrong, isUrgent = said.isError)
        else -> answer?.let { answered(title, it, binding.erasesLast) }
            ?: PadWords(title, triesLeft(status, binding.erasesLast))
    }
}

/** The words for an [answer]. Null: there is nothing to say that is not on the screen already. */
internal fun Resources.answered(title: CharSequence, answer: Unlocking.Answer, erasesLast: Boolean): PadWords? = when (answer) {
    is Unlocking.Answer.Refused -> PadWords(
        title,
        answer(answer.refusal, erasesLast),
        isWarning = true,
        isError = true,
        isWrong = answer.refusal is PinOutcome.Wrong,
    )
    is Unlocking.Answer.Fault -> PadWords(title, words(answer.fault), isWarning = true, isError = true)
    // No warning: the person has made no mistake, and can enter the PIN instead.
    is Unlocking.Answer.NotByBiometrics -> biometricWords(answer.outcome)?.let { PadWords(title, getString(it)) }
}

/** Why no finger or face was accepted. Null: there is nothing to say that the person has not seen. */
internal fun biometricWords(outcome: BiometricOutcome): Int? = when (outcome) {
    is BiometricOutcome.Unlocked -> null
    is BiometricOutcome.NotRecognised -> R.string.walletlock_biometric_not_recognised
    is BiometricOutcome.Ended -> wordsOf(outcome.end)
    is BiometricOutcome.Denied -> wordsOf(outcome.reason)
    is BiometricOutcome.NoVerdict ->
        // Another prompt is on the screen.
        if (outcome.cause is NoVerdictCause.TryAgain) null else R.string.walletlock_biometric_no_answer
}

private fun wordsOf(end: BiometricEnd): Int? = when (end) {
    // The person has seen how the prompt went away.
    BiometricEnd.CANCELLED_BY_PERSON, BiometricEnd.CANCELLED_BY_SYSTEM, BiometricEnd.TIMED_OUT -> null
    BiometricEnd.NONE_ENROLLED, BiometricEnd.NO_HARDWARE -> null
    BiometricEnd.LOCKED_OUT, BiometricEnd.LOCKED_OUT_FOR_GOOD -> R.string.walletlock_biometric_too_many
    BiometricEnd.KEY_INVALIDATED -> R.string.walletlock_biometric_changed
    BiometricEnd.NO_VERDICT -> R.string.walletlock_biometric_no_answer
}

/** Words only for a reason that would surprise a person who has switched biometrics on. Null: for all others. */
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

internal fun Resources.answer(refusal: Refusal, erasesLast: Boolean): String = when (refusal) {
    is PinOutcome.Wrong -> wrong(refusal, erasesLast)
    is PinOutcome.Locked -> notice(refusal.status).headingWithoutClock
    is PinOutcome.NoVerdict -> when (val cause = refusal.cause) {
        is NoVerdictCause.NotAPin -> getString(R.string.walletlock_too_short)
        is NoVerdictCause.TryAgain, is NoVerdictCause.NoMemory -> getString(R.string.walletlock_busy)
        is NoVerdictCause.Storage, is NoVerdictCause.Platform, is NoVerdictCause.DeviceKey ->
            LockTrouble.of(cause)?.let { words(it) } ?: getString(R.string.walletlock_busy)
    }
}

private fun Resources.wrong(wrong: PinOutcome.Wrong, erasesLast: Boolean): String {
    val tries = wrong.triesLeft
    return when {
        wrong.repeated -> getString(R.string.walletlock_repeated)
        tries == 1 && erasesLast -> getString(R.string.walletlock_wrong_last_erases)
        tries == null -> getString(R.string.walletlock_wrong)
        else -> getQuantityString(R.plurals.walletlock_wrong_tries, tries, tries)
    }
}

/** How many tries are left. It is said before a try only if there are few, so that nobody counts them without need. */
internal fun Resources.triesLeft(status: LockStatus?, erasesLast: Boolean): String {
    val tries = (status as? LockStatus.Ready)?.triesLeft ?: return ""
    if (tries == 1 && erasesLast) return getString(R.string.walletlock_last_erases)
    return if (tries > FEW_TRIES) "" else getQuantityString(R.plurals.walletlock_tries, tries, tries)
}

private const val FEW_TRIES = 3
