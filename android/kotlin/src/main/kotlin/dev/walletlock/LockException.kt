package dev.walletlock

/**
 * A fault: a call failed for another reason than a wrong PIN.
 *
 * Its message is fixed text and repeats nothing that was passed in, so it may be logged. Only the message of [Policy] repeats
 * some input: the names of the policy's fields, but no values.
 */
public sealed class LockException(message: String, cause: Throwable? = null) : RuntimeException(message, cause) {
    /** This wallet is already open: in another process, or in this process from a copy of its file. */
    public class InUse internal constructor() : LockException("this wallet is already open")

    /** A newer version of Walletlock wrote this wallet. */
    public class NewerVersion internal constructor() : LockException("a newer version wrote this wallet")

    /**
     * The storage failed: it is full, read-only or broken, or the folder does not exist. After a failed flush, and after
     * an order of the provider that could not be written, calls throw this until the file is read anew: [WalletLock.recheck] does that,
     * and so do the next PIN, recovery code or word of the provider.
     */
    public class Storage internal constructor() : LockException("the storage failed")

    /** The protected data is damaged, or someone tampered with it. */
    public class DataDamaged internal constructor() : LockException("protected data is damaged")

    /**
     * The device key failed.
     *
     * @property fault why.
     */
    public class DeviceKey internal constructor(public val fault: DeviceKeyFault) :
        LockException("the device key cannot be used: $fault")

    /** The phone's clock, randomness or biometric sensor failed. */
    public class Platform internal constructor() : LockException("clock, randomness or sensor failed")

    /**
     * The policy is not valid.
     *
     * @property field which field, as a path: `lockout.cooldowns[2].wait_s`.
     * @property problem what is wrong with it.
     */
    public class Policy internal constructor(public val field: String, public val problem: String) :
        LockException("policy: $field: $problem")

    /** The session is over; verify the PIN again. */
    public class SessionEnded internal constructor() : LockException("the session is over")

    /**
     * The PIN has to be entered for this call: biometrics opened the session; or the call switches biometrics on or off, or makes or
     * changes the recovery code, raises a limit, or lets the provider wipe, and the session's PIN was entered more than five minutes
     * ago.
     */
    public class PinNeeded internal constructor() : LockException("the PIN is needed")

    /**
     * The second factor has to be right in this session first ([Access.proveSecondFactor], [Access.proveSmsFactor]). The policy's
     * `second_factor` says what for; [Access.needsSecondFactor] tells before the call.
     */
    public class SecondFactorNeeded internal constructor() : LockException("the second factor is needed")

    /** Not possible in this state: setting a first PIN where there is one, or using a wallet that has none. */
    public class WrongState internal constructor() : LockException("not possible in this state")

    /**
     * A value is not valid: an argument of the call. If the call has no such argument, it is a defect in Walletlock.
     *
     * @property what which value.
     */
    public class Invalid internal constructor(public val what: String) : LockException("not valid: $what")

    /**
     * A limit is reached, and no more is allowed for now.
     *
     * @property what of what there may be no more.
     */
    public class LimitReached internal constructor(public val what: String) : LockException("limit reached: $what")

    /** The phone does not have enough memory now to check a PIN. Trying again may help. */
    public class NoMemory internal constructor() : LockException("not enough memory")

    /** The lock, session or entry of this call was closed. */
    public class Closed internal constructor() : LockException("closed")

    /** On a phone: the app was installed without the native library for its processor. The cause names the missing library. */
    public class NoLibrary internal constructor(cause: Throwable) :
        LockException("no native library for this phone", cause)

    /**
     * On a phone: it was restarted and nobody has unlocked it since, so the app's files cannot be read. The AAR throws this
     * when it opens a wallet. Open the wallet again after `ACTION_USER_UNLOCKED`.
     */
    public class BeforeFirstUnlock : LockException("the phone has not been unlocked since it started")

    /**
     * JNA, or the code generated for it, could not be started; the cause says why. The call that was made needs it. Opening,
     * the PIN pad, checking the PIN and reading an item work without it.
     */
    public class Jna internal constructor(cause: Throwable) : LockException("JNA could not be started", cause)

    /** A defect in Walletlock. Nothing was opened by it. */
    public class Internal internal constructor() : LockException("internal fault")
}
