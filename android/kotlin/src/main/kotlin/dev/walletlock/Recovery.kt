package dev.walletlock

import dev.walletlock.ffi.CodeOutcome as NativeOutcome
import dev.walletlock.ffi.EscrowOutcome as NativeEscrowOutcome

/**
 * Gets the owner back into the wallet. [WalletLock.recovery] gives it. It lives as long as its lock, and needs no closing.
 *
 * ```
 * when (val outcome = lock.recovery.enterCode(entry)) {
 *     is CodeOutcome.Opened -> chooseNewPin(outcome.rescue)
 *     is CodeRefusal -> explain(outcome)
 * }
 * ```
 */
public class Recovery internal constructor(private val lock: WalletLock) {
    /** What is known about the recovery code and escrow. It can be asked in every state of the lock, and without a session. */
    public suspend fun status(): RecoveryStatus = lock.callNative { it.recoveryStatus() }.toPublic()

    /**
     * Checks a recovery code. It opens a wallet whose PIN is forgotten or locked, and a wallet that is damaged: whose record or
     * keys are gone, or whose file is on another phone. It does not open a wallet that was wiped. The tries are not counted,
     * because nobody can guess 128 random bits.
     *
     * The entry is empty afterwards, unless it did not hold a code ([CodeOutcome.NotACode]); see [CodeEntry.duplicate]. If the
     * code is right, nothing is changed yet: [Rescue.finish] sets a new PIN.
     */
    public suspend fun enterCode(entry: CodeEntry): CodeOutcome =
        lock.callNative(unwanted = { (it as? CodeOutcome.Opened)?.rescue?.close() }) { native ->
            when (val outcome = entry.handle.overUniffi { native.enterCode(it) }) {
                is NativeOutcome.Opened -> CodeOutcome.Opened(Rescue(lock, outcome.rescue))
                is NativeOutcome.Refused -> outcome.refusal.toPublic()
            }
        }

    /**
     * Asks the provider, which keeps the key to the wallet, to open it: makes a request for the app to carry. It works for a wallet
     * whose PIN is forgotten or locked, and for one that is damaged or whose file is on another phone.
     *
     * @param said what the app tells its backend.
     * @throws LockException.Invalid if a text in [said] is too long.
     */
    @JvmOverloads
    public suspend fun askEscrow(said: ProviderRequest = ProviderRequest.NOTHING): EscrowOutcome =
        lock.callNative(unwanted = { (it as? EscrowOutcome.Asked)?.request?.close() }) { native ->
            when (val outcome = native.askEscrow(said.channel, said.code, said.what)) {
                is NativeEscrowOutcome.Asked -> EscrowOutcome.Asked(EscrowRequest(lock, outcome.request))
                is NativeEscrowOutcome.Refused -> EscrowOutcome.Refused(outcome.refusal.toPublic())
            }
        }

    /** Says nothing about the wallet. */
    override fun toString(): String = "Recovery"
}
