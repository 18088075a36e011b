package dev.walletlock.demo

import dev.walletlock.CardState
import dev.walletlock.FactorOutcome
import dev.walletlock.Limit
import dev.walletlock.LimitChange
import dev.walletlock.LimitPeriod
import dev.walletlock.LimitScope
import dev.walletlock.LimitState
import dev.walletlock.Money
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentOutcome
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentState
import dev.walletlock.RiskRule
import dev.walletlock.Unfreezing

// What the lock says about payments, in sentences.

/** Why nothing was paid. */
internal fun inWords(outcome: PaymentOutcome): List<String> = when (outcome) {
    is PaymentOutcome.Approved, is PaymentOutcome.NeedsProof -> emptyList()
    is PaymentOutcome.Refused -> outcome.reasons.flatMap(::inWords)
    is PaymentOutcome.PinRefused -> Screen.lines(outcome.refusal)
    is PaymentOutcome.BiometricsRefused -> Screen.lines(outcome.refusal)
    is PaymentOutcome.CodeRefused -> listOf(inWords(outcome.outcome))
    PaymentOutcome.Expired -> listOf("This payment does not wait any more.")
}

private fun inWords(refusal: PaymentRefusal): List<String> = when (refusal) {
    is PaymentRefusal.Locked -> Screen.lines(refusal.status)
    is PaymentRefusal.Frozen -> listOf(
        when {
            refusal.freeze.byProvider -> "Your provider has frozen payments."
            refusal.freeze.byOwner || refusal.freeze.inPanic -> "You have frozen payments."
            else -> "You have frozen payments of this kind."
        },
    )
    is PaymentRefusal.CardStopped -> listOf(
        when (val state = refusal.state) {
            CardState.Active, CardState.Frozen -> "Payments with this card are frozen."
            is CardState.Removed -> "This card was removed. It is destroyed in ${durationInWords(state.leftMs)}."
            CardState.Destroyed -> "This card was removed for good."
        },
    )
    is PaymentRefusal.NotRegistered -> listOf(
        refusal.leftMs?.let { "Payments are possible again in ${durationInWords(it)}." }
            ?: "First your provider has to register this phone.",
    )
    PaymentRefusal.CurrencyNotAllowed -> listOf("This wallet does not pay in that currency.")
    is PaymentRefusal.OverLimit -> listOf(inWords(refusal))
    is PaymentRefusal.Unusual -> listOf(
        inWords(refusal.risk.rule) + refusal.forMs?.let { " Try again in ${durationInWords(it)}." }.orEmpty(),
    )
    PaymentRefusal.TooManyOpen -> listOf("Too many payments are under way. Wait for one to end.")
    PaymentRefusal.Conflict -> listOf("Another payment has this number.")
    is PaymentRefusal.Ended -> listOf(
        when (refusal.state) {
            PaymentState.Declined -> "This payment was declined."
            else -> "This payment was made before."
        },
    )
}

private fun inWords(over: PaymentRefusal.OverLimit): String {
    val more = over.reopensInMs?.let { "; more in ${durationInWords(it)}" }.orEmpty()
    return "That is over a limit: ${inWords(over.limit)}, ${amount(over.limit, over.left)} left$more."
}

/** A limit, what is left of it, and what it becomes. */
internal fun inWords(state: LimitState): String {
    val whose = if (state.isOwners) "Yours" else "The wallet's"
    val then = state.raise?.let { raise ->
        val becomes = raise.to?.let { "it is ${amount(state.limit, it)}" } ?: "it is gone"
        "; in ${durationInWords(raise.leftMs)} $becomes"
    }
    return "$whose: ${inWords(state.limit)}, ${amount(state.limit, state.left)} left${then.orEmpty()}"
}

internal fun inWords(change: LimitChange): String = when (change) {
    LimitChange.Set -> "The limit holds from now on."
    is LimitChange.Pending -> "The limit is raised in ${durationInWords(change.leftMs)}. You can cancel that."
    LimitChange.Unchanged -> "It is so already."
}

internal fun inWords(end: Unfreezing): String = when (end) {
    Unfreezing.Done -> "Payments are no longer frozen."
    Unfreezing.NothingFrozen -> "You had frozen nothing."
    is Unfreezing.Waits ->
        "Everything was stopped in a panic. Your PIN ends that in ${durationInWords(end.leftMs)}, or your provider does at once."
}

private fun inWords(limit: Limit): String =
    "at most ${amount(limit, limit.max)} ${inWords(limit.per)}${inWords(limit.scope)}"

private fun inWords(scope: LimitScope): String = when (scope) {
    LimitScope.All -> ""
    LimitScope.Remote -> " over the internet"
    is LimitScope.Card -> " with this card"
    is LimitScope.Through -> when (scope.channel) {
        PaymentChannel.IN_STORE -> " in a shop"
        PaymentChannel.ONLINE -> " online"
        PaymentChannel.CODE_SHOWN -> " by a shown code"
        PaymentChannel.CODE_SCANNED -> " by a scanned code"
        PaymentChannel.TRANSFER -> " by transfer"
    }
}

private fun amount(limit: Limit, count: Long): String =
    if (limit.countsPayments) counted(count, "payment") else inWords(Money(count, limit.currency))

private fun inWords(period: LimitPeriod): String = when (period) {
    LimitPeriod.PAYMENT -> "at once"
    LimitPeriod.DAY -> "a day"
    LimitPeriod.THIRTY_DAYS -> "in 30 days"
    LimitPeriod.ALWAYS -> "in all"
    LimitPeriod.SINCE_PROOF -> "since you last confirmed a payment"
}

private fun inWords(rule: RiskRule): String = when (rule) {
    RiskRule.MANY_PAYMENTS, RiskRule.MANY_PAYMENTS_TODAY -> "Many payments in a short time."
    RiskRule.REFUSALS -> "Several payments were refused within an hour."
    RiskRule.NEW_PAYEE -> "You have not paid this payee before."
    RiskRule.UNUSUAL_AMOUNT -> "That is far more than usual."
    RiskRule.NIGHT -> "That is a lot for the night."
    RiskRule.NEW_PLACE, RiskRule.TOO_FAST -> "You have not paid at this place before."
    RiskRule.RECENT_CHANGE -> "The PIN, the phone or a limit was changed a short while ago."
    RiskRule.INTEGRITY -> "This phone may not be safe."
}

private fun inWords(outcome: FactorOutcome): String = when (outcome) {
    is FactorOutcome.Wrong -> "Wrong code. ${triesLeft(outcome.triesLeft)}."
    is FactorOutcome.Waiting -> "Too many wrong codes. Try again in ${durationInWords(outcome.leftMs)}."
    FactorOutcome.NotSetUp -> "No authenticator is set up."
    FactorOutcome.NotACode -> "A code has six digits."
    FactorOutcome.Right, FactorOutcome.NotEnough -> "That is not enough."
}
