package dev.walletlock.android

import android.app.Activity
import dev.walletlock.WalletLock
import dev.walletlock.WayKind

/**
 * 'Forgot PIN?' on a whole screen: where it leads, and whether it is shown. Whether the wallet has a recovery code, or escrow, is known
 * a moment later than the pad is shown. Until then a button that may come keeps its place, so that no key moves.
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

    /**
     * Makes the button call [getBack] if [lock] has channels or an authenticator. With only one way the button leads straight to it:
     * [enterCode] if there is a recovery code, or [askEscrow] if the provider keeps its key instead and can be asked. Where nothing is
     * set up it leads to the app's own way; without one to [getBack] too, which says what is left. All that only if the app leaves
     * the button to the lock.
     */
    suspend fun learn(lock: WalletLock, enterCode: Runnable, askEscrow: Runnable, getBack: Runnable) = quietly {
        if (parts.onForgotPin != null && !parts.prefersRecoveryCode) return@quietly
        val status = lock.recovery.status()
        val act = when {
            lock.hasWaysToProve() -> getBack
            status.hasCode == true -> enterCode
            status.hasEscrow == true && LockScreens.escrow != null -> askEscrow
            parts.onForgotPin == null -> getBack
            else -> return@quietly
        }
        listen(act)
        offer(true)
    }
}

/** Whether a person can prove who they are on this phone without the PIN: by a code that is sent, or by an authenticator app. */
internal suspend fun WalletLock.hasWaysToProve(): Boolean = recovery.progress().ways.any {
    it.kind == WayKind.AUTHENTICATOR || it.kind.isSent && LockScreens.proofs != null
}
