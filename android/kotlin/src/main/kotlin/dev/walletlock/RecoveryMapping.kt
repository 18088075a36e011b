package dev.walletlock

internal fun dev.walletlock.ffi.RecoveryStatus.toPublic() =
    RecoveryStatus(hasCode, pending?.let { PendingChange(it.leftMs, it.withdraws) })

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

internal fun dev.walletlock.ffi.CodeChange.toPublic(): CodeChange = when (this) {
    is dev.walletlock.ffi.CodeChange.InForce -> CodeChange.InForce
    is dev.walletlock.ffi.CodeChange.Pending -> CodeChange.Pending(leftMs)
    is dev.walletlock.ffi.CodeChange.NotConfirmed -> CodeChange.NotConfirmed
}
