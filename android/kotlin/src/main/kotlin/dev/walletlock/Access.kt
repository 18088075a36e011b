package dev.walletlock

import dev.walletlock.ffi.Access as NativeAccess
import dev.walletlock.ffi.GuardedAction as NativeAction
import dev.walletlock.ffi.PinEntry as NativeEntry

/**
 * Changes the PIN, the wipe PIN, biometrics, the ways back in and the second factor; and what the provider may do.
 * [Session.access] gives it. It lives as long as its session, and needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended, and [LockException.SecondFactorNeeded] where the
 * policy asks for the second factor and it was not right in this session yet.
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
     * Ends the owner's freeze ([Payments.freeze]). A freeze that the provider ordered ends only with its grant
     * ([RequestKind.UNFREEZE]).
     *
     * @param channel ends the freeze of this channel. Null: of everything, and of every channel.
     * @throws LockException.PinNeeded in a session that biometrics opened.
     */
    @JvmOverloads
    public suspend fun unfreeze(channel: PaymentChannel? = null): Unfreezing =
        session.call { native -> native.access().use { it.unfreeze(channel?.toNative()) }.toPublic() }

    /**
     * Allows, or no longer allows, that an order of the provider destroys everything the wallet keeps. While it is not allowed,
     * such an order locks. Ask the person first: **there is no way back from such an order.**
     *
     * @throws LockException.PinNeeded unless the PIN that began this session was entered less than five minutes ago.
     * @throws LockException.WrongState if the policy has no provider.
     */
    public suspend fun allowRemoteWipe(isAllowed: Boolean): Unit =
        session.call { native -> native.access().use { it.allowRemoteWipe(isAllowed) } }

    /** The owner's channels, in the owner's order. */
    public suspend fun channels(): List<Channel> =
        session.call { native -> native.access().use { it.channels() }.map { it.toPublic() } }

    /**
     * Begins to set a channel up: makes a request to the provider, for the app to carry, to send a code there. The channel counts for
     * nothing before a code came back ([confirmChannel]).
     *
     * @param address a phone number of 7 to 15 digits, or a mail address. The phone keeps only a mask of it.
     * @throws LockException.Invalid if that is no address of this kind.
     * @throws LockException.WrongState if this phone is not registered.
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun addChannel(kind: ChannelKind, address: String): NewChannel =
        session.call { native -> native.access().use { it.addChannel(kind.byName(), address) }.toPublic() }

    /**
     * Makes a request that the provider checks the code that came over this channel. Its grant ([Provider.redeem]) confirms the channel.
     * One that is new counts at once in the session in which the wallet was set up, and else after the policy's wait
     * (`recovery.pending_change_h`); the one of its kind before it counts until then. The entry is empty afterwards.
     *
     * @param channel the channel's id.
     * @param code the code that was typed. Null: the link in the mail was opened.
     */
    @JvmOverloads
    public suspend fun confirmChannel(channel: String, code: PinEntry? = null): CodeRequest = session.call { native ->
        code.overUniffi { typed -> native.access().use { it.confirmChannel(channel, typed) } }.toPublic()
    }

    /** Makes a request for another code to this channel. Nothing answers the request; the code comes to the person. */
    public suspend fun sendCode(channel: String): CodeRequest =
        session.call { native -> native.access().use { it.sendCode(channel) }.toPublic() }

    /** Puts the channels in this order: a list of their ids. Those that it does not name follow. */
    public suspend fun orderChannels(channels: List<String>): Unit =
        session.call { native -> native.access().use { it.orderChannels(channels) } }

    /**
     * Removes a channel. One that counts goes after the policy's wait, except in the session in which the wallet was set up.
     *
     * @throws LockException.WrongState if there is no such channel, or it is the second factor.
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun removeChannel(channel: String): RecoveryChange =
        session.call { native -> native.access().use { it.removeChannel(channel) }.toPublic() }

    /** Cancels what waits for a channel: its removal, or that it comes into force. False: nothing does. */
    public suspend fun cancelChannelChange(channel: String): Boolean =
        session.call { native -> native.access().use { it.cancelChannelChange(channel) } }

    /**
     * Makes a secret for an authenticator app. Show it, and let the person type a code of the app ([confirmAuthenticator]). It counts
     * for nothing before [setAuthenticator]. Close it after use.
     *
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun makeAuthenticator(): NewAuthenticator =
        session.call(unwanted = { it.close() }) { native -> native.access().use { NewAuthenticator(it.makeAuthenticator()) } }

    /** Whether the typed code is the one that the app shows for this secret. The entry is empty afterwards. */
    public suspend fun confirmAuthenticator(new: NewAuthenticator, code: PinEntry): Boolean = session.call { native ->
        new.handle.overUniffi { secret ->
            code.handle.overUniffi { typed -> native.access().use { it.confirmAuthenticator(secret, typed) } }
        }
    }

    /**
     * Puts a confirmed authenticator in force: its codes are asked for as the policy's `second_factor` says. It counts at once in the
     * session in which the wallet was set up or recovered, and else after the policy's wait.
     *
     * @throws LockException.SecondFactorNeeded if a second factor is in force, and was not right in this session.
     * @throws LockException.PinNeeded as [createRecoveryCode].
     */
    public suspend fun setAuthenticator(new: NewAuthenticator): RecoveryChange = session.call { native ->
        new.handle.overUniffi { secret -> native.access().use { it.setAuthenticator(secret) } }.toPublic()
    }

    /**
     * Puts codes by SMS in force, which the provider checks, as [setAuthenticator] does with an authenticator.
     *
     * @throws LockException.WrongState if no phone number is in force.
     */
    public suspend fun setSmsFactor(): RecoveryChange =
        session.call { native -> native.access().use { it.setSmsFactor() }.toPublic() }

    /**
     * Removes the second factor, as [setAuthenticator] changes it.
     *
     * @throws LockException.WrongState if there is none.
     */
    public suspend fun removeSecondFactor(): RecoveryChange =
        session.call { native -> native.access().use { it.removeSecondFactor() }.toPublic() }

    /** Cancels the change of the second factor that waits. False: none does. */
    public suspend fun cancelSecondFactorChange(): Boolean =
        session.call { native -> native.access().use { it.cancelSecondFactorChange() } }

    /** Which second factor is in force, and what waits. A session that still needs it may ask. */
    public suspend fun secondFactor(): SecondFactor =
        session.call { native -> native.access().use { it.secondFactor() }.toPublic() }

    /**
     * Whether this session needs the second factor first.
     *
     * @param action for this action. Null: for everything (the policy's `second_factor.at_unlock`).
     */
    @JvmOverloads
    public suspend fun needsSecondFactor(action: GuardedAction? = null): Boolean =
        session.call { native -> native.access().use { it.needsSecondFactor(action?.byName<NativeAction>()) } }

    /**
     * Tries a code of the authenticator, as this session's second factor. The tries are counted, and survive a restart. The entry is
     * empty once the code was counted.
     */
    public suspend fun proveSecondFactor(code: PinEntry): FactorOutcome = session.call { native ->
        code.handle.overUniffi { typed -> native.access().use { it.proveSecondFactor(typed) } }.toPublic()
    }

    /**
     * Makes a request that the provider checks the code by SMS, as the second factor. Its grant ([Provider.redeem]) counts for the
     * sessions that are open when it is taken. The entry is empty afterwards.
     *
     * @param channel the id of the phone number's channel.
     */
    public suspend fun proveSmsFactor(channel: String, code: PinEntry): CodeRequest = session.call { native ->
        code.handle.overUniffi { typed -> native.access().use { it.proveSmsFactor(channel, typed) } }.toPublic()
    }

    /** What is to be tidied up after a recovery or a panic. Empty: nothing, or nothing any more. */
    public suspend fun checklist(): List<ChecklistLine> = session.call { native ->
        native.access().use { it.checklist() }.map { ChecklistLine(it.task.byName(), it.isDone) }
    }

    /**
     * Notes that the owner has done this. For what the wallet cannot see by itself: that the journal was looked through, and that a
     * sheet was kept; after a panic, that the PIN was changed and the provider told.
     */
    public suspend fun noteDone(task: Task): Unit =
        session.call { native -> native.access().use { it.noteDone(task.byName()) } }

    /** Takes a line off the list: the owner does not want to see it any more. */
    public suspend fun dismiss(task: Task): Unit =
        session.call { native -> native.access().use { it.dismiss(task.byName()) } }

    /** What each single loss would mean, if the PIN were forgotten too. */
    public suspend fun health(): List<HealthLine> = session.call { native ->
        native.access().use { it.health() }.map { HealthLine(it.loss.byName(), it.advice?.byName<Advice>()) }
    }

    /**
     * Notes this password as the one that the owner's account has from now on, so that it is not taken again, unless there is a reason
     * against it. The wallet keeps a check value of each of the last five, and nothing else; the app itself sends the password to its
     * backend. The entry keeps its text.
     *
     * @return every reason against it. Empty: it is noted.
     * @throws LockException.LimitReached after ten proposed passwords and PINs in one session, so that this call cannot be used to
     *   find out earlier passwords.
     */
    public suspend fun setPassword(password: PasswordEntry): List<PasswordFinding> = session.call { native ->
        password.handle.overUniffi { new -> native.access().use { it.setPassword(new) } }.map { it.toPublic() }
    }

    /** Says nothing about what opens the wallet. */
    override fun toString(): String = "Access"

    /**
     * What was closed or switched off and can be brought back, in one list: cards, payments and their channels, channels for codes,
     * biometrics, the second factor, the recovery code and escrow.
     */
    public suspend fun switchedOff(): List<SwitchedOff> = session.call { it.switchedOff() }.map { it.toPublic() }

    /**
     * Brings something back that [switchedOff] lists.
     *
     * @throws LockException.PinNeeded if biometrics opened the session; for a way back in also unless the PIN was entered less than five
     *   minutes ago.
     * @throws LockException.SecondFactorNeeded if the policy asks for the second factor.
     */
    public suspend fun bringBack(off: SwitchedOff): BringingBack = when (val what = off.what) {
        is Closed.CardRemoved -> back(session.cards.restore(what.id))
        is Closed.CardFrozen -> back(session.cards.unfreeze(what.id))
        is Closed.Payments -> back(unfreeze())
        is Closed.ThroughChannel -> back(unfreeze(what.channel))
        is Closed.CodeChannel -> back(cancelChannelChange(what.id))
        is Closed.RecoveryCode -> back(cancelRecoveryCodeChange())
        is Closed.Escrow -> back(cancelEscrowChange())
        is Closed.SecondFactor ->
            if (off.leftMs == null) BringingBack.SET_UP_ANEW else back(cancelSecondFactorChange())
        is Closed.Biometrics -> BringingBack.SET_UP_ANEW
    }

    private fun back(isBack: Boolean) = if (isBack) BringingBack.DONE else BringingBack.TOO_LATE

    private fun back(unfreezing: Unfreezing) = when (unfreezing) {
        is Unfreezing.Done -> BringingBack.DONE
        is Unfreezing.NothingFrozen -> BringingBack.TOO_LATE
        is Unfreezing.Waits -> BringingBack.WAITS
    }


    private suspend fun withPin(entry: PinEntry, block: (NativeAccess, NativeEntry) -> PinChange): PinChange =
        entry.handle.let { handle ->
            session.call { native -> handle.overUniffi { pin -> native.access().use { block(it, pin) } } }
        }
}
