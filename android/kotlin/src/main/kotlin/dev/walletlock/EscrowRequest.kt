package dev.walletlock

import dev.walletlock.ffi.EscrowRequest as NativeRequest
import dev.walletlock.ffi.GrantOutcome as NativeOutcome

/**
 * A request to the provider for the key to the wallet. [Recovery.askEscrow] makes it.
 *
 * ```
 * val grant = backend.send(request.text)                   // the app's own network call; the provider verifies the owner
 * when (val outcome = request.redeem(grant)) {
 *     is GrantOutcome.Opened -> chooseNewPin(outcome.rescue)
 *     is GrantOutcome.Refused -> report(outcome.error)
 *     is GrantOutcome.NotOpened -> explain(outcome.refusal)
 * }
 * ```
 *
 * Only this object can open the grant. It is kept in memory only, so it does not outlive the process, and a grant counts for 600
 * seconds. Close it after use.
 */
public class EscrowRequest internal constructor(private val lock: WalletLock, native: NativeRequest) : AutoCloseable {
    private val handle = handleOf(native)

    /** The text of the request. */
    public val text: String = native.text()

    init {
        LeakReaper.watch(this, handle)
    }

    /**
     * Takes the provider's grant. After any other outcome than [GrantOutcome.Opened] it can be taken again. After that one the request is
     * used up: every grant is refused as [WordError.NOT_ASKED].
     */
    public suspend fun redeem(grant: String): GrantOutcome =
        lock.callNative(unwanted = { (it as? GrantOutcome.Opened)?.rescue?.close() }) {
            when (val outcome = handle.overUniffi { request -> request.redeem(grant) }) {
                is NativeOutcome.Opened -> GrantOutcome.Opened(Rescue(lock, outcome.rescue))
                is NativeOutcome.Refused -> GrantOutcome.Refused(outcome.error.byName())
                is NativeOutcome.NotOpened -> GrantOutcome.NotOpened(outcome.refusal.toPublic())
            }
        }

    /** Forgets the key that opens the grant. A second call does nothing. */
    override fun close(): Unit = handle.close()

    /** Says nothing about the wallet. */
    override fun toString(): String = "EscrowRequest"
}

/** How asking the provider for the key to the wallet ended. */
public sealed interface EscrowOutcome {
    /**
     * The request was made.
     *
     * @property request for the app to carry to its backend. Close it after use.
     */
    public data class Asked(public val request: EscrowRequest) : EscrowOutcome

    /**
     * There is nothing to ask for.
     *
     * @property refusal why.
     */
    public data class Refused(public val refusal: CodeRefusal) : EscrowOutcome
}

/** How taking the provider's grant of the key to the wallet ended. */
public sealed interface GrantOutcome {
    /**
     * The grant opened the wallet.
     *
     * @property rescue sets the new PIN. Close it after use.
     */
    public data class Opened(public val rescue: Rescue) : GrantOutcome

    /**
     * The grant was refused.
     *
     * @property error why.
     */
    public data class Refused(public val error: WordError) : GrantOutcome

    /**
     * The grant is right, and the wallet was not opened.
     *
     * @property refusal why.
     */
    public data class NotOpened(public val refusal: CodeRefusal) : GrantOutcome
}
