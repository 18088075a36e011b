package dev.walletlock.android

import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Has the app tell the provider which ways back in there are now, and what waits: so that it announces each change on the old
 * channels. If that fails the person is told nothing: the app sends the next report when it opens. It goes on when the screen goes.
 */
internal fun reportChange(lock: WalletLock) {
    if (LockScreens.provider == null) return
    CoroutineScope(MainThread).launch { quietly { wordsAfter(ProviderCall.REPORT, lock) } }
}
