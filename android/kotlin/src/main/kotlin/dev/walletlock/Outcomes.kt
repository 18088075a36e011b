package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How entering the PIN ended. All but [Right] is a [Refusal]. */
public sealed interface PinOutcome {
    /**
     * It is right. The wallet is open.
     *
     * @property session close it after use.
     */
    public data class Right(public val session: Session) : PinOutcome

    /**
     * It is wrong.
     *
     * @property triesLeft tries until a stop that time does not lift. Null: the policy has no such stop.
     * @property cooldownMs milliseconds until the next may be entered; 0: at once.
     * @property repeated it was entered a moment ago already, and not counted again.
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
     * No PIN is taken now, so it was not looked at; or it was wrong and the last.
     *
     * @property status why, and what the person can do.
     */
    public data class Locked(public val status: LockStatus) : Refusal

    /**
     * It could not be told. The PIN was not found wrong.
     *
     * @property cause why.
     */
    public data class NoVerdict(public val cause: NoVerdictCause) : Refusal
}

/** A PIN was not accepted: [PinOutcome.Wrong], [PinOutcome.Locked] or [PinOutcome.NoVerdict]. */
public sealed interface Refusal : PinOutcome, PinChange, Removal

/** Why it could not be told whether a PIN is right. */
public sealed interface NoVerdictCause {
    /** The entry holds fewer digits than a PIN has (4). Nothing was counted. */
    public data object NotAPin : NoVerdictCause

    /** Clock or randomness failed, or the phone's boot count cannot be read. Nothing was counted. */
    public data object Platform : NoVerdictCause

    /**
     * The device key did not answer. Trying again helps if the fault is [DeviceKeyFault.BUSY].
     *
     * @property fault what it said.
     */
    public data class DeviceKey(public val fault: DeviceKeyFault) : NoVerdictCause

    /** The storage failed: full, read-only or broken. See [LockException.Storage]. */
    public data object Storage : NoVerdictCause

    /** The lock was busy. Try again. */
    public data object TryAgain : NoVerdictCause

    /** The phone has not the memory now that checking a PIN takes. Nothing was counted. */
    public data object NoMemory : NoVerdictCause
}

/** How setting the first PIN ended. */
public sealed interface Enrolment {
    /**
     * It is set, and the wallet is open.
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
     * @property biometricsOn a finger or face opens the wallet as well. Whoever knew the PIN may have switched that on.
     */
    public data class Changed(public val biometricsOn: Boolean) : PinChange

    /**
     * The new PIN may not be set. What was in force still is.
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
