package dev.walletlock

import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/** The calls of one lock that wait for a person, and how they are called off. */
internal class Prompts(private val takeAway: () -> Unit) {
    /**
     * A person may take a minute. Those threads are not taken from the lock's dispatcher, which may have but one. Two:
     * while one waits, whoever asks for a second prompt is told at once.
     */
    private val background = Dispatchers.IO.limitedParallelism(2)

    private val waiting: MutableSet<Waiting> = ConcurrentHashMap.newKeySet()
    @Volatile private var isClosed = false

    /**
     * Runs [block], which may show a prompt, in the background. If the caller is cancelled meanwhile the prompt is taken
     * away; the call ends by that, and what it returned goes to [unwanted].
     */
    suspend fun <T> call(unwanted: (T) -> Unit, block: () -> T): T {
        val waiting = Waiting(takeAway)
        var done: Result<T>? = null
        try {
            return coroutineScope {
                val watch = launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
                    try {
                        awaitCancellation()
                    } finally {
                        waiting.callOff()
                    }
                }
                try {
                    background.call { held(waiting, block).also { done = Result.success(it) } }
                } finally {
                    watch.cancel()
                }
            }
        } catch (cancelled: CancellationException) {
            done?.onSuccess(unwanted)
            throw cancelled
        }
    }

    /** Calls off those that are under way. */
    fun callOff() = waiting.forEach(Waiting::callOff)

    /** From here on nothing is shown. */
    fun close() {
        isClosed = true
        callOff()
    }

    private fun <T> held(call: Waiting, block: () -> T): T {
        waiting += call
        if (isClosed) call.callOff()
        return try {
            call.whileCurrent(block)
        } finally {
            waiting -= call
        }
    }

    /** One such call. Its prompt is shown from within it, on its thread, so that is where the two find each other. */
    class Waiting(private val takeAway: () -> Unit) {
        @Volatile private var isCalledOff = false
        @Volatile private var isShown = false
        private var answer: AutoCloseable? = null

        /** Before the prompt is shown it keeps it from being; after that it takes it away. A prompt of others stays. */
        fun callOff() {
            isCalledOff = true
            if (isShown) takeAway()
        }

        fun <T> whileCurrent(block: () -> T): T {
            CURRENT.set(this)
            return try {
                block()
            } finally {
                CURRENT.remove()
                isShown = false
                answer?.close()
            }
        }

        /** Whether it may be shown. Nobody hears what is left of [answer] when the call has ended. */
        fun begins(answer: AutoCloseable): Boolean {
            this.answer = answer
            isShown = true
            return !isCalledOff
        }
    }

    companion object {
        private val CURRENT = ThreadLocal<Waiting>()

        /**
         * Has [biometrics] show a prompt, unless its call was called off. What is thrown goes up, after [answer] and the
         * input were let go.
         */
        fun show(biometrics: Biometrics, prompt: () -> BiometricPrompt, answer: PromptAnswer) {
            try {
                if (CURRENT.get()?.begins(answer.left) == false) return answer.ended(BiometricEnd.CANCELLED_BY_SYSTEM)
                biometrics.show(prompt(), answer)
            } catch (thrown: Throwable) {
                answer.close()
                throw thrown
            }
        }
    }
}

/**
 * The way back from a prompt. Nothing that is done with it throws or waits, also when the prompt is long over, or the lock
 * closed. One that is lost is let go of when the next prompt, session or entry is made; until then whoever asked waits.
 */
internal class PromptAnswer(
    private val way: UnlockPath,
    private val handle: AnswerHandle,
    input: ByteArray,
) : BiometricAnswer, AutoCloseable {
    private val isOver = AtomicBoolean()

    /** Lets go of what it holds, without holding it. */
    val left: AutoCloseable = Left(handle, input).also { Lost.watch(this, it) }

    private class Left(private val handle: AnswerHandle, private val input: ByteArray) : AutoCloseable {
        override fun close() {
            input.fill(0)
            handle.close()
        }
    }

    override fun notRecognised() {
        if (!isOver.get()) tell { way.notRecognised(handle) }
    }

    override fun authenticated(output: ByteBuffer) {
        try {
            val isTaken = output.isDirect && !output.isReadOnly && output.remaining() <= LONGEST
            if (isTaken) end { way.authenticated(handle, output) } else ended(BiometricEnd.NO_VERDICT)
        } finally {
            // Over JNI that was done already. What comes too late, or in a way that is not taken, is a secret as well.
            if (!output.isReadOnly) output.wipe()
        }
    }

    override fun ended(end: BiometricEnd) = end { way.ended(handle, end) }

    /** Without a verdict, unless it has ended. */
    override fun close() = end { }

    /** Nothing of the prompt. */
    override fun toString(): String = "BiometricAnswer"

    private inline fun end(how: () -> Unit) {
        if (!isOver.compareAndSet(false, true)) return
        tell(how)
        left.close()
    }

    /** A fault is no more than silence: with the handle the answer goes, which is an end without a verdict. */
    private inline fun tell(what: () -> Unit) {
        try {
            translating(what)
        } catch (_: LockException) {
            return
        }
    }

    private fun ByteBuffer.wipe() = (position() until limit()).forEach { put(it, 0) }

    private companion object {
        val LONGEST = BiometricOperation.entries.maxOf { it.outputBytes }
    }
}
