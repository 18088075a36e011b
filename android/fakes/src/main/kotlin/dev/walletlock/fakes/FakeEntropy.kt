package dev.walletlock.fakes

import dev.walletlock.Entropy
import java.util.Random

/**
 * A source of bytes that look random and are the same in every run with the same seed.
 *
 * Strict: it returns exactly as many bytes as were asked for, and refuses a count below one.
 *
 * @param seed decides the sequence of bytes.
 */
public class FakeEntropy @JvmOverloads constructor(seed: Long = 1) : Entropy {
    private val random = Random(seed)

    /** While not null, [randomBytes] throws this. A lock then gives no verdict ([dev.walletlock.NoVerdictCause.Platform]). */
    @get:Synchronized
    @set:Synchronized
    public var failure: RuntimeException? = null

    /** @throws IllegalArgumentException for a [count] below one. */
    @Synchronized
    override fun randomBytes(count: Int): ByteArray {
        failure?.let { throw it }
        require(count >= 1) { "count must be at least 1, was $count" }
        return ByteArray(count).also(random::nextBytes)
    }
}
