package dev.walletlock

import dev.walletlock.ffi.Session as NativeSession

/**
 * An open wallet. Close it as soon as it is no longer needed.
 *
 * It also ends without [close]: after a time without use, after a time in any case (both from the policy), when the phone
 * restarts, with [WalletLock.lockNow], and when a wrong PIN brings a wait or a lock. [SessionEnd] lists the other reasons.
 * From then on its functions throw [LockException.SessionEnded]; verify the PIN again. [WalletLock.isOpen] becomes false when
 * the last session has ended, and [WalletLock.lastSessionEnd] says why.
 *
 * ```
 * outcome.session.use { session ->
 *     session.vault.write("card-token", token)
 * }
 * ```
 */
public class Session internal constructor(
    private val handle: SessionHandle,
    private val lock: WalletLock,
) : AutoCloseable {
    /** The items that the wallet keeps. */
    public val vault: Vault = Vault(this)

    /** The wallet's history. */
    public val journal: Journal = Journal(this)

    /** Changes the PIN, the wipe PIN, biometrics, the ways back in and the second factor. */
    public val access: Access = Access(this)

    /** Whether the session has not ended yet. Asking does not prolong it. Needs no coroutine. */
    public val isLive: Boolean
        get() = try {
            lock.isLive(handle)
        } catch (_: LockException) {
            false
        }

    /** Payments that may need no proof while the wallet is open. */
    public val payments: SessionPayments = SessionPayments(this)

    /** The limits on payments. */
    public val limits: Limits = Limits(this)

    /** The cards that the wallet keeps. */
    public val cards: Cards = Cards(this)

    /** The payments that the owner disputes. */
    public val disputes: Disputes = Disputes(this)

    /** What opened the session. */
    public suspend fun authMethod(): AuthMethod = call { it.authMethod() }.toPublic()

    /** Ends the session at once, overwrites its key with zeros, and frees it. A second call does nothing. */
    override fun close(): Unit = lock.end(handle)

    /** Says nothing about the wallet. */
    override fun toString(): String = "Session"

    internal suspend fun <T> call(unwanted: (T) -> Unit = {}, block: (NativeSession) -> T): T =
        lock.call(unwanted) { handle.overUniffi(block) }

    /** Like [call], for functions that both backends have. */
    internal suspend fun <T> callBackend(unwanted: (T) -> Unit = {}, block: (UnlockPath, SessionHandle) -> T): T =
        lock.callBackend(unwanted) { block(it, handle) }

    /** Like [call], for calls that wait for a person at a prompt. The block gets the id of that prompt. */
    internal suspend fun <T> callWithPrompt(block: (NativeSession, Long) -> T): T =
        lock.callWithPrompt { prompt -> handle.overUniffi { block(it, prompt) } }
}
