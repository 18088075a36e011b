package dev.walletlock

/**
 * The circumstances in which a person is asked for a finger or face to open the wallet. [Payments.confirmBiometrics] confirms payments.
 *
 * @property riskIsRaised the app, or its provider, sees more risk than usual: then only the PIN is accepted.
 */
public data class BiometricRequest @JvmOverloads constructor(public val riskIsRaised: Boolean = false) {
    /** The usual request. */
    public companion object {
        /** With no more risk than usual. */
        @JvmField
        public val UNLOCK: BiometricRequest = BiometricRequest()
    }
}

/** How asking for a finger or face ended. All but [Unlocked] is a [BiometricRefusal]. */
public sealed interface BiometricOutcome {
    /**
     * The person was recognised, and the keystore's key opened the wallet.
     *
     * @property session close it after use. It can read. To change anything the PIN is needed: see [LockException.PinNeeded].
     */
    public data class Unlocked(public val session: Session) : BiometricOutcome

    /** Nobody was recognised, too many times in a row; or the key's output did not open the wallet. Ask for the PIN next. */
    public data object NotRecognised : BiometricRefusal

    /**
     * The prompt ended, and nobody was recognised. Nothing was counted.
     *
     * @property end why.
     */
    public data class Ended(public val end: BiometricEnd) : BiometricRefusal, BiometricChange

    /**
     * Biometrics may not be used now. No prompt was shown.
     *
     * @property reason why.
     */
    public data class Denied(public val reason: BiometricDenial) : BiometricRefusal, BiometricChange

    /**
     * There is no verdict: the phone failed, or the lock was busy.
     *
     * @property cause why. [NoVerdictCause.TryAgain]: another prompt is shown.
     */
    public data class NoVerdict(public val cause: NoVerdictCause) : BiometricRefusal, BiometricChange
}

/**
 * Nobody was recognised, and nothing was opened or confirmed: [BiometricOutcome.NotRecognised], [BiometricOutcome.Ended],
 * [BiometricOutcome.Denied] or [BiometricOutcome.NoVerdict].
 */
public sealed interface BiometricRefusal : BiometricOutcome

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

    /** A finger or face. The session can read. To change anything the PIN is needed: see [LockException.PinNeeded]. */
    public data object Biometrics : AuthMethod
}
