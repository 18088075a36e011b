package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How entering the PIN ended. All but [Right] is a [Refusal]. */
public sealed interface PinOutcome {
    /**
     * The PIN is right. The wallet is open.
     *
     * @property session close it after use.
     */
    public data class Right(public val session: Session) : PinOutcome

    /**
     * The PIN is wrong.
     *
     * @property triesLeft tries left until a wipe, or a lock that waiting does not end. Null: the policy has neither.
     * @property cooldownMs milliseconds until the next PIN may be entered; 0: at once.
     * @property repeated the same PIN was entered a short time ago, and is not counted again.
     */
    public data class Wrong(
        public val triesLeft: Int?,
        public val cooldownMs: Long,
        public val repeated: Boolean,
    ) : Refusal {
        /** [cooldownMs] as a duration. */
        public val cooldown: Duration get() = cooldownMs.milliseconds
    }

    /**
     * No PIN is accepted now, so this one was not checked; or it was wrong and used up the last try.
     *
     * @property status why, and what the person can do.
     */
    public data class Locked(public val status: LockStatus) : Refusal

    /**
     * There is no verdict: the lock could not tell whether the PIN is right. It was not found wrong.
     *
     * @property cause why.
     */
    public data class NoVerdict(public val cause: NoVerdictCause) : Refusal
}

/** A PIN was not accepted: [PinOutcome.Wrong], [PinOutcome.Locked] or [PinOutcome.NoVerdict]. */
public sealed interface Refusal : PinOutcome, PinChange, Removal, PanicOutcome

/** Why there is no verdict on a PIN, or on a finger or face. */
public sealed interface NoVerdictCause {
    /** The entry holds fewer digits than a PIN has (4). Nothing was counted. */
    public data object NotAPin : NoVerdictCause

    /** The phone's clock or randomness failed, or its boot count cannot be read. Nothing was counted. */
    public data object Platform : NoVerdictCause

    /**
     * The device key failed. Trying again can help if the fault is [DeviceKeyFault.BUSY].
     *
     * @property fault why.
     */
    public data class DeviceKey(public val fault: DeviceKeyFault) : NoVerdictCause

    /** The storage failed: full, read-only or broken. See [LockException.Storage]. */
    public data object Storage : NoVerdictCause

    /** The lock was busy. Try again. */
    public data object TryAgain : NoVerdictCause

    /** The phone does not have enough memory now to check a PIN. Nothing was counted. */
    public data object NoMemory : NoVerdictCause
}

/** How setting the first PIN ended. */
public sealed interface Enrolment {
    /**
     * The PIN is set, and the wallet is open.
     *
     * @property session close it after use.
     */
    public data class Enrolled(public val session: Session) : Enrolment

    /**
     * This PIN may not be set.
     *
     * @property findings every reason.
     */
    public data class Forbidden(public val findings: List<Finding>) : Enrolment
}

/** How changing the PIN, or the wipe PIN, ended; also a [Refusal] of the current one. */
public sealed interface PinChange {
    /**
     * The new PIN is in force; or the wipe PIN is set, or cleared.
     *
     * @property biometricsOn whether a finger or face opens the wallet too. Someone who knew the old PIN may have switched
     *   that on.
     */
    public data class Changed(public val biometricsOn: Boolean) : PinChange

    /**
     * The new PIN, or wipe PIN, may not be set. What was in force stays in force.
     *
     * @property findings every reason.
     */
    public data class Forbidden(public val findings: List<Finding>) : PinChange
}

/** How [WalletLock.remove] ended; also a [Refusal] of the PIN. */
public sealed interface Removal {
    /** The wallet is removed: everything in it is destroyed, and the lock is as new. */
    public data object Removed : Removal
}
