package dev.walletlock

/**
 * A fault: something went wrong that is nobody's wrong PIN.
 *
 * Its message is fixed text and repeats nothing that was passed in, so it may be logged; only that of [Policy] repeats
 * what the policy says.
 */
public sealed class LockException(message: String, cause: Throwable? = null) : RuntimeException(message, cause) {
    /** Another process has this wallet open. */
    public class InUse internal constructor() : LockException("another process has this wallet open")

    /** A newer version of Walletlock wrote this wallet. */
    public class NewerVersion internal constructor() : LockException("a newer version wrote this wallet")

    /**
     * The storage failed: full, read-only, broken, or the folder does not exist. After a flush that failed every call says
     * so until [WalletLock.recheck] has read the file anew.
     */
    public class Storage internal constructor() : LockException("the storage failed")

    /** What is protected is damaged or was tampered with. */
    public class DataDamaged internal constructor() : LockException("protected data is damaged")

    /**
     * The device key did not answer.
     *
     * @property fault what it said.
     */
    public class DeviceKey internal constructor(public val fault: DeviceKeyFault) :
        LockException("the device key did not answer: $fault")

    /** Clock or randomness failed. */
    public class Platform internal constructor() : LockException("clock or randomness failed")

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
     * The PIN has to be entered for this: the session was opened by biometrics; or, to switch them on or off, its PIN was
     * entered more than five minutes ago.
     */
    public class PinNeeded internal constructor() : LockException("the PIN is needed")

    /** Not in this state: enrolling a wallet that has a PIN, or using one that has none. */
    public class WrongState internal constructor() : LockException("not possible in this state")

    /**
     * An argument is out of range.
     *
     * @property what which one.
     */
    public class Invalid internal constructor(public val what: String) : LockException("out of range: $what")

    /**
     * There may be no more of these for now.
     *
     * @property what of what.
     */
    public class LimitReached internal constructor(public val what: String) : LockException("no more for now: $what")

    /** The phone has not the memory now that a PIN takes. Trying again may help. */
    public class NoMemory internal constructor() : LockException("not enough memory")

    /** It was closed. */
    public class Closed internal constructor() : LockException("closed")

    /** On a phone: the app was installed without the native library for its processor; the cause names what was looked for. */
    public class NoLibrary internal constructor(cause: Throwable) :
        LockException("no native library for this phone", cause)

    /**
     * On a phone: it was started and nobody has unlocked it yet, so the app's files cannot be read. Android's part
     * throws it; open the wallet again after `ACTION_USER_UNLOCKED`.
     */
    public class BeforeFirstUnlock : LockException("the phone has not been unlocked since it started")

    /**
     * JNA, or the code generated for it, could not be started; the cause says why. Opening, the PIN pad, checking the
     * PIN and reading an item do without it; what was called does not.
     */
    public class Jna internal constructor(cause: Throwable) : LockException("JNA could not be started", cause)

    /** A defect in Walletlock. Nothing was opened by it. */
    public class Internal internal constructor() : LockException("internal fault")
}
