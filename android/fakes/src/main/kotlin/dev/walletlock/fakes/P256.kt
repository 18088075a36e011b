package dev.walletlock.fakes

import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Provider
import java.security.PublicKey
import java.security.Security
import java.security.Signature
import java.security.spec.ECGenParameterSpec

// ECDSA over P-256 with SHA-256.

internal fun makeP256(): KeyPair =
    KeyPairGenerator.getInstance(EC, maker()).apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

/** Signs with a key of [makeP256]. */
internal fun signEcdsa(key: PrivateKey, message: ByteArray): ByteArray = Signature.getInstance(ECDSA, maker()).run {
    initSign(key)
    update(message)
    sign()
}

/**
 * The first provider that makes such keys and is not the phone's keystore. Under Robolectric that is Conscrypt. The JVM's own can make
 * none there: it asks the first provider for the curve of a key size, and Conscrypt does not know that question.
 */
private fun maker(): Provider = Security.getProviders("KeyPairGenerator.$EC").first { it.name != ANDROID_KEYSTORE }

/** The uncompressed point: the last bytes of the key's encoding (RFC 5480). */
internal fun pointOf(key: PublicKey): ByteArray = key.encoded.takeLast(POINT_BYTES).toByteArray()

/** What stands before the point in a P-256 key's encoding (RFC 5480). */
internal val X509_OF_P256 = bytesOf("3059301306072a8648ce3d020106082a8648ce3d030107034200")

internal const val EC = "EC"
internal const val ECDSA = "SHA256withECDSA"
internal const val JVM_EC = "SunEC"
internal const val JVM_CIPHERS = "SunJCE"
internal const val POINT_BYTES = 65
