package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * The limits on payments: those of the policy, and the owner's own. [Session.limits] gives it. It lives as long as its session, and
 * needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class Limits internal constructor(private val session: Session) {
    /** All limits that hold, with what is left of each. Those of the policy come first. */
    public suspend fun all(): List<LimitState> = session.call { it.limits() }.map { it.toPublic() }

    /**
     * Sets a limit of the owner. If there is one already that differs only in its maximum, it takes the place of that one. A new
     * limit, and a lower one, holds at once. A higher one waits (the policy's `payment.raise_after_h`), and can be cancelled
     * ([cancelRaise]).
     *
     * @param limit without [Limit.proof]: nothing passes a limit of the owner.
     * @throws LockException.Invalid ("limit" or "currency") if there is no such limit.
     * @throws LockException.PinNeeded to raise one, unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.SecondFactorNeeded to raise one, if the policy asks for the second factor ([GuardedAction.RAISE_LIMIT]).
     * @throws LockException.LimitReached if there are 24 limits already, those of the policy included.
     */
    public suspend fun set(limit: Limit): LimitChange = session.call { it.changeLimit(limit.toNative(), removes = false) }.toPublic()

    /**
     * Takes a limit of the owner away. That waits, and throws, as raising it does.
     *
     * @param limit whatever its maximum.
     */
    public suspend fun remove(limit: Limit): LimitChange = session.call { it.changeLimit(limit.toNative(), removes = true) }.toPublic()

    /**
     * Cancels the raise, or the removal, of a limit that waits. False: none does.
     *
     * @param limit whatever its maximum.
     */
    public suspend fun cancelRaise(limit: Limit): Boolean = session.call { it.cancelRaise(limit.toNative()) }

    /** Says nothing about the limits. */
    override fun toString(): String = "Limits"
}

/**
 * A limit on payments of one currency.
 *
 * @property scope the payments that it is about.
 * @property currency their currency, by ISO 4217: three capital letters.
 * @property per over which time it counts.
 * @property max the most: in the currency's smallest unit, or, with [countsPayments], a number of payments.
 * @property countsPayments whether it limits how many payments there are, and not how much is paid.
 * @property proof only payments for which at most this was proven count, and a stronger proof passes the limit. Null: all payments
 *   count, and nothing passes the limit.
 * @property atNight whether it counts only payments at night (the policy's `payment.night`).
 */
public data class Limit @JvmOverloads constructor(
    public val scope: LimitScope,
    public val currency: String,
    public val per: LimitPeriod,
    public val max: Long,
    public val countsPayments: Boolean = false,
    public val proof: ProofLevel? = null,
    public val atNight: Boolean = false,
) {
    /** Does not say how much. */
    override fun toString(): String = "Limit($scope, $currency, $per)"
}

/** The payments that a limit is about. */
public sealed interface LimitScope {
    /** All payments. */
    public data object All : LimitScope

    /** Payments over the internet: [PaymentChannel.ONLINE] and [PaymentChannel.TRANSFER]. */
    public data object Remote : LimitScope

    /**
     * Payments through one channel.
     *
     * @property channel the channel.
     */
    public data class Through(public val channel: PaymentChannel) : LimitScope

    /**
     * Payments with one card.
     *
     * @property id the card's id ([CardRef.id]).
     */
    public data class Card(public val id: String) : LimitScope {
        /** Does not say which card. */
        override fun toString(): String = "Card(redacted)"
    }
}

/** The time over which a limit counts. */
public enum class LimitPeriod {
    /** One payment. */
    PAYMENT,

    /** A day. It begins at local midnight, and at least 23 hours after the one before. */
    DAY,

    /** The last thirty days. */
    THIRTY_DAYS,

    /** Since the wallet was made. */
    ALWAYS,

    /** Since a person last proved something for a payment of the same kind. It is for payments without proof only. */
    SINCE_PROOF,
}

/**
 * A limit, and what is left of it.
 *
 * @property limit the limit.
 * @property isOwners true: the owner set it. False: it is the policy's.
 * @property left what is left: in the currency's smallest unit, or a number of payments ([Limit.countsPayments]).
 * @property reopensInMs for a limit on a day: milliseconds until the next day begins, counted by the time that the phone is on. Null
 *   for any other limit.
 * @property raise what the owner's limit becomes later. Null: nothing waits.
 */
public data class LimitState(
    public val limit: Limit,
    public val isOwners: Boolean,
    public val left: Long,
    public val reopensInMs: Long?,
    public val raise: PendingRaise?,
) {
    /** [reopensInMs] as a duration. */
    public val reopensIn: Duration? get() = reopensInMs?.milliseconds

    /** Does not say how much is left. */
    override fun toString(): String = "LimitState($limit)"
}

/**
 * A raise that waits.
 *
 * @property to the new maximum. Null: the limit goes.
 * @property leftMs milliseconds left, counted by the time since boot.
 */
public data class PendingRaise(public val to: Long?, public val leftMs: Long) {
    /** [leftMs] as a duration. */
    public val left: Duration get() = leftMs.milliseconds

    /** Does not say how much. */
    override fun toString(): String = "PendingRaise(leftMs=$leftMs)"
}

/** What setting or removing a limit did. */
public sealed interface LimitChange {
    /** The limit holds from now on. */
    public data object Set : LimitChange

    /**
     * The limit is raised, or goes, later.
     *
     * @property leftMs milliseconds left, counted by the time since boot.
     */
    public data class Pending(public val leftMs: Long) : LimitChange {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** It is so already. A raise that waited is cancelled. */
    public data object Unchanged : LimitChange
}
