package dev.walletlock

import dev.walletlock.ffi.Prompt as NativePrompt
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/**
 * The calls of one lock that wait for a person at a prompt. It can call them off.
 *
 * Each call takes an id for its prompt. The native side gives that id back with the prompt, and takes away the prompt of
 * this id alone. So no call ever takes away the prompt of another one.
 *
 * @param takeAway takes away the prompt with this id, if it is shown.
 */
internal class Prompts(private val takeAway: (Long) -> Unit) {
    /**
     * The threads that wait for a person, who may take a minute. They are not threads of the lock's dispatcher, which may
     * have only one. There are two of them: while one call waits, a second one is refused at once.
     */
    private val background = Dispatchers.IO.limitedParallelism(2)

    private val calls: MutableSet<Call> = ConcurrentHashMap.newKeySet()
    @Volatile private var isClosed = false

    /**
     * Runs [block], which may show a prompt, in the background. The block gets the prompt's id. If the caller is cancelled
     * meanwhile, the prompt is taken away. That ends the call, and its result goes to [unwanted].
     */
    suspend fun <T> call(unwanted: (T) -> Unit, block: (Long) -> T): T {
        val call = Call(takeAway)
        var done: Result<T>? = null
        try {
            return coroutineScope {
                val watch = launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
                    try {
                        awaitCancellation()
                    } finally {
                        call.callOff()
                    }
                }
                try {
                    background.call { run(call, block).also { done = Result.success(it) } }
                } finally {
                    watch.cancel()
                }
            }
        } catch (cancelled: CancellationException) {
            done?.onSuccess(unwanted)
            throw cancelled
        }
    }

    /** Calls off all running calls. */
    fun callOff() = calls.forEach(Call::callOff)

    /** Calls off all running calls. From here on no prompt is shown. */
    fun close() {
        isClosed = true
        callOff()
    }

    private fun <T> run(call: Call, block: (Long) -> T): T {
        calls += call
        if (isClosed) call.callOff()
        return try {
            call.whileRegistered(block)
        } finally {
            calls -= call
        }
    }

    /** A call that may show a prompt. */
    private class Call(private val takeAway: (Long) -> Unit) {
        private val id = NEXT_ID.getAndIncrement()

        @Volatile private var isCalledOff = false
        @Volatile private var isOver = false
        @Volatile private var answer: AutoCloseable? = null

        /** If the prompt is not shown yet, it will not be; if it is shown, this takes it away. */
        fun callOff() {
            isCalledOff = true
            if (!isOver) takeAway(id)
        }

        /** While [block] runs, [show] finds this call by its id. */
        fun <T> whileRegistered(block: (Long) -> T): T {
            BY_ID[id] = this
            return try {
                block(id)
            } finally {
                BY_ID -= id
                isOver = true
                answer?.close()
            }
        }

        /** Whether the prompt may be shown. [answer] is closed when the call ends, because nobody waits for it then. */
        fun mayShow(answer: AutoCloseable): Boolean {
            this.answer = answer
            return !isCalledOff
        }
    }

    companion object {
        /**
         * The calls of all locks: all locks of a file show their prompts through the platform of the one that was opened
         * first.
         */
        private val BY_ID = ConcurrentHashMap<Long, Call>()

        /** Does not begin at 0: a facade in another class loader has its own counter, and may share the native library. */
        private val NEXT_ID = AtomicLong(System.nanoTime())

        /**
         * Lets [biometrics] show the prompt that [read] returns, unless its call was called off. An exception is passed on,
         * after [answer] was closed, which wipes [input].
         */
        fun show(biometrics: Biometrics, input: ByteArray, answer: PromptAnswer, read: () -> NativePrompt) {
            try {
                val prompt = read()
                if (BY_ID[prompt.id]?.mayShow(answer.resource) == false) {
                    return answer.ended(BiometricEnd.CANCELLED_BY_SYSTEM)
                }
                biometrics.show(prompt.toPublic(input), answer)
            } catch (thrown: Throwable) {
                answer.close()
                throw thrown
            }
        }
    }
}
