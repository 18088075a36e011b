package dev.walletlock.bionic

import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.MessageDigest
import java.security.Signature
import java.security.spec.X509EncodedKeySpec
import java.util.Base64

/** A provider, the backend of the app. It reads requests of one phone, and signs words for it: core/src/provider/README.md. */
class Provider {
    private val online = makeKey()
    private val guarded = makeKey()
    private val keys = listOf(online to "online", guarded to "guarded", makeKey() to "guarded")
    private var orders = 0
    private lateinit var point: ByteArray
    private lateinit var wallet: String

    /** A policy that names the keys. */
    val policy = keys.joinToString(",", """{"provider":{"keys":[""", "]}}") { (key, role) ->
        """{"key":"${text(publicBytes(key))}","role":"$role"}"""
    }

    /** Checks that the phone's own key signed the request, and grants it. */
    fun grant(act: String, request: String): String {
        val (header, payload, signature) = request.split('.')
        val said = String(bytes(payload))
        check(member(said, "kind") == act)
        if (act == "register") {
            val jwk = String(bytes(header))
            point = byteArrayOf(4) + bytes(member(jwk, "x")) + bytes(member(jwk, "y"))
        }
        check(isSigned("$header.$payload", bytes(signature)))
        wallet = member(said, "wallet")
        val installation = member(said, "installation")
        check(installation == text(sha256(point).copyOf(16)))
        val proof = """{"method":"person","place":"elsewhere","challenge":"${text(ByteArray(16))}"}"""
        val claims = """"v":1,"aud":"$wallet","sub":"$installation","act":"$act","req":"${text(sha256(request.toByteArray()))}""""
        return word(guarded, "grant", """{$claims,"after":$orders,"proofs":[$proof]}""")
    }

    fun lock() = word(online, "order", """{"v":1,"aud":"$wallet","seq":${++orders},"act":"lock","reason":"lost"}""")

    private fun word(key: KeyPair, kind: String, claims: String): String {
        val id = sha256(publicBytes(key)).take(8).joinToString("") { "%02x".format(it) }
        val header = """{"alg":"EdDSA","kid":"$id","typ":"walletlock-$kind+jwt"}"""
        val signed = "${text(header.toByteArray())}.${text(claims.toByteArray())}"
        val signature = Signature.getInstance("Ed25519").run {
            initSign(key.private)
            update(signed.toByteArray())
            sign()
        }
        return "$signed.${text(signature)}"
    }

    private fun isSigned(signed: String, signature: ByteArray): Boolean {
        val encoded = X509_OF_P256.chunked(2).map { it.toInt(radix = 16).toByte() }.toByteArray() + point
        return Signature.getInstance("SHA256withECDSAinP1363Format").run {
            initVerify(KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(encoded)))
            update(signed.toByteArray())
            verify(signature)
        }
    }

    private fun makeKey() = KeyPairGenerator.getInstance("Ed25519").generateKeyPair()

    private fun publicBytes(key: KeyPair) = key.public.encoded.takeLast(32).toByteArray()

    private fun member(json: String, name: String) = checkNotNull(Regex(""""$name":"([^"]*)"""").find(json)).groupValues[1]

    private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes)

    private fun text(bytes: ByteArray) = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)

    private fun bytes(text: String) = Base64.getUrlDecoder().decode(text)

    private companion object {
        /** What stands before the point in a P-256 key's encoding (RFC 5480). */
        const val X509_OF_P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    }
}
