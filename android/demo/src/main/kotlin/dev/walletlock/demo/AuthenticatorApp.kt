package dev.walletlock.demo

import dev.walletlock.Clock
import java.nio.ByteBuffer
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/**
 * An authenticator app (RFC 6238) to which the person has added an account.
 *
 * @param letters the secret in base32, as the person typed it or as it stood in the QR code.
 * @param clock the time of the phone on which the app runs.
 */
internal class AuthenticatorApp(private val letters: String, private val clock: Clock) {
    /** What the app shows now. */
    fun code(): String {
        val key = SecretKeySpec(secret(), ALGORITHM)
        val step = ByteBuffer.allocate(Long.SIZE_BYTES).putLong(clock.now().wallMs / STEP_MS).array()
        val hash = Mac.getInstance(ALGORITHM).apply { init(key) }.doFinal(step)
        val number = ByteBuffer.wrap(hash).getInt(hash.last().toInt() and 0xf) and Int.MAX_VALUE
        return "%06d".format(number % 1_000_000)
    }

    /** Base32 (RFC 4648): five bits a letter. */
    private fun secret(): ByteArray {
        val bits = letters.map { BASE32.indexOf(it).toString(radix = 2).padStart(BITS_A_LETTER, '0') }.joinToString("")
        return bits.chunked(Byte.SIZE_BITS).map { it.toInt(radix = 2).toByte() }.toByteArray()
    }

    companion object {
        /** For so long the app shows the same code. */
        const val STEP_MS = 30_000L
        private const val ALGORITHM = "HmacSHA1"
        private const val BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        private const val BITS_A_LETTER = 5

        /** Adds the account by its QR code. */
        fun scan(address: String, clock: Clock): AuthenticatorApp =
            AuthenticatorApp(address.substringAfter("secret=").substringBefore('&'), clock)
    }
}
