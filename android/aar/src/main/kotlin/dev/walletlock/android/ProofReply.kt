package dev.walletlock.android

import dev.walletlock.WalletLock
import dev.walletlock.WordOutcome
import java.io.IOException

/**
 * A request about a code or another proof, for the app to send to the wallet's provider: [LockScreens.useProofs].
 *
 * @property text the text to send.
 * @property isAnswered whether the provider's grant comes back. False: it asks for a code to be sent, and nothing answers it.
 */
public class ProofRequest(public val text: String, public val isAnswered: Boolean) {
    /** Not the text: it may hold a code. */
    override fun toString(): String = "ProofRequest"
}

/** What the provider answered to a [ProofRequest]. */
public sealed interface ProofReply {
    /**
     * The provider agrees.
     *
     * @property grant the text of the grant. The screen gives it to the lock.
     */
    public class Granted(public val grant: String) : ProofReply {
        /** Not the text. */
        override fun toString(): String = "Granted"
    }

    /** There is no grant. */
    public enum class NotGranted : ProofReply {
        /** The provider has the request. It sends a code; or a person there has to verify the owner first. */
        LATER,

        /** The provider does not agree: the code is not the one that it sent, or the link was not opened. */
        REFUSED,

        /** The provider could not be reached. */
        NOT_REACHED,
    }
}

/** What became of a request that the app carried. */
internal enum class Carried {
    /** The lock has taken the grant. */
    TAKEN,

    /** The provider has the request. */
    LATER,
    REFUSED,
    NOT_REACHED,

    /** The lock refused the grant. */
    NOT_TAKEN,
}

/**
 * Has the app carry [request], and gives the grant to [lock].
 *
 * @throws dev.walletlock.LockException if a call on the lock failed.
 */
internal suspend fun carried(lock: WalletLock, request: ProofRequest): Carried {
    val carry = LockScreens.proofs ?: return Carried.NOT_REACHED
    val reply = try {
        carry(lock, request)
    } catch (_: IOException) {
        ProofReply.NotGranted.NOT_REACHED
    }
    return when (reply) {
        is ProofReply.Granted -> if (lock.provider.redeem(reply.grant) is WordOutcome.Done) Carried.TAKEN else Carried.NOT_TAKEN
        ProofReply.NotGranted.LATER -> Carried.LATER
        ProofReply.NotGranted.REFUSED -> Carried.REFUSED
        ProofReply.NotGranted.NOT_REACHED -> Carried.NOT_REACHED
    }
}
