package dev.walletlock.android

import android.app.Activity
import android.content.Context
import dev.walletlock.Dispute
import dev.walletlock.EscrowRequest
import dev.walletlock.Personal
import dev.walletlock.ProviderRequest
import dev.walletlock.Task
import dev.walletlock.WalletLock

/**
 * What an app sets for all the lock's screens: [LockActivity], [SetPinActivity], [ChangePinActivity],
 * [SecuritySettingsActivity], and [LockGuard]. Set it in `Application.onCreate`, because each of them may be the first screen
 * that a new process shows.
 */
public object LockScreens {
    @Volatile
    internal var source: suspend (Context) -> WalletLock = { WalletLock.shared(it) }
        private set

    @Volatile
    internal var personal: () -> List<Personal> = { emptyList() }
        private set

    @Volatile
    internal var provider: (suspend (WalletLock, ProviderCall) -> ProviderReply)? = null
        private set

    @Volatile
    internal var escrow: (suspend (WalletLock, EscrowRequest) -> EscrowReply)? = null
        private set

    @Volatile
    internal var escrowSaid: suspend (WalletLock) -> ProviderRequest = { ProviderRequest.NOTHING }
        private set

    @Volatile
    internal var proofs: (suspend (WalletLock, ProofRequest) -> ProofReply)? = null
        private set

    @Volatile
    internal var accountPassword: (suspend (WalletLock, ByteArray) -> Boolean)? = null
        private set

    @Volatile
    internal var tasks: ((Activity, Task) -> Boolean)? = null
        private set

    @Volatile
    internal var evidence: ((Activity, Dispute, String) -> Boolean)? = null
        private set

    @Volatile
    internal var pinLength: Int = 0
        private set

    @Volatile
    internal var takesPartlyCoveredKeys: Boolean = false
        private set

    /**
     * Sets how many digits each PIN has, where a screen asks for a PIN and where one is chosen: then the last digit ends it.
     * 0, the default: any number, and a key ends the PIN.
     *
     * Use it only if the policy has allowed no other length since the first PIN was set: a person whose PIN has another length
     * could not enter it any more.
     *
     * @throws IllegalArgumentException unless [digits] is 0 or from 4 to 12.
     */
    @JvmStatic
    public fun usePinLength(digits: Int) {
        require(digits == 0 || digits in PadBehaviour.PIN_LENGTHS) { "a PIN has 4 to 12 digits" }
        pinLength = digits
    }

    /**
     * Sets whether the keys of every [PinPadView] that type, delete and end a PIN take a touch while another app's window,
     * such as a chat bubble, covers another part of the screen. False, the default: they refuse it.
     *
     * A touch at a place that is covered is refused all the same. So is a partly covered touch on 'Forgot PIN?', on a button
     * that switches something on, erases, or asks for a finger, and in [SetPinView] and [ChangePinView] where a new PIN is
     * typed. The risk: an app that draws around the keys hides their digits and the words, and leads the person's finger. It can
     * have the PIN typed for a purpose that the person does not see, and it can have wrong PINs typed until the wallet waits,
     * locks, or is erased where the policy says so. Only Android 10 and later report a window elsewhere on the screen; earlier
     * versions report only what covers the touched place.
     */
    @JvmStatic
    public fun takePartlyCoveredKeys(takes: Boolean) {
        takesPartlyCoveredKeys = takes
    }

    /**
     * Sets which lock the screens open, if it is not `WalletLock.shared(context)`: one with a policy or a name of your own.
     *
     * ```
     * LockScreens.useLock { WalletLock.shared(it, policy) }
     * ```
     *
     * [source] is called each time that a screen needs the lock, in a coroutine on the main thread, with the application as the
     * context. So a failure is not kept: a [dev.walletlock.LockException] is shown in words, with a button that calls [source]
     * again if that can help. No screen closes the lock: it stays the app's.
     *
     * From Java: `LockScreens.useLock((context, c) -> WalletLocks.shared(context, policy, c))`.
     */
    @JvmStatic
    public fun useLock(source: suspend (Context) -> WalletLock) {
        this.source = source
    }

    /**
     * Sets how the screens reach the wallet's provider. Then a locked wallet has a button that asks the provider to unlock it, and
     * one that tries again to reach it; without this the screens say it in words only.
     *
     * ```
     * LockScreens.useProvider { lock, call -> backend.carry(lock, call) }
     * ```
     *
     * [carry] makes the request, sends it, and gives the answer to the lock. It is called in a coroutine on the main thread, one
     * call at a time for each screen, and is cancelled when the screen goes. An [java.io.IOException] counts as
     * [ProviderReply.NOT_REACHED]; a [dev.walletlock.LockException] is shown in words. Null, the default: there is no provider.
     */
    @JvmStatic
    public fun useProvider(carry: (suspend (WalletLock, ProviderCall) -> ProviderReply)?) {
        provider = carry
    }

    /**
     * Sets how the screens ask the provider for the key to the wallet that it keeps. Then a locked or damaged wallet whose owner
     * switched escrow on has a button that leads to [AskEscrowActivity]; without this the screens say it in words only.
     *
     * ```
     * LockScreens.useEscrow { _, request -> EscrowReply.Granted(backend.answer(request.text)) }
     * ```
     *
     * [carry] sends the request's text, and returns the provider's answer. The screen gives the grant to the lock, lets the person
     * choose a new PIN, and closes the request. [carry] is called in a coroutine on the main thread, and is cancelled when the
     * person stops it or leaves the screen. A grant counts for 600 seconds, so have the owner verified before the request is made:
     * [said] is called before that, and returns what the request tells the backend, such as a code that the person has typed on a
     * screen of yours. An [java.io.IOException] of either counts as [EscrowReply.NotGranted.NOT_REACHED]; a
     * [dev.walletlock.LockException] is shown in words. [carry] is null by default: then the app cannot ask.
     */
    @JvmStatic
    @JvmOverloads
    public fun useEscrow(
        said: suspend (WalletLock) -> ProviderRequest = { ProviderRequest.NOTHING },
        carry: (suspend (WalletLock, EscrowRequest) -> EscrowReply)?,
    ) {
        escrow = carry
        escrowSaid = said
    }

    /**
     * Sets how the screens carry requests about codes and other proofs to the provider: to send a code, to check one, to ask a
     * person there, and to cancel what waits. Without this no code can be sent or checked; an authenticator app still works,
     * because the phone checks its codes itself.
     *
     * ```
     * LockScreens.useProofs { _, request ->
     *     if (!request.isAnswered) backend.send(request.text).let { ProofReply.NotGranted.LATER }
     *     else backend.answer(request.text)?.let { ProofReply.Granted(it) } ?: ProofReply.NotGranted.REFUSED
     * }
     * ```
     *
     * [carry] sends the request's text, and returns the provider's answer. The screen gives the grant to the lock. It is called in
     * a coroutine on the main thread, and is cancelled when the screen goes. An [java.io.IOException] counts as
     * [ProofReply.NotGranted.NOT_REACHED]; a [dev.walletlock.LockException] is shown in words. Null, the default: the app cannot
     * carry them.
     */
    @JvmStatic
    public fun useProofs(carry: (suspend (WalletLock, ProofRequest) -> ProofReply)?) {
        proofs = carry
    }

    /**
     * Has [GetBackActivity] ask for a new password of the account at the app's backend after a recovery, and says how the app sends
     * it there.
     *
     * ```
     * LockScreens.useAccountPassword { _, utf8 -> backend.setPassword(utf8) }
     * ```
     *
     * [take] gets the password in UTF-8 once the policy has nothing against it, and returns whether the backend has taken it. The
     * array is cleared when [take] returns: keep no copy. It is called in a coroutine on the main thread, and is cancelled when the
     * screen goes. An [java.io.IOException] is shown in words, with the button to try again. Null, the default: no password is asked
     * for.
     */
    @JvmStatic
    public fun useAccountPassword(take: (suspend (WalletLock, ByteArray) -> Boolean)?) {
        accountPassword = take
    }

    /**
     * Sets where a line of [ChecklistActivity] leads. [start] is called on the main thread with the screen and the task: start your
     * own screen for it and return true, or return false for the lock's own, which is [SecuritySettingsActivity]. Only the app can
     * register the phone again ([Task.REGISTER_PHONE]).
     */
    @JvmStatic
    public fun useTasks(start: ((Activity, Task) -> Boolean)?) {
        tasks = start
    }

    /**
     * Says where the evidence of a dispute goes ([HistoryActivity]): [take] may send it to the app's server, or share it. It returns
     * whether it took it. Null, or if it did not: the person picks a place for the file.
     *
     * @param take gets the screen that is shown, the dispute, and the signed file. It is called on the main thread.
     */
    @JvmStatic
    public fun useEvidence(take: ((Activity, Dispute, String) -> Boolean)?) {
        evidence = take
    }

    /**
     * Sets how the screens learn what others know about this person, such as a birthday or a telephone number, so that no PIN
     * is made of it. A screen on which a PIN is chosen calls [personal] on the main thread when it is created, and keeps the
     * result in memory as long as it exists. This is a function, because an intent would carry the data through the system.
     */
    @JvmStatic
    public fun usePersonal(personal: () -> List<Personal>) {
        this.personal = personal
    }
}
