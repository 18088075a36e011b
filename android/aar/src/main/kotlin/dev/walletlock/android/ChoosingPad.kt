package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.WalletLock

// For the pad on the screens where a PIN is chosen. Such a pad is bound to no lock.

/** Shows [hint] below the dots. [canEnd]: whether the key that ends the PIN is enabled. */
internal fun PinPadView.guide(hint: CharSequence, canEnd: Boolean) {
    behaviour.showHint(hint)
    behaviour.canEnd = canEnd
}

/**
 * Shows what is wrong with the digits typed so far, and enables the key that ends the PIN if they may be set. Judging takes a
 * moment, so for that moment the key may still fit the digits before. Therefore the call that sets the PIN judges it again.
 */
internal suspend fun PinPadView.judge(lock: WalletLock, personal: List<Personal>) {
    try {
        val judgement = lock.judgePin(entry, personal)
        behaviour.showHint(resources.words(judgement).orEmpty(), isAgainst = judgement.isAgainst)
        behaviour.canEnd = judgement.allowed
    } catch (_: LockException) {
        // The call that sets the PIN will fail in the same way, and its screen says why.
        guide("", canEnd = true)
    }
}
