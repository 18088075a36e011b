package dev.walletlock.fakes

import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PublicKey
import java.security.SecureRandom
import java.security.spec.NamedParameterSpec
import java.security.spec.X509EncodedKeySpec
import javax.crypto.Cipher
import javax.crypto.KeyAgreement
import javax.crypto.Mac
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/**
 * HPKE (RFC 9180) in base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, over the JDK's parts. What is sealed
 * is the encapsulated key (32 bytes) and the ciphertext with its tag.
 */
internal object Hpke {
    /** A new X25519 key pair, from this randomness. */
    fun makeKeyPair(random: SecureRandom): KeyPair = KeyPairGenerator.getInstance(X25519, JVM_EC)
        .apply { initialize(NamedParameterSpec(X25519), random) }
        .generateKeyPair()

    /** The 32 bytes of a public key (RFC 7748, section 5). */
    fun bytesOf(key: PublicKey): ByteArray = key.encoded.takeLast(KEY_BYTES).toByteArray()

    /** @throws java.security.GeneralSecurityException if this is not what was sealed to that key, under these two. */
    fun open(pair: KeyPair, info: String, associated: ByteArray, sealed: ByteArray): ByteArray {
        val encapsulated = sealed.copyOf(KEY_BYTES)
        val secret = agree(pair, publicKey(encapsulated), encapsulated, bytesOf(pair.public))
        return cipher(Cipher.DECRYPT_MODE, secret, info, associated).doFinal(sealed, KEY_BYTES, sealed.size - KEY_BYTES)
    }

    fun seal(key: ByteArray, info: String, associated: ByteArray, plaintext: ByteArray): ByteArray {
        val ephemeral = makeKeyPair(SecureRandom())
        val encapsulated = bytesOf(ephemeral.public)
        val secret = agree(ephemeral, publicKey(key), encapsulated, key)
        return encapsulated + cipher(Cipher.ENCRYPT_MODE, secret, info, associated).doFinal(plaintext)
    }

    /** The shared secret (section 4.1). [receiver]: the public key of the one who opens. */
    private fun agree(own: KeyPair, other: PublicKey, encapsulated: ByteArray, receiver: ByteArray): ByteArray {
        val agreed = KeyAgreement.getInstance(X25519, JVM_EC).run {
            init(own.private)
            doPhase(other, true)
            generateSecret()
        }
        val extracted = extract(KEM, ByteArray(0), "eae_prk", agreed)
        return expand(KEM, extracted, "shared_secret", encapsulated + receiver, HASH_BYTES)
    }

    /** The key schedule (section 5.1), for the first message. */
    private fun cipher(mode: Int, shared: ByteArray, info: String, associated: ByteArray): Cipher {
        val nothing = ByteArray(0)
        val context = byteArrayOf(0) + extract(SUITE, nothing, "psk_id_hash", nothing) +
            extract(SUITE, nothing, "info_hash", info.toByteArray())
        val secret = extract(SUITE, shared, "secret", nothing)
        val key = expand(SUITE, secret, "key", context, KEY_BYTES)
        val nonce = expand(SUITE, secret, "base_nonce", context, NONCE_BYTES)
        return Cipher.getInstance("AES/GCM/NoPadding", JVM_CIPHERS).apply {
            init(mode, SecretKeySpec(key, "AES"), GCMParameterSpec(TAG_BITS, nonce))
            updateAAD(associated)
        }
    }

    private fun extract(suite: ByteArray, salt: ByteArray, label: String, input: ByteArray): ByteArray =
        hmac(if (salt.isEmpty()) ByteArray(HASH_BYTES) else salt, VERSION + suite + label.toByteArray() + input)

    /** At most 32 bytes, so one block of HKDF (RFC 5869) is enough. */
    private fun expand(suite: ByteArray, key: ByteArray, label: String, info: ByteArray, length: Int): ByteArray =
        hmac(key, byteArrayOf(0, length.toByte()) + VERSION + suite + label.toByteArray() + info + 1).copyOf(length)

    private fun hmac(key: ByteArray, input: ByteArray): ByteArray =
        Mac.getInstance("HmacSHA256", JVM_CIPHERS).apply { init(SecretKeySpec(key, "HmacSHA256")) }.doFinal(input)

    private fun publicKey(bytes: ByteArray): PublicKey =
        KeyFactory.getInstance(X25519, JVM_EC).generatePublic(X509EncodedKeySpec(X509_OF_X25519 + bytes))

    private const val X25519 = "X25519"
    private const val KEY_BYTES = 32
    private const val HASH_BYTES = 32
    private const val NONCE_BYTES = 12
    private const val TAG_BITS = 128
    private val VERSION = "HPKE-v1".toByteArray()

    /** The numbers of section 7: KEM 0x0020, KDF 0x0001, AEAD 0x0002. */
    private val KEM = "KEM".toByteArray() + byteArrayOf(0, 0x20)
    private val SUITE = "HPKE".toByteArray() + byteArrayOf(0, 0x20, 0, 1, 0, 2)

    /** What stands before the bytes in an X25519 key's encoding (RFC 8410). */
    private val X509_OF_X25519 =
        "302a300506032b656e032100".chunked(2).map { it.toInt(radix = 16).toByte() }.toByteArray()
}
