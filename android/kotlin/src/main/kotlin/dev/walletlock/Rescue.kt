package dev.walletlock

import dev.walletlock.ffi.RecoveryOutcome as NativeOutcome
import dev.walletlock.ffi.Rescue as NativeRescue

/**
 * A wallet that the recovery code, or the provider, opened. Nothing is changed yet: the person chooses a new PIN and writes a new code down, and
 * then [finish] puts both in force. That has to happen within ten minutes. The wallet's items cannot be read before that.
 *
 * ```
 * val code = rescue.newCode()
 * // shows the code, and asks two of its groups back
 * when (val outcome = rescue.finish(pin, code)) {
 *     is RecoveryOutcome.Done -> show(outcome.session)
 *     is RecoveryOutcome.Locked -> show(outcome.status)
 *     is RecoveryOutcome.Forbidden -> askForAnotherPin(outcome.findings)
 *     is RecoveryOutcome.NotConfirmed -> askTheGroupsBack(code)
 *     is RecoveryOutcome.Expired -> askForTheCodeAgain()
 * }
 * ```
 *
 * Close it after use. Until then it holds the wallet's key in native memory, and keeps the wallet's file open.
 */
public class Rescue internal constructor(private val lock: WalletLock, native: NativeRescue) : AutoCloseable {
    private val handle = handleOf(native)

    init {
        LeakReaper.watch(this, handle)
    }

    /** Makes the recovery code that takes the place of an earlier one. Close it after use. */
    public suspend fun newCode(): RecoveryCode =
        lock.callNative(unwanted = { it.close() }) { RecoveryCode(handle.overUniffi { rescue -> rescue.newCode() }) }

    /**
     * Sets the new PIN, puts the new code in force, and opens the wallet, unless a lock of the provider stands. The items stay.
     * Every session ends, the old code and the old PIN open nothing any more, and biometrics and the wipe PIN are off. The entry
     * is empty once the PIN is set.
     *
     * If the process ends before this returns, then either the old code still opens the wallet, or the new PIN and the new code
     * do.
     *
     * @param personal what others know about this person, so that no PIN is made of it. Used during the call, not stored.
     * @throws LockException.WrongState if the wallet was changed since it was opened: enter the code again, or ask again.
     */
    @JvmOverloads
    public suspend fun finish(
        pin: PinEntry,
        code: RecoveryCode,
        personal: List<Personal> = emptyList(),
    ): RecoveryOutcome = lock.callNative(unwanted = { (it as? RecoveryOutcome.Done)?.session?.close() }) {
        val outcome = handle.overUniffi { rescue ->
            code.handle.overUniffi { new ->
                pin.handle.overUniffi { digits -> rescue.finish(digits, personal.toNative(), new) }
            }
        }
        when (outcome) {
            is NativeOutcome.Done -> RecoveryOutcome.Done(lock.opened(outcome.session), outcome.lostItems)
            is NativeOutcome.Locked -> RecoveryOutcome.Locked(outcome.status.toPublic(), outcome.lostItems)
            is NativeOutcome.Forbidden -> RecoveryOutcome.Forbidden(outcome.findings.toPublic())
            is NativeOutcome.NotConfirmed -> RecoveryOutcome.NotConfirmed
            is NativeOutcome.Expired -> RecoveryOutcome.Expired
        }
    }

    /** Overwrites the wallet's key with zeros and frees it. What was not finished stays undone. A second call does nothing. */
    override fun close(): Unit = handle.close()

    /** Says nothing about the wallet. */
    override fun toString(): String = "Rescue"
}
