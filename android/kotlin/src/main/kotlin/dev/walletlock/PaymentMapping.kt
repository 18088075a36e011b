package dev.walletlock

import dev.walletlock.ffi.LockException as NativeException

// Converts between the generated types of payments and the public ones; see Mapping.kt.

internal fun Payment.toNative(context: PaymentContext) = dev.walletlock.ffi.Payment(
    id = id.orInvalid("payment id"),
    amount = amount.toNative(),
    isUpTo = kind == AmountKind.UP_TO,
    feeMaxMinor = feeMaxMinor,
    payee = payee.name.orInvalid("payee"),
    payeeId = payee.id.orInvalid("payee"),
    card = card?.run {
        dev.walletlock.ffi.CardRef(id.orInvalid("card"), label.orInvalid("card"), last4.orInvalid("card"))
    },
    channel = channel.toNative(),
    mcc = mcc,
    billing = billing?.toNative(),
    nonce = nonce?.orInvalid("nonce"),
    language = context.language.orInvalid("payment context"),
    place = context.place?.run { dev.walletlock.ffi.Place(latitudeTenths, longitudeTenths) },
    flags = context.flags.map { it.orInvalid("payment context") },
)

private fun Money.toNative() = dev.walletlock.ffi.Money(minor, currency.orInvalid("currency"))

internal fun PaymentChannel.toNative(): dev.walletlock.ffi.PaymentChannel = byName()

/** Refuses text with half a surrogate pair: the generated code would throw an exception that is no [LockException]. */
internal fun String.orInvalid(what: String): String =
    if (Charsets.UTF_8.newEncoder().canEncode(this)) this else throw NativeException.Invalid(what)

internal fun dev.walletlock.ffi.PaymentOutcome.toPublic(): PaymentOutcome = when (this) {
    is dev.walletlock.ffi.PaymentOutcome.Approved ->
        PaymentOutcome.Approved(Authorisation(payment, byPhone, byOwner, lines, expiresS))
    is dev.walletlock.ffi.PaymentOutcome.NeedsProof -> PaymentOutcome.NeedsProof(request.toPublic())
    is dev.walletlock.ffi.PaymentOutcome.Refused -> PaymentOutcome.Refused(reasons.map { it.toPublic() })
    is dev.walletlock.ffi.PaymentOutcome.PinRefused -> PaymentOutcome.PinRefused(refusal.toPublic())
    is dev.walletlock.ffi.PaymentOutcome.BiometricsRefused -> PaymentOutcome.BiometricsRefused(refusal.toPublic())
    is dev.walletlock.ffi.PaymentOutcome.CodeRefused -> PaymentOutcome.CodeRefused(outcome.toPublic())
    is dev.walletlock.ffi.PaymentOutcome.Expired -> PaymentOutcome.Expired
}

private fun dev.walletlock.ffi.NeedsProof.toPublic() = PaymentRequest(
    handle = handle,
    anyOf = anyOf.map { it.byName() },
    hasBiometrics = hasBiometrics,
    hasCode = hasCode,
    reasons = why.map { it.toPublic() },
    lines = lines,
)

private fun dev.walletlock.ffi.Why.toPublic(): ProofReason = when (this) {
    is dev.walletlock.ffi.Why.Limit -> ProofReason.OverLimit(line)
    is dev.walletlock.ffi.Why.Risk -> ProofReason.Unusual(riskOf(rule))
}

/** The rule of this name. That of the phone's integrity names the flag too: `integrity:rooted`. */
internal fun riskOf(name: String): Risk {
    val rule = RiskRule.entries.first { it.name == name.substringBefore(':').uppercase() }
    return Risk(rule, name.substringAfter(':', "").ifEmpty { null })
}

internal fun dev.walletlock.ffi.PaymentRefusal.toPublic(): PaymentRefusal = when (this) {
    is dev.walletlock.ffi.PaymentRefusal.Locked -> PaymentRefusal.Locked(status.toPublic())
    is dev.walletlock.ffi.PaymentRefusal.Frozen -> PaymentRefusal.Frozen(frozen.toPublic())
    is dev.walletlock.ffi.PaymentRefusal.CardStopped -> PaymentRefusal.CardStopped(state.toPublic())
    is dev.walletlock.ffi.PaymentRefusal.NotRegistered -> PaymentRefusal.NotRegistered(leftMs)
    is dev.walletlock.ffi.PaymentRefusal.CurrencyNotAllowed -> PaymentRefusal.CurrencyNotAllowed
    is dev.walletlock.ffi.PaymentRefusal.OverLimit -> PaymentRefusal.OverLimit(limit.toPublic(), left, reopensInMs)
    is dev.walletlock.ffi.PaymentRefusal.Risk -> PaymentRefusal.Unusual(riskOf(rule), forMs)
    is dev.walletlock.ffi.PaymentRefusal.TooManyOpen -> PaymentRefusal.TooManyOpen
    is dev.walletlock.ffi.PaymentRefusal.Conflict -> PaymentRefusal.Conflict
    is dev.walletlock.ffi.PaymentRefusal.Ended -> PaymentRefusal.Ended(state.toPublic())
}

internal fun dev.walletlock.ffi.PaymentState.toPublic(): PaymentState = when (this) {
    is dev.walletlock.ffi.PaymentState.Reserved -> PaymentState.Reserved
    is dev.walletlock.ffi.PaymentState.Presumed -> PaymentState.Presumed
    is dev.walletlock.ffi.PaymentState.Captured -> PaymentState.Captured(minor)
    is dev.walletlock.ffi.PaymentState.Declined -> PaymentState.Declined
}

private fun dev.walletlock.ffi.Frozen.toPublic() = PaymentFreeze(byOwner, byProvider, inPanic, channel)

internal fun dev.walletlock.ffi.PaymentsState.toPublic() =
    PaymentsState(frozen.toPublic(), frozenChannels.map { it.byName() }, panicLeftMs, nextDayMs, behindMs)

internal fun dev.walletlock.ffi.Unfreezing.toPublic(): Unfreezing = when (this) {
    is dev.walletlock.ffi.Unfreezing.Done -> Unfreezing.Done
    is dev.walletlock.ffi.Unfreezing.NothingFrozen -> Unfreezing.NothingFrozen
    is dev.walletlock.ffi.Unfreezing.Waits -> Unfreezing.Waits(leftMs)
}

internal fun Limit.toNative() = dev.walletlock.ffi.Limit(
    scope = scope.written().orInvalid("limit"),
    currency = currency.orInvalid("currency"),
    per = per.byName(),
    max = max,
    countsPayments = countsPayments,
    proof = proof?.byName<dev.walletlock.ffi.ProofLevel>(),
    atNight = atNight,
)

/** As a policy writes it. */
private fun LimitScope.written(): String = when (this) {
    LimitScope.All -> "all"
    LimitScope.Remote -> "remote"
    is LimitScope.Through -> channel.name.lowercase()
    is LimitScope.Card -> "card:$id"
}

private fun scopeOf(written: String): LimitScope = when {
    written == "all" -> LimitScope.All
    written == "remote" -> LimitScope.Remote
    written.startsWith("card:") -> LimitScope.Card(written.removePrefix("card:"))
    else -> LimitScope.Through(PaymentChannel.entries.first { it.name == written.uppercase() })
}

internal fun dev.walletlock.ffi.Limit.toPublic() =
    Limit(scopeOf(scope), currency, per.byName(), max, countsPayments, proof?.byName<ProofLevel>(), atNight)

internal fun dev.walletlock.ffi.LimitState.toPublic() =
    LimitState(limit.toPublic(), isOwners, left, reopensInMs, raiseLeftMs?.let { PendingRaise(raiseTo, it) })

internal fun dev.walletlock.ffi.LimitChange.toPublic(): LimitChange = when (this) {
    is dev.walletlock.ffi.LimitChange.Set -> LimitChange.Set
    is dev.walletlock.ffi.LimitChange.Pending -> LimitChange.Pending(leftMs)
    is dev.walletlock.ffi.LimitChange.Unchanged -> LimitChange.Unchanged
}
