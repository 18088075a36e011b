package dev.walletlock.fakes

import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.MessageDigest
import java.security.SecureRandom
import java.security.Signature
import java.security.spec.NamedParameterSpec
import kotlin.io.encoding.Base64

/**
 * A key pair of a [FakeProvider]. It signs whatever it is told to: a test that has stolen it can forge any word.
 *
 * The keys come from the JDK's Ed25519, so they need a JDK 15 or newer.
 */
public class FakeProviderKey internal constructor(seed: Long, number: Int) {
    private val pair: KeyPair = KeyPairGenerator.getInstance(ED25519, JVM_EC)
        .apply { initialize(NamedParameterSpec(ED25519), Repeatable(seed, number)) }
        .generateKeyPair()
    private val bytes = pair.public.encoded.takeLast(ED25519_BYTES).toByteArray()

    /** The public key in base64url, as a policy names it. */
    public val publicKey: String = base64url(bytes)

    /** The key's id, as a word names it (`kid`): 16 hexadecimal digits. */
    public val id: String = sha256(bytes).take(ID_BYTES).joinToString("") { "%02x".format(it) }

    /**
     * Signs a word: a JWS compact.
     *
     * @param kind `order`, `grant`, `heartbeat`, `keys` or `settle`.
     * @param claims the payload, a JSON object. It is not checked.
     */
    public fun sign(kind: String, claims: String): String {
        val header = """{"alg":"EdDSA","kid":"$id","typ":"walletlock-$kind+jwt"}"""
        val signed = "${base64url(header.toByteArray())}.${base64url(claims.toByteArray())}"
        val signature = Signature.getInstance(ED25519, JVM_EC).run {
            initSign(pair.private)
            update(signed.toByteArray())
            sign()
        }
        return "$signed.${base64url(signature)}"
    }

    /** Only the [id]. */
    override fun toString(): String = "FakeProviderKey($id)"

}

/** The same bytes for the same numbers. */
internal class Repeatable(seed: Long, number: Int) : SecureRandom() {
    private val start = byteArrayOf(*seed.toString().toByteArray(), 0, number.toByte())

    override fun nextBytes(bytes: ByteArray) {
        sha256(start).copyInto(bytes, endIndex = bytes.size)
    }
}

internal fun sha256(bytes: ByteArray): ByteArray = MessageDigest.getInstance("SHA-256").digest(bytes)

internal fun base64url(bytes: ByteArray): String = BASE64URL.encode(bytes)

internal fun bytesOf(hex: String): ByteArray = hex.chunked(2).map { it.toInt(radix = 16).toByte() }.toByteArray()

/** @throws IllegalArgumentException if it is not base64url without padding, or has a bit beyond the last byte. */
internal fun fromBase64url(text: String): ByteArray = BASE64URL.decode(text)

private val BASE64URL = Base64.UrlSafe.withPadding(Base64.PaddingOption.ABSENT)
private const val ED25519 = "Ed25519"
private const val ED25519_BYTES = 32
private const val ID_BYTES = 8
