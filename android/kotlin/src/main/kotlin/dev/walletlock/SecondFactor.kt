package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** A kind of second factor: what is asked for beside the PIN or a finger. */
public enum class FactorKind {
    /** An authenticator app. The phone checks its codes, also offline. */
    AUTHENTICATOR,

    /** A code by SMS, which the provider checks. */
    SMS,
}

/**
 * Which second factor there is.
 *
 * @property inForce the one that is asked for. Null: none is.
 * @property pending a change that waits. Null: none does.
 */
public data class SecondFactor(public val inForce: FactorKind?, public val pending: PendingFactor?)

/**
 * A change of the second factor that waits.
 *
 * @property leftMs milliseconds left, at least 1. Then it holds.
 * @property to the factor after it. Null: none is asked for any more.
 */
public data class PendingFactor(public val leftMs: Long, public val to: FactorKind?) {
    /** [leftMs] as a duration. */
    public val left: Duration get() = leftMs.milliseconds
}

/** What a session does only after the second factor, where the policy says so (`second_factor.actions`). */
public enum class GuardedAction {
    /** Writing and deleting items. */
    WRITE,

    /** Changing the PIN or the wipe PIN. */
    CHANGE_PIN,

    /** Switching biometrics on or off. */
    SWITCH_BIOMETRICS,

    /** Changing a way back in: recovery code, escrow, channels, second factor. */
    CHANGE_RECOVERY,

    /** Raising a limit on payments. */
    RAISE_LIMIT,

    /** Ending the owner's freeze. */
    UNFREEZE,

    /** Allowing that the provider destroys everything. */
    ALLOW_REMOTE_WIPE,
}

internal fun dev.walletlock.ffi.SecondFactor.toPublic() =
    SecondFactor(inForce?.byName<FactorKind>(), pending?.let { PendingFactor(it.leftMs, it.to?.byName<FactorKind>()) })
