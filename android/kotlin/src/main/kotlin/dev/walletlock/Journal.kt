package dev.walletlock

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
