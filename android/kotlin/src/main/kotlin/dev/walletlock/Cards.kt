package dev.walletlock

import java.nio.ByteBuffer
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * The cards that the wallet keeps. [Session.cards] gives it. It lives as long as its session, and needs no closing.
 *
 * Payments with a card that is frozen, removed or destroyed are refused ([PaymentRefusal.CardStopped]). [Payments.freezeCard]
 * freezes one, also while the wallet is locked.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class Cards internal constructor(private val session: Session) {
    /** All cards, in the order in which they were added; also those that were removed and can be brought back. */
    public suspend fun all(): List<Card> = session.call { it.cards() }.map { it.toPublic() }

    /**
     * Adds a card.
     *
     * @param token what pays, up to 4 KiB. It is sealed under a key of the card's own, which goes with the card. Null: the wallet keeps
     *   none. Overwrite your own copy with zeros after use. A full card number is refused in every text, but not here: the tokens of
     *   card networks look like one.
     * @throws LockException.Invalid names the field that is wrong: "card id", "card label", "card network", "card digits", "card token".
     * @throws LockException.WrongState if a card has this id, or can be brought back.
     * @throws LockException.LimitReached if there are 20 cards already.
     * @throws LockException.PinNeeded if biometrics opened the session.
     */
    @JvmOverloads
    public suspend fun add(card: NewCard, token: ByteArray? = null): Unit = session.call { native ->
        val direct = ByteBuffer.allocateDirect(token?.size ?: 0)
        try {
            token?.let { direct.duplicate().put(it) }
            native.addCard(card.toNative(), direct)
        } finally {
            direct.duplicate().put(ByteArray(direct.capacity()))
        }
    }

    /**
     * The token of a card. Null: there is no such card, it has no token, it is frozen or removed, or its token was lost in a recovery.
     * The array is a copy that you own: overwrite it with zeros after use.
     */
    public suspend fun token(id: String): ByteArray? =
        session.callBackend(unwanted = { it?.fill(0) }) { backend, handle -> backend.readItem(handle, TOKEN + id) }

    /**
     * Allows payments with a card again. False: there is no such card, or they are allowed.
     *
     * @throws LockException.PinNeeded if biometrics opened the session.
     */
    public suspend fun unfreeze(id: String): Boolean = change(id, dev.walletlock.ffi.CardChange.UNFREEZE)

    /**
     * Removes a card. It can be brought back for a while (the policy's `payment.card_grace_h`, a week by default); after that its key
     * is destroyed, also while the wallet is locked. False: there is no such card, or it was removed.
     *
     * @throws LockException.PinNeeded if biometrics opened the session.
     */
    public suspend fun remove(id: String): Boolean = change(id, dev.walletlock.ffi.CardChange.REMOVE)

    /**
     * Brings a card back that was removed. False: there is no such card, or it is too late.
     *
     * @throws LockException.PinNeeded if biometrics opened the session.
     */
    public suspend fun restore(id: String): Boolean = change(id, dev.walletlock.ffi.CardChange.RESTORE)

    /** Says nothing about the cards. */
    override fun toString(): String = "Cards"

    private suspend fun change(id: String, change: dev.walletlock.ffi.CardChange): Boolean =
        session.call { it.changeCard(id.orInvalid("card id"), change) }
}

/** What stands before a card's id where its token is read as an item. */
private const val TOKEN = "\u0000card/"

/**
 * A card to be added.
 *
 * @property id the app's own name for it, 1 to 36 printable ASCII characters: [CardRef.id] names it. Never the card's number.
 * @property label what the owner calls it, up to 36 bytes of UTF-8.
 * @property network the network, such as `Visa`.
 * @property last4 the last four digits.
 */
public data class NewCard(
    public val id: String,
    public val label: String,
    public val network: String,
    public val last4: String,
) {
    /** Does not say which card. */
    override fun toString(): String = "NewCard(redacted)"
}

/**
 * A card that the wallet keeps.
 *
 * @property card what was said when it was added.
 * @property state whether it may be used.
 * @property hasToken whether the wallet keeps a token for it.
 * @property isUnused whether it was not used for a year.
 */
public data class Card(
    public val card: NewCard,
    public val state: CardState,
    public val hasToken: Boolean,
    public val isUnused: Boolean,
)

/** Whether a card may be used. */
public sealed interface CardState {
    /** It may. */
    public data object Active : CardState

    /** The owner stopped payments with it. */
    public data object Frozen : CardState

    /**
     * The owner removed it. It can be brought back.
     *
     * @property leftMs milliseconds until it is destroyed, counted by the time since boot.
     */
    public data class Removed(public val leftMs: Long) : CardState {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** It was removed, and the time in which it could be brought back is over. */
    public data object Destroyed : CardState
}

/**
 * Something that was closed or switched off, and can be brought back ([Access.switchedOff], [Access.bringBack]).
 *
 * @property what what it is.
 * @property leftMs milliseconds until it cannot be brought back any more, counted by the time since boot. Null: it always can.
 */
public data class SwitchedOff(public val what: Closed, public val leftMs: Long?) {
    /** [leftMs] as a duration. */
    public val left: Duration? get() = leftMs?.milliseconds
}

/** What was closed or switched off. */
public sealed interface Closed {
    /**
     * A card was removed.
     *
     * @property id its id.
     * @property label its label.
     */
    public data class CardRemoved(public val id: String, public val label: String) : Closed {
        /** Does not say which card. */
        override fun toString(): String = "CardRemoved(redacted)"
    }

    /**
     * Payments with a card were stopped.
     *
     * @property id its id.
     * @property label its label.
     */
    public data class CardFrozen(public val id: String, public val label: String) : Closed {
        /** Does not say which card. */
        override fun toString(): String = "CardFrozen(redacted)"
    }

    /** The owner stopped all payments. */
    public data object Payments : Closed

    /**
     * Payments through one channel were stopped.
     *
     * @property channel the channel.
     */
    public data class ThroughChannel(public val channel: PaymentChannel) : Closed

    /**
     * The removal of a channel for codes waits.
     *
     * @property id its id.
     * @property kind its kind.
     * @property mask the address with most of it hidden.
     */
    public data class CodeChannel(public val id: String, public val kind: ChannelKind, public val mask: String) : Closed {
        /** Does not say the address. */
        override fun toString(): String = "CodeChannel($kind)"
    }

    /** Biometrics were switched off. */
    public data object Biometrics : Closed

    /** The second factor was removed, or, while a time is left, its removal waits. */
    public data object SecondFactor : Closed

    /** The withdrawal of the recovery code waits. */
    public data object RecoveryCode : Closed

    /** Switching escrow off waits. */
    public data object Escrow : Closed
}

/** How bringing something back ended. */
public enum class BringingBack {
    /** It is back. */
    DONE,

    /** It is too late, or somebody brought it back already. */
    TOO_LATE,

    /** The owner stopped everything in a panic: that takes the second factor, or a wait. */
    WAITS,

    /** The person sets it up anew: [Access.enableBiometrics], or a second factor. */
    SET_UP_ANEW,
}
