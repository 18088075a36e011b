package dev.walletlock.demo

import dev.walletlock.DeviceKey
import dev.walletlock.DeviceKeyException
import dev.walletlock.DeviceKeyFault
import dev.walletlock.KeyPurpose
import dev.walletlock.SecurityLevel
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.SecureRandom
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.util.Properties
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/**
 * Device keys in a plain file: insecure. Someone who copies this file and the database can guess the PIN on another
 * computer, without a limit. On a phone the hardware keeps these keys and never gives them out.
 */
internal class InsecureFileDeviceKey(private val file: Path) : DeviceKey {
    /** Whether [hmac] fails with `BUSY`, as a phone's keystore does now and then. */
    @Volatile
    var isBusy = false

    @Synchronized
    override fun aliases(prefix: String): List<String> = load().stringPropertyNames().filter { it.startsWith(prefix) }

    @Synchronized
    override fun exists(alias: String): Boolean = load().containsKey(alias)

    @Synchronized
    override fun create(alias: String, purpose: KeyPurpose) {
        val keys = load()
        if (keys.containsKey(alias)) throw DeviceKeyException(DeviceKeyFault.FAILED)
        keys[alias] = when (purpose) {
            KeyPurpose.INSTALLATION -> makePair().run { "$PAIR${toHex(private.encoded)} ${toHex(public.encoded)}" }
            KeyPurpose.BIOMETRIC -> BIOMETRIC + toHex(randomKey())
            else -> toHex(randomKey())
        }
        save(keys)
    }

    @Synchronized
    override fun ready(alias: String) {
        hex(alias)
    }

    @Synchronized
    override fun hmac(alias: String, input: ByteArray): ByteArray {
        if (isBusy) throw DeviceKeyException(DeviceKeyFault.BUSY)
        val mac = Mac.getInstance(HMAC)
        mac.init(key(alias, isBiometric = false, HMAC))
        return mac.doFinal(input)
    }

    @Synchronized
    override fun publicKey(alias: String): ByteArray = pair(alias).last().takeLast(POINT_BYTES).toByteArray()

    @Synchronized
    override fun sign(alias: String, message: ByteArray): ByteArray {
        val key = KeyFactory.getInstance(EC).generatePrivate(PKCS8EncodedKeySpec(pair(alias).first()))
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(message)
            sign()
        }
    }

    /** For the sensor, which uses the key only for a finger that the phone knows. A phone's keystore enforces that itself. */
    @Synchronized
    fun biometricKey(alias: String): SecretKey = key(alias, isBiometric = true, AES)

    /** A finger was added to the phone: the keystore invalidates its biometric keys, but [aliases] still lists them. */
    @Synchronized
    fun enrolmentChanged() {
        val keys = load()
        keys.replaceAll { _, hex -> if (hex.toString().startsWith(BIOMETRIC)) GONE else hex }
        save(keys)
    }

    @Synchronized
    override fun delete(alias: String) {
        val keys = load()
        if (keys.remove(alias) != null) save(keys)
    }

    /** Deletes the keys whose alias is [lost], as a broken keystore does. */
    @Synchronized
    fun lose(lost: (String) -> Boolean) {
        val keys = load()
        keys.stringPropertyNames().filter(lost).forEach(keys::remove)
        save(keys)
    }

    /** The lowest level there is. */
    override fun securityLevel(alias: String): SecurityLevel = SecurityLevel.SOFTWARE

    private fun key(alias: String, isBiometric: Boolean, algorithm: String): SecretKey {
        val hex = hex(alias)
        if (hex.startsWith(BIOMETRIC) != isBiometric || hex.startsWith(PAIR)) throw DeviceKeyException(DeviceKeyFault.FAILED)
        return SecretKeySpec(fromHex(hex.removePrefix(BIOMETRIC)), algorithm)
    }

    private fun hex(alias: String): String =
        load().getProperty(alias)?.takeIf { it != GONE } ?: throw DeviceKeyException(DeviceKeyFault.GONE)

    /** The private key as PKCS#8, and the public key as X.509. */
    private fun pair(alias: String): List<ByteArray> {
        val hex = hex(alias)
        if (!hex.startsWith(PAIR)) throw DeviceKeyException(DeviceKeyFault.FAILED)
        return hex.removePrefix(PAIR).split(' ').map(::fromHex)
    }

    private fun makePair(): KeyPair =
        KeyPairGenerator.getInstance(EC).apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

    private fun randomKey() = ByteArray(KEY_BYTES).also(SecureRandom()::nextBytes)

    private fun toHex(bytes: ByteArray) = bytes.joinToString("") { "%02x".format(it) }

    private fun load() = Properties().apply {
        try {
            Files.newBufferedReader(file).use(::load)
        } catch (_: NoSuchFileException) {
            return@apply
        }
    }

    /** Writes a new file each time: only the owner can read a temporary file (0600), and the move is atomic. */
    private fun save(keys: Properties) {
        val written = Files.createTempFile(file.parent, "device-keys", ".tmp")
        Files.newBufferedWriter(written).use { keys.store(it, "Insecure: on a phone these are in its hardware.") }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)
    }

    private companion object {
        const val KEY_BYTES = 32
        const val HMAC = "HmacSHA256"
        const val AES = "AES"

        /** Prefix of a biometric key's value in the file. */
        const val BIOMETRIC = "biometric "

        const val EC = "EC"

        /** Prefix of a key pair's value in the file. */
        const val PAIR = "pair "

        /** The length of a point on P-256, which ends the public key. */
        const val POINT_BYTES = 65

        /** The value of an invalidated key. */
        const val GONE = "gone"
    }
}
