package dev.walletlock.fakes

import dev.walletlock.Entropy
import java.util.Random

/**
 * Bytes that look random and are the same in every run: those of [seed].
 *
 * Strict: it gives exactly what is asked for, and refuses a count below one.
 *
 * @param seed names the sequence of bytes.
 */
public class FakeEntropy @JvmOverloads constructor(seed: Long = 1) : Entropy {
    private val random = Random(seed)

    /** While not null, asking throws this. A lock gives no verdict then ([dev.walletlock.NoVerdictCause.Platform]). */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    /** @throws IllegalArgumentException for a [count] below one. */
    @Synchronized
    override fun randomBytes(count: Int): ByteArray {
        failure?.let { throw it }
        require(count >= 1) { "nobody needs $count bytes" }
        return ByteArray(count).also(random::nextBytes)
    }
}
