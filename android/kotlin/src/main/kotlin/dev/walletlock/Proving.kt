package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How asking the provider for a code, or to check something, ended. */
public sealed interface CodeRequest {
    /**
     * The request was made. The app sends it to its backend. To a request for a code nothing answers: the code comes to the person.
     * To any other one a grant comes back ([Provider.redeem]), or nothing if the provider refuses, for example a wrong code.
     *
     * @property request its text. It may hold the code that the person typed: this class does not print it. A [String] cannot be
     *   wiped, so a copy stays on Java's heap until the memory is used again.
     */
    public data class Asked(public val request: String) : CodeRequest {
        /** Never the request. */
        override fun toString(): String = "Asked(redacted)"
    }

    /**
     * Not yet: a code was asked for a moment ago, or too many were, or too many wrong ones were typed. Nothing was counted.
     *
     * @property leftMs milliseconds left, at least 1.
     */
    public data class NotYet(public val leftMs: Long) : CodeRequest {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** No code was sent to this channel that may still be typed. Ask for one. */
    public data object NoCode : CodeRequest
}

/** How trying a code of the authenticator ended. */
public sealed interface FactorOutcome {
    /** The code is right. It is used up. */
    public data object Right : FactorOutcome

    /**
     * The code is wrong, was used before, or is too old.
     *
     * @property triesLeft how many wrong codes begin the next wait.
     * @property waitMs milliseconds of the wait that this code began; 0: none.
     */
    public data class Wrong(public val triesLeft: Int, public val waitMs: Long) : FactorOutcome {
        /** [waitMs] as a duration. */
        public val wait: Duration get() = waitMs.milliseconds
    }

    /**
     * No code is accepted now, after too many wrong ones. Nothing was counted, and the entry keeps its digits.
     *
     * @property leftMs milliseconds left, at least 1.
     */
    public data class Waiting(public val leftMs: Long) : FactorOutcome {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** No authenticator is in force. */
    public data object NotSetUp : FactorOutcome

    /** The digits are not a code: it has six. Nothing was counted, and the entry keeps its digits. */
    public data object NotACode : FactorOutcome

    /** Such a code cannot cancel what was proven: that needs a proof that ranks higher. Nothing was counted. */
    public data object NotEnough : FactorOutcome
}

/** How somebody proved who they are. */
public enum class ProofMethod {
    /** A code that was sent to a phone number. */
    SMS,

    /** A code that was sent to a mail address. */
    MAIL,

    /** A link that was sent to a mail address. */
    LINK,

    /** A code of the authenticator app. */
    AUTHENTICATOR,

    /** The recovery code. */
    CODE,

    /** The signature of a trusted device. */
    DEVICE,

    /** A person at the provider, who saw or spoke to the owner. */
    PERSON,
}

internal fun dev.walletlock.ffi.CodeRequest.toPublic(): CodeRequest = when (this) {
    is dev.walletlock.ffi.CodeRequest.Asked -> CodeRequest.Asked(request)
    is dev.walletlock.ffi.CodeRequest.NotYet -> CodeRequest.NotYet(leftMs)
    is dev.walletlock.ffi.CodeRequest.NoCode -> CodeRequest.NoCode
}

internal fun dev.walletlock.ffi.FactorOutcome.toPublic(): FactorOutcome = when (this) {
    is dev.walletlock.ffi.FactorOutcome.Right -> FactorOutcome.Right
    is dev.walletlock.ffi.FactorOutcome.Wrong -> FactorOutcome.Wrong(triesLeft, waitMs)
    is dev.walletlock.ffi.FactorOutcome.Waiting -> FactorOutcome.Waiting(leftMs)
    is dev.walletlock.ffi.FactorOutcome.NotSetUp -> FactorOutcome.NotSetUp
    is dev.walletlock.ffi.FactorOutcome.NotACode -> FactorOutcome.NotACode
    is dev.walletlock.ffi.FactorOutcome.NotEnough -> FactorOutcome.NotEnough
}
