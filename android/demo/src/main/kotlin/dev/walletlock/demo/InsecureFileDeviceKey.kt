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
import java.security.SecureRandom
import java.util.Properties
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/**
 * Device keys in a plain file: insecure. Whoever copies the file beside the database can guess the PIN elsewhere, as
 * often as they like. On a phone its hardware keeps these keys, and gives them to nobody.
 */
internal class InsecureFileDeviceKey(private val file: Path) : DeviceKey {
    @Synchronized
    override fun aliases(prefix: String): List<String> = load().stringPropertyNames().filter { it.startsWith(prefix) }

    @Synchronized
    override fun create(alias: String, purpose: KeyPurpose) {
        val keys = load()
        if (keys.containsKey(alias)) throw DeviceKeyException(DeviceKeyFault.FAILED)
        val bytes = ByteArray(KEY_BYTES).also(SecureRandom()::nextBytes)
        keys[alias] = bytes.joinToString("") { "%02x".format(it) }
        save(keys)
    }

    @Synchronized
    override fun ready(alias: String) {
        key(alias)
    }

    @Synchronized
    override fun hmac(alias: String, input: ByteArray): ByteArray {
        val mac = Mac.getInstance(HMAC)
        mac.init(SecretKeySpec(key(alias), HMAC))
        return mac.doFinal(input)
    }

    @Synchronized
    override fun delete(alias: String) {
        val keys = load()
        if (keys.remove(alias) != null) save(keys)
    }

    /** It could not be less. */
    override fun securityLevel(alias: String): SecurityLevel = SecurityLevel.SOFTWARE

    private fun key(alias: String): ByteArray {
        val hex = load().getProperty(alias) ?: throw DeviceKeyException(DeviceKeyFault.GONE)
        return hex.chunked(2).map { it.toInt(radix = 16).toByte() }.toByteArray()
    }

    private fun load() = Properties().apply {
        try {
            Files.newBufferedReader(file).use(::load)
        } catch (_: NoSuchFileException) {
            return@apply
        }
    }

    /** A new file each time: temporary files are their owner's alone (0600), and a move is all or nothing. */
    private fun save(keys: Properties) {
        val written = Files.createTempFile(file.parent, "device-keys", ".tmp")
        Files.newBufferedWriter(written).use { keys.store(it, "Insecure: on a phone these are in its hardware.") }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)
    }

    private companion object {
        const val KEY_BYTES = 32
        const val HMAC = "HmacSHA256"
    }
}
