package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.BiometricChange
import dev.walletlock.BiometricDenial
import dev.walletlock.BiometricEnd
import dev.walletlock.BiometricOutcome
import dev.walletlock.Finding
import dev.walletlock.Judgement
import dev.walletlock.PinRule
import dev.walletlock.Severity

// The words for a PIN that is being chosen, and for steps that did not lead to the next one.

/**
 * Why a PIN is bad, while it is being typed. While it is too short, only that is said: more digits may make it a good one.
 * Null: there is nothing against it.
 */
internal fun Resources.words(judgement: Judgement): String? {
    val tooShort = judgement.findings.firstOrNull { it.rule == PinRule.TOO_SHORT }
    return when {
        tooShort != null -> words(tooShort)
        judgement.findings.isEmpty() -> null
        !judgement.allowed -> words(judgement.findings)
        else -> getString(R.string.walletlock_pin_weak, words(judgement.findings))
    }
}

/** Whether the PIN may not be set, for another reason than too few digits. */
internal val Judgement.isAgainst: Boolean get() = !allowed && findings.none { it.rule == PinRule.TOO_SHORT }

/** Every reason, the worst first. */
internal fun Resources.words(findings: List<Finding>): String =
    findings.sortedBy { if (it.severity == Severity.FORBIDDEN) 0 else 1 }.map { words(it) }.distinct()
        .reduceOrNull { said, next -> getString(R.string.walletlock_two_sentences, said, next) }.orEmpty()

private fun Resources.words(finding: Finding): String {
    val digits = finding.digits ?: 0
    return when (finding.rule) {
        PinRule.TOO_SHORT -> getQuantityString(R.plurals.walletlock_pin_at_least, digits, digits)
        PinRule.TOO_LONG -> getQuantityString(R.plurals.walletlock_pin_at_most, digits, digits)
        PinRule.FEW_DIGITS -> getString(R.string.walletlock_pin_few_digits)
        PinRule.RUN -> getString(R.string.walletlock_pin_run)
        PinRule.REPEATED_BLOCK -> getString(R.string.walletlock_pin_repeated_block)
        PinRule.DOUBLED -> getString(R.string.walletlock_pin_doubled)
        PinRule.KEYPAD_LINE -> getString(R.string.walletlock_pin_keypad_line)
        PinRule.COMMON -> getString(R.string.walletlock_pin_common)
        PinRule.PERSONAL -> getString(R.string.walletlock_pin_personal)
        PinRule.USED_BEFORE -> getString(R.string.walletlock_pin_used_before)
        PinRule.DATE -> getString(R.string.walletlock_pin_date)
        PinRule.PALINDROME -> getString(R.string.walletlock_pin_palindrome)
        PinRule.NEAR_PIN -> getString(R.string.walletlock_pin_near)
        PinRule.MOSTLY_ONE_DIGIT -> getString(R.string.walletlock_pin_mostly_one_digit)
        PinRule.KEYPAD_WALK -> getString(R.string.walletlock_pin_keypad_walk)
    }
}

/** [erasesLast]: the last wrong PIN wipes the wallet. */
internal fun Resources.words(note: PinNote, erasesLast: Boolean = false): String = when (note) {
    is PinNote.Different -> getString(R.string.walletlock_pin_different)
    is PinNote.SameAsCurrent -> getString(R.string.walletlock_pin_same_as_current)
    is PinNote.AskedAgain -> getString(R.string.walletlock_pin_asked_again)
    is PinNote.ManyProposals -> getString(R.string.walletlock_pin_many_proposals)
    is PinNote.Forbidden -> words(note.findings)
    is PinNote.Refused -> answer(note.refusal, erasesLast)
    is PinNote.Failed -> words(note.trouble)
    is PinNote.CodeSlip -> getString(R.string.walletlock_code_slip, note.group)
    is PinNote.NotThatGroup -> getString(R.string.walletlock_code_not_that_group, note.group)
    is PinNote.CodeSessionOver -> getString(R.string.walletlock_code_session_over)
    is PinNote.CodeExpired -> getString(R.string.walletlock_code_expired)
    is PinNote.CodeOvertaken -> getString(R.string.walletlock_code_overtaken)
    is PinNote.GrantExpired -> getString(R.string.walletlock_escrow_expired)
    is PinNote.GrantOvertaken -> getString(R.string.walletlock_escrow_overtaken)
    is PinNote.Provider -> getString(note.words)
    is PinNote.BiometricsNotSwitchedOn -> words(note.change)
    is PinNote.Text -> getString(note.words)
    is PinNote.Wait -> getString(note.words, inWords(note.leftMs))
    is PinNote.FactorWrong -> getQuantityString(R.plurals.walletlock_factor_wrong, note.triesLeft, note.triesLeft)
}

/** How switching biometrics on ended. */
internal fun Resources.words(change: BiometricChange): String = getString(
    when (change) {
        is BiometricChange.Done -> R.string.walletlock_finger_is_on
        is BiometricOutcome.Ended -> when (change.end) {
            BiometricEnd.NONE_ENROLLED -> R.string.walletlock_finger_none_enrolled
            BiometricEnd.NO_HARDWARE -> R.string.walletlock_finger_not_here
            BiometricEnd.LOCKED_OUT, BiometricEnd.LOCKED_OUT_FOR_GOOD -> R.string.walletlock_finger_locked_out
            else -> R.string.walletlock_finger_not_switched_on
        }
        is BiometricOutcome.Denied -> when (change.reason) {
            BiometricDenial.NONE_ENROLLED -> R.string.walletlock_finger_none_enrolled
            BiometricDenial.NO_HARDWARE, BiometricDenial.NOT_SUPPORTED -> R.string.walletlock_finger_not_here
            else -> R.string.walletlock_finger_not_switched_on
        }
        is BiometricOutcome.NoVerdict -> R.string.walletlock_finger_not_switched_on
    },
)

/** How long something lasts, in the largest unit that gives a whole number: '2 minutes'. */
internal fun Resources.lasting(seconds: Long): String = when {
    seconds % HOUR_S == 0L -> lasting(R.plurals.walletlock_lasts_hours, seconds / HOUR_S)
    seconds % MINUTE_S == 0L -> lasting(R.plurals.walletlock_lasts_minutes, seconds / MINUTE_S)
    else -> lasting(R.plurals.walletlock_lasts_seconds, seconds)
}

private fun Resources.lasting(plural: Int, count: Long): String = getQuantityString(plural, count.toInt(), count.toInt())

private const val MINUTE_S = 60L
private const val HOUR_S = 3_600L
