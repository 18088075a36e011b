package dev.walletlock.fakes

import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.PublicKey
import java.security.Signature
import java.security.spec.ECGenParameterSpec

// ECDSA over P-256 with SHA-256, by the JVM's own provider.

internal fun makeP256(): KeyPair =
    KeyPairGenerator.getInstance(EC, JVM_EC).apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

internal fun signEcdsa(key: PrivateKey, message: ByteArray): ByteArray = Signature.getInstance(ECDSA, JVM_EC).run {
    initSign(key)
    update(message)
    sign()
}

/** The uncompressed point: the last bytes of the key's encoding (RFC 5480). */
internal fun pointOf(key: PublicKey): ByteArray = key.encoded.takeLast(POINT_BYTES).toByteArray()

internal const val EC = "EC"
internal const val ECDSA = "SHA256withECDSA"
internal const val JVM_EC = "SunEC"
internal const val JVM_CIPHERS = "SunJCE"
internal const val POINT_BYTES = 65
