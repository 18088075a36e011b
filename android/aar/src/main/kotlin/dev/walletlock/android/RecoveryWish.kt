package dev.walletlock.android

import dev.walletlock.Access

/** What the person can change in the settings about the recovery code and escrow. Each needs a session that the PIN opened. */
internal enum class RecoveryWish(val carryOut: suspend (Access) -> Any) {
    WITHDRAW_CODE({ it.withdrawRecoveryCode() }),

    /** Cancels the change of the code that waits. */
    CANCEL_CODE({ it.cancelRecoveryCodeChange() }),
    ESCROW_ON({ it.switchEscrow(true) }),
    ESCROW_OFF({ it.switchEscrow(false) }),

    /** Cancels the change of escrow that waits. */
    CANCEL_ESCROW({ it.cancelEscrowChange() }),
}
