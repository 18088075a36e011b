package dev.walletlock.android

import dev.walletlock.BiometricAnswer
import dev.walletlock.BiometricEnd
import java.nio.ByteBuffer
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.junit.Assert.assertEquals

/** The sensor did not recognise the person who touched it. */
object NotRecognised

/** What the key returned for the input. */
class Output(val bytes: ByteArray)

/**
 * Records the answers of a prompt, in their order: [NotRecognised], [Output] or a [BiometricEnd]. An output that is not in a
 * direct buffer is recorded as the text "on the heap".
 */
class Answers(private val settle: () -> Unit) : BiometricAnswer {
    private val heard = LinkedBlockingQueue<Any>()

    override fun notRecognised() {
        heard += NotRecognised
    }

    override fun authenticated(output: ByteBuffer) {
        val bytes = ByteArray(output.remaining()).also(output::get)
        heard += if (output.isDirect) Output(bytes) else "on the heap"
    }

    override fun ended(end: BiometricEnd) {
        heard += end
    }

    /** Waits for the next answer, at most 60 seconds. */
    fun next(): Any = checkNotNull(heard.poll(60, TimeUnit.SECONDS)) { "no answer" }

    /** Waits until all earlier events are answered, and checks that no answer is left that [next] has not returned. */
    fun expectNothing() {
        settle()
        assertEquals(emptyList<Any>(), heard.toList())
    }
}
