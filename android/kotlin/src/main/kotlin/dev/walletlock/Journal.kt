package dev.walletlock

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Reads the wallet's history. [Session.journal] gives it. It lives as long as its session, and needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended. [WalletLock.verifyJournal], which needs
 * no session, checks that nobody changed a line.
 */
public class Journal internal constructor(private val session: Session) {
    /**
     * A page of the journal, newest first.
     *
     * ```
     * var query = JournalQuery(kinds = setOf(JournalKind.PIN_WRONG))
     * while (true) {
     *     val page = session.journal.page(query)
     *     page.entries.forEach(::show)
     *     query = query.copy(below = page.next ?: break)
     * }
     * ```
     */
    @JvmOverloads
    public suspend fun page(query: JournalQuery = JournalQuery()): JournalPage =
        session.call { native -> native.journal().use { it.page(query.toNative()) }.toPublic() }

    /**
     * Searches the whole journal, newest line first, and says how far it is. Collecting it again searches anew; ending the collection
     * ends the search. While somebody types, `collectLatest` gives up the search for what was typed before:
     *
     * ```
     * typed.collectLatest { text -> session.journal.search(JournalQuery(text = text)).collect(::show) }
     * ```
     *
     * A million lines take some seconds; the first lines that are found come at once.
     *
     * @param query [JournalQuery.below] says where it begins.
     */
    public fun search(query: JournalQuery): Flow<SearchStep> = flow {
        var step = query
        do {
            val page = page(step)
            val lines = (page.newest - page.oldest + 1).coerceAtLeast(1)
            val left = page.next?.let { it - page.oldest } ?: 0
            emit(SearchStep(page.entries, if (page.next == null) 1f else (lines - left).toFloat() / lines))
            step = step.copy(below = page.next)
        } while (page.next != null)
    }

    /** The line of this number. Null: it was deleted, or not written yet. */
    public suspend fun line(number: Long): JournalEntry? =
        page(JournalQuery(limit = 1, below = number + 1)).entries.firstOrNull()?.takeIf { it.number == number }

    /**
     * What was spent, by month, card, category and currency, on payments that were approved in this time. It reads the whole journal:
     * a million lines take some seconds.
     *
     * @param fromWallMs milliseconds since 1970, by the phone's clock.
     * @param untilWallMs payments that were approved before this time.
     */
    @JvmOverloads
    public suspend fun summary(fromWallMs: Long = Long.MIN_VALUE, untilWallMs: Long = Long.MAX_VALUE): Summary =
        session.call { native -> native.journal().use { it.summary(fromWallMs, untilWallMs) } }.toPublic()

    /**
     * Deletes the oldest lines: those that were written before this time. Lines that the policy keeps (`history.keep_days`, 18 months by
     * default) stay, and so does everything from the first line on that an open dispute needs, or whose alert was not acknowledged. A
     * line of the journal says that lines were deleted, and a verifier accepts an export without them only because of that line.
     *
     * @return how many lines were deleted.
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.Invalid ("journal line") if somebody changed one of them. Nothing more is deleted.
     */
    public suspend fun deleteLines(beforeWallMs: Long): Long {
        var lines = 0L
        do {
            val deleted = session.call { native -> native.journal().use { it.deleteLines(beforeWallMs) } }
            lines += deleted
        } while (deleted > 0)
        return lines
    }

    /**
     * Writes the whole journal to [to], as evidence: JSON lines with what each line says, the hash chain, and a signature. It
     * takes time in proportion to the journal's length. Lines that are written meanwhile are included.
     *
     * The signature proves that this wallet was open when the export was made. It does not prove when that was, and an owner
     * who wants to can build a whole new journal. Everyone who has the file can read it: take care where it goes.
     *
     * ```
     * file.bufferedWriter().use { session.journal.export(it) }
     * ```
     *
     * @param to is written to on the lock's dispatcher. An exception from it ends the export.
     */
    public suspend fun export(to: Appendable) {
        var after: Long? = 0
        while (after != null) {
            val from = after
            after = session.call { native ->
                val part = native.journal().use { it.export(from, LINES_AT_ONCE) }
                to.append(part.text)
                part.next
            }
        }
    }

    /**
     * The public key that the wallet's exports are signed with (Ed25519, 32 bytes). Someone who has the key beforehand can
     * check that an export is from this wallet.
     */
    public suspend fun key(): ByteArray = session.call { native -> native.journal().use { it.publicKey() } }

    /** Says nothing about what happened. */
    override fun toString(): String = "Journal"
}

/** How many lines an export has in memory at a time: about 200 KB of text. */
private const val LINES_AT_ONCE = 500
