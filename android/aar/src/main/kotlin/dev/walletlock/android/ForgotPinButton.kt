package dev.walletlock.android

import android.app.Activity
import dev.walletlock.WalletLock

/**
 * 'Forgot PIN?' on a whole screen: where it leads, and whether it is shown. Whether the wallet has a recovery code is known a
 * moment later than the pad is shown. Until then a button that may come keeps its place, so that no key moves.
 *
 * @param listen sets what the button does.
 * @param offer shows the button, or hides it and keeps its place.
 */
internal class ForgotPinButton(
    private val screen: Activity,
    private val parts: LockScreenParts,
    private val listen: (Runnable) -> Unit,
    private val offer: (Boolean) -> Unit,
) {
    init {
        listen { parts.onForgotPin?.onForgotPin(screen) }
        offer(parts.onForgotPin != null)
    }

    /** Makes the button call [enterCode], if [lock] has a recovery code and the app leaves the button to it. */
    suspend fun learn(lock: WalletLock, enterCode: Runnable) = quietly {
        if (parts.onForgotPin != null && !parts.prefersRecoveryCode) return@quietly
        if (lock.recovery.status().hasCode != true) return@quietly
        listen(enterCode)
        offer(true)
    }
}
