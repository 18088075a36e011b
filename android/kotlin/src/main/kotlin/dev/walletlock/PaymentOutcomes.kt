package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How asking for a payment, or confirming it, ended. */
public sealed interface PaymentOutcome {
    /**
     * The payment is approved, and counts from now on.
     *
     * @property authorisation hand it to the provider.
     */
    public data class Approved(public val authorisation: Authorisation) : PaymentOutcome

    /**
     * The person has to confirm the payment, or to prove something more.
     *
     * @property request what is needed, and what to show.
     */
    public data class NeedsProof(public val request: PaymentRequest) : PaymentOutcome

    /**
     * The payment is refused.
     *
     * @property reasons all of them.
     */
    public data class Refused(public val reasons: List<PaymentRefusal>) : PaymentOutcome

    /**
     * The PIN was not accepted. The payment goes on waiting, unless the wallet is locked now.
     *
     * @property refusal why.
     */
    public data class PinRefused(public val refusal: Refusal) : PaymentOutcome

    /**
     * Nobody was recognised. The payment goes on waiting.
     *
     * @property refusal why.
     */
    public data class BiometricsRefused(public val refusal: BiometricRefusal) : PaymentOutcome

    /**
     * The code was not accepted. The payment goes on waiting.
     *
     * @property outcome why. It is never [FactorOutcome.Right].
     */
    public data class CodeRefused(public val outcome: FactorOutcome) : PaymentOutcome

    /** The payment does not wait any more: it was approved or cancelled, or it waited for more than five minutes. Ask again. */
    public data object Expired : PaymentOutcome
}

/**
 * What is handed out for an approved payment. Both texts are signed (RFC 7515, compact) over the same content: amount, payee, the lines
 * that were shown, and what was proven. The provider checks both.
 *
 * @property payment the payment's id.
 * @property byPhone signed by this phone's key (ES256). Null: this phone is not registered with a provider.
 * @property byOwner signed by a key that only the PIN or biometrics open (EdDSA).
 * @property lines the lines that were shown.
 * @property expiresSeconds until when the provider accepts it, by the phone's wall clock: seconds since 1970.
 */
public data class Authorisation(
    public val payment: String,
    public val byPhone: String?,
    public val byOwner: String,
    public val lines: List<String>,
    public val expiresSeconds: Long,
) {
    /** Says nothing about the payment, and holds no signature. */
    override fun toString(): String = "Authorisation(redacted)"
}

/**
 * A payment that waits for a proof, in memory and for five minutes: a restart of the app forgets it. One with the same id that is asked
 * for takes its place, and so does the ninth that waits with the oldest.
 *
 * @property anyOf the proofs of which one is enough, the weakest first.
 * @property hasBiometrics whether a finger or face was recognised for it.
 * @property hasCode whether a code of the authenticator was right for it.
 * @property reasons why a proof is needed. Empty: each payment without a session needs one.
 * @property lines what the person has to read before confirming: the amount first, then the payee, and why a proof is needed. The same
 *   lines are signed: show them all, unchanged.
 */
public class PaymentRequest internal constructor(
    internal val handle: Long,
    public val anyOf: List<ProofLevel>,
    public val hasBiometrics: Boolean,
    public val hasCode: Boolean,
    public val reasons: List<ProofReason>,
    public val lines: List<String>,
) {
    /** Says neither payee nor amount. */
    override fun toString(): String = "PaymentRequest($anyOf)"
}

/** What a person proves for a payment, the weaker first. */
public enum class ProofLevel {
    /** Nothing: an open session is enough. */
    NOTHING,

    /** A finger or face. */
    BIOMETRICS,

    /** The PIN. */
    PIN,

    /** The PIN, and a finger or face. */
    PIN_AND_BIOMETRICS,

    /** The PIN, and a code of the authenticator. */
    PIN_AND_CODE,
}

/** Why a payment needs a proof. */
public sealed interface ProofReason {
    /**
     * Without this proof it is over a limit.
     *
     * @property line the limit in words. It is in [PaymentRequest.lines].
     */
    public data class OverLimit(public val line: String) : ProofReason {
        /** Does not say how much. */
        override fun toString(): String = "OverLimit(redacted)"
    }

    /**
     * Something is out of the ordinary.
     *
     * @property risk what. A sentence about it is in [PaymentRequest.lines].
     */
    public data class Unusual(public val risk: Risk) : ProofReason
}

/**
 * Something that is out of the ordinary, by a rule of the policy (`payment.risk`).
 *
 * @property rule the rule.
 * @property flag what is wrong with the phone's integrity, as the app said ([PaymentContext.flags]). Null: it is another rule.
 */
public data class Risk(public val rule: RiskRule, public val flag: String?)

/** A rule about what is out of the ordinary. */
public enum class RiskRule {
    /** Many payments within 15 minutes. */
    MANY_PAYMENTS,

    /** Many payments within 24 hours. */
    MANY_PAYMENTS_TODAY,

    /** Several payments were refused within an hour. */
    REFUSALS,

    /** The payee is new, and the amount is high. */
    NEW_PAYEE,

    /** The amount is far above what is usual for this card. */
    UNUSUAL_AMOUNT,

    /** The amount is high for the night. */
    NIGHT,

    /** The place is new. */
    NEW_PLACE,

    /** The place is too far from that of the payment before. */
    TOO_FAST,

    /** The PIN, the phone or a limit was changed within 24 hours, and the amount is high. */
    RECENT_CHANGE,

    /** The app said that something is wrong with the phone's integrity. */
    INTEGRITY,
}

/** Why a payment is refused. */
public sealed interface PaymentRefusal {
    /**
     * The wallet is locked.
     *
     * @property status why, and what the person can do.
     */
    public data class Locked(public val status: LockStatus) : PaymentRefusal

    /**
     * Payments are frozen.
     *
     * @property freeze by whom.
     */
    public data class Frozen(public val freeze: PaymentFreeze) : PaymentRefusal

    /**
     * Its card is frozen, removed or destroyed.
     *
     * @property state which of these.
     */
    public data class CardStopped(public val state: CardState) : PaymentRefusal

    /**
     * The provider has to register this phone first ([Provider.register]): it never did, or the wallet was recovered or got new keys
     * since.
     *
     * @property leftMs without a provider: milliseconds until payments are possible again after a recovery. Null: waiting does not help.
     */
    public data class NotRegistered(public val leftMs: Long?) : PaymentRefusal {
        /** [leftMs] as a duration. */
        public val left: Duration? get() = leftMs?.milliseconds
    }

    /**
     * No limit of the policy bounds such a payment, in this currency and through this channel, so it is refused. Only a limit without
     * [Limit.proof] and without [Limit.atNight] does.
     */
    public data object CurrencyNotAllowed : PaymentRefusal

    /**
     * It is over a limit.
     *
     * @property limit the limit.
     * @property left what is left of it: in the currency's smallest unit, or a number of payments ([Limit.countsPayments]).
     * @property reopensInMs milliseconds until the next day begins, counted by the time that the phone is on. Null: that does not help:
     *   more is left later than that, or never.
     */
    public data class OverLimit(
        public val limit: Limit,
        public val left: Long,
        public val reopensInMs: Long?,
    ) : PaymentRefusal {
        /** [reopensInMs] as a duration. */
        public val reopensIn: Duration? get() = reopensInMs?.milliseconds

        /** Does not say how much is left. */
        override fun toString(): String = "OverLimit($limit, reopensInMs=$reopensInMs)"
    }

    /**
     * Something is out of the ordinary.
     *
     * @property risk what.
     * @property forMs milliseconds until it is over. Null: it does not end by waiting.
     */
    public data class Unusual(public val risk: Risk, public val forMs: Long?) : PaymentRefusal {
        /** [forMs] as a duration. */
        public val duration: Duration? get() = forMs?.milliseconds
    }

    /** As many authorisations are out as there may be (8): wait for one to be charged or to expire. */
    public data object TooManyOpen : PaymentRefusal

    /** Another payment has this id. */
    public data object Conflict : PaymentRefusal

    /**
     * The payment with this id is over.
     *
     * @property state how it ended.
     */
    public data class Ended(public val state: PaymentState) : PaymentRefusal
}

/** What became of a payment. */
public sealed interface PaymentState {
    /** It was approved, and may be used. */
    public data object Reserved : PaymentState

    /** Its authorisation ended, and nobody said whether it was used. It counts as used. */
    public data object Presumed : PaymentState

    /**
     * It was charged.
     *
     * @property minor how much, in the smallest unit of the currency that limits count.
     */
    public data class Captured(public val minor: Long) : PaymentState {
        /** Does not say how much. */
        override fun toString(): String = "Captured(redacted)"
    }

    /** It was not charged, and does not count. */
    public data object Declined : PaymentState
}

/**
 * Who has frozen payments.
 *
 * @property byOwner the owner ([Payments.freeze]).
 * @property byProvider the provider. Only its grant ends that ([RequestKind.UNFREEZE]).
 * @property inPanic the owner, in a panic ([Payments.panicFreeze]).
 * @property ofChannel the owner, but only the channel of this payment.
 */
public data class PaymentFreeze(
    public val byOwner: Boolean,
    public val byProvider: Boolean,
    public val inPanic: Boolean,
    public val ofChannel: Boolean,
) {
    /** Whether anybody has. */
    public val isAny: Boolean get() = byOwner || byProvider || inPanic || ofChannel
}

/**
 * What stands between the wallet and a payment ([Payments.state]).
 *
 * @property freeze who has frozen all payments.
 * @property frozenChannels the channels that the owner has frozen.
 * @property panicLeftMs after a panic: milliseconds of time since boot until the PIN alone ends it. Null: there was no panic.
 * @property nextDayMs milliseconds until the limits of a day begin anew, counted by the time that the phone is on.
 * @property behindMs by how many milliseconds the wall clock is ahead of the time that the wallet believes. If it is hours, because
 *   the phone was off for long, days begin late. A heartbeat of the provider helps ([Provider.heartbeat]).
 */
public data class PaymentsState(
    public val freeze: PaymentFreeze,
    public val frozenChannels: List<PaymentChannel>,
    public val panicLeftMs: Long?,
    public val nextDayMs: Long,
    public val behindMs: Long,
) {
    /** [panicLeftMs] as a duration. */
    public val panicLeft: Duration? get() = panicLeftMs?.milliseconds

    /** [nextDayMs] as a duration. */
    public val nextDay: Duration get() = nextDayMs.milliseconds

    /** [behindMs] as a duration. */
    public val behind: Duration get() = behindMs.milliseconds
}

/** How [Payments.panicFreeze] ended: [Frozen], or a [Refusal] of the PIN. [Payments.freeze] needs no PIN. */
public sealed interface PanicOutcome {
    /** Payments are frozen, and every session has ended. */
    public data object Frozen : PanicOutcome
}

/** How [Access.unfreeze] ended. */
public sealed interface Unfreezing {
    /** The owner's freeze is over. One of the provider may still stand ([Payments.state]). */
    public data object Done : Unfreezing

    /** The owner had frozen nothing. */
    public data object NothingFrozen : Unfreezing

    /**
     * Not yet: everything was stopped in a panic. The second factor in this session ends it now ([Access.proveSecondFactor]), or a
     * grant of the provider.
     *
     * @property leftMs milliseconds of time since boot until the PIN alone ends it.
     */
    public data class Waits(public val leftMs: Long) : Unfreezing {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }
}
