package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** Where the provider sends a code. */
public enum class ChannelKind {
    /** A phone number. */
    SMS,

    /** A mail address. */
    MAIL,

    /** A second mail address, in case the first one is lost. */
    BACKUP_MAIL,
}

/**
 * A phone number or mail address of the owner, to which the provider sends codes. The phone keeps a mask of the address, and the
 * provider the address.
 *
 * @property id its id, the same for the phone and the provider. It is no secret.
 * @property kind its kind.
 * @property mask the address with most of it hidden.
 * @property state how it stands.
 */
public data class Channel(
    public val id: String,
    public val kind: ChannelKind,
    public val mask: String,
    public val state: ChannelState,
)

/** How a channel stands. */
public sealed interface ChannelState {
    /** No code that was sent there came back yet. It counts for nothing. */
    public data object NotConfirmed : ChannelState

    /**
     * It is confirmed, and counts when this time is over.
     *
     * @property leftMs milliseconds left, at least 1.
     */
    public data class Waiting(public val leftMs: Long) : ChannelState {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /**
     * It counts.
     *
     * @property confirmedMs when a code that was sent there last came back, in milliseconds since 1970 by the phone's wall clock.
     * @property isStale whether nobody confirmed it for longer than the policy's `recovery.stale_after_days`.
     * @property leavesInMs milliseconds until it goes, because it was removed. Null: it stays.
     */
    public data class InForce(
        public val confirmedMs: Long,
        public val isStale: Boolean,
        public val leavesInMs: Long?,
    ) : ChannelState {
        /** [leavesInMs] as a duration. */
        public val leavesIn: Duration? get() = leavesInMs?.milliseconds
    }
}

/**
 * A channel that is being set up.
 *
 * @property id the channel's id.
 * @property request asks the provider to send a code there. It holds the address.
 */
public data class NewChannel(public val id: String, public val request: CodeRequest)

internal fun dev.walletlock.ffi.Channel.toPublic() = Channel(id, kind.byName(), mask, state.toPublic())

internal fun dev.walletlock.ffi.ChannelState.toPublic(): ChannelState = when (this) {
    is dev.walletlock.ffi.ChannelState.NotConfirmed -> ChannelState.NotConfirmed
    is dev.walletlock.ffi.ChannelState.Waiting -> ChannelState.Waiting(leftMs)
    is dev.walletlock.ffi.ChannelState.InForce -> ChannelState.InForce(confirmedMs, isStale, leavesInMs)
}

internal fun dev.walletlock.ffi.NewChannel.toPublic() = NewChannel(id, request.toPublic())
