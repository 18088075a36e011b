package dev.walletlock.phone

import java.nio.ByteBuffer
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** An authenticator app (RFC 6238). */
object Totp {
    private const val STEP_MS = 30_000L
    private const val LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

    /** The code at this time. [letters]: the secret in Base32 (RFC 4648), five bits a letter. */
    fun code(letters: String, wallMs: Long): String {
        val bits = letters.map { LETTERS.indexOf(it) }.joinToString("") { it.toString(radix = 2).padStart(5, '0') }
        val secret = bits.chunked(Byte.SIZE_BITS).map { it.toInt(radix = 2).toByte() }.toByteArray()
        val mac = Mac.getInstance("HmacSHA1").apply { init(SecretKeySpec(secret, "HmacSHA1")) }
        val hash = mac.doFinal(ByteBuffer.allocate(Long.SIZE_BYTES).putLong(wallMs / STEP_MS).array())
        val number = ByteBuffer.wrap(hash).getInt(hash.last().toInt() and 0xf) and Int.MAX_VALUE
        return "%06d".format(number % 1_000_000)
    }
}
