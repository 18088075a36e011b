package dev.walletlock.fakes

import dev.walletlock.Entropy
import java.util.Random

/**
 * Bytes that look random and are the same in every run: those of [seed].
 *
 * Strict: it gives exactly what is asked for, and refuses a count below one.
 */
class FakeEntropy @JvmOverloads constructor(seed: Long = 1) : Entropy {
    private val random = Random(seed)

    /** While not null, asking throws this. */
    @get:Synchronized
    @set:Synchronized
    var failure: RuntimeException? = null

    @Synchronized
    override fun randomBytes(count: Int): ByteArray {
        failure?.let { throw it }
        require(count >= 1) { "nobody needs $count bytes" }
        return ByteArray(count).also(random::nextBytes)
    }
}
