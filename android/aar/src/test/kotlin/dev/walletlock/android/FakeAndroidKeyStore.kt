package dev.walletlock.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import java.io.InputStream
import java.io.OutputStream
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.InvalidKeySpecException
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.TreeMap
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGeneratorSpi
import javax.crypto.Mac
import javax.crypto.MacSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi
import javax.crypto.spec.SecretKeySpec
import org.junit.rules.ExternalResource
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers

/**
 * A phone's keystore for HMAC keys, which Robolectric does not have. As a rule of JUnit: it is there during a test.
 *
 * Strict: what the real one refuses it refuses, and what a lock never asks of it as well.
 */
class FakeAndroidKeyStore : ExternalResource() {
    /** One that answers at once. */
    var hasStrongBox = false

    /** Whether the screen is locked. Keys that ask for an unlocked phone cannot be used then. */
    var isPhoneLocked = false

    /** What the keys that exist were made with. */
    val specs: Map<String, KeyGenParameterSpec> get() = synchronized(keys) { keys.mapValues { it.value.spec } }

    /** Who reached into it, and so waited for it. */
    val users: MutableSet<Thread> = ConcurrentHashMap.newKeySet()

    private val keys = TreeMap<String, HardwareKey>()

    /** A factory reset. */
    fun loseAll() = synchronized(keys) { keys.clear() }

    override fun before() {
        // Where Android has it: before the providers that know nothing of such keys, and would speak first.
        check(Security.insertProviderAt(KeystoreProvider(), 1) == 1) { "there is one already" }
    }

    /** As on a phone that has none. */
    fun removed(block: () -> Unit) {
        after()
        try {
            block()
        } finally {
            before()
        }
    }

    override fun after() = Security.removeProvider(NAME)

    /** It can be used, and not read. */
    private inner class HardwareKey(val spec: KeyGenParameterSpec, val bytes: ByteArray) : SecretKey {
        override fun getAlgorithm() = HMAC
        override fun getFormat(): String? = null
        override fun getEncoded(): ByteArray? = null

        fun mac(): Mac {
            users += Thread.currentThread()
            // As the real one tells it: by AOSP's KeyStoreCryptoOperationUtils.
            if (spec.isUnlockedDeviceRequired && isPhoneLocked) throw UserNotAuthenticatedException()
            return Mac.getInstance(HMAC, "SunJCE").also { it.init(SecretKeySpec(bytes, HMAC)) }
        }
    }

    private inner class KeystoreProvider : Provider(NAME, "1", "keys in memory") {
        init {
            serve("KeyStore", NAME) { Store() }
            serve("KeyGenerator", HMAC) { Generator() }
            serve("SecretKeyFactory", HMAC) { Descriptions() }
            serve("Mac", HMAC) { HardwareMac() }
        }

        private fun serve(type: String, algorithm: String, make: () -> Any) =
            putService(object : Service(this, type, algorithm, FakeAndroidKeyStore::class.java.name, null, null) {
                override fun newInstance(parameter: Any?) = make()
                override fun supportsParameter(parameter: Any?) = parameter is HardwareKey
            })
    }

    private inner class Generator : KeyGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException("a spec is needed")
        override fun engineInit(size: Int, random: SecureRandom?) = engineInit(random)

        override fun engineInit(given: AlgorithmParameterSpec?, random: SecureRandom?) {
            spec = given as? KeyGenParameterSpec ?: throw InvalidAlgorithmParameterException("not one for a keystore")
            if (spec.purposes != KeyProperties.PURPOSE_SIGN) throw InvalidAlgorithmParameterException("an HMAC key signs")
        }

        override fun engineGenerateKey(): SecretKey = synchronized(keys) {
            if (spec.isStrongBoxBacked && !hasStrongBox) throw StrongBoxUnavailableException("there is none")
            // The real one replaces the key of that alias, without a word.
            check(spec.keystoreAlias !in keys) { "the key ${spec.keystoreAlias} would be lost" }
            val bytes = ByteArray(KEY_BYTES).also(SecureRandom()::nextBytes)
            HardwareKey(spec, bytes).also { keys[spec.keystoreAlias] = it }
        }
    }

    private inner class HardwareMac : MacSpi() {
        private lateinit var mac: Mac

        override fun engineGetMacLength() = KEY_BYTES
        override fun engineInit(key: Key, parameters: AlgorithmParameterSpec?) {
            mac = (key as? HardwareKey ?: throw InvalidKeyException("none of the keystore's")).mac()
        }
        override fun engineUpdate(input: Byte) = mac.update(input)
        override fun engineUpdate(input: ByteArray, offset: Int, count: Int) = mac.update(input, offset, count)
        override fun engineDoFinal(): ByteArray = mac.doFinal()
        override fun engineReset() = mac.reset()
    }

    private inner class Descriptions : SecretKeyFactorySpi() {
        override fun engineGetKeySpec(key: SecretKey, description: Class<*>): KeySpec {
            if (description != KeyInfo::class.java) throw InvalidKeySpecException("a key is not to be read")
            val inStrongBox = (key as HardwareKey).spec.isStrongBoxBacked
            // Its constructor is Android's own.
            val info = Shadow.newInstanceOf(KeyInfo::class.java)
            val level = if (inStrongBox) KeyProperties.SECURITY_LEVEL_STRONGBOX else TRUSTED
            ReflectionHelpers.setField(info, "mSecurityLevel", level)
            return info
        }
        override fun engineGenerateSecret(description: KeySpec?) = throw UnsupportedOperationException()
        override fun engineTranslateKey(key: SecretKey?) = throw UnsupportedOperationException()
    }

    private inner class Store : KeyStoreSpi() {
        override fun engineLoad(stream: InputStream?, password: CharArray?) {
            require(stream == null && password == null)
            users += Thread.currentThread()
        }
        override fun engineGetKey(alias: String, password: CharArray?): Key? = synchronized(keys) { keys[alias] }
        override fun engineContainsAlias(alias: String) = synchronized(keys) { alias in keys }
        override fun engineIsKeyEntry(alias: String) = engineContainsAlias(alias)
        override fun engineSize() = synchronized(keys) { keys.size }
        override fun engineAliases(): Enumeration<String> =
            Collections.enumeration(synchronized(keys) { keys.keys.toList() })
        override fun engineDeleteEntry(alias: String) {
            synchronized(keys) { keys.remove(alias) }
        }

        override fun engineIsCertificateEntry(alias: String) = false
        override fun engineGetCertificate(alias: String): Certificate? = null
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

    private companion object {
        const val NAME = "AndroidKeyStore"
        const val HMAC = "HmacSHA256"
        const val KEY_BYTES = 32
        const val TRUSTED = KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT
    }
}
