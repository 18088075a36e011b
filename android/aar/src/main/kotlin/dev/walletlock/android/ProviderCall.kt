package dev.walletlock.android

import dev.walletlock.WalletLock
import java.io.IOException

/** What a screen wants from the wallet's provider. The app carries it: [LockScreens.useProvider]. */
public enum class ProviderCall {
    /** The person asks the provider to unlock the wallet. A phone that is not registered yet has to be registered first. */
    UNLOCK,

    /** The person asks the provider to end its freeze of payments. */
    UNFREEZE,

    /** The phone needs a heartbeat, because it did not hear from its provider for too long. */
    HEARTBEAT,

    /**
     * The person has changed a way back in: a channel, the second factor, the recovery code or escrow. Send the provider a
     * [dev.walletlock.RequestKind.REPORT], which nothing answers: then it announces the change. This call is not cancelled when the
     * screen goes, and the person is not told what became of it. Send a report when the app opens, too.
     */
    REPORT,

    /**
     * The person has stopped payments, or everything. Send the provider a [dev.walletlock.RequestKind.FREEZE_NOTICE], which nothing
     * answers: a freeze on the phone recalls nothing that was handed out. It is made right after that, as [REPORT] is, and once more
     * when the person reports what happened ([dev.walletlock.Task.REPORT]): then the person is told what became of it.
     */
    FREEZE_NOTICE,
}

/** What became of a [ProviderCall]. */
public enum class ProviderReply {
    /** The lock has taken the provider's answer. The lock's status says what follows from it. */
    TAKEN,

    /** The provider has the request, and answers later. */
    LATER,

    /** The provider does not agree. */
    REFUSED,

    /** The provider could not be reached. */
    NOT_REACHED,
}

/**
 * Has the app carry [call], and returns what to say then. Null: nothing, because the lock's status says it.
 *
 * @throws dev.walletlock.LockException if a call on the lock failed.
 */
internal suspend fun wordsAfter(call: ProviderCall, lock: WalletLock): Int? {
    val carry = LockScreens.provider ?: return R.string.walletlock_provider_not_reached
    val reply = try {
        carry(lock, call)
    } catch (_: IOException) {
        ProviderReply.NOT_REACHED
    }
    return when (reply) {
        ProviderReply.TAKEN -> null
        ProviderReply.LATER ->
            when (call) {
                ProviderCall.UNFREEZE -> R.string.walletlock_provider_unfreezes_later
                ProviderCall.FREEZE_NOTICE -> null
                ProviderCall.UNLOCK, ProviderCall.HEARTBEAT, ProviderCall.REPORT -> R.string.walletlock_provider_later
            }
        ProviderReply.REFUSED -> R.string.walletlock_provider_refused
        ProviderReply.NOT_REACHED -> R.string.walletlock_provider_not_reached
    }
}
