package dev.walletlock

import dev.walletlock.ffi.CodeOutcome as NativeOutcome

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
    /** What is known about the recovery code. It can be asked in every state of the lock, and without a session. */
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

    /** Says nothing about the wallet. */
    override fun toString(): String = "Recovery"
}
