package dev.walletlock

import java.nio.ByteBuffer

/**
 * An open wallet. Close it as soon as it is no longer needed.
 *
 * It also ends by itself: after a time without use, after a time in any case (both from the policy), when the phone
 * restarts, with [WalletLock.lockNow], and with every lock. From then on its functions throw
 * [LockException.SessionEnded]; verify the PIN again.
 *
 * ```
 * outcome.session.use { session ->
 *     session.write("card-token", token)
 * }
 * ```
 */
public class Session internal constructor(
    private val handle: SessionHandle,
    private val lock: WalletLock,
) : AutoCloseable {
    /** Whether it still lives. Asking does not prolong it. Needs no coroutine. */
    public val isLive: Boolean
        get() = try {
            lock.isLive(handle)
        } catch (_: LockException) {
            false
        }

    /** What is kept as [item], or null. It is a copy, and yours: overwrite it with zeros after use. */
    public suspend fun read(item: String): ByteArray? =
        lock.call(unwanted = { it?.fill(0) }) { handle.overUniffi { it.read(item) } }

    /**
     * Keeps a copy of [bytes] as [item], in place of what was there. It is on the disk when this returns. Overwrite
     * your own copy with zeros after use.
     *
     * @param item a name of 1 to 128 bytes of UTF-8. It is kept in the journal too, so no secret.
     * @param bytes up to 64 KiB.
     * @throws LockException.Invalid if one of the two is out of range.
     * @throws LockException.PinNeeded if biometrics opened the session.
     * @throws LockException.LimitReached if there are too many items.
     */
    public suspend fun write(item: String, bytes: ByteArray): Unit = lock.call {
        // The one way across that leaves no copies behind.
        val direct = ByteBuffer.allocateDirect(bytes.size)
        try {
            direct.duplicate().put(bytes)
            handle.overUniffi { it.write(item, direct) }
        } finally {
            direct.duplicate().put(ByteArray(bytes.size))
        }
    }

    /**
     * Deletes [item]. False if there was none.
     *
     * @throws LockException.PinNeeded if biometrics opened the session.
     */
    public suspend fun delete(item: String): Boolean = lock.call { handle.overUniffi { it.delete(item) } }

    /** The names of everything kept, in order. */
    public suspend fun items(): List<String> = lock.call { handle.overUniffi { it.items() } }

    /**
     * A page of the journal, newest first.
     *
     * ```
     * var query = JournalQuery(kinds = setOf(JournalKind.PIN_WRONG))
     * while (true) {
     *     val page = session.journal(query)
     *     page.entries.forEach(::show)
     *     query = query.copy(below = page.next ?: break)
     * }
     * ```
     */
    @JvmOverloads
    public suspend fun journal(query: JournalQuery = JournalQuery()): JournalPage =
        lock.call { handle.overUniffi { it.journal(query.toNative()) }.toPublic() }

    /**
     * Writes the whole journal [to] somewhere, as evidence: JSON lines with what each line says, the chain, and a
     * signature. Takes time in proportion to its length; what happens meanwhile is in it too.
     *
     * The signature says that this wallet was open when the export was made. It does not say when that was, and an
     * owner who wants to can rebuild a whole journal. Whoever has the file can read it: mind where it goes.
     *
     * ```
     * file.bufferedWriter().use { session.exportJournal(it) }
     * ```
     *
     * @param to is written to on the lock's dispatcher. What it throws ends the export.
     */
    public suspend fun exportJournal(to: Appendable) {
        var after: Long? = 0
        while (after != null) {
            val from = after
            after = lock.call {
                val part = handle.overUniffi { it.exportJournal(from, LINES_AT_ONCE) }
                to.append(part.text)
                part.next
            }
        }
    }

    /** The public key of the wallet's exports (Ed25519, 32 bytes): who has it beforehand knows whose an export is. */
    public suspend fun journalPublicKey(): ByteArray = lock.call { handle.overUniffi { it.journalPublicKey() } }

    /**
     * Replaces the PIN. The [current] one is checked and counted like any other try, and its entry left empty once it
     * was looked at; the entry of the [new] one is left empty once it is in force. All other sessions end.
     *
     * @param personal what others know of this person: no PIN may be made of it. Used now and kept nowhere.
     * @throws LockException.LimitReached after ten proposals in one session: this must not become a way to find out
     *   earlier PINs.
     */
    @JvmOverloads
    public suspend fun changePin(
        current: PinEntry,
        new: PinEntry,
        personal: List<Personal> = emptyList(),
    ): PinChange = lock.call {
        val change = current.handle.overUniffi { old ->
            new.handle.overUniffi { next -> handle.overUniffi { it.changePin(old, next, personal.toNative()) } }
        }
        change.toPublic()
    }

    /**
     * Lets the person's finger or face open the wallet from now on, in place of what did so before. A prompt asks for it
     * once; this waits for the answer. Cancelling takes the prompt away, and so does closing the lock.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.DeviceKey when the phone could not make the key.
     */
    public suspend fun enableBiometrics(): BiometricChange =
        lock.ask { handle.overUniffi { it.enableBiometrics() }.toPublic() }

    /**
     * From now on only the PIN opens the wallet. False if that was so already.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     */
    public suspend fun disableBiometrics(): Boolean = lock.call { handle.overUniffi { it.disableBiometrics() } }

    /** What opened it. */
    public suspend fun means(): Means = lock.call { handle.overUniffi { it.means() }.toPublic() }

    /**
     * Sets, or replaces, a second PIN that destroys the wallet: entered wherever the PIN is asked for, it deletes the
     * keys and everything that is kept. **There is no way back, and nobody is asked once more.** Tell the person so
     * before this, and that what is kept must exist somewhere else too. Up to that moment it looks and takes as long
     * as a wrong PIN; afterwards [WalletLock.status] says [LockStatus.Wiped] to whoever holds the phone.
     *
     * It is as long as a PIN must be, and not the PIN; it may be easy to guess, for it opens nothing. While no PIN is
     * taken (during a wait, or locked) it does nothing. The [current] PIN is checked and counted like any other try,
     * and its entry left empty once it was looked at; the entry of the [wipe] PIN is left empty once it is set.
     */
    public suspend fun setWipePin(current: PinEntry, wipe: PinEntry): PinChange = lock.call {
        val change = current.handle.overUniffi { old ->
            wipe.handle.overUniffi { other -> handle.overUniffi { it.setWipePin(old, other) } }
        }
        change.toPublic()
    }

    /** No PIN destroys the wallet any more. The [current] one is checked as for [setWipePin]. */
    public suspend fun clearWipePin(current: PinEntry): PinChange = lock.call {
        current.handle.overUniffi { old -> handle.overUniffi { it.clearWipePin(old) } }.toPublic()
    }

    /**
     * Whether a wipe PIN is set. Who forces the owner to open the wallet reads the screen too: think twice before an
     * app shows this unasked. The journal does not say it.
     */
    public suspend fun hasWipePin(): Boolean = lock.call { handle.overUniffi { it.hasWipePin() } }

    /** Ends the session at once, wipes its key, and frees it. A second call does nothing. */
    override fun close(): Unit = lock.end(handle)

    /** Says nothing about the wallet. */
    override fun toString(): String = "Session"
}

/** What an export has in memory at a time: about 200 KB of text. */
private const val LINES_AT_ONCE = 500
