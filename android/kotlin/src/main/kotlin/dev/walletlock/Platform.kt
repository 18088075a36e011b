package dev.walletlock

/**
 * What the lock asks of the phone: [android] on a phone, or an app's own parts.
 *
 * Each part is called on the lock's dispatcher, and around a biometric prompt on a thread that waits for that; the clock also
 * on the thread that asks whether a session lives. Each is called by several threads at once, and may take its time, the
 * clock excepted. It may throw anything: what it throws becomes a fault, and the lock stays as closed as
 * it was.
 */
public class Platform private constructor(
    internal val parts: Parts?,
    internal val context: Any?,
    internal val biometrics: Biometrics?,
) {
    internal class Parts(val clock: Clock, val deviceKey: DeviceKey, val entropy: Entropy?)

    /**
     * An app's own parts.
     *
     * @param clock tells the time.
     * @param deviceKey keeps the keys that never leave the phone.
     * @param entropy gives random bytes. Null, which is best: the operating system's.
     * @param biometrics shows the biometric prompt, for keys that [deviceKey] makes. Null: there is none.
     */
    @JvmOverloads
    public constructor(
        clock: Clock,
        deviceKey: DeviceKey,
        entropy: Entropy? = null,
        biometrics: Biometrics? = null,
    ) : this(Parts(clock, deviceKey, entropy), context = null, biometrics)

    /** Where the phone's own comes from. */
    public companion object {
        /**
         * The phone's own: keys in its AndroidKeyStore, in StrongBox where there is one that is fast enough; the clock
         * that runs on while the phone sleeps; and the phone's count of its starts.
         *
         * @param context an `android.content.Context`, best the application's: it is kept.
         * @param biometrics shows the biometric prompt. Null: only the PIN opens the wallet.
         */
        @JvmStatic
        @JvmOverloads
        public fun android(context: Any, biometrics: Biometrics? = null): Platform =
            Platform(parts = null, context, biometrics)
    }
}

/** The clocks of the phone. It must not wait for calls on the lock, which wait for it. */
public fun interface Clock {
    /** Reads all of them. */
    public fun now(): ClockReading
}

/**
 * One reading of the clocks.
 *
 * @property bootCount how often this phone has started (Android: `Settings.Global.BOOT_COUNT`). Null if it cannot be
 *   read: no PIN is taken then, because no session could live.
 * @property sinceBootMs milliseconds since it started, time asleep included (`SystemClock.elapsedRealtime()`).
 * @property wallMs milliseconds since 1970 by the wall clock (`System.currentTimeMillis()`), which anyone can set.
 */
public data class ClockReading(
    public val bootCount: Int?,
    public val sinceBootMs: Long,
    public val wallMs: Long,
)

/** A source of randomness that nobody can foresee. */
public fun interface Entropy {
    /** Exactly [count] random bytes. The array is given away: do not keep it. */
    public fun randomBytes(count: Int): ByteArray
}

/**
 * HMAC-SHA256 keys that the phone's hardware keeps: they can be used here and copied nowhere.
 *
 * Throw a [DeviceKeyException] to say what is the matter; anything else that is thrown is taken as
 * [DeviceKeyFault.FAILED]. May call back into the lock, but not wait for one of the same file to be opened: opening may wait
 * for the key that is being made here.
 */
public interface DeviceKey {
    /** The aliases that exist and begin with [prefix]; with an empty one all, also those of keys that are not the lock's. */
    public fun aliases(prefix: String): List<String>

    /**
     * Whether there is a key of this [alias], asked for by its name. Throw where the phone cannot say: `false` is believed, and
     * a wallet without its key is damaged.
     */
    public fun exists(alias: String): Boolean

    /** Makes a new random key. An alias that exists is a fault: replacing its key would destroy what it protects. */
    public fun create(alias: String, purpose: KeyPurpose)

    /** Returns if the key can be used now. What throws here costs the person no try. */
    public fun ready(alias: String)

    /** HMAC-SHA256 of [input], 32 bytes. The input is overwritten with zeros afterwards: do not keep it. */
    public fun hmac(alias: String, input: ByteArray): ByteArray

    /** Destroys the key. That it does not exist is no fault. */
    public fun delete(alias: String)

    /** What keeps the key. It is asked when the key was made, and stands in the journal. */
    public fun securityLevel(alias: String): SecurityLevel = SecurityLevel.UNKNOWN
}

/** What keeps a device key. */
public enum class SecurityLevel {
    /** A chip of its own, built against those who hold the phone. */
    STRONGBOX,

    /** The processor's protected half. */
    TRUSTED_ENVIRONMENT,

    /** Nothing but the operating system. */
    SOFTWARE,

    /** The phone does not say. */
    UNKNOWN,
}

/** What a device key is for; it decides when the phone should let it be used. */
public enum class KeyPurpose {
    /** Mixed into the PIN: only while the phone is unlocked, where the phone can promise that. */
    PIN_SLOT,

    /** Seals the counters: must work while the phone is locked. */
    SEAL,

    /**
     * Wraps the biometric slot's key: each use needs a strong biometric, and a new enrolment destroys it. It is an AES
     * key that [Biometrics] uses, so [DeviceKey.hmac] refuses it.
     */
    BIOMETRIC,
}

/** Why a device key did not answer. */
public enum class DeviceKeyFault {
    /** There is no key of that alias, or it was invalidated for good. */
    GONE,

    /** Not now: the phone is locked, or its keystore is busy. Trying again later can help. */
    BUSY,

    /** The phone has no such hardware. */
    NO_HARDWARE,

    /** Anything else. */
    FAILED,
}

/**
 * For a [DeviceKey] to throw.
 *
 * @property fault why it did not answer.
 */
public class DeviceKeyException @JvmOverloads constructor(
    public val fault: DeviceKeyFault,
    cause: Throwable? = null,
) : RuntimeException("device key: $fault", cause)
