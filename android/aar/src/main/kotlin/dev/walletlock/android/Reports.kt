package dev.walletlock.android

import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Has the app tell the provider which ways back in there are now, and what waits: so that it announces each change on the old
 * channels. If that fails the person is told nothing: the app sends the next report when it opens. It goes on when the screen goes.
 */
internal fun reportChange(lock: WalletLock): Unit = report(lock, ProviderCall.REPORT)

/** Has the app tell the provider that the owner has stopped payments, as [reportChange] does. */
internal fun reportFreeze(lock: WalletLock): Unit = report(lock, ProviderCall.FREEZE_NOTICE)

private fun report(lock: WalletLock, call: ProviderCall) {
    if (LockScreens.provider == null) return
    CoroutineScope(MainThread).launch { quietly { wordsAfter(call, lock) } }
}
