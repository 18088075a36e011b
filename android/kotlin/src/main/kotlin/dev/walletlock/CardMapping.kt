package dev.walletlock

// Converts between the generated types of cards and disputes and the public ones; see Mapping.kt.

internal fun NewCard.toNative() = dev.walletlock.ffi.NewCard(
    id.orInvalid("card id"),
    label.orInvalid("card label"),
    network.orInvalid("card network"),
    last4.orInvalid("card digits"),
)

internal fun dev.walletlock.ffi.Card.toPublic() =
    Card(card.run { NewCard(id, label, network, last4) }, state.toPublic(), hasToken, isUnused)

internal fun dev.walletlock.ffi.CardState.toPublic(): CardState = when (this) {
    is dev.walletlock.ffi.CardState.Active -> CardState.Active
    is dev.walletlock.ffi.CardState.Frozen -> CardState.Frozen
    is dev.walletlock.ffi.CardState.Removed -> CardState.Removed(leftMs)
    is dev.walletlock.ffi.CardState.Destroyed -> CardState.Destroyed
}

internal fun dev.walletlock.ffi.SwitchedOff.toPublic() = SwitchedOff(what.toPublic(), leftMs)

private fun dev.walletlock.ffi.Closed.toPublic(): Closed = when (this) {
    is dev.walletlock.ffi.Closed.CardRemoved -> Closed.CardRemoved(id, label)
    is dev.walletlock.ffi.Closed.CardFrozen -> Closed.CardFrozen(id, label)
    is dev.walletlock.ffi.Closed.Payments -> Closed.Payments
    is dev.walletlock.ffi.Closed.PaymentChannel -> Closed.ThroughChannel(channel.byName())
    is dev.walletlock.ffi.Closed.CodeChannel -> Closed.CodeChannel(id, kind.byName(), mask)
    is dev.walletlock.ffi.Closed.Biometrics -> Closed.Biometrics
    is dev.walletlock.ffi.Closed.SecondFactor -> Closed.SecondFactor
    is dev.walletlock.ffi.Closed.RecoveryCode -> Closed.RecoveryCode
    is dev.walletlock.ffi.Closed.Escrow -> Closed.Escrow
}

internal fun dev.walletlock.ffi.Dispute.toPublic() = Dispute(
    number = number,
    payment = payment,
    line = line,
    openedWallMs = openedWallMs,
    reportByWallMs = reportByWallMs,
    reason = reason.byName(),
    text = text,
    frozenCard = frozenCard,
    freezeNotice = freezeNotice,
    reportedWallMs = reportedWallMs,
    reportedTo = reportedTo,
    ended = ended?.byName<DisputeEnd>(),
)
