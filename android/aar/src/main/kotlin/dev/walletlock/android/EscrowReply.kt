package dev.walletlock.android

import dev.walletlock.CodeRefusal
import dev.walletlock.WordError

/** What the provider answered to a request for the key to the wallet. The app carries the request: [LockScreens.useEscrow]. */
public sealed interface EscrowReply {
    /**
     * The provider has verified the owner, and sent its grant.
     *
     * @property grant the text of the grant. The screen gives it to the lock.
     */
    public class Granted(public val grant: String) : EscrowReply {
        /** Not the text. */
        override fun toString(): String = "Granted"
    }

    /** There is no grant. */
    public enum class NotGranted : EscrowReply {
        /**
         * The provider has to verify the owner first, in its own way. The person asks again afterwards, with a new request: no
         * grant answers this one later.
         */
        LATER,

        /** The provider does not agree. */
        REFUSED,

        /** The provider could not be reached. */
        NOT_REACHED,
    }
}

/** Why asking the provider has not opened the wallet. */
internal sealed interface EscrowRefusal {
    class ByProvider(val reply: EscrowReply.NotGranted) : EscrowRefusal

    /** The lock refused the grant. */
    class OfGrant(val error: WordError) : EscrowRefusal

    /** There is nothing to ask for, or the grant is right and the wallet was not opened. */
    class OfWallet(val refusal: CodeRefusal) : EscrowRefusal
}
