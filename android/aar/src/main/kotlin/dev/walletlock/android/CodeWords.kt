package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.RecoveryStatus

// The words about the recovery code, in the person's language.

/** Why a recovery code opened nothing, and what the person can do. [refusal]: null if the phone failed. */
internal fun Resources.codeNotice(refusal: CodeRefusal?): Notice = when (refusal) {
    null, is CodeOutcome.NoVerdict ->
        codeNotice(R.drawable.walletlock_clock, R.string.walletlock_code_not_checked, R.string.walletlock_code_not_checked_body)
    is CodeOutcome.Wrong, is CodeOutcome.NotACode ->
        codeNotice(R.drawable.walletlock_paper, R.string.walletlock_code_wrong, R.string.walletlock_code_wrong_body)
    is CodeOutcome.OldCode ->
        codeNotice(R.drawable.walletlock_paper, R.string.walletlock_code_old, R.string.walletlock_code_old_body)
    is CodeOutcome.Altered ->
        codeNotice(R.drawable.walletlock_damaged, R.string.walletlock_code_altered, R.string.walletlock_code_altered_body)
    is CodeOutcome.NotSetUp ->
        codeNotice(R.drawable.walletlock_paper, R.string.walletlock_code_none_here, R.string.walletlock_code_none_here_body)
    is CodeOutcome.Locked -> notice(refusal.status)
}

private fun Resources.codeNotice(icon: Int, heading: Int, body: Int) = Notice(icon, getString(heading), getString(body))

/** The text of the settings' row about the recovery code. */
internal fun Resources.words(status: RecoveryStatus): String {
    val pending = status.pending
    return when {
        pending != null && pending.withdraws -> getString(R.string.walletlock_code_is_ending, inWords(pending.leftMs))
        pending != null -> getString(R.string.walletlock_code_is_waiting, inWords(pending.leftMs))
        status.hasCode == true -> getString(R.string.walletlock_code_is_set)
        status.hasCode == false -> getString(R.string.walletlock_code_is_none)
        else -> getString(R.string.walletlock_code_is_unknown)
    }
}
