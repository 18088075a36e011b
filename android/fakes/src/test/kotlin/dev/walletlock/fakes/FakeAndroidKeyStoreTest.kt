package dev.walletlock.fakes

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.NoSuchProviderException
import java.security.ProviderException
import java.security.Signature
import java.security.UnrecoverableKeyException
import java.security.spec.AlgorithmParameterSpec
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.IllegalBlockSizeException
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The fake keystore refuses what a phone's would. */
class FakeAndroidKeyStoreTest {
    private val keystore = FakeAndroidKeyStore()

    @BeforeEach
    fun begin() {
        Build.VERSION.SDK_INT = 35
        keystore.install()
    }

    @AfterEach
    fun end() = keystore.close()

    @Test
    fun `an HMAC key is used and not read, and is gone once it is deleted`() {
        val key = hmacKey("one")
        assertNull(key.encoded)
        assertEquals(32, hmac(key).size)
        assertArrayEquals(hmac(key), hmac(stored("one")!!))
        assertEquals(0, keystore.openOperations)
        keystore.lose("one")
        assertNull(stored("one"))
        assertThrows<KeyPermanentlyInvalidatedException> { hmac(key) }
        assertThrows<IllegalArgumentException> { keystore.lose("one") }
    }

    @Test
    fun `an operation counts until it is finished or given up`() {
        val mac = Mac.getInstance(HMAC).apply { init(hmacKey("one")) }
        assertEquals(1, keystore.openOperations)
        mac.reset()
        assertEquals(0, keystore.openOperations)
        Cipher.getInstance(AES_GCM).init(Cipher.ENCRYPT_MODE, aesKey("two"))
        assertEquals(1, keystore.openOperations)
    }

    @Test
    fun `a key is not replaced`() {
        hmacKey("one")
        assertThrows<IllegalStateException> { hmacKey("one") }
    }

    @Test
    fun `a key pair signs and its private half is not read, and Java's other key pairs are made as ever`() {
        val pair = ecPair("pair")
        assertNull(pair.private.encoded)
        val signing = Signature.getInstance(ECDSA).apply { initSign(pair.private) }
        assertEquals(1, keystore.openOperations)
        signing.update(SECRET)
        val signature = signing.sign()
        assertEquals(0, keystore.openOperations)
        val point = KeyStore.getInstance(ANDROID_KEYSTORE).apply { load(null) }.getCertificate("pair").publicKey.encoded
        assertTrue(isSigned(point.takeLast(65).toByteArray(), SECRET, signature))
        assertArrayEquals(pair.public.encoded, point)
        assertThrows<InvalidKeyException> { hmac(pair.private) }
        assertThrows<IllegalStateException>("it is over") { signing.update(SECRET) }
        assertThrows<IllegalStateException>("a key is not replaced") { ecPair("pair") }
        keystore.lose("pair")
        assertThrows<KeyPermanentlyInvalidatedException> { signing.initSign(pair.private) }
        val ofTheJvm = KeyPairGenerator.getInstance(EC).apply { initialize(256) }.generateKeyPair()
        Signature.getInstance(ECDSA).initSign(ofTheJvm.private)
    }

    @Test
    fun `a key that needs a person is used for each who was recognised, once`() {
        val key = aesKey("bio")
        val sealing = begun(key)
        assertThrows<IllegalBlockSizeException> { sealing.doFinal(SECRET) }
        assertThrows<IllegalStateException>("it is over") { sealing.doFinal(SECRET) }
        val again = begun(key)
        val bystander = begun(key)
        keystore.authenticate(again)
        val iv = again.iv
        val sealed = again.doFinal(SECRET)
        assertThrows<IllegalBlockSizeException>("recognised for another one") { bystander.doFinal(SECRET) }

        val opening = opened(key, iv)
        assertThrows<IllegalBlockSizeException> { opening.doFinal(sealed) }
        val second = opened(key, iv)
        keystore.authenticate(second)
        assertArrayEquals(SECRET, second.doFinal(sealed))
        val spoiled = sealed.clone().also { it[0]++ }
        assertThrows<AEADBadTagException> { opened(key, iv).also(keystore::authenticate).doFinal(spoiled) }
    }

    @Test
    fun `older Androids ask for a person at each use by other means`() {
        Build.VERSION.SDK_INT = 29
        val spec = aesSpec("bio").setUserAuthenticationValidityDurationSeconds(-1)
        assertThrows<IllegalBlockSizeException> { begun(made(AES, spec)).doFinal(SECRET) }
    }

    @Test
    fun `only the keystore's own ciphers can be authenticated, and only once they were begun`() {
        val foreign = Cipher.getInstance(AES_GCM)
        foreign.init(Cipher.ENCRYPT_MODE, SecretKeySpec(ByteArray(32), AES))
        assertThrows<IllegalArgumentException> { keystore.authenticate(foreign) }
        val finished = begun(aesKey("bio")).also(keystore::authenticate)
        finished.doFinal(SECRET)
        assertThrows<IllegalArgumentException> { keystore.authenticate(finished) }
    }

    @Test
    fun `the keystore makes the IVs, and takes them as it makes them`() {
        val key = aesKey("bio")
        val cipher = Cipher.getInstance(AES_GCM, ANDROID_KEYSTORE)
        val chosen = GCMParameterSpec(128, ByteArray(12))
        assertThrows<InvalidAlgorithmParameterException> { cipher.init(Cipher.ENCRYPT_MODE, key, chosen) }
        assertThrows<InvalidKeyException> { cipher.init(Cipher.DECRYPT_MODE, key) }
        for (wrong in listOf(GCMParameterSpec(96, ByteArray(12)), GCMParameterSpec(128, ByteArray(16)))) {
            assertThrows<InvalidAlgorithmParameterException> { cipher.init(Cipher.DECRYPT_MODE, key, wrong) }
        }
        assertFalse(begun(key).iv.contentEquals(begun(key).iv))
    }

    @Test
    fun `a new enrolment destroys the keys that ask for it, and no snapshot brings them back`() {
        val key = aesKey("bio")
        val other = aesKey("stays") { setInvalidatedByBiometricEnrollment(false) }
        val pin = hmacKey("pin")
        val before = keystore.snapshot()
        keystore.enrolmentChanged()
        assertThrows<KeyPermanentlyInvalidatedException> { begun(key) }
        begun(other)
        hmac(pin)
        keystore.restore(before)
        assertThrows<KeyPermanentlyInvalidatedException> { begun(stored("bio")!!) }
        keystore.enrolmentChanged(isAnyoneEnrolled = false)
        assertThrows<InvalidAlgorithmParameterException>("nobody is known") { aesKey("bio/2") }
        hmacKey("pin/2")
    }

    @Test
    fun `a snapshot brings back what was deleted, and takes away what came later`() {
        val first = hmacKey("first")
        val mac = hmac(first)
        val snapshot = keystore.snapshot()
        KeyStore.getInstance(ANDROID_KEYSTORE).apply { load(null) }.deleteEntry("first")
        hmacKey("second")
        keystore.restore(snapshot)
        assertEquals(setOf("first"), keystore.keys.keys)
        assertArrayEquals(mac, hmac(stored("first")!!))
    }

    @Test
    fun `a key that was invalidated is listed, and not handed out`() {
        hmacKey("one")
        keystore.invalidate("one")
        assertThrows<UnrecoverableKeyException> { stored("one") }
        assertTrue("one" in keystore.keys)
    }

    @Test
    fun `while the phone is locked only keys that do not mind are used`() {
        val pin = hmacKey("pin") { setUnlockedDeviceRequired(true) }
        val seal = hmacKey("seal")
        keystore.isPhoneLocked = true
        assertThrows<UserNotAuthenticatedException> { hmac(pin) }
        hmac(seal)
    }

    @Test
    fun `a StrongBox is there or it is not, and its keys say so`() {
        assertThrows<StrongBoxUnavailableException> { hmacKey("one") { setIsStrongBoxBacked(true) } }
        assertEquals(emptySet<String>(), keystore.keys.keys)
        keystore.hasStrongBox = true
        val levels = listOf(hmacKey("one") { setIsStrongBoxBacked(true) }, aesKey("two")).map(::info)
        assertEquals(listOf(2, 1), levels.map { it.securityLevel })
        assertEquals(listOf(false, true), levels.map { it.isUserAuthenticationRequired })
    }

    @Test
    fun `an Android that lacks an exception throws the one that it extends`() {
        val generator = KeyGenerator.getInstance(HMAC, ANDROID_KEYSTORE)
        generator.init(WithoutExceptions.KeyGenParameterSpec("one", isStrongBoxBacked = true))
        assertThrows<ProviderException> { generator.generateKey() }
        generator.init(WithoutExceptions.KeyGenParameterSpec("one", isStrongBoxBacked = false))
        val key = generator.generateKey()
        keystore.lose("one")
        assertThrows<InvalidKeyException> { hmac(key) }
    }

    @Test
    fun `what a lock never asks of it is refused`() {
        assertThrows<InvalidAlgorithmParameterException> { aesKey("a") { setUserAuthenticationParameters(30, 2) } }
        assertThrows<InvalidAlgorithmParameterException>("a PIN") {
            aesKey("a") { setUserAuthenticationParameters(0, 3) }
        }
        assertThrows<InvalidAlgorithmParameterException> { aesKey("a") { setKeySize(160) } }
        assertThrows<InvalidAlgorithmParameterException> { hmacKey("a") { setUserAuthenticationRequired(true) } }
        assertThrows<InvalidAlgorithmParameterException> { made(AES, KeyGenParameterSpec.Builder("a", 4)) }
        assertThrows<InvalidAlgorithmParameterException> {
            KeyGenerator.getInstance(AES, ANDROID_KEYSTORE).init(GCMParameterSpec(128, ByteArray(12)))
        }
        for (wrong in listOf<KeyGenParameterSpec.Builder.() -> Unit>(
            { setKeySize(384) },
            { setDigests("SHA-1") },
            { setDigests("SHA-256", "NONE") },
            { setUserAuthenticationRequired(true) },
        )) {
            assertThrows<InvalidAlgorithmParameterException> { ecPair("a", wrong) }
        }
        assertEquals(emptySet<String>(), keystore.keys.keys)
        val withoutMode = made(AES, KeyGenParameterSpec.Builder("a", 3).setEncryptionPaddings("NoPadding"))
        assertThrows<InvalidKeyException> { begun(withoutMode) }
        assertThrows<IllegalStateException>("one is installed already") { FakeAndroidKeyStore().install() }
        keystore.close()
        assertThrows<NoSuchProviderException> { hmacKey("b") }
    }

    private fun hmacKey(alias: String, more: KeyGenParameterSpec.Builder.() -> Unit = {}) =
        made(HMAC, KeyGenParameterSpec.Builder(alias, 4).apply(more))

    /** A key like that of the biometric slot. */
    private fun aesKey(alias: String, more: KeyGenParameterSpec.Builder.() -> Unit = {}) = made(
        AES,
        aesSpec(alias).setUserAuthenticationParameters(0, 2).apply(more),
    )

    private fun aesSpec(alias: String): KeyGenParameterSpec.Builder =
        KeyGenParameterSpec.Builder(alias, 3).setKeySize(256).setBlockModes("GCM").setEncryptionPaddings("NoPadding")
            .setUserAuthenticationRequired(true)

    private fun made(algorithm: String, spec: KeyGenParameterSpec.Builder): SecretKey =
        KeyGenerator.getInstance(algorithm, ANDROID_KEYSTORE).apply { init(spec.build()) }.generateKey()

    /** Named by its provider, because Java would ask the next one for what this one refuses. */
    private fun ecPair(alias: String, more: KeyGenParameterSpec.Builder.() -> Unit = {}): KeyPair {
        val spec = KeyGenParameterSpec.Builder(alias, 4).setKeySize(256).setDigests("SHA-256").apply(more)
        return KeyPairGenerator.getInstance(EC, ANDROID_KEYSTORE).apply { initialize(spec.build()) }.generateKeyPair()
    }

    private fun stored(alias: String): Key? =
        KeyStore.getInstance(ANDROID_KEYSTORE).apply { load(null) }.getKey(alias, null)

    private fun hmac(key: Key): ByteArray = Mac.getInstance(HMAC).apply { init(key) }.doFinal(SECRET)

    private fun begun(key: Key): Cipher = Cipher.getInstance(AES_GCM).apply { init(Cipher.ENCRYPT_MODE, key) }

    private fun opened(key: Key, iv: ByteArray): Cipher =
        Cipher.getInstance(AES_GCM).apply { init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(128, iv)) }

    private fun info(key: SecretKey): KeyInfo =
        SecretKeyFactory.getInstance(key.algorithm, ANDROID_KEYSTORE).getKeySpec(key, KeyInfo::class.java) as KeyInfo

    private companion object {
        val SECRET = ByteArray(32) { it.toByte() }
    }
}

/** An Android without exceptions for keys: the keystore looks for them beside the spec, and this package has none. */
object WithoutExceptions {
    /** A spec of an HMAC key. */
    class KeyGenParameterSpec(val keystoreAlias: String, val isStrongBoxBacked: Boolean) : AlgorithmParameterSpec {
        val purposes = 4
        val keySize = 256
        val blockModes = emptyArray<String>()
        val encryptionPaddings = emptyArray<String>()
        val isRandomizedEncryptionRequired = true
        val isUnlockedDeviceRequired = false
        val isUserAuthenticationRequired = false
        val userAuthenticationValidityDurationSeconds = 0
        val userAuthenticationType = 2
        val isInvalidatedByBiometricEnrollment = false
    }
}
