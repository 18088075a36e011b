package dev.walletlock

import java.nio.ByteBuffer
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** An authenticator app (RFC 6238), with the secret that the person has added. */
class Totp(new: NewAuthenticator) {
    val letters = String(CharArray(NewAuthenticator.LETTERS) { new.letter(it) })

    /** The code that the app shows at this time. */
    fun code(wallMs: Long): String {
        val mac = Mac.getInstance("HmacSHA1").apply { init(SecretKeySpec(secret(), "HmacSHA1")) }
        val hash = mac.doFinal(ByteBuffer.allocate(Long.SIZE_BYTES).putLong(wallMs / STEP_MS).array())
        val number = ByteBuffer.wrap(hash).getInt(hash.last().toInt() and 0xf) and Int.MAX_VALUE
        return "%06d".format(number % 1_000_000)
    }

    /** Base32 (RFC 4648): five bits a letter. */
    private fun secret(): ByteArray = letters.map { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(it) }
        .joinToString("") { it.toString(radix = 2).padStart(5, '0') }
        .chunked(Byte.SIZE_BITS)
        .map { it.toInt(radix = 2).toByte() }
        .toByteArray()

    companion object {
        const val STEP_MS = 30_000L
    }
}
