package dev.walletlock.android

import dev.walletlock.BiometricAnswer
import dev.walletlock.BiometricEnd
import java.nio.ByteBuffer
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.junit.Assert.assertEquals

/** The sensor saw someone else. */
object NotRecognised

/** What the key made of the input. */
class Output(val bytes: ByteArray)

/** What a prompt answers, in its order. The ends are as they are told. */
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

    /** The next one, which may still be on its way. */
    fun next(): Any = checkNotNull(heard.poll(10, TimeUnit.SECONDS)) { "no answer" }

    /** Nothing else comes, of all that happened before. */
    fun expectNothing() {
        settle()
        assertEquals(emptyList<Any>(), heard.toList())
    }
}
