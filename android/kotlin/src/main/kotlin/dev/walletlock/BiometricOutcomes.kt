package dev.walletlock

/**
 * What the person is asked to confirm with a finger or face.
 *
 * @property payment the payment to be confirmed; the prompt shows payee and amount. Null: only to unlock.
 * @property riskIsRaised the app, or its provider, sees more risk than usual: then only the PIN is accepted.
 */
public data class BiometricRequest @JvmOverloads constructor(
    public val payment: Payment? = null,
    public val riskIsRaised: Boolean = false,
) {
    /** Says neither payee nor amount. */
    override fun toString(): String =
        "BiometricRequest(${if (payment == null) "unlock" else "pay"}, riskIsRaised=$riskIsRaised)"

    /** The usual request. */
    public companion object {
        /** Only to unlock, with no more risk than usual. */
        @JvmField
        public val UNLOCK: BiometricRequest = BiometricRequest()
    }
}

/**
 * A payment as the person sees it.
 *
 * The call that gets the payment checks its values, and throws [LockException.Invalid] if one is out of range.
 *
 * @property amount how much: 0 to a trillion of the currency's smallest unit.
 * @property payee to whom: 1 to 200 bytes of UTF-8, without control characters and those that change the direction of text.
 */
public data class Payment(public val amount: Money, public val payee: String) {
    /** Says neither payee nor amount. */
    override fun toString(): String = "Payment(redacted)"
}

/** How asking for a finger or face ended. */
public sealed interface BiometricOutcome {
    /**
     * The person was recognised, and the keystore's key opened the wallet.
     *
     * @property session close it after use. It can read. To change anything the PIN is needed: see [LockException.PinNeeded].
     */
    public data class Unlocked(public val session: Session) : BiometricOutcome

    /** Nobody was recognised, too many times in a row; or the key's output did not open the wallet. Ask for the PIN next. */
    public data object NotRecognised : BiometricOutcome

    /**
     * The prompt ended, and nobody was recognised. Nothing was counted.
     *
     * @property end why.
     */
    public data class Ended(public val end: BiometricEnd) : BiometricOutcome, BiometricChange

    /**
     * Biometrics may not be used now. No prompt was shown.
     *
     * @property reason why.
     */
    public data class Denied(public val reason: BiometricDenial) : BiometricOutcome, BiometricChange

    /**
     * There is no verdict: the phone failed, or the lock was busy.
     *
     * @property cause why. [NoVerdictCause.TryAgain]: another prompt is shown.
     */
    public data class NoVerdict(public val cause: NoVerdictCause) : BiometricOutcome, BiometricChange
}

/**
 * How switching biometrics on ended: [Done], [BiometricOutcome.Ended], [BiometricOutcome.Denied] or
 * [BiometricOutcome.NoVerdict]. After all but [Done], biometrics are on or off as they were before.
 */
public sealed interface BiometricChange {
    /** Biometrics are on. */
    public data object Done : BiometricChange
}

/** Whether biometrics may be used now. */
public sealed interface BiometricAvailability {
    /** They may be used. */
    public data object Available : BiometricAvailability

    /**
     * They may not be used.
     *
     * @property reason why.
     */
    public data class Denied(public val reason: BiometricDenial) : BiometricAvailability
}

/** Why biometrics may not be used now. */
public enum class BiometricDenial {
    /** The lock accepts no PIN now either: [WalletLock.status] says why. */
    LOCKED,

    /** Biometrics were never set up, or the person switched them off. */
    SWITCHED_OFF,

    /** A finger or face was added to the phone after biometrics were set up. They are off until they are set up anew. */
    ENROLMENT_CHANGED,

    /** Biometrics failed too often. They are off until they are set up anew. */
    OFF_AFTER_FAILURES,

    /** This Android version cannot do it (before Android 9), or the lock was opened without [Biometrics]. */
    NOT_SUPPORTED,

    /** The phone has no strong sensor, or no longer reports one. */
    NO_HARDWARE,

    /** No finger or face is enrolled on the phone. */
    NONE_ENROLLED,

    /** The sensor is not available now. */
    BUSY,

    /** Biometrics failed several times in a row: the PIN must be entered first. */
    TOO_MANY_FAILURES,

    /** The PIN was not entered since the phone started. */
    FIRST_UNLOCK,

    /** The PIN was not entered for too long. */
    PIN_TOO_LONG_AGO,

    /** Biometrics were used too often since the PIN was entered. */
    TOO_MANY_USES,

    /** The amount is above the limit for biometrics, at once or since the PIN was entered, or the currency is not allowed. */
    OVER_BUDGET,

    /** There is more risk than usual ([BiometricRequest.riskIsRaised]): the PIN is needed. */
    RISK_RAISED,
}

/** What opened a session. */
public sealed interface AuthMethod {
    /** The PIN. */
    public data object Pin : AuthMethod

    /**
     * A finger or face.
     *
     * @property payment the payment that the person confirmed. Null: it was only an unlock. The lock does not mark it as
     *   paid: it stays here as long as the session lives. So the app must pay only once for each session.
     */
    public data class Biometrics(public val payment: Payment?) : AuthMethod
}
