package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * What somebody who wants to get back in can do now, and what it leads to. [Recovery.progress] gives it.
 *
 * @property ways the ways that were set up: the recovery code, the channels in the owner's order, after them a former one whose change is
 *   paused, the authenticator, a person at the provider.
 * @property former channels that were replaced or removed, whose change may still be paused ([Recovery.pauseChannelChange]): for seven
 *   days of time that the phone is on, once, and at most two of a kind. Empty if this phone is not registered.
 * @property proven what was proven so far.
 * @property enough whether that is enough for a new PIN. The recovery code is enough alone, and is not counted here.
 * @property waitLeftMs milliseconds until the wait is over that runs after proofs on this phone; 0: it is over. Null: none runs.
 * @property canBeCancelledHere whether a sent code, or one of the authenticator, may still cancel what was proven.
 * @property leadsTo what enough proof leads to.
 */
public data class RecoveryProgress(
    public val ways: List<RecoveryWay>,
    public val former: List<RecoveryWay>,
    public val proven: List<ProofMethod>,
    public val enough: Enough,
    public val waitLeftMs: Long?,
    public val canBeCancelledHere: Boolean,
    public val leadsTo: LeadsTo,
) {
    /** [waitLeftMs] as a duration. */
    public val waitLeft: Duration? get() = waitLeftMs?.milliseconds
}

/** Whether what was proven is enough for a new PIN. */
public sealed interface Enough {
    /** It is enough. */
    public data object Now : Enough

    /**
     * It is enough when this time is over, or at once with a proof from elsewhere.
     *
     * @property leftMs milliseconds left, at least 1.
     */
    public data class After(public val leftMs: Long) : Enough {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** Another method is needed. */
    public data object OneMore : Enough

    /** Two methods are needed. */
    public data object TwoMore : Enough
}

/** What enough proof leads to. */
public enum class LeadsTo {
    /**
     * A new PIN, and everything that the wallet keeps is still there: by the recovery code ([Recovery.enterCode]), or by the
     * provider, which keeps the key ([Recovery.askEscrow]).
     */
    NEW_PIN,

    /**
     * Three more tries for the PIN, after the provider's grant ([RequestKind.UNLOCK]). A wallet whose PIN is forgotten for good
     * can only be started anew, **which destroys what it keeps**.
     */
    MORE_TRIES,

    /**
     * Nothing that was set up reaches the owner any more. The wallet can only be started anew ([WalletLock.wipe]), **which
     * destroys what it keeps**.
     */
    START_ANEW,
}

/**
 * A way to prove something.
 *
 * @property kind which way.
 * @property channel the channel's id. Null: this way has no channel.
 * @property mask the channel's address with most of it hidden. Empty: this way has no channel.
 * @property isStale whether nobody confirmed the channel for a long time: it may not reach the owner any more.
 * @property state whether it can be used now.
 */
public data class RecoveryWay(
    public val kind: WayKind,
    public val channel: String?,
    public val mask: String,
    public val isStale: Boolean,
    public val state: WayState,
)

/** Which way to prove something. */
public enum class WayKind {
    /** The recovery code ([Recovery.enterCode]). It is enough alone. */
    RECOVERY_CODE,

    /** A code that the provider sends to a phone number. */
    SMS,

    /** A code or a link that the provider sends to a mail address. */
    MAIL,

    /** A code or a link that the provider sends to the backup mail address. */
    BACKUP_MAIL,

    /** A code of the authenticator app ([Recovery.proveAuthenticator]). */
    AUTHENTICATOR,

    /** A person at the provider, or another device ([Recovery.proveElsewhere]). */
    PERSON,
}

/** Whether a way can be used now. */
public sealed interface WayState {
    /** It can be used now. */
    public data object Available : WayState

    /**
     * A code was sent and can be typed.
     *
     * @property validForMs milliseconds for which it is valid.
     * @property triesLeft how often it may still be typed.
     * @property resendAfterMs milliseconds until another one may be asked for; 0: now.
     */
    public data class Sent(
        public val validForMs: Long,
        public val triesLeft: Int,
        public val resendAfterMs: Long,
    ) : WayState {
        /** [validForMs] as a duration. */
        public val validFor: Duration get() = validForMs.milliseconds

        /** [resendAfterMs] as a duration. */
        public val resendAfter: Duration get() = resendAfterMs.milliseconds
    }

    /**
     * It can be used when this time is over.
     *
     * @property leftMs milliseconds left, at least 1.
     */
    public data class Waiting(public val leftMs: Long) : WayState {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** It was proven. */
    public data object Proven : WayState
}

internal fun dev.walletlock.ffi.RecoveryProgress.toPublic() = RecoveryProgress(
    ways = ways.map { it.toPublic() },
    former = former.map { it.toPublic() },
    proven = proven.map { it.byName() },
    enough = enough.toPublic(),
    waitLeftMs = waitLeftMs,
    canBeCancelledHere = canBeCancelledHere,
    leadsTo = leadsTo.byName(),
)

private fun dev.walletlock.ffi.RecoveryWay.toPublic() =
    RecoveryWay(kind.byName(), channel, mask, isStale, state.toPublic())

internal fun dev.walletlock.ffi.Enough.toPublic(): Enough = when (this) {
    is dev.walletlock.ffi.Enough.Now -> Enough.Now
    is dev.walletlock.ffi.Enough.After -> Enough.After(leftMs)
    is dev.walletlock.ffi.Enough.OneMore -> Enough.OneMore
    is dev.walletlock.ffi.Enough.TwoMore -> Enough.TwoMore
}

internal fun dev.walletlock.ffi.WayState.toPublic(): WayState = when (this) {
    is dev.walletlock.ffi.WayState.Available -> WayState.Available
    is dev.walletlock.ffi.WayState.Sent -> WayState.Sent(validForMs, triesLeft, resendAfterMs)
    is dev.walletlock.ffi.WayState.Waiting -> WayState.Waiting(leftMs)
    is dev.walletlock.ffi.WayState.Proven -> WayState.Proven
}
