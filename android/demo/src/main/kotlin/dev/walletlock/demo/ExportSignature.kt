package dev.walletlock.demo

import java.nio.ByteBuffer
import java.security.KeyFactory
import java.security.Signature
import java.security.SignatureException
import java.security.spec.X509EncodedKeySpec

/** The bytes before an Ed25519 public key in its X.509 form (RFC 8410). */
private const val X509_PREFIX = "302a300506032b6570032100"

/**
 * Whether a journal's export ends with a signature that [publicKey] verifies, over the wallet's id, the number of lines
 * and the chain's head. This does not check that the lines lead to that head: the verifier in tests/verifier does.
 */
internal fun isSigned(export: String, publicKey: ByteArray): Boolean {
    val (first, last) = export.trim().lines().let { it.first() to it.last() }
    val lines = Regex("\"lines\":(\\d+)").find(last)?.groupValues?.get(1)?.toLong() ?: return false
    val signed = "walletlock v1 journal export".toByteArray() + bytes(first, "wallet_id") +
        ByteBuffer.allocate(Long.SIZE_BYTES).putLong(lines).array() + bytes(last, "head")
    val key = KeyFactory.getInstance("Ed25519").generatePublic(X509EncodedKeySpec(fromHex(X509_PREFIX) + publicKey))
    val signature = Signature.getInstance("Ed25519")
    signature.initVerify(key)
    signature.update(signed)
    return try {
        signature.verify(bytes(last, "signature"))
    } catch (_: SignatureException) {
        false
    }
}

private fun bytes(json: String, field: String): ByteArray =
    fromHex(Regex("\"$field\":\"([0-9a-f]*)\"").find(json)?.groupValues?.get(1).orEmpty())

internal fun fromHex(hex: String) = hex.chunked(2).map { it.toInt(radix = 16).toByte() }.toByteArray()
