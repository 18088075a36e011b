package dev.walletlock.android

import android.content.Context
import dev.walletlock.Personal
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
     * Sets how the screens learn what others know about this person, such as a birthday or a telephone number, so that no PIN
     * is made of it. A screen on which a PIN is chosen calls [personal] on the main thread when it is created, and keeps the
     * result in memory as long as it exists. This is a function, because an intent would carry the data through the system.
     */
    @JvmStatic
    public fun usePersonal(personal: () -> List<Personal>) {
        this.personal = personal
    }
}
