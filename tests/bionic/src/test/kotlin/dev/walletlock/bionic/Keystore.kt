package dev.walletlock.bionic

import android.os.SystemClock
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.ProviderException
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Signature
import java.security.SignatureSpi
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGeneratorSpi
import javax.crypto.Mac
import javax.crypto.MacSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi
import javax.crypto.spec.SecretKeySpec

/** A phone's keystore: it makes keys, keeps them, computes HMAC-SHA256 with some and signs with others. */
class Keystore {
    /** A key pair, or the bytes of an HMAC key. */
    class Entry(val spec: KeyGenParameterSpec, val bytes: ByteArray, val pair: KeyPair? = null)

    val entries = sortedMapOf<String, Entry>()
    var isPhoneLocked = false
    var hasStrongBox = true

    /** After this many more calls the keystore fails. */
    var answersLeft = Int.MAX_VALUE

    /** Every key that was asked for, also those that were not kept. */
    val generated = mutableListOf<KeyGenParameterSpec>()

    fun generate(spec: KeyGenParameterSpec): SecretKey {
        answer()
        check(spec.purposes == PURPOSE_SIGN)
        generated += spec
        if (spec.isStrongBoxBacked && !hasStrongBox) throw StrongBoxUnavailableException()
        entries[spec.alias] = Entry(spec, ByteArray(32).also(SecureRandom()::nextBytes))
        return KeystoreKey(spec.alias)
    }

    fun generatePair(spec: KeyGenParameterSpec): KeyPair {
        answer()
        check(spec.purposes == PURPOSE_SIGN && spec.keySize == 256 && spec.digests == listOf("SHA-256"))
        generated += spec
        if (spec.isStrongBoxBacked && !hasStrongBox) throw StrongBoxUnavailableException()
        val generator = KeyPairGenerator.getInstance("EC", "SunEC").apply { initialize(ECGenParameterSpec("secp256r1")) }
        val pair = generator.generateKeyPair()
        entries[spec.alias] = Entry(spec, ByteArray(0), pair)
        return KeyPair(pair.public, KeystorePrivateKey(spec.alias))
    }

    /** Replaces the key of this alias by another one, or adds a key that belongs to the app itself. */
    fun forge(alias: String) {
        val spec = entries[alias]?.spec ?: KeyGenParameterSpec.Builder(alias, PURPOSE_SIGN).build()
        entries[alias] = Entry(spec, ByteArray(32).also(SecureRandom()::nextBytes))
    }

    fun entry(alias: String): Entry {
        answer()
        val entry = entries[alias] ?: throw java.security.InvalidKeyException()
        if (isPhoneLocked && entry.spec.isUnlockedDeviceRequired) throw UserNotAuthenticatedException()
        return entry
    }

    fun delete(alias: String) {
        answer()
        entries.remove(alias)
    }

    private fun answer() {
        if (answersLeft == 0) throw ProviderException("the keystore's process has died")
        answersLeft -= 1
    }

    companion object {
        /** The keystore of the phone on which the library runs. */
        lateinit var current: Keystore
    }
}

/** Longer than the library allows while a person waits, so it makes no key in this StrongBox. */
private const val STRONGBOX_TAKES_MS = 300L

/** What an app holds of a key: its alias. */
class KeystoreKey(val alias: String) : SecretKey {
    override fun getAlgorithm() = "HmacSHA256"
    override fun getFormat(): String? = null
    override fun getEncoded(): ByteArray? = null
}

/** What an app holds of the private half of a key pair. */
class KeystorePrivateKey(val alias: String) : PrivateKey {
    override fun getAlgorithm() = "EC"
    override fun getFormat(): String? = null
    override fun getEncoded(): ByteArray? = null
}

/** Registers the classes below under the names that apps ask Android for. */
class KeystoreProvider : Provider("AndroidKeyStore", "1", "a phone's keystore, modelled") {
    init {
        put("KeyStore.AndroidKeyStore", StoreSpi::class.java.name)
        put("KeyGenerator.HmacSHA256", GeneratorSpi::class.java.name)
        put("Mac.HmacSHA256", HmacSpi::class.java.name)
        put("Mac.HmacSHA256 SupportedKeyClasses", KeystoreKey::class.java.name)
        put("SecretKeyFactory.HmacSHA256", FactorySpi::class.java.name)
        put("KeyPairGenerator.EC", PairGeneratorSpi::class.java.name)
        put("Signature.SHA256withECDSA", EcdsaSpi::class.java.name)
        put("Signature.SHA256withECDSA SupportedKeyClasses", KeystorePrivateKey::class.java.name)
    }

    private companion object {
        const val serialVersionUID = 1L
    }
}

class StoreSpi : KeyStoreSpi() {
    private val entries get() = Keystore.current.entries

    override fun engineLoad(stream: InputStream?, password: CharArray?) = throw UnsupportedOperationException()
    override fun engineLoad(parameter: java.security.KeyStore.LoadStoreParameter?) = require(parameter == null)
    override fun engineGetKey(alias: String, password: CharArray?): Key? =
        entries[alias]?.let { if (it.pair == null) KeystoreKey(alias) else KeystorePrivateKey(alias) }

    override fun engineContainsAlias(alias: String) = alias in entries
    override fun engineDeleteEntry(alias: String) = Keystore.current.delete(alias)

    override fun engineAliases(): Enumeration<String> = Collections.enumeration(entries.keys.toList())
    override fun engineSize() = entries.size
    override fun engineIsKeyEntry(alias: String) = alias in entries
    override fun engineIsCertificateEntry(alias: String) = false
    override fun engineGetCertificate(alias: String): Certificate? = entries[alias]?.pair?.let { KeyCertificate(it.public) }
    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null
    override fun engineGetCertificateAlias(certificate: Certificate): String? = null
    override fun engineGetCreationDate(alias: String): Date? = null
    override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<out Certificate>?) = unsupported()
    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<out Certificate>?) = unsupported()
    override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = unsupported()
    override fun engineStore(stream: OutputStream?, password: CharArray?) = unsupported()

    private fun unsupported(): Nothing = throw UnsupportedOperationException("Android's keystore takes no keys this way")
}

class GeneratorSpi : KeyGeneratorSpi() {
    private var spec: KeyGenParameterSpec? = null

    override fun engineInit(parameter: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = parameter as KeyGenParameterSpec
    }

    override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException("a key needs an alias")
    override fun engineInit(bits: Int, random: SecureRandom?) = throw UnsupportedOperationException("a key needs an alias")
    override fun engineGenerateKey(): SecretKey = Keystore.current.generate(checkNotNull(spec))
}

class HmacSpi : MacSpi() {
    private val mac = Mac.getInstance("HmacSHA256", "SunJCE")

    override fun engineGetMacLength() = mac.macLength
    override fun engineInit(key: Key, parameter: AlgorithmParameterSpec?) {
        val entry = Keystore.current.entry((key as KeystoreKey).alias)
        if (entry.spec.isStrongBoxBacked) SystemClock.nowMs += STRONGBOX_TAKES_MS
        mac.init(SecretKeySpec(entry.bytes, "HmacSHA256"))
    }

    override fun engineUpdate(byte: Byte) = mac.update(byte)
    override fun engineUpdate(bytes: ByteArray, at: Int, count: Int) = mac.update(bytes, at, count)
    override fun engineReset() = mac.reset()
    override fun engineDoFinal(): ByteArray = mac.doFinal()
}

class PairGeneratorSpi : KeyPairGeneratorSpi() {
    private var spec: KeyGenParameterSpec? = null

    override fun initialize(parameter: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = parameter as KeyGenParameterSpec
    }

    override fun initialize(bits: Int, random: SecureRandom?) = throw UnsupportedOperationException("a key needs an alias")
    override fun generateKeyPair(): KeyPair = Keystore.current.generatePair(checkNotNull(spec))
}

class EcdsaSpi : SignatureSpi() {
    private val signature = Signature.getInstance("SHA256withECDSA", "SunEC")

    override fun engineInitSign(key: PrivateKey) =
        signature.initSign(Keystore.current.entry((key as KeystorePrivateKey).alias).pair?.private)

    override fun engineUpdate(byte: Byte) = signature.update(byte)
    override fun engineUpdate(bytes: ByteArray, at: Int, count: Int) = signature.update(bytes, at, count)
    override fun engineSign(): ByteArray = signature.sign()
    override fun engineInitVerify(key: PublicKey) = throw UnsupportedOperationException()
    override fun engineVerify(signature: ByteArray) = throw UnsupportedOperationException()
    @Deprecated("As in SignatureSpi.")
    override fun engineSetParameter(name: String, value: Any?) = throw UnsupportedOperationException()
    @Deprecated("As in SignatureSpi.")
    override fun engineGetParameter(name: String): Any = throw UnsupportedOperationException()
}

/** What the keystore gives for a key pair. The library asks only for its public key. */
class KeyCertificate(private val key: PublicKey) : Certificate("X.509") {
    override fun getPublicKey() = key
    override fun getEncoded(): ByteArray = throw UnsupportedOperationException()
    override fun verify(key: PublicKey?) = throw UnsupportedOperationException()
    override fun verify(key: PublicKey?, provider: String?) = throw UnsupportedOperationException()
    override fun toString() = "KeyCertificate"
}

class FactorySpi : SecretKeyFactorySpi() {
    override fun engineGetKeySpec(key: SecretKey, of: Class<*>): KeySpec {
        require(of == KeyInfo::class.java)
        return KeyInfo(Keystore.current.entry((key as KeystoreKey).alias).spec)
    }

    override fun engineGenerateSecret(spec: KeySpec): SecretKey = throw UnsupportedOperationException()
    override fun engineTranslateKey(key: SecretKey): SecretKey = throw UnsupportedOperationException()
}

/** From `KeyProperties`: the purpose of a key that computes HMACs or signs. */
private const val PURPOSE_SIGN = 4
