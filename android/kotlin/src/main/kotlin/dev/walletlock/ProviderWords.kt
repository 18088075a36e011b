package dev.walletlock

import kotlin.io.encoding.Base64
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** What a request to the provider asks for. */
public enum class RequestKind {
    /** That the provider registers this phone. */
    REGISTER,

    /** That locks are cleared. */
    UNLOCK,

    /** That the provider's freeze ends. */
    UNFREEZE,

    /** The time, and the orders that this phone has not seen. */
    HEARTBEAT,

    /**
     * Nothing: it tells the backend which escrow is in force ([ProviderState.escrowDigest]), so that the backend opens no other
     * one. Nothing answers it.
     */
    DEPOSIT,

    /**
     * Nothing: it tells the backend which channels and which second factor there are, and what waits, so that the backend announces
     * on the channels what is about to change. Nothing answers it. Send it after each change, and when the app opens.
     */
    REPORT,

    /**
     * Nothing: it tells the backend that the owner has frozen payments, and which: `all`, or the channels and the ids of the cards. A
     * freeze on the phone recalls nothing that was handed out. Nothing answers it. Send it after each freeze ([Payments.freeze],
     * [Payments.freezeCard], [Payments.panicFreeze]) and each dispute ([Disputes.open]).
     */
    FREEZE_NOTICE,
}

/**
 * What the app tells its backend in a request, in words that only the two of them know. The lock does not look at it. Each text
 * has at most 200 bytes in UTF-8.
 *
 * @property channel how the person proved who they are, for example `sms`.
 * @property code the code that the person received and typed. It is a secret: this class does not print it. A [String] cannot be
 *   wiped, so a copy stays on Java's heap until the memory is used again.
 * @property what anything else that the backend asks for, for example the number of a conversation.
 */
public class ProviderRequest @JvmOverloads constructor(
    public val channel: String? = null,
    public val code: String? = null,
    public val what: String? = null,
) {
    /** Never the code. */
    override fun toString(): String = "ProviderRequest"

    /** Holds [NOTHING]. */
    public companion object {
        /** Tells the backend nothing. */
        @JvmField
        public val NOTHING: ProviderRequest = ProviderRequest()
    }
}

/** How taking a word of the provider ended. */
public sealed interface WordOutcome {
    /**
     * The word was carried out, now or when the same text came before.
     *
     * @property what what it did.
     */
    public data class Done(public val what: WordDone) : WordOutcome

    /**
     * The word was refused. Nothing was changed.
     *
     * @property error why.
     */
    public data class Refused(public val error: WordError) : WordOutcome
}

/** What a word of the provider did. */
public enum class WordDone {
    /** The wallet is locked. */
    LOCKED,

    /** Payments are frozen. */
    FROZEN,

    /** Everything is destroyed. */
    WIPED,

    /** An online key of the provider was revoked, and perhaps another one takes its place. */
    KEYS_CHANGED,

    /** This phone is registered. */
    REGISTERED,

    /** The locks that a grant clears are gone. Others may still stand: see [WalletLock.status]. */
    UNLOCKED,

    /** The freeze is over. */
    UNFROZEN,

    /** The heartbeat counts: a new allowance has begun. */
    HEARTBEAT_TAKEN,

    /** The heartbeat names an order that did not come with it. The wallet is locked until that order is delivered. */
    ORDER_WITHHELD,

    /** Something is proven for getting back in. [Recovery.progress] says what follows. */
    PROVEN,

    /** A recovery that waited is cancelled, and what was proven is void. */
    RECOVERY_CANCELLED,

    /** A channel is confirmed. */
    CHANNEL_CONFIRMED,

    /** A change of a channel is paused: for a while the former one counts for getting back in. */
    CHANNEL_CHANGE_PAUSED,

    /** The second factor was right, for the sessions that are open. */
    SECOND_FACTOR_PROVEN,

    /** What became of a payment is noted, now or before: [Payments.stateOf]. */
    PAYMENT_SETTLED,
}

/** Why a word of the provider was refused. */
public enum class WordError {
    /** It is longer than 4,096 bytes. */
    TOO_LONG,

    /** It does not have the form of a word, or its claims are not exactly those of its kind. */
    MALFORMED,

    /** The policy does not name the key that it says it is signed with, or that key was revoked. */
    UNKNOWN_KEY,

    /** The signature is not by that key, or of another text. */
    BAD_SIGNATURE,

    /** It is a word of another kind than this function takes. */
    WRONG_TYPE,

    /** The key may not sign this. */
    WRONG_ROLE,

    /** It is of a version that this library does not read. */
    WRONG_VERSION,

    /** It is for another wallet. */
    WRONG_WALLET,

    /** It is for another installation: the phone was registered anew since, or never. */
    WRONG_INSTALLATION,

    /** It answers no request that is open. */
    NOT_ASKED,

    /** It answers a request too late. */
    LATE,

    /** A newer word was carried out already. */
    OLD,

    /** An order came after the request that this grant answers. Ask again. */
    SUPERSEDED,

    /** The grant knows of an order that this phone does not know. Deliver that order first. */
    ORDER_MISSING,

    /** What it says was verified is not enough for a new PIN, or the wait after proofs on this phone is not over. */
    NOT_ENOUGH,

    /** The word is right and still not allowed, for example a grant of something that was not asked for. */
    NOT_ALLOWED,
}

/**
 * What stands between the wallet and its provider.
 *
 * @property wallet the wallet's id, in base64url, as words and requests name it.
 * @property installation this phone's id at the provider, in base64url. Null: it is not registered.
 * @property lastOrder the number of the last order that this phone knows; 0: none.
 * @property allowanceLeftMs milliseconds until the phone locks itself unless a heartbeat comes; 0: it is locked. Null: it never
 *   does, because the policy has no allowance or the phone is not registered.
 * @property warns whether the owner is to be told that the phone will lock itself: let it reach its provider.
 * @property isFrozen whether payments are frozen.
 * @property allowsWipe whether the owner allowed that an order of the provider destroys everything ([Access.allowRemoteWipe]).
 * @property escrowDigest names the escrow in force, in base64url. Null: there is none. If the backend has another one, send it a
 *   [RequestKind.DEPOSIT].
 */
public data class ProviderState(
    public val wallet: String,
    public val installation: String?,
    public val lastOrder: Long,
    public val allowanceLeftMs: Long?,
    public val warns: Boolean,
    public val isFrozen: Boolean,
    public val allowsWipe: Boolean,
    public val escrowDigest: String?,
) {
    /** [allowanceLeftMs] as a duration. */
    public val allowanceLeft: Duration? get() = allowanceLeftMs?.milliseconds
}

/** What [WalletLock.lockAsOwner] did. */
public enum class OwnerLock {
    /** The wallet is locked. */
    LOCKED,

    /** Payments are frozen. The wallet was not locked, because nothing that was set up could have cleared that lock. */
    FROZEN,
}

internal fun dev.walletlock.ffi.WordOutcome.toPublic(): WordOutcome = when (this) {
    is dev.walletlock.ffi.WordOutcome.Done -> WordOutcome.Done(v1.byName())
    is dev.walletlock.ffi.WordOutcome.Refused -> WordOutcome.Refused(v1.byName())
}

internal fun dev.walletlock.ffi.ProviderState.toPublic() = ProviderState(
    wallet = ID_TEXT.encode(wallet),
    installation = installation?.let { ID_TEXT.encode(it) },
    lastOrder = lastOrder,
    allowanceLeftMs = allowanceLeftMs,
    warns = warns,
    isFrozen = isFrozen,
    allowsWipe = allowsWipe,
    escrowDigest = escrowDigest?.let { ID_TEXT.encode(it) },
)

private val ID_TEXT = Base64.UrlSafe.withPadding(Base64.PaddingOption.ABSENT)
