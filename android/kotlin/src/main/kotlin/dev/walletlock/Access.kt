package dev.walletlock

import dev.walletlock.ffi.Access as NativeAccess
import dev.walletlock.ffi.PinEntry as NativeEntry

/**
 * What opens the wallet: the PIN, the wipe PIN, and biometrics. [Session.access]; it lives as long as its session, and
 * needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class Access internal constructor(private val session: Session) {
    /**
     * Replaces the PIN. The [current] PIN is checked and counted like any other try, and its entry is empty afterwards.
     * The entry of the [new] PIN is empty once that PIN is in force. All other sessions end.
     *
     * Whoever knew the PIN may have let a finger of their own open the wallet. Ask the person, and switch it off with
     * [keepsBiometrics]; with it [PinChange.Changed.biometricsOn] says whether one does.
     *
     * A wipe PIN stays as it is. Of it no more is known than whether an entry is it: after a change to another length it
     * has the wrong one, and the new PIN may be one slip from it. So set it anew, or clear it.
     *
     * @param personal what others know of this person: no PIN may be made of it. Used now and kept nowhere.
     * @param keepsBiometrics false: from the change on only the PIN opens the wallet.
     * @throws LockException.LimitReached after ten proposals in one session: this must not become a way to find out
     *   earlier PINs.
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
     * Lets the person's finger or face open the wallet from now on, in place of what did so before. A prompt asks for it
     * once; this waits for the answer. The prompt is taken away if the caller is cancelled, by
     * [WalletLock.cancelBiometrics], and if the lock is closed.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.DeviceKey when the phone could not make the key.
     */
    public suspend fun enableBiometrics(): BiometricChange =
        session.callWithPrompt { native, prompt -> native.access().use { it.enableBiometrics(prompt) }.toPublic() }

    /**
     * From now on only the PIN opens the wallet. False: biometrics were off already.
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     */
    public suspend fun disableBiometrics(): Boolean =
        session.call { native -> native.access().use { it.disableBiometrics() } }

    /**
     * Sets, or replaces, the wipe PIN: a second PIN that wipes the wallet wherever the PIN is asked for. **There is no way
     * back, and nobody is asked once more.** Tell the person so before this, and that what is kept must exist somewhere
     * else too. Up to that moment it looks and takes as long as a wrong PIN; afterwards [WalletLock.status] says
     * [LockStatus.Wiped] to whoever holds the phone.
     *
     * It is as long as the PIN, and not one slip from it ([PinRule.NEAR_PIN]); it may be easy to guess, for it opens
     * nothing. That holds for the PIN of now: see [changePin]. While no PIN is taken (during a wait, or locked) it does
     * nothing. The [current] PIN is checked and counted like any other try, and its entry is empty afterwards. The entry
     * of the [wipe] PIN is empty once that PIN is set.
     */
    public suspend fun setWipePin(current: PinEntry, wipe: PinEntry): PinChange = withPin(current) { access, old ->
        wipe.handle.overUniffi { access.setWipePin(old, it) }.toPublic()
    }

    /** From now on no PIN wipes the wallet. The [current] PIN is checked as for [setWipePin]. */
    public suspend fun clearWipePin(current: PinEntry): PinChange =
        withPin(current) { access, old -> access.clearWipePin(old).toPublic() }

    /**
     * Whether a wipe PIN is set. Whoever forces the owner to open the wallet reads the screen too: think twice before an
     * app shows this unasked. The journal does not say it.
     */
    public suspend fun hasWipePin(): Boolean = session.call { native -> native.access().use { it.hasWipePin() } }

    /** Says nothing about what opens the wallet. */
    override fun toString(): String = "Access"

    private suspend fun withPin(entry: PinEntry, block: (NativeAccess, NativeEntry) -> PinChange): PinChange =
        entry.handle.let { handle ->
            session.call { native -> handle.overUniffi { pin -> native.access().use { block(it, pin) } } }
        }
}
