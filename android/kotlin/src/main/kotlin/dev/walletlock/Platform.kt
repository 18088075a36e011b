package dev.walletlock

import java.util.TimeZone

/**
 * The parts of the phone that the lock needs: [android] on a phone, or an app's own parts.
 *
 * Each part is called on the lock's dispatcher; around a biometric prompt, on the thread that waits for the prompt. The clock
 * is also called on the thread that asks whether a session is live. Several threads may call a part at the same time. A part
 * may be slow, except the clock. It may throw anything: an exception becomes a fault, and opens nothing.
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

    /** Gives the phone's own parts. */
    public companion object {
        /**
         * The phone's own parts: keys in its AndroidKeyStore, in StrongBox if there is one that is fast enough; the clock
         * that runs on while the phone sleeps; and the phone's boot count.
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

/** Reads the clocks of the phone. It must not wait for a call on the lock, because such a call may wait for the clock. */
public fun interface Clock {
    /** Reads all clocks at once. */
    public fun now(): ClockReading

    /**
     * By how many seconds local time is ahead of UTC at an instant, which may lie ahead: the limits on payments begin anew at local
     * midnight. As it stands, this is the phone's default time zone.
     *
     * @param wallMs the instant, in milliseconds since 1970.
     */
    public fun utcOffsetS(wallMs: Long): Int = TimeZone.getDefault().getOffset(wallMs) / MS_PER_S
}

private const val MS_PER_S = 1_000

/**
 * One reading of the clocks.
 *
 * @property bootCount how often this phone has started (Android: `Settings.Global.BOOT_COUNT`). Null if it cannot be
 *   read: then no PIN is accepted, because a session needs it to notice a restart.
 * @property sinceBootMs milliseconds since boot, time asleep included (`SystemClock.elapsedRealtime()`).
 * @property wallMs milliseconds since 1970 by the wall clock (`System.currentTimeMillis()`), which anyone can set.
 */
public data class ClockReading(
    public val bootCount: Int?,
    public val sinceBootMs: Long,
    public val wallMs: Long,
)

/** A cryptographically secure source of random bytes. */
public fun interface Entropy {
    /** Exactly [count] random bytes. The caller owns the array: do not keep it. */
    public fun randomBytes(count: Int): ByteArray
}

/**
 * The keys that the phone's hardware keeps: they can be used on this phone, and cannot be copied. [KeyPurpose] says which kinds
 * there are.
 *
 * Throw a [DeviceKeyException] to say what failed; any other exception counts as [DeviceKeyFault.FAILED]. A function may call
 * the lock, but must not wait until a lock of the same file is opened: opening may wait for the key that is being made here.
 */
public interface DeviceKey {
    /** The existing aliases that begin with [prefix]. An empty prefix means all, also aliases that are not the lock's. */
    public fun aliases(prefix: String): List<String>

    /**
     * Whether there is a key with this [alias], asked for by name. Throw if the phone cannot tell: the lock believes `false`,
     * and a wallet without its key counts as damaged.
     */
    public fun exists(alias: String): Boolean

    /** Makes a new random key. Throw if [alias] exists already: replacing its key would destroy what that key protects. */
    public fun create(alias: String, purpose: KeyPurpose)

    /** Returns if the key can be used now, and otherwise throws. A fault here costs the person no try. */
    public fun ready(alias: String)

    /** HMAC-SHA256 of [input], 32 bytes. The input is overwritten with zeros afterwards: do not keep it. */
    public fun hmac(alias: String, input: ByteArray): ByteArray

    /** Destroys the key. If it does not exist, that is no fault. */
    public fun delete(alias: String)

    /** What keeps the key. It is asked for after the key was made, and is written to the journal. */
    public fun securityLevel(alias: String): SecurityLevel = SecurityLevel.UNKNOWN

    /**
     * The public key of a key that was made for [KeyPurpose.INSTALLATION]: the uncompressed point on P-256, 65 bytes that begin
     * with 4 (SEC 1, section 2.3.3). These are the last 65 bytes of what `PublicKey.getEncoded` gives.
     *
     * Throw [DeviceKeyFault.NO_HARDWARE], as this does, if there are no such keys here. Then this phone cannot be registered with
     * a provider.
     */
    public fun publicKey(alias: String): ByteArray = throw DeviceKeyException(DeviceKeyFault.NO_HARDWARE)

    /**
     * Signs [message] with a key that was made for [KeyPurpose.INSTALLATION]: ECDSA over P-256 with SHA-256, in DER, as
     * `Signature.getInstance("SHA256withECDSA")` gives. The message is overwritten with zeros afterwards: do not keep it.
     *
     * Throw [DeviceKeyFault.NO_HARDWARE], as this does, if there are no such keys here.
     */
    public fun sign(alias: String, message: ByteArray): ByteArray = throw DeviceKeyException(DeviceKeyFault.NO_HARDWARE)
}

/** What keeps a device key. */
public enum class SecurityLevel {
    /** A separate chip, built to resist attackers who hold the phone. */
    STRONGBOX,

    /** The protected part of the processor (TEE). */
    TRUSTED_ENVIRONMENT,

    /** Only the operating system. */
    SOFTWARE,

    /** The phone does not say. */
    UNKNOWN,
}

/** What a device key is for; it decides when the phone should let it be used. */
public enum class KeyPurpose {
    /** Is mixed with the PIN. It should work only while the phone is unlocked, if the phone can guarantee that. */
    PIN_SLOT,

    /** Seals the record with the counters. It must also work while the phone is locked. */
    SEAL,

    /**
     * Wraps the biometric slot's key. Each use needs a strong biometric, and enrolling a new finger or face destroys the
     * key. It is an AES key that [Biometrics] uses, so [DeviceKey.hmac] refuses it.
     */
    BIOMETRIC,

    /**
     * Signs this phone's requests to the provider. It is a key pair of ECDSA over P-256, which [DeviceKey.publicKey] and
     * [DeviceKey.sign] use and [DeviceKey.hmac] refuses. It must also work while the phone is locked. A keystore without such keys
     * throws [DeviceKeyFault.NO_HARDWARE] from [DeviceKey.create].
     */
    INSTALLATION,
}

/** Why a device key did not answer. */
public enum class DeviceKeyFault {
    /** There is no key with that alias, or it was invalidated for good. */
    GONE,

    /** Not now: the phone is locked, or its keystore is busy. Trying again later can help. */
    BUSY,

    /** The phone has no such hardware. */
    NO_HARDWARE,

    /** Anything else. */
    FAILED,
}

/**
 * The exception that a [DeviceKey] throws.
 *
 * @property fault why it did not answer.
 */
public class DeviceKeyException @JvmOverloads constructor(
    public val fault: DeviceKeyFault,
    cause: Throwable? = null,
) : RuntimeException("device key: $fault", cause)
