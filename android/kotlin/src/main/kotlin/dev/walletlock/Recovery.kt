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

    /**
     * What can be done now to get back in: which ways there are, what was proven, what is missing, and what it leads to. It can be
     * asked in every state of the lock, and without a session.
     *
     * Enough for a new PIN is: the recovery code; or two different methods, one of them elsewhere ([proveElsewhere]); or two different
     * methods on this phone and the policy's wait (`recovery.proofs_wait_h`). A code by mail and a link count as one method.
     */
    public suspend fun progress(): RecoveryProgress = lock.callNative { it.recoveryProgress() }.toPublic()

    /**
     * Makes a request that the provider sends a code to this channel. Nothing answers the request; the code comes to the person.
     *
     * @param channel the channel's id.
     * @throws LockException.WrongState if there is no such channel, or this phone is not registered.
     */
    public suspend fun sendCode(channel: String): CodeRequest = lock.callNative { it.sendCode(channel) }.toPublic()

    /**
     * Makes a request that the provider checks the code that came over this channel. Its grant ([Provider.redeem]) proves it. A code
     * counts as wrong until the grant is taken. The entry is empty afterwards.
     *
     * @param channel the channel's id.
     * @param code the code that was typed. Null: the link in the mail was opened.
     * @throws LockException.WrongState as [sendCode], or if the channel does not count.
     */
    @JvmOverloads
    public suspend fun prove(channel: String, code: PinEntry? = null): CodeRequest =
        lock.callNative { native -> code.overUniffi { native.prove(channel, it) } }.toPublic()

    /**
     * Makes a request that the provider says what a person there, or another device, has verified.
     *
     * @param what for the provider, for example the number of a conversation; at most 200 bytes in UTF-8.
     * @throws LockException.WrongState if this phone is not registered.
     */
    @JvmOverloads
    public suspend fun proveElsewhere(what: String? = null): CodeRequest =
        lock.callNative { it.proveElsewhere(what) }.toPublic()

    /** Tries a code of the authenticator. The entry is empty once the code was counted. */
    public suspend fun proveAuthenticator(code: PinEntry): FactorOutcome =
        lock.callNative { native -> code.handle.overUniffi { native.proveAuthenticator(it) } }.toPublic()

    /**
     * Makes a request to cancel what was proven and waits. It counts if what proves it ranks at least as high as what was proven: the
     * recovery code highest, then another device or a person, then sent codes and the authenticator. Proofs of the same rank cancel
     * twice. The right PIN cancels in any case.
     *
     * @param channel a code came over this channel. Null: a person at the provider or another device says it.
     * @param code the code that was typed. Null: the link in the mail was opened, or there is no channel. The entry is empty afterwards.
     * @throws LockException.WrongState if nothing was proven.
     */
    @JvmOverloads
    public suspend fun cancel(channel: String? = null, code: PinEntry? = null): CodeRequest =
        lock.callNative { native -> code.overUniffi { native.cancelRecovery(channel, it) } }.toPublic()

    /**
     * Makes a request to pause a change of a channel that is in force, by a code that came over the former channel
     * ([RecoveryProgress.former]). It needs neither PIN nor session. From the grant on, for as long as a change waits (the policy's
     * `recovery.pending_change_h`), the former channel counts for getting back in, and none that took its place does. So an owner who
     * missed the announcement can get back in meanwhile, if a person at the provider, or another device, vouches too: proofs on this
     * phone alone wait longer by default than a pause lasts. Sessions, and the second factor, are not concerned.
     *
     * @param code the code that was typed. Null: the link in the mail was opened. The entry is empty afterwards.
     * @throws LockException.WrongState if [channel] is no former channel that may pause its change.
     */
    @JvmOverloads
    public suspend fun pauseChannelChange(channel: String, code: PinEntry? = null): CodeRequest =
        lock.callNative { native -> code.overUniffi { native.pauseChannelChange(channel, it) } }.toPublic()

    /** Cancels what was proven and waits, by a code of the authenticator. The entry is empty once the code was counted. */
    public suspend fun cancelByAuthenticator(code: PinEntry): FactorOutcome =
        lock.callNative { native -> code.handle.overUniffi { native.cancelByAuthenticator(it) } }.toPublic()

    /**
     * Every reason against this password of the account, by the policy in force (`password`). Empty: it may be set
     * ([Access.setPassword]). It says nothing about earlier passwords. The entry keeps its text.
     */
    public suspend fun judgePassword(password: PasswordEntry): List<PasswordFinding> = lock.callNative { native ->
        password.handle.overUniffi { native.judgePassword(it) }.map { it.toPublic() }
    }

    /** Says nothing about the wallet. */
    override fun toString(): String = "Recovery"
}
