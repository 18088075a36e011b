package dev.walletlock.android

import android.content.res.Resources
import dev.walletlock.CardState
import dev.walletlock.PaymentFreeze
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentState
import dev.walletlock.RiskRule

// Why a payment is refused, in words.

/** All reasons, each with what is left and when that changes. [behindMs]: as in [dev.walletlock.PaymentsState]. */
internal fun Resources.words(reasons: List<PaymentRefusal>, behindMs: Long): String {
    val late = getString(R.string.walletlock_pay_behind).takeIf { canHelpToConnect(reasons, behindMs) }
    return (reasons.map { words(it) } + listOfNotNull(late)).distinct().joinToString("\n\n")
}

/** Whether a limit reopens late because the phone was off for long: then it helps that the provider says what time it is. */
internal fun canHelpToConnect(reasons: List<PaymentRefusal>, behindMs: Long): Boolean =
    behindMs >= HOUR_MS && reasons.any { it is PaymentRefusal.OverLimit && it.reopensInMs != null }

private fun Resources.words(reason: PaymentRefusal): String = when (reason) {
    is PaymentRefusal.Locked -> notice(reason.status).run { sentences(headingWithoutClock + ".", bodyWithoutClock) }
    is PaymentRefusal.Frozen -> getString(wordsOf(reason.freeze))
    is PaymentRefusal.CardStopped ->
        getString(if (reason.state is CardState.Frozen) R.string.walletlock_card_frozen else R.string.walletlock_card_gone)
    is PaymentRefusal.NotRegistered -> reason.leftMs?.let { getString(R.string.walletlock_pay_after_recovery, inWords(it)) }
        ?: getString(R.string.walletlock_pay_not_registered)
    is PaymentRefusal.CurrencyNotAllowed -> getString(R.string.walletlock_pay_no_currency)
    is PaymentRefusal.OverLimit -> words(reason)
    is PaymentRefusal.Unusual ->
        sentences(words(reason.risk.rule), reason.forMs?.let { getString(R.string.walletlock_pay_again, inWords(it)) })
    is PaymentRefusal.TooManyOpen -> getString(R.string.walletlock_pay_too_many_open)
    is PaymentRefusal.Conflict -> getString(R.string.walletlock_pay_conflict)
    is PaymentRefusal.Ended -> getString(
        when (reason.state) {
            is PaymentState.Declined -> R.string.walletlock_pay_declined
            is PaymentState.Captured -> R.string.walletlock_pay_captured
            is PaymentState.Reserved, is PaymentState.Presumed -> R.string.walletlock_pay_made
        },
    )
}

private fun Resources.words(over: PaymentRefusal.OverLimit): String = sentences(
    getString(R.string.walletlock_limit_is, words(over.limit)),
    getString(R.string.walletlock_limit_left, measured(over.limit, over.left)).takeIf { !over.limit.isOfOnePayment },
    // Nothing of it is used: the amount alone is more than the limit.
    over.reopensInMs?.takeIf { over.left < over.limit.max }?.let { getString(R.string.walletlock_limit_reopens, inWords(it)) },
)

private fun wordsOf(freeze: PaymentFreeze): Int = when {
    freeze.byProvider -> R.string.walletlock_pay_frozen_by_provider
    freeze.inPanic -> R.string.walletlock_pay_panic
    freeze.byOwner -> R.string.walletlock_pay_frozen
    else -> R.string.walletlock_pay_channel_frozen
}

internal fun Resources.words(rule: RiskRule): String = getString(
    when (rule) {
        RiskRule.MANY_PAYMENTS -> R.string.walletlock_risk_many
        RiskRule.MANY_PAYMENTS_TODAY -> R.string.walletlock_risk_many_today
        RiskRule.REFUSALS -> R.string.walletlock_risk_refusals
        RiskRule.NEW_PAYEE -> R.string.walletlock_risk_new_payee
        RiskRule.UNUSUAL_AMOUNT -> R.string.walletlock_risk_amount
        RiskRule.NIGHT -> R.string.walletlock_risk_night
        RiskRule.NEW_PLACE -> R.string.walletlock_risk_place
        RiskRule.TOO_FAST -> R.string.walletlock_risk_fast
        RiskRule.RECENT_CHANGE -> R.string.walletlock_risk_change
        RiskRule.INTEGRITY -> R.string.walletlock_risk_integrity
    },
)

private const val HOUR_MS = 3_600_000L
