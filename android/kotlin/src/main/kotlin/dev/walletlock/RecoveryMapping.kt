package dev.walletlock

internal fun dev.walletlock.ffi.RecoveryStatus.toPublic() =
    RecoveryStatus(hasCode, pending?.toPublic(), hasEscrow, pendingEscrow?.toPublic())

private fun dev.walletlock.ffi.PendingChange.toPublic() = PendingChange(leftMs, withdraws)

internal fun dev.walletlock.ffi.CodeStep.toPublic(): CodeStep = when (this) {
    is dev.walletlock.ffi.CodeStep.Typing -> CodeStep.Typing(group)
    is dev.walletlock.ffi.CodeStep.Slip -> CodeStep.Slip(group)
    is dev.walletlock.ffi.CodeStep.Complete -> CodeStep.Complete
}

internal fun dev.walletlock.ffi.CodeRefusal.toPublic(): CodeRefusal = when (this) {
    is dev.walletlock.ffi.CodeRefusal.NotACode -> CodeOutcome.NotACode(group)
    is dev.walletlock.ffi.CodeRefusal.Wrong -> CodeOutcome.Wrong
    is dev.walletlock.ffi.CodeRefusal.OldCode -> CodeOutcome.OldCode
    is dev.walletlock.ffi.CodeRefusal.Altered -> CodeOutcome.Altered
    is dev.walletlock.ffi.CodeRefusal.NotSetUp -> CodeOutcome.NotSetUp
    is dev.walletlock.ffi.CodeRefusal.Locked -> CodeOutcome.Locked(status.toPublic())
    is dev.walletlock.ffi.CodeRefusal.NoVerdict -> CodeOutcome.NoVerdict(cause.toPublic())
}

internal fun dev.walletlock.ffi.RecoveryChange.toPublic(): RecoveryChange = when (this) {
    is dev.walletlock.ffi.RecoveryChange.InForce -> RecoveryChange.InForce
    is dev.walletlock.ffi.RecoveryChange.Pending -> RecoveryChange.Pending(leftMs)
    is dev.walletlock.ffi.RecoveryChange.NotConfirmed -> RecoveryChange.NotConfirmed
}
