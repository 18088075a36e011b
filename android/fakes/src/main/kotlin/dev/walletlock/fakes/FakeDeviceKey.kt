package dev.walletlock.fakes

import dev.walletlock.DeviceKey
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.KeyPurpose
import dev.walletlock.SecurityLevel
import java.security.KeyPair
import java.util.TreeMap
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/**
 * A keystore in memory. It stands for the phone: give the same instance to a lock that is opened again.
 *
 * Strict: making a key whose alias exists fails, and using a key that does not exist fails as gone. While [isPhoneLocked], the
 * PIN's key is busy, and the other keys work. A biometric key computes no HMAC, cannot be made while nobody is enrolled, and is
 * gone after [enrolmentChanged]; [FakeBiometrics] uses such keys. An installation's key computes no HMAC, and only such a key signs.
 */
public class FakeDeviceKey : DeviceKey {
    /** An installation's key is a [pair], and any other is [bytes]. */
    private class Key(val purpose: KeyPurpose, val bytes: ByteArray, val pair: KeyPair?, val enrolment: Int)

    private val keys = TreeMap<String, Key>()
    private val nextHmacs = ArrayDeque<RuntimeException>()
    private var made = 0
    private var counted = Calls()
    private var enrolment = 1
    private var isAnyoneEnrolled = true

    /**
     * Calls so far, those that failed included.
     *
     * @property aliases listings of aliases.
     * @property exists questions whether an alias exists.
     * @property create attempts to make a key.
     * @property ready probes of a key.
     * @property hmac HMACs.
     * @property delete deletions.
     * @property securityLevel questions for the security level of a key.
     * @property publicKey questions for a public key.
     * @property sign signatures.
     */
    public data class Calls(
        public val aliases: Int = 0,
        public val exists: Int = 0,
        public val create: Int = 0,
        public val ready: Int = 0,
        public val hmac: Int = 0,
        public val delete: Int = 0,
        public val securityLevel: Int = 0,
        public val publicKey: Int = 0,
        public val sign: Int = 0,
    )

    /** The counts of calls so far. */
    public val calls: Calls @Synchronized get() = counted

    /** The aliases that exist, in order. */
    public val allAliases: List<String> @Synchronized get() = keys.keys.toList()

    /**
     * While not null, every call throws this. A [DeviceKeyException] carries its fault; the lock takes any other exception for
     * [DeviceKeyFault.FAILED].
     */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    /**
     * Whether it fails without an error, as Android's keystore can: it lists no keys, and says of every alias that it does not
     * exist. Keys can still be made and used.
     */
    @get:Synchronized
    @set:Synchronized
    public var isSilentlyEmpty: Boolean = false

    /** Whether the phone's screen is locked, so that the PIN's key cannot be used. */
    @get:Synchronized
    @set:Synchronized
    public var isPhoneLocked: Boolean = false

    /** Whether it makes the keys that sign requests to the provider. Some keystores cannot. */
    @get:Synchronized
    @set:Synchronized
    public var makesSigningKeys: Boolean = true

    /** The security level that it reports for all its keys, those made earlier included. */
    @get:Synchronized
    @set:Synchronized
    public var securityLevel: SecurityLevel = SecurityLevel.TRUSTED_ENVIRONMENT

    /**
     * Makes the next HMAC throw [failure], although the probe before it succeeds. That costs an attempt, which the lock
     * refunds. Several calls queue up.
     */
    @Synchronized
    public fun failNextHmac(failure: RuntimeException) {
        nextHmacs += failure
    }

    /**
     * Deletes every key, as after a factory reset or on another phone. A lock that is opened afterwards is
     * [dev.walletlock.LockReason.DATA_DAMAGED].
     */
    @Synchronized
    public fun loseAll() {
        keys.clear()
    }

    /**
     * A finger or face was enrolled, or all were removed: the biometric keys are gone, though still listed.
     * [FakePerson.enrolsAnother] and [FakePerson.removesAll] call it.
     */
    @JvmOverloads
    @Synchronized
    public fun enrolmentChanged(isAnyoneEnrolled: Boolean = true) {
        enrolment++
        this.isAnyoneEnrolled = isAnyoneEnrolled
    }

    @Synchronized
    override fun aliases(prefix: String): List<String> {
        counted = counted.copy(aliases = counted.aliases + 1)
        failure?.let { throw it }
        return if (isSilentlyEmpty) emptyList() else keys.keys.filter { it.startsWith(prefix) }
    }

    @Synchronized
    override fun exists(alias: String): Boolean {
        counted = counted.copy(exists = counted.exists + 1)
        failure?.let { throw it }
        return alias in keys && !isSilentlyEmpty
    }

    /**
     * @throws DeviceKeyException failed, if the alias exists, or for a biometric key if nobody is enrolled; no hardware, for an
     *   installation's key unless it [makesSigningKeys].
     */
    @Synchronized
    override fun create(alias: String, purpose: KeyPurpose) {
        counted = counted.copy(create = counted.create + 1)
        failure?.let { throw it }
        if (purpose == KeyPurpose.INSTALLATION && !makesSigningKeys) throw DeviceKeyException(DeviceKeyFault.NO_HARDWARE)
        if (alias in keys) throw DeviceKeyException(DeviceKeyFault.FAILED)
        if (purpose == KeyPurpose.BIOMETRIC && !isAnyoneEnrolled) throw DeviceKeyException(DeviceKeyFault.FAILED)
        made++
        val bytes = ByteArray(KEY_BYTES) { (made shr Byte.SIZE_BITS * (it % Int.SIZE_BYTES)).toByte() }
        keys[alias] = Key(purpose, bytes, if (purpose == KeyPurpose.INSTALLATION) makeP256() else null, enrolment)
    }

    /** @throws DeviceKeyException gone, if there is no usable key; busy, for the PIN's key while the phone is locked. */
    @Synchronized
    override fun ready(alias: String) {
        counted = counted.copy(ready = counted.ready + 1)
        failure?.let { throw it }
        usable(alias)
    }

    /** @throws DeviceKeyException gone or busy, as [ready]; failed, if it is a biometric or an installation's key. */
    @Synchronized
    override fun hmac(alias: String, input: ByteArray): ByteArray {
        counted = counted.copy(hmac = counted.hmac + 1)
        failure?.let { throw it }
        nextHmacs.removeFirstOrNull()?.let { throw it }
        val key = usable(alias)
        if (key.purpose == KeyPurpose.BIOMETRIC || key.pair != null) throw DeviceKeyException(DeviceKeyFault.FAILED)
        val mac = Mac.getInstance(HMAC)
        mac.init(SecretKeySpec(key.bytes, HMAC))
        return mac.doFinal(input)
    }

    @Synchronized
    override fun delete(alias: String) {
        counted = counted.copy(delete = counted.delete + 1)
        failure?.let { throw it }
        keys.remove(alias)
    }

    /** @throws DeviceKeyException gone, if there is no such key. */
    @Synchronized
    override fun securityLevel(alias: String): SecurityLevel {
        counted = counted.copy(securityLevel = counted.securityLevel + 1)
        failure?.let { throw it }
        if (alias !in keys) throw DeviceKeyException(DeviceKeyFault.GONE)
        return securityLevel
    }

    /** @throws DeviceKeyException gone; failed, if it is a key for something else. */
    @Synchronized
    override fun publicKey(alias: String): ByteArray {
        counted = counted.copy(publicKey = counted.publicKey + 1)
        failure?.let { throw it }
        return pointOf(pair(alias).public)
    }

    /** @throws DeviceKeyException gone; failed, if it is a key for something else. */
    @Synchronized
    override fun sign(alias: String, message: ByteArray): ByteArray {
        counted = counted.copy(sign = counted.sign + 1)
        failure?.let { throw it }
        return signEcdsa(pair(alias).private, message)
    }

    /** @throws DeviceKeyException gone; failed, if it is a key for something else. */
    @Synchronized
    internal fun biometricKey(alias: String): SecretKey {
        failure?.let { throw it }
        val key = usable(alias)
        if (key.purpose != KeyPurpose.BIOMETRIC) throw DeviceKeyException(DeviceKeyFault.FAILED)
        return SecretKeySpec(key.bytes, AES)
    }

    private fun pair(alias: String): KeyPair = usable(alias).pair ?: throw DeviceKeyException(DeviceKeyFault.FAILED)

    private fun usable(alias: String): Key {
        val key = keys[alias] ?: throw DeviceKeyException(DeviceKeyFault.GONE)
        if (isPhoneLocked && key.purpose == KeyPurpose.PIN_SLOT) throw DeviceKeyException(DeviceKeyFault.BUSY)
        if (key.purpose == KeyPurpose.BIOMETRIC && key.enrolment != enrolment) {
            throw DeviceKeyException(DeviceKeyFault.GONE)
        }
        return key
    }
}

private const val KEY_BYTES = 32
