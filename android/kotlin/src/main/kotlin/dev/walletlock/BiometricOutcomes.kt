package dev.walletlock

/**
 * What a finger or face is asked for.
 *
 * @property payment the payment to be confirmed; the prompt says whom and how much. Null: only to unlock.
 * @property riskIsRaised the app, or its provider, sees more risk than usual: then only the PIN will do.
 */
public data class BiometricRequest @JvmOverloads constructor(
    public val payment: Payment? = null,
    public val riskIsRaised: Boolean = false,
) {
    /** Not whom is paid, nor how much. */
    override fun toString(): String =
        "BiometricRequest(${if (payment == null) "unlock" else "pay"}, riskIsRaised=$riskIsRaised)"

    /** What is asked most. */
    public companion object {
        /** Only to unlock, with no more risk than usual. */
        @JvmField
        public val UNLOCK: BiometricRequest = BiometricRequest()
    }
}

/**
 * A payment as the person sees it.
 *
 * What is out of range is told by the call that gets it, as [LockException.Invalid].
 *
 * @property amount how much: 0 to a trillion of the currency's smallest unit.
 * @property payee to whom: 1 to 200 bytes of UTF-8, without control characters and those that turn the direction of text.
 */
public data class Payment(public val amount: Money, public val payee: String) {
    /** Not whom, nor how much. */
    override fun toString(): String = "Payment(redacted)"
}

/** How asking for a finger or face ended. */
public sealed interface BiometricOutcome {
    /**
     * The person was recognised, and the keystore's key opened the wallet.
     *
     * @property session close it after use. It reads; what changes anything needs the PIN: see [LockException.PinNeeded].
     */
    public data class Unlocked(public val session: Session) : BiometricOutcome

    /** Someone was not recognised, too often to go on; or what came back opened nothing. The PIN is next. */
    public data object NotRecognised : BiometricOutcome

    /**
     * The prompt ended without anyone recognised. Nothing was counted.
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
     * It could not be told.
     *
     * @property cause why. [NoVerdictCause.TryAgain]: another prompt is shown.
     */
    public data class NoVerdict(public val cause: NoVerdictCause) : BiometricOutcome, BiometricChange
}

/**
 * How switching biometrics on ended: [Done], [BiometricOutcome.Ended], [BiometricOutcome.Denied] or
 * [BiometricOutcome.NoVerdict]. After all but the first everything is as it was.
 */
public sealed interface BiometricChange {
    /** They are on. */
    public data object Done : BiometricChange
}

/** Whether biometrics may be used now. */
public sealed interface BiometricAvailability {
    /** They may. */
    public data object Available : BiometricAvailability

    /**
     * They may not.
     *
     * @property reason why.
     */
    public data class Denied(public val reason: BiometricDenial) : BiometricAvailability
}

/** Why biometrics may not be used now. */
public enum class BiometricDenial {
    /** The lock takes no PIN now either: [WalletLock.status] says why. */
    LOCKED,

    /** They were never set up, or the person switched them off. */
    SWITCHED_OFF,

    /** A finger or face was added to the phone since they were set up. They are off until set up anew. */
    ENROLMENT_CHANGED,

    /** They failed too often. They are off until set up anew. */
    OFF_AFTER_FAILURES,

    /** This Android cannot do it (before Android 9), or the lock was opened without [Biometrics]. */
    NOT_SUPPORTED,

    /** The phone has no strong sensor, or it is gone. */
    NO_HARDWARE,

    /** Nobody's finger or face is enrolled on the phone. */
    NONE_ENROLLED,

    /** The sensor is not available now. */
    BUSY,

    /** They failed several times in a row: the PIN first. */
    TOO_MANY_FAILURES,

    /** The PIN was not entered since the phone started. */
    FIRST_UNLOCK,

    /** The PIN was not entered for too long. */
    PIN_TOO_LONG_AGO,

    /** They were used too often since the PIN was entered. */
    TOO_MANY_USES,

    /** More than may be paid with them, at once or since the PIN was entered, or in a currency that may not. */
    OVER_BUDGET,

    /** There is more risk than usual: the PIN. */
    RISK_RAISED,
}

/** What opened a session. */
public sealed interface AuthMethod {
    /** The PIN. */
    public data object Pin : AuthMethod

    /**
     * A finger or face.
     *
     * @property payment the payment that the person confirmed, if it was for one. It is not used up: it stands here for as
     *   long as the session lives, so an app pays once for a session and no more.
     */
    public data class Biometrics(public val payment: Payment?) : AuthMethod
}
