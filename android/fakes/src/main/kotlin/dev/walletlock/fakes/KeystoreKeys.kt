package dev.walletlock.fakes

import java.security.GeneralSecurityException
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.Key
import java.security.KeyPair
import java.security.PrivateKey
import java.security.PublicKey
import java.security.SecureRandom
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/**
 * A key that the phone keeps: it can be used, but its bytes cannot be read.
 *
 * @property enrolment number of the enrolment under which the key was made.
 */
internal sealed class HardwareKey(val request: KeyRequest, val spec: FakeAndroidKeyStore.KeySpec, val enrolment: Int) : Key {
    @Volatile
    var isInvalidated = false

    override fun getAlgorithm(): String = spec.algorithm
    override fun getFormat(): String? = null
    override fun getEncoded(): ByteArray? = null
}

internal class HardwareSecretKey(request: KeyRequest, spec: FakeAndroidKeyStore.KeySpec, enrolment: Int) :
    HardwareKey(request, spec, enrolment), SecretKey {
    @Transient
    private val bytes = ByteArray(spec.bits / Byte.SIZE_BITS).also(SecureRandom()::nextBytes)

    /** The key's bytes, for the fake hardware only. */
    fun toSoftwareKey() = SecretKeySpec(bytes, spec.algorithm)
}

internal class HardwarePrivateKey(request: KeyRequest, spec: FakeAndroidKeyStore.KeySpec, enrolment: Int) :
    HardwareKey(request, spec, enrolment), PrivateKey {
    @Transient
    private val pair = makeP256()

    val publicKey: PublicKey get() = pair.public

    /** What `KeyPairGenerator` returns: the key that stays in the keystore, and its public key. */
    fun toPair() = KeyPair(publicKey, this)

    /** For the fake hardware only. */
    fun sign(message: ByteArray): ByteArray = signEcdsa(pair.private, message)
}

/** What the keystore gives for a key pair. The real one is signed and has a name and dates; a lock asks only for its public key. */
internal class KeyCertificate(private val key: PublicKey) : Certificate("X.509") {
    override fun getPublicKey(): PublicKey = key
    override fun getEncoded(): ByteArray = refused()
    override fun verify(key: PublicKey?): Unit = refused()
    override fun verify(key: PublicKey?, provider: String?): Unit = refused()
    override fun toString(): String = "KeyCertificate"

    private fun refused(): Nothing = throw UnsupportedOperationException("only the public key can be asked for")
}

/** One use of a key, from `init` to `doFinal`. */
internal class Operation(val key: HardwareKey) {
    private val given = mutableListOf<ByteArray>()
    private var isAuthenticated = !key.spec.isUserAuthenticationRequired

    fun authenticate() {
        isAuthenticated = true
    }

    fun isAllowed() = isAuthenticated

    fun giveOut(iv: ByteArray): ByteArray = iv.clone().also { given += it }

    fun gaveOut(iv: ByteArray?) = given.any { it === iv }
}

/**
 * A `KeyGenParameterSpec`. It is read by reflection, because this module is built without Android's classes. Android's
 * exceptions for keys are in the same package.
 */
internal class KeyRequest(private val given: AlgorithmParameterSpec) {
    val alias: String = read("getKeystoreAlias")
    val purposes: Int = read("getPurposes")
    val bits: Int = read("getKeySize")
    val blockModes: List<String> = read<Array<String>>("getBlockModes").toList()
    val paddings: List<String> = read<Array<String>>("getEncryptionPaddings").toList()

    /** Android throws if the spec names none. */
    val digests: List<String> by lazy { read<Array<String>>("getDigests").toList() }
    val isRandomized: Boolean = read("isRandomizedEncryptionRequired")
    val isStrongBoxBacked: Boolean = read("isStrongBoxBacked")
    val isUnlockedDeviceRequired: Boolean = read("isUnlockedDeviceRequired")
    val isUserAuthenticationRequired: Boolean = read("isUserAuthenticationRequired")
    val authenticationSeconds: Int = read("getUserAuthenticationValidityDurationSeconds")
    val authenticators: Int = read("getUserAuthenticationType")
    val isInvalidatedByBiometricEnrollment: Boolean = read("isInvalidatedByBiometricEnrollment")

    private inline fun <reified T> read(getter: String): T = given.javaClass.getMethod(getter).invoke(given) as T

    /**
     * Android's exception for keys of that name. If there is no such class, [withoutClass] makes an exception of the class that
     * it extends on Android.
     */
    fun exception(name: String, withoutClass: (String) -> Exception = { InvalidKeyException(it) }): Exception {
        val loader = given.javaClass.classLoader
        return try {
            val type = Class.forName("${given.javaClass.packageName}.$name", true, loader)
            type.getConstructor().newInstance() as Exception
        } catch (_: ClassNotFoundException) {
            withoutClass(name)
        }
    }

    companion object {
        fun of(given: AlgorithmParameterSpec?): KeyRequest {
            if (given?.javaClass?.simpleName != "KeyGenParameterSpec") {
                throw InvalidAlgorithmParameterException("a KeyGenParameterSpec is needed")
            }
            return KeyRequest(given)
        }
    }
}

/** Makes a `KeyInfo`, which tells what keeps the key. Its constructor is hidden, and differs between Android versions. */
internal fun keyInfo(key: HardwareSecretKey, type: Class<*>): KeySpec {
    if (type.simpleName != "KeyInfo") {
        throw GeneralSecurityException("only KeyInfo can be asked for; the key's bytes cannot be read")
    }
    val constructor = type.declaredConstructors.single { !it.isSynthetic && it.parameterCount > 0 }
    val nothing = constructor.parameterTypes.map { if (it.isPrimitive) zero(it) else null }
    val info = constructor.apply { isAccessible = true }.newInstance(*nothing.toTypedArray())
    val facts = mapOf(
        "mKeystoreAlias" to key.request.alias,
        "mSecurityLevel" to if (key.spec.isInStrongBox) STRONGBOX else TRUSTED_ENVIRONMENT,
        "mInsideSecureHardware" to true,
        "mUserAuthenticationRequired" to key.spec.isUserAuthenticationRequired,
        "mInvalidatedByBiometricEnrollment" to key.spec.isInvalidatedByBiometricEnrollment,
    )
    for ((name, value) in facts) {
        type.getDeclaredField(name).apply { isAccessible = true }.set(info, value)
    }
    return info as KeySpec
}

private fun zero(type: Class<*>): Any = if (type == Boolean::class.javaPrimitiveType) false else 0

/** `KeyProperties.SECURITY_LEVEL_*`. */
private const val TRUSTED_ENVIRONMENT = 1
private const val STRONGBOX = 2
