package dev.walletlock

/**
 * The payments that the owner disputes. [Session.disputes] gives it. It lives as long as its session, and needs no closing.
 *
 * ```
 * val dispute = session.disputes.open(entry.number, DisputeReason.NOT_MINE, "I was asleep.")
 * dispute.freezeNotice?.let { backend.send(it) }             // the app's own network call
 * show(lock.policy())                                        // its `contacts` are whom to tell
 * file.writeText(session.disputes.evidence(dispute.number))  // for the bank, or the police
 * ```
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class Disputes internal constructor(private val session: Session) {
    /** All disputes, the oldest first. */
    public suspend fun all(): List<Dispute> = session.call { it.disputes() }.map { it.toPublic() }

    /**
     * Disputes the payment that a line of the journal is about. It freezes the card that the payment was made with; or all payments, if
     * it was not made with a card that the wallet keeps. A payment whose dispute is open gets that one.
     *
     * @param line [JournalEntry.number].
     * @param text what the owner says, up to 1,000 bytes of UTF-8, without a card's full number.
     * @throws LockException.Invalid ("dispute text", or "journal line" if the line is about no payment).
     * @throws LockException.LimitReached if 16 disputes are open.
     */
    @JvmOverloads
    public suspend fun open(line: Long, reason: DisputeReason, text: String = ""): Dispute =
        session.call { native ->
            val number = native.openDispute(line, reason.byName(), text.orInvalid("dispute text"))
            native.disputes().first { it.number == number }
        }.toPublic()

    /**
     * The evidence: one signed file of JSON lines. It holds the lines about the payment and their part of the chain, the authorisation
     * with what was shown, the provider's receipts, the freeze notice and the times, and no details of other lines. `tests/verifier`
     * checks it.
     *
     * @throws LockException.Invalid ("dispute") if there is no such dispute.
     */
    public suspend fun evidence(number: Int): String =
        session.call { it.disputeEvidence(number) ?: throw dev.walletlock.ffi.LockException.Invalid("dispute") }

    /**
     * Notes who was told of a dispute; the time is noted too. False: there is no such dispute, or it was reported before: the first report
     * counts.
     *
     * @param to for example the bank's name.
     * @throws LockException.Invalid ("dispute name").
     */
    public suspend fun report(number: Int, to: String): Boolean =
        session.call { it.changeDispute(number, to.orInvalid("dispute name"), dev.walletlock.ffi.DisputeEnd.REFUNDED) }

    /** Ends a dispute. What was frozen stays frozen until the owner ends that. False: there is no such dispute, or it ended before. */
    public suspend fun end(number: Int, how: DisputeEnd): Boolean = 
        session.call { it.changeDispute(number, told = null, how.byName()) }

    /** Says nothing about the disputes. */
    override fun toString(): String = "Disputes"
}

/**
 * A payment that the owner disputes.
 *
 * @property number 1 for the first dispute of the wallet.
 * @property payment the payment's id.
 * @property line the journal's line that the owner complained about.
 * @property openedWallMs when it was opened, in milliseconds since 1970, by the phone's clock.
 * @property reportByWallMs until when the owner should have told the bank: 13 months after the line (PSD2, article 71).
 * @property reason why.
 * @property text what the owner says.
 * @property frozenCard the card that was frozen. Null: all payments were.
 * @property freezeNotice the notice of that, which the app sends to its provider. Null: there is no provider, or the phone's keystore
 *   failed; [Provider.request] makes another one.
 * @property reportedWallMs when somebody was told. Null: nobody was.
 * @property reportedTo who was told.
 * @property ended how it ended. Null: it is open.
 */
public data class Dispute(
    public val number: Int,
    public val payment: String,
    public val line: Long,
    public val openedWallMs: Long,
    public val reportByWallMs: Long,
    public val reason: DisputeReason,
    public val text: String,
    public val frozenCard: String?,
    public val freezeNotice: String?,
    public val reportedWallMs: Long?,
    public val reportedTo: String?,
    public val ended: DisputeEnd?,
) {
    /** Says nothing about the payment. */
    override fun toString(): String = "Dispute($number, $reason)"
}

/** Why a payment is disputed. */
public enum class DisputeReason {
    /** The owner did not make it. */
    NOT_MINE,

    /** Another amount was agreed. */
    WRONG_AMOUNT,

    /** It was charged twice. */
    CHARGED_TWICE,

    /** What was paid for did not come. */
    NOT_RECEIVED,

    /** Anything else: the text says what. */
    OTHER,
}

/** How a dispute ended. */
public enum class DisputeEnd {
    /** The money came back. */
    REFUNDED,

    /** The bank refused. */
    REJECTED,

    /** The owner withdrew it. */
    WITHDRAWN,
}
