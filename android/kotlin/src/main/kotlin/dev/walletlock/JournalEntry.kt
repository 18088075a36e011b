package dev.walletlock

/**
 * Which lines of the journal to show. The default shows the newest of all kinds.
 *
 * @property limit lines a page, up to 200.
 * @property below only lines below this number: [JournalPage.next] of the page before.
 * @property kinds only these; empty for all.
 * @property text only lines whose details contain this text, in upper or lower case; for example a payee's name.
 * @property fromWallMs only lines written at this time or later, in milliseconds since 1970.
 * @property untilWallMs only lines written before this time.
 * @property card only lines about this card.
 * @property channel only lines about payments through this channel.
 * @property amount only lines about payments of so much.
 * @property state only lines that say this of a payment.
 * @property category only lines about payments in this category.
 */
public data class JournalQuery @JvmOverloads constructor(
    public val limit: Int = 50,
    public val below: Long? = null,
    public val kinds: Set<JournalKind> = emptySet(),
    public val text: String? = null,
    public val fromWallMs: Long? = null,
    public val untilWallMs: Long? = null,
    public val card: String? = null,
    public val channel: PaymentChannel? = null,
    public val amount: AmountRange? = null,
    public val state: LineState? = null,
    public val category: Category? = null,
)

/**
 * A page of the journal.
 *
 * @property entries newest first.
 * @property next the value of [JournalQuery.below] for the next page. Null at the end.
 * @property newest the number of the newest line of the journal.
 * @property oldest the number of the oldest line that was not deleted.
 */
public data class JournalPage(
    public val entries: List<JournalEntry>,
    public val next: Long?,
    public val newest: Long,
    public val oldest: Long,
)

/**
 * A line of the journal.
 *
 * @property number 1 for the first, without gaps.
 * @property wallMs when it was written, in milliseconds since 1970, by the phone's clock.
 * @property bootCount the phone's boot count at that time. Null: it could not be read.
 * @property sinceBootMs how long the phone had been running at that time, in milliseconds.
 * @property kind what the line is about. Null: a newer version wrote it.
 * @property details names and values, never a secret. Null: someone has changed them, so they are not shown.
 */
public data class JournalEntry(
    public val number: Long,
    public val wallMs: Long,
    public val bootCount: Int?,
    public val sinceBootMs: Long,
    public val kind: JournalKind?,
    public val details: Map<String, String>?,
) {
    /** Does not say the details. */
    override fun toString(): String = "JournalEntry($number, $kind)"
}

/** What a line of the journal is about. */
public enum class JournalKind {
    /** A PIN was set for the first time. */
    ENROLLED,

    /** A PIN is about to be checked; it counts as failed from here on. */
    PIN_TRIED,

    /** The PIN was right. */
    PIN_RIGHT,

    /** The PIN was wrong. */
    PIN_WRONG,

    /** The same wrong PIN was entered again within a short time, and was not counted again. */
    PIN_REPEATED,

    /** The phone failed before it was known whether the PIN is right, or the PIN was replaced meanwhile. */
    PIN_NO_VERDICT,

    /** A PIN was refused during a cool-down; one line for each cool-down. */
    PIN_REFUSED,

    /** When the lock was opened, it found tries without an outcome: the app was killed during them. They count as wrong. */
    OPEN_TRIES_COUNTED,

    /** No further try until the phone restarts, or until the person is verified some other way; the details say which. */
    LOCKED,

    /** The PIN was changed. */
    PIN_CHANGED,

    /** Checking a PIN now costs more computation (Argon2id), which makes guessing harder. */
    KDF_UPGRADED,

    /** Another policy is in force. */
    POLICY_CHANGED,

    /** An item was written. */
    ITEM_WRITTEN,

    /** An item was deleted. */
    ITEM_DELETED,

    /** The wallet was wiped: everything in it was destroyed, without the PIN. */
    WIPED,

    /** Biometrics were switched on: a finger or face opens the wallet from here on. */
    BIOMETRICS_ON,

    /** Biometrics were switched off; the details say why. */
    BIOMETRICS_OFF,

    /** A finger or face is asked for; the details say what for. */
    BIOMETRICS_ASKED,

    /** The person was recognised, and the wallet opened. */
    BIOMETRICS_RIGHT,

    /** Someone was not recognised. */
    BIOMETRICS_NOT_RECOGNISED,

    /** The prompt ended, and nobody was recognised; nothing was counted. */
    BIOMETRICS_ENDED,

    /** Biometrics may not be used now; one line for each reason, until the next right PIN or success. */
    BIOMETRICS_REFUSED,

    /** Someone who knew the PIN asked for another recovery code, or for none any more; the details say which. It waits. */
    CODE_PENDING,

    /** The change of the recovery code that waited was cancelled. */
    CODE_CANCELLED,

    /** A recovery code is in force from here on. */
    CODE_SET,

    /** The recovery code was withdrawn: no code opens the wallet from here on. */
    CODE_WITHDRAWN,

    /**
     * The recovery code opened the wallet, and a new PIN and a new code are in force. The details say how many lines of the
     * journal were proven then.
     */
    RECOVERED,

    /** An item of the wallet was damaged, and is lost; the details name it. */
    ITEM_LOST,

    /** What the recovery code opens was changed in the file behind the lock's back, and was put right. */
    RESCUE_ROW_RESTORED,

    /** This phone was registered with the provider. */
    PROVIDER_REGISTERED,

    /** The provider ordered a lock; the details say why. */
    LOCK_ORDERED,

    /** Payments were frozen; the details say by whom. */
    FROZEN,

    /** The freeze ended; the details say who ended it. */
    UNFROZEN,

    /** The provider ordered a wipe. If the owner has not allowed that, the wallet is locked instead; the details say which. */
    WIPE_ORDERED,

    /** The provider granted that locks are cleared. */
    UNLOCK_GRANTED,

    /** A lock was cleared; one line for each lock. The details say which, and what cleared it. */
    LOCK_CLEARED,

    /** A key of the provider is not valid any more. */
    PROVIDER_KEY_REVOKED,

    /** The provider sent an order that this phone has not seen: the wallet is locked until the order is delivered. */
    ORDER_WITHHELD,

    /** The time that the phone may be without its provider is nearly used up; the details say how much is left. */
    HEARTBEAT_DUE,

    /** The time that the phone may be without its provider is used up: the wallet is locked. */
    HEARTBEAT_EXPIRED,

    /** The owner allowed, or no longer allows, that the provider destroys everything; the details say which. */
    REMOTE_WIPE_ALLOWED,

    /**
     * The phone's keystore remembers an order to lock that the wallet's file does not hold: someone put an older copy of the file
     * back, or the order was cut short. The wallet is locked.
     */
    LOCK_RESTORED,

    /** The owner locked the wallet. */
    LOCK_SET,

    /** Switching escrow on or off was asked for and waits; the details say which, and for how long. */
    ESCROW_PENDING,

    /** The change of escrow that waited was cancelled. */
    ESCROW_CANCELLED,

    /** Escrow is on: the provider keeps the key to the wallet. */
    ESCROW_ON,

    /** Escrow is off. */
    ESCROW_OFF,

    /** A channel was confirmed, and counts after a wait; the details say which kind, and how long. */
    CHANNEL_PENDING,

    /** A channel counts from here on: codes may be sent there. */
    CHANNEL_SET,

    /** Removing a channel was asked for and waits; the details say which kind, and for how long. */
    CHANNEL_LEAVES,

    /** A channel is gone. */
    CHANNEL_REMOVED,

    /** What waited for a channel was cancelled. */
    CHANNEL_CANCELLED,

    /** The provider was asked to send a code; the details say to which kind of channel. */
    CODE_ASKED,

    /**
     * A code that was sent, or another proof, went to the provider; the details say what for. A code counts as wrong until the
     * provider says otherwise.
     */
    CODE_TYPED,

    /** Something was proven by somebody who wants to get back in; the details say what. */
    PROVEN,

    /** Enough was proven on this phone for a new PIN after a wait; the details say how long. */
    RECOVERY_WAITS,

    /** What was proven is void, and what waited is cancelled; the details say by what. */
    RECOVERY_CANCELLED,

    /** A change of the second factor was asked for and waits; the details say which, and for how long. */
    SECOND_FACTOR_PENDING,

    /** The change of the second factor that waited was cancelled. */
    SECOND_FACTOR_CANCELLED,

    /** A second factor is asked for from here on; the details say which. */
    SECOND_FACTOR_ON,

    /** No second factor is asked for any more. */
    SECOND_FACTOR_OFF,

    /** A code of the authenticator is about to be checked; it counts as wrong from here on. */
    SECOND_FACTOR_TRIED,

    /** The second factor was right. */
    SECOND_FACTOR_RIGHT,

    /** The account has another password. */
    PASSWORD_SET,

    /** A change of a channel is paused, because a code came back from the former one. */
    CHANNEL_CHANGE_PAUSED,

    /** A payment was set aside, and its proof is about to be checked. It counts against the limits from here on. */
    PAYMENT_RESERVED,

    /** The proof of a payment was right, or none was needed: it may be made. */
    PAYMENT_APPROVED,

    /** The proof of a payment was not right. Nothing was handed out for it, so it counts no more. */
    PAYMENT_RELEASED,

    /**
     * A payment was refused. At most twenty are written in 24 hours. What is refused by a lock, by a wait after wrong PINs, because too many
     * authorisations are out or because the app asked twice is not written.
     */
    PAYMENT_REFUSED,

    /** A payment was charged. */
    PAYMENT_CAPTURED,

    /** A payment was not charged. It counts no more. */
    PAYMENT_DECLINED,

    /** The owner set or lowered a limit. */
    LIMIT_SET,

    /** The owner asked for a higher limit, or for a limit to go. That waits. */
    LIMIT_PENDING,

    /** The raise of a limit that waited was cancelled. */
    LIMIT_CANCELLED,

    /** A limit is higher from now on, or gone. */
    LIMIT_RAISED,

    /** Payments through one channel were stopped. */
    CHANNEL_FROZEN,

    /** The owner stopped everything in a panic. */
    PANIC_FROZEN,

    /** A card was added. */
    CARD_ADDED,

    /** Payments with a card were stopped. */
    CARD_FROZEN,

    /** Payments with a card are allowed again. */
    CARD_UNFROZEN,

    /** A card was removed. It can be brought back for a while; the details say for how long. */
    CARD_REMOVED,

    /** A card that was removed was brought back. */
    CARD_RESTORED,

    /** The time in which a card could be brought back is over: its key is destroyed. */
    CARD_DESTROYED,

    /** The owner had the oldest lines of the journal deleted; the details say up to which. */
    LINES_DELETED,

    /** The owner disputes a payment. */
    DISPUTE_OPENED,

    /** The owner told somebody of a dispute. */
    DISPUTE_REPORTED,

    /** A dispute ended; the details say how. */
    DISPUTE_CLOSED,
}

/**
 * Says that a line of the journal was written.
 *
 * @property number the number of the line.
 * @property wallMs when it was written, in milliseconds since 1970.
 * @property kind what it is about.
 */
public data class Event(public val number: Long, public val wallMs: Long, public val kind: JournalKind)

/** What checking the journal found. See [WalletLock.verifyJournal]. */
public sealed interface Chain {
    /**
     * Every line is as it was written.
     *
     * @property lines how many there are.
     */
    public data class Intact(public val lines: Long) : Chain

    /**
     * Someone tampered with the journal. All lines before this one are as they were written. This line is changed, missing, or
     * was added.
     *
     * @property number the number of the line.
     */
    public data class BrokenAt(public val number: Long) : Chain
}
