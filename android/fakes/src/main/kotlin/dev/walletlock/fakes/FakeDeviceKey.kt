package dev.walletlock.fakes

import dev.walletlock.DeviceKey
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.KeyPurpose
import dev.walletlock.SecurityLevel
import java.util.TreeMap
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/**
 * A keystore in memory. It stands for the phone: give the same one to a lock that is opened again.
 *
 * Strict: making a key whose alias exists fails, using one that does not exist fails as gone, and while
 * [isPhoneLocked] the PIN's key answers busy and the seal's key answers.
 */
public class FakeDeviceKey : DeviceKey {
    private class Key(val purpose: KeyPurpose, val bytes: ByteArray)

    private val keys = TreeMap<String, Key>()
    private val nextHmacs = ArrayDeque<RuntimeException>()
    private var made = 0
    private var counted = Calls()

    /**
     * Calls so far, those that failed included.
     *
     * @property aliases listings of aliases.
     * @property create keys made.
     * @property ready probes.
     * @property hmac HMACs.
     * @property delete deletions.
     * @property securityLevel questions for what keeps a key.
     */
    public data class Calls(
        public val aliases: Int = 0,
        public val create: Int = 0,
        public val ready: Int = 0,
        public val hmac: Int = 0,
        public val delete: Int = 0,
        public val securityLevel: Int = 0,
    )

    /** Calls so far. */
    public val calls: Calls @Synchronized get() = counted

    /** The aliases that exist, in order. */
    public val allAliases: List<String> @Synchronized get() = keys.keys.toList()

    /**
     * While not null, every call throws this. A [DeviceKeyException] says what is the matter; anything else is taken as
     * [DeviceKeyFault.FAILED].
     */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    /** Whether the phone's screen is locked, so that the PIN's key cannot be used. */
    @get:Synchronized
    @set:Synchronized
    public var isPhoneLocked: Boolean = false

    /** What it says of all its keys, made before or after. */
    @get:Synchronized
    @set:Synchronized
    public var securityLevel: SecurityLevel = SecurityLevel.TRUSTED_ENVIRONMENT

    /**
     * The next HMAC throws [failure], though the probe before it succeeds: what costs a try, which the lock gives back.
     * Several calls queue up.
     */
    @Synchronized
    public fun failNextHmac(failure: RuntimeException) {
        nextHmacs += failure
    }

    /**
     * Loses every key, as a factory reset does; or is another phone. A lock that is opened then is
     * [dev.walletlock.LockReason.DATA_DAMAGED].
     */
    @Synchronized
    public fun loseAll() {
        keys.clear()
    }

    @Synchronized
    override fun aliases(prefix: String): List<String> {
        counted = counted.copy(aliases = counted.aliases + 1)
        failure?.let { throw it }
        return keys.keys.filter { it.startsWith(prefix) }
    }

    /** @throws DeviceKeyException failed, if the alias exists. */
    @Synchronized
    override fun create(alias: String, purpose: KeyPurpose) {
        counted = counted.copy(create = counted.create + 1)
        failure?.let { throw it }
        if (alias in keys) throw DeviceKeyException(DeviceKeyFault.FAILED)
        made++
        keys[alias] = Key(purpose, ByteArray(KEY_BYTES) { (made shr Byte.SIZE_BITS * (it % Int.SIZE_BYTES)).toByte() })
    }

    /** @throws DeviceKeyException gone, or busy. */
    @Synchronized
    override fun ready(alias: String) {
        counted = counted.copy(ready = counted.ready + 1)
        failure?.let { throw it }
        usable(alias)
    }

    /** @throws DeviceKeyException gone, or busy. */
    @Synchronized
    override fun hmac(alias: String, input: ByteArray): ByteArray {
        counted = counted.copy(hmac = counted.hmac + 1)
        failure?.let { throw it }
        nextHmacs.removeFirstOrNull()?.let { throw it }
        val mac = Mac.getInstance("HmacSHA256")
        mac.init(SecretKeySpec(usable(alias).bytes, "HmacSHA256"))
        return mac.doFinal(input)
    }

    @Synchronized
    override fun delete(alias: String) {
        counted = counted.copy(delete = counted.delete + 1)
        failure?.let { throw it }
        keys.remove(alias)
    }

    /** @throws DeviceKeyException gone. */
    @Synchronized
    override fun securityLevel(alias: String): SecurityLevel {
        counted = counted.copy(securityLevel = counted.securityLevel + 1)
        failure?.let { throw it }
        if (alias !in keys) throw DeviceKeyException(DeviceKeyFault.GONE)
        return securityLevel
    }

    private fun usable(alias: String): Key {
        val key = keys[alias] ?: throw DeviceKeyException(DeviceKeyFault.GONE)
        if (isPhoneLocked && key.purpose == KeyPurpose.PIN_SLOT) throw DeviceKeyException(DeviceKeyFault.BUSY)
        return key
    }
}

private const val KEY_BYTES = 32
