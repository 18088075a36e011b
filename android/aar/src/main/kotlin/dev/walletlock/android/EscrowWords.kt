package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.RecoveryStatus
import dev.walletlock.WordError

// The words about escrow, in the person's language.

/** The text of the settings' row about escrow. */
internal fun Resources.escrowWords(status: RecoveryStatus): String {
    val pending = status.pendingEscrow
    return when {
        pending != null && pending.withdraws -> getString(R.string.walletlock_escrow_is_ending, inWords(pending.leftMs))
        pending != null -> getString(R.string.walletlock_escrow_is_waiting, inWords(pending.leftMs))
        status.hasEscrow == true -> getString(R.string.walletlock_escrow_is_on)
        status.hasEscrow == false -> getString(R.string.walletlock_escrow_is_off)
        else -> getString(R.string.walletlock_escrow_is_unknown)
    }
}

/** Why the provider did not open the wallet, and what the person can do. [refusal]: null if the phone failed. */
internal fun Resources.escrowNotice(refusal: EscrowRefusal?): Notice = when (refusal) {
    null -> escrowNotice(R.drawable.walletlock_clock, R.string.walletlock_escrow_no_verdict)
    is EscrowRefusal.ByProvider -> notice(refusal.reply)
    is EscrowRefusal.OfGrant -> escrowNotice(R.drawable.walletlock_padlock, grantWords(refusal.error))
    is EscrowRefusal.OfWallet -> notice(refusal.refusal)
}

private fun Resources.notice(reply: EscrowReply.NotGranted): Notice = when (reply) {
    EscrowReply.NotGranted.LATER -> escrowNotice(
        R.drawable.walletlock_clock,
        R.string.walletlock_escrow_later_body,
        heading = R.string.walletlock_escrow_later,
    )
    EscrowReply.NotGranted.REFUSED -> escrowNotice(R.drawable.walletlock_padlock, R.string.walletlock_provider_refused)
    EscrowReply.NotGranted.NOT_REACHED -> escrowNotice(R.drawable.walletlock_phone, R.string.walletlock_provider_not_reached)
}

private fun grantWords(error: WordError): Int = when (error) {
    WordError.LATE -> R.string.walletlock_escrow_late
    WordError.SUPERSEDED -> R.string.walletlock_escrow_superseded
    WordError.ORDER_MISSING -> R.string.walletlock_escrow_order_missing
    WordError.NOT_ENOUGH -> R.string.walletlock_escrow_not_enough
    WordError.TOO_LONG,
    WordError.MALFORMED,
    WordError.UNKNOWN_KEY,
    WordError.BAD_SIGNATURE,
    WordError.WRONG_TYPE,
    WordError.WRONG_ROLE,
    WordError.WRONG_VERSION,
    WordError.WRONG_WALLET,
    WordError.WRONG_INSTALLATION,
    WordError.OLD,
    WordError.NOT_ASKED,
    WordError.NOT_ALLOWED,
    -> R.string.walletlock_escrow_wrong_answer
}

private fun Resources.notice(refusal: CodeRefusal): Notice = when (refusal) {
    is CodeOutcome.NoVerdict -> escrowNotice(null)
    is CodeOutcome.Locked -> notice(refusal.status)
    is CodeOutcome.OldCode -> escrowNotice(R.drawable.walletlock_damaged, R.string.walletlock_escrow_old)
    is CodeOutcome.Altered -> escrowNotice(R.drawable.walletlock_damaged, R.string.walletlock_escrow_altered)
    is CodeOutcome.NotSetUp -> escrowNotice(R.drawable.walletlock_padlock, R.string.walletlock_escrow_none_here)
    // Only typed digits can be these.
    is CodeOutcome.Wrong, is CodeOutcome.NotACode -> escrowNotice(R.drawable.walletlock_padlock, R.string.walletlock_escrow_wrong_answer)
}

private fun Resources.escrowNotice(icon: Int, body: Int, heading: Int = R.string.walletlock_escrow_not_opened) =
    Notice(icon, getString(heading), getString(body))
