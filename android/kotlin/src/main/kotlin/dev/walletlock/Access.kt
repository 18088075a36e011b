package dev.walletlock

import dev.walletlock.ffi.Access as NativeAccess
import dev.walletlock.ffi.PinEntry as NativeEntry

/**
 * Changes the PIN, the wipe PIN, biometrics, the recovery code and escrow; and what the provider may do. [Session.access] gives it. It
 * lives as long as its session, and needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class Access internal constructor(private val session: Session) {
    /**
     * Replaces the PIN. The [current] PIN is checked and counted like any other try, and its entry is empty afterwards.
     * The entry of the [new] PIN is empty once that PIN is in force. All other sessions end.
     *
     * Someone who knew the old PIN may have switched biometrics on for a finger of their own. Ask the person, and pass
     * false as [keepsBiometrics] to switch biometrics off. If they are kept, [PinChange.Changed.biometricsOn] says whether
     * they are on.
     *
     * A wipe PIN stays as it is. The lock does not know its digits; it can only check whether an entry holds the wipe PIN.
     * So if the new PIN has another length, the wipe PIN has the wrong length, and the new PIN may be one slip from it. Set
     * the wipe PIN anew, or clear it.
     *
     * @param personal what others know about this person, so that no PIN is made of it. Used during the call, not stored.
     * @param keepsBiometrics false: from the change on only the PIN opens the wallet.
     * @throws LockException.LimitReached after ten proposed PINs in one session, so that this call cannot be used to find
     *   out earlier PINs.
     */
    @JvmOverloads
    public suspend fun changePin(
        current: PinEntry,
        new: PinEntry,
        personal: List<Personal> = emptyList(),
        keepsBiometrics: Boolean = true,
    ): PinChange = withPin(current) { access, old ->
        new.handle.overUniffi { access.changePin(old, it, personal.toNative(), keepsBiometrics) }.toPublic()
    }

    /**
     * Lets the person's finger or face open the wallet from now on. It replaces what was set up before. It shows one prompt,
     * and waits for its answer. The prompt is taken away if the caller is cancelled, by [WalletLock.cancelBiometrics], and
     * if the lock is closed.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.DeviceKey if the phone could not make the key.
     */
    public suspend fun enableBiometrics(): BiometricChange =
        session.callWithPrompt { native, prompt -> native.access().use { it.enableBiometrics(prompt) }.toPublic() }

    /**
     * Switches biometrics off: from now on only the PIN opens the wallet. False: they were off already.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     */
    public suspend fun disableBiometrics(): Boolean =
        session.call { native -> native.access().use { it.disableBiometrics() } }

    /**
     * Sets, or replaces, the wipe PIN: a second PIN that wipes the wallet wherever the PIN is asked for. **There is no way
     * back, and no confirmation.** Tell the person so before this call, and that what the wallet keeps must exist somewhere
     * else too. Until the wipe it looks like a wrong PIN, and takes as long; afterwards [WalletLock.status] shows
     * [LockStatus.Wiped] to everyone who holds the phone.
     *
     * The wipe PIN must be as long as the PIN, and not one slip from it ([PinRule.NEAR_PIN]). It may be easy to guess,
     * because it opens nothing. This is checked against the PIN in force now: see [changePin]. While no PIN is accepted
     * (during a wait, or locked) the wipe PIN does nothing. The [current] PIN is checked and counted like any other try,
     * and its entry is empty afterwards. The entry of the [wipe] PIN is empty once that PIN is set.
     */
    public suspend fun setWipePin(current: PinEntry, wipe: PinEntry): PinChange = withPin(current) { access, old ->
        wipe.handle.overUniffi { access.setWipePin(old, it) }.toPublic()
    }

    /** Clears the wipe PIN: from now on no PIN wipes the wallet. The [current] PIN is checked as for [setWipePin]. */
    public suspend fun clearWipePin(current: PinEntry): PinChange =
        withPin(current) { access, old -> access.clearWipePin(old).toPublic() }

    /**
     * Whether a wipe PIN is set. Only a session that the PIN opened may ask; in another it throws [LockException.PinNeeded].
     * An app should not show this unasked: someone who forces the owner to open the wallet reads the screen too. The journal
     * does not say it.
     */
    public suspend fun hasWipePin(): Boolean = session.call { native -> native.access().use { it.hasWipePin() } }

    /**
     * Makes a recovery code. Show it, and ask two of its groups back ([RecoveryCode.confirm]). It counts for nothing before
     * [setRecoveryCode]. Close it after use.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     */
    public suspend fun createRecoveryCode(): RecoveryCode =
        session.call(unwanted = { it.close() }) { native -> native.access().use { RecoveryCode(it.createRecoveryCode()) } }

    /**
     * Puts a confirmed recovery code in force, in place of the one before.
     *
     * The first code of a new wallet counts at once, in the session in which the first PIN was set. Any other code waits for the
     * time that the policy gives (`recovery.pending_change_h`), and takes effect when the PIN next opens the wallet after that:
     * someone who merely knows the PIN must not get a way in that outlives the PIN. When it replaces a code, every other session ends,
     * and biometrics are switched off.
     *
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun setRecoveryCode(code: RecoveryCode): RecoveryChange = session.call { native ->
        code.handle.overUniffi { new -> native.access().use { it.setRecoveryCode(new) } }.toPublic()
    }

    /**
     * Has the recovery code withdrawn: then no code opens the wallet. It waits and takes effect like another code in
     * [setRecoveryCode].
     *
     * @throws LockException.WrongState if there is no code.
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun withdrawRecoveryCode(): RecoveryChange =
        session.call { native -> native.access().use { it.setRecoveryCode(null) }.toPublic() }

    /**
     * Cancels the change of the recovery code that waits. False: none does. The code in force stays.
     *
     * @throws LockException.PinNeeded in a session that biometrics opened.
     */
    public suspend fun cancelRecoveryCodeChange(): Boolean =
        session.call { native -> native.access().use { it.cancelRecoveryCodeChange() } }

    /**
     * Switches escrow on or off. With escrow the provider keeps the key to the wallet: after it has verified the owner, it opens a
     * wallet whose PIN is forgotten or that is damaged ([Recovery.askEscrow]). Ask the person in plain words: whoever has the
     * provider's keys and the file of this wallet can open it too.
     *
     * It is on at once in the session that set the wallet up: with its first PIN, or by a recovery. Otherwise the change waits
     * like another code in [setRecoveryCode]. Once it is in force, send the backend a deposit: [ProviderState.escrowDigest].
     *
     * @throws LockException.WrongState if it is so already, or the policy has no `escrow_key`.
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun switchEscrow(isOn: Boolean): RecoveryChange =
        session.call { native -> native.access().use { it.switchEscrow(isOn) }.toPublic() }

    /**
     * Cancels the change of escrow that waits. False: none does.
     *
     * @throws LockException.PinNeeded in a session that biometrics opened.
     */
    public suspend fun cancelEscrowChange(): Boolean =
        session.call { native -> native.access().use { it.cancelEscrowChange() } }

    /**
     * Ends the owner's freeze ([WalletLock.freeze]). False: the owner has frozen nothing. A freeze that the provider ordered ends
     * only with its grant ([RequestKind.UNFREEZE]).
     *
     * @throws LockException.PinNeeded in a session that biometrics opened.
     */
    public suspend fun unfreeze(): Boolean = session.call { native -> native.access().use { it.unfreeze() } }

    /**
     * Allows, or no longer allows, that an order of the provider destroys everything the wallet keeps. While it is not allowed,
     * such an order locks. Ask the person first: **there is no way back from such an order.**
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.WrongState if the policy has no provider.
     */
    public suspend fun allowRemoteWipe(isAllowed: Boolean): Unit =
        session.call { native -> native.access().use { it.allowRemoteWipe(isAllowed) } }

    /** Says nothing about what opens the wallet. */
    override fun toString(): String = "Access"

    private suspend fun withPin(entry: PinEntry, block: (NativeAccess, NativeEntry) -> PinChange): PinChange =
        entry.handle.let { handle ->
            session.call { native -> handle.overUniffi { pin -> native.access().use { block(it, pin) } } }
        }
}
