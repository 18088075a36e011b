package dev.walletlock.fakes

import dev.walletlock.fakes.FakeAndroidKeyStore.Call
import dev.walletlock.fakes.FakeAndroidKeyStore.Lie
import java.io.InputStream
import java.io.OutputStream
import java.security.InvalidAlgorithmParameterException
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi

/** The security provider by which Java finds the keystore. */
internal class KeystoreProvider(keystore: FakeAndroidKeyStore) : Provider(ANDROID_KEYSTORE, "1", "keys in memory") {
    init {
        serve("KeyStore", ANDROID_KEYSTORE) { Store(keystore) }
        for (algorithm in listOf(HMAC, AES)) {
            serve("KeyGenerator", algorithm) { Generator(keystore, algorithm) }
            serve("SecretKeyFactory", algorithm) { Descriptions(keystore) }
        }
        serve("KeyPairGenerator", EC) { PairGenerator(keystore) }
        serve("Mac", HMAC) { HardwareMac(keystore) }
        serve("Signature", ECDSA) { HardwareSignature(keystore) }
        serve("Cipher", AES_GCM) { HardwareCipher(keystore) }
    }

    private fun serve(type: String, algorithm: String, make: () -> Any) =
        putService(object : Service(this, type, algorithm, KeystoreProvider::class.java.name, null, null) {
            override fun newInstance(parameter: Any?) = make()
            override fun supportsParameter(parameter: Any?) = (parameter as? HardwareKey)?.algorithm == KEY_OF[type]
        })

    private companion object {
        const val serialVersionUID = 1L
        /** The key algorithm that each service accepts. */
        val KEY_OF = mapOf("Mac" to HMAC, "Cipher" to AES, "Signature" to EC)
    }
}

/** `KeyStore`: lists, gives and deletes keys. */
private class Store(private val keystore: FakeAndroidKeyStore) : KeyStoreSpi() {
    override fun engineLoad(stream: InputStream?, password: CharArray?) {
        require(stream == null && password == null) { "AndroidKeyStore takes no stream and no password" }
        keystore.beforeCall(Call.LOAD)
    }

    override fun engineGetKey(alias: String, password: CharArray?): Key? {
        if (keystore.beforeCall(Call.GET_KEY) != null) return null
        val key = keystore.key(alias) ?: return null
        if (key.isInvalidated) {
            val cause = key.request.exception("KeyPermanentlyInvalidatedException")
            throw UnrecoverableKeyException("the key was permanently invalidated").apply { initCause(cause) }
        }
        return key
    }

    override fun engineContainsAlias(alias: String) =
        keystore.beforeCall(Call.CONTAINS_ALIAS) == null && keystore.key(alias) != null

    override fun engineIsKeyEntry(alias: String) = engineContainsAlias(alias)
    override fun engineSize() = keystore.aliases().size
    override fun engineAliases(): Enumeration<String>? = when (keystore.beforeCall(Call.ALIASES)) {
        null -> Collections.enumeration(keystore.aliases())
        Lie.NULL_ALIASES -> null
        else -> Collections.emptyEnumeration()
    }

    override fun engineDeleteEntry(alias: String) {
        keystore.beforeCall(Call.DELETE_ENTRY)
        keystore.delete(alias)
    }

    override fun engineIsCertificateEntry(alias: String) = false

    /** Only a key pair has one. */
    override fun engineGetCertificate(alias: String): Certificate? {
        keystore.beforeCall(Call.GET_CERTIFICATE)
        return (keystore.key(alias) as? HardwarePrivateKey)?.let { KeyCertificate(it.publicKey) }
    }

    override fun engineGetCertificateAlias(certificate: Certificate): String? = null
    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null
    override fun engineGetCreationDate(alias: String): Date? = null
    override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = refused()
    override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) =
        refused()
    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = refused()
    override fun engineStore(stream: OutputStream?, password: CharArray?) = refused()

    private fun refused(): Unit = throw UnsupportedOperationException("keys are made in the keystore")
}

/** `KeyGenerator`: makes keys. */
private class Generator(private val keystore: FakeAndroidKeyStore, private val algorithm: String) : KeyGeneratorSpi() {
    private var request: KeyRequest? = null

    override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException("a spec is needed")
    override fun engineInit(size: Int, random: SecureRandom?) = engineInit(random)

    override fun engineInit(given: AlgorithmParameterSpec?, random: SecureRandom?) {
        val spec = KeyRequest.of(given)
        val purposes = if (algorithm == HMAC) PURPOSE_SIGN else PURPOSE_ENCRYPT or PURPOSE_DECRYPT
        refuseUnless(spec.purposes == purposes) { "wrong purposes ${spec.purposes} for a key of $algorithm" }
        refuseUnless(bits(spec) in SIZES.getValue(algorithm)) { "no key has ${spec.bits} bits" }
        refuseUnless(spec.isRandomized) { "randomized encryption must stay required: a repeated IV breaks GCM" }
        if (spec.isUserAuthenticationRequired) {
            refuseUnless(algorithm == AES && spec.authenticationSeconds <= 0 && spec.authenticators == BIOMETRIC_STRONG) {
                "a lock asks for a strong biometric at each use of an AES key, or for nothing"
            }
            try {
                keystore.requireSomeoneEnrolled()
            } catch (nobody: IllegalStateException) {
                throw InvalidAlgorithmParameterException(nobody)
            }
        }
        request = spec
    }

    override fun engineGenerateKey(): SecretKey {
        val request = checkNotNull(request) { "not initialized" }
        keystore.beforeCall(Call.GENERATE_KEY)
        return keystore.make(request, specOf(request, algorithm, bits(request)), ::HardwareSecretKey)
    }

    /** Android chooses the size if the spec leaves it out. */
    private fun bits(spec: KeyRequest) = if (spec.bits == UNSAID) SIZES.getValue(algorithm).first() else spec.bits

    private companion object {
        /** `KeyProperties.PURPOSE_*` and `AUTH_*`. */
        const val PURPOSE_ENCRYPT = 1
        const val PURPOSE_DECRYPT = 2
        const val BIOMETRIC_STRONG = 2
        const val UNSAID = -1
        val SIZES = mapOf(HMAC to listOf(256), AES to listOf(128, 192, 256))
    }
}

/**
 * `KeyPairGenerator`: makes the key pairs that sign. Java asks it for other key pairs of the JVM too, because it comes first: it throws
 * then, and Java asks the next provider.
 */
private class PairGenerator(private val keystore: FakeAndroidKeyStore) : KeyPairGeneratorSpi() {
    private var request: KeyRequest? = null

    override fun initialize(size: Int, random: SecureRandom?) = throw UnsupportedOperationException("a spec is needed")

    override fun initialize(given: AlgorithmParameterSpec?, random: SecureRandom?) {
        val spec = KeyRequest.of(given)
        refuseUnless(spec.purposes == PURPOSE_SIGN) { "wrong purposes ${spec.purposes} for a key pair" }
        refuseUnless(spec.bits == P256_BITS) { "a lock asks for P-256, and says so" }
        refuseUnless(spec.digests == listOf("SHA-256")) { "a lock signs SHA-256, and nothing else" }
        refuseUnless(!spec.isUserAuthenticationRequired) { "a lock signs requests without a person" }
        request = spec
    }

    override fun generateKeyPair(): KeyPair {
        val request = checkNotNull(request) { "not initialized" }
        keystore.beforeCall(Call.GENERATE_KEY_PAIR)
        return keystore.make(request, specOf(request, EC, P256_BITS), ::HardwarePrivateKey).toPair()
    }
}

private fun specOf(request: KeyRequest, algorithm: String, bits: Int) = FakeAndroidKeyStore.KeySpec(
    algorithm = algorithm,
    bits = bits,
    isInStrongBox = request.isStrongBoxBacked,
    isUnlockedDeviceRequired = request.isUnlockedDeviceRequired,
    isUserAuthenticationRequired = request.isUserAuthenticationRequired,
    // The flag means nothing for keys that need no authentication.
    isInvalidatedByBiometricEnrollment =
        request.isUserAuthenticationRequired && request.isInvalidatedByBiometricEnrollment,
)

private inline fun refuseUnless(isFine: Boolean, message: () -> String) {
    if (!isFine) throw InvalidAlgorithmParameterException(message())
}

/** `KeyProperties.PURPOSE_SIGN`. */
private const val PURPOSE_SIGN = 4
private const val P256_BITS = 256

/** `SecretKeyFactory`: describes keys. */
private class Descriptions(private val keystore: FakeAndroidKeyStore) : SecretKeyFactorySpi() {
    override fun engineGetKeySpec(key: SecretKey, description: Class<*>): KeySpec {
        keystore.beforeCall(Call.KEY_INFO)
        return keyInfo(key as HardwareSecretKey, description)
    }

    override fun engineGenerateSecret(description: KeySpec?) = throw UnsupportedOperationException()
    override fun engineTranslateKey(key: SecretKey?) = throw UnsupportedOperationException()
}

internal const val ANDROID_KEYSTORE = "AndroidKeyStore"
internal const val HMAC = "HmacSHA256"
internal const val AES = "AES"
internal const val AES_GCM = "AES/GCM/NoPadding"
