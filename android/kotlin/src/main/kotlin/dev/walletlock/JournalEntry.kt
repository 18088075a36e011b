package dev.walletlock

/**
 * Which lines of the journal to show. The default shows the newest of all kinds.
 *
 * @property limit lines a page, up to 200.
 * @property below only lines below this number: [JournalPage.next] of the page before.
 * @property kinds only these; empty for all.
 * @property text only lines whose details contain it, upper and lower case alike.
 * @property fromWallMs only lines written at this time or later, in milliseconds since 1970.
 * @property untilWallMs only lines written before this time.
 */
public data class JournalQuery @JvmOverloads constructor(
    public val limit: Int = 50,
    public val below: Long? = null,
    public val kinds: Set<JournalKind> = emptySet(),
    public val text: String? = null,
    public val fromWallMs: Long? = null,
    public val untilWallMs: Long? = null,
)

/**
 * A page of the journal.
 *
 * @property entries newest first.
 * @property next goes into [JournalQuery.below] for the page after this. Null at the end.
 */
public data class JournalPage(public val entries: List<JournalEntry>, public val next: Long?)

/**
 * A line of the journal.
 *
 * @property number 1 for the first, without gaps.
 * @property wallMs when it was written, in milliseconds since 1970, as the phone's clock told.
 * @property bootCount the phone's boot count then. Null: it could not be read.
 * @property sinceBootMs milliseconds that the phone had been running.
 * @property kind what it is about. Null: a newer version wrote it.
 * @property details names and values, never a secret. Null: they are not what was written; someone changed them.
 */
public data class JournalEntry(
    public val number: Long,
    public val wallMs: Long,
    public val bootCount: Int?,
    public val sinceBootMs: Long,
    public val kind: JournalKind?,
    public val details: Map<String, String>?,
)

/** What a line of the journal is about. */
public enum class JournalKind {
    /** A PIN was set for the first time. */
    ENROLLED,

    /** A PIN is about to be checked; it counts as failed from here on. */
    PIN_TRIED,

    /** It was right. */
    PIN_RIGHT,

    /** It was wrong. */
    PIN_WRONG,

    /** It was wrong, was entered a moment ago already, and was not counted again. */
    PIN_REPEATED,

    /** The hardware failed before it could be told. */
    PIN_NO_VERDICT,

    /** Someone was turned away while cooling down; one line for a cooldown. */
    PIN_REFUSED,

    /** Tries found unsettled when the lock was opened: the app was ended meanwhile. They count as wrong. */
    OPEN_TRIES_COUNTED,

    /** No further try until the person is verified some other way. */
    LOCKED,

    /** The PIN was changed. */
    PIN_CHANGED,

    /** Checking the PIN was made dearer for whoever guesses. */
    KDF_UPGRADED,

    /** Another policy is in force. */
    POLICY_CHANGED,

    /** An item was written. */
    ITEM_WRITTEN,

    /** An item was deleted. */
    ITEM_DELETED,

    /** The wallet was wiped: everything in it was destroyed, without the PIN. */
    WIPED,

    /** The person's finger or face opens the wallet from here on. */
    BIOMETRICS_ON,

    /** It does not any more; the details say why. */
    BIOMETRICS_OFF,

    /** A finger or face is asked for; the details say what for. */
    BIOMETRICS_ASKED,

    /** The person was recognised, and the wallet opened. */
    BIOMETRICS_RIGHT,

    /** Someone was not recognised. */
    BIOMETRICS_NOT_RECOGNISED,

    /** The prompt ended without anyone recognised; nothing was counted. */
    BIOMETRICS_ENDED,

    /** Biometrics may not be used now; one line for a reason, until the next PIN or success. */
    BIOMETRICS_REFUSED,
}

/**
 * Something happened: a line of the journal was written.
 *
 * @property number the line's.
 * @property wallMs when, in milliseconds since 1970.
 * @property kind what.
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
     * Someone tampered: lines before this one are as they were written, this one is changed, missing, or one too many.
     *
     * @property number the line's.
     */
    public data class BrokenAt(public val number: Long) : Chain
}
