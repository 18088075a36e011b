package dev.walletlock

import dev.walletlock.ffi.Prompt as NativePrompt
import dev.walletlock.ffi.PromptOperation
import dev.walletlock.ffi.PromptPurpose
import java.lang.reflect.Proxy
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** [Prompts] finds the call that a prompt belongs to by the prompt's id. */
@Timeout(60)
class PromptIdsTest {
    private val takenAway = CopyOnWriteArrayList<Long>()
    private val prompts = Prompts { takenAway += it }
    private val ids = LinkedBlockingQueue<Long>()
    private val mayEnd = CountDownLatch(1)
    private val ends = CopyOnWriteArrayList<BiometricEnd>()
    private val shown = CopyOnWriteArrayList<BiometricPrompt>()

    private val biometrics = object : Biometrics {
        override fun availability() = SensorAvailability.READY

        override fun show(prompt: BiometricPrompt, answer: BiometricAnswer) {
            shown += prompt
        }

        override fun dismiss() = Unit
    }

    /** Records how a prompt ended, and does nothing else. */
    private val backend = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(UnlockPath::class.java)) { _, method, given ->
        if (method.name == "ended") ends += given[1] as BiometricEnd
    } as UnlockPath

    /** Runs [block], then lets the calls that it began end, also if it fails. */
    private fun test(block: CoroutineScope.() -> Unit) = runBlocking {
        try {
            block()
        } finally {
            mayEnd.countDown()
        }
    }

    /** A call that waits at its prompt until [mayEnd]. */
    private fun CoroutineScope.waiting(prompts: Prompts = this@PromptIdsTest.prompts): Job = launch(Dispatchers.Default) {
        prompts.call(unwanted = {}) { id ->
            ids.put(id)
            mayEnd.await()
        }
    }

    private fun show(id: Long) {
        val input = ByteArray(BiometricOperation.UNWRAP.inputBytes)
        val answer = PromptAnswer(backend, Handle(0, free = {}, lazy { error("not over uniffi") }), input)
        Prompts.show(biometrics, input, answer) {
            NativePrompt(id, "alias", PromptPurpose.Unlock, PromptOperation.UNWRAP, timeoutMs = 1)
        }
    }

    @Test
    fun `a call that is called off takes away its own prompt`() {
        test {
            val one = waiting()
            val id = ids.take()
            waiting()
            ids.take()
            one.cancel()
            assertEquals(listOf(id), takenAway)
        }
        prompts.callOff()
        assertEquals(1, takenAway.size, "a call that has ended takes nothing away")
    }

    @Test
    fun `whatever thread shows a prompt, it is not shown if its call was called off`() = test {
        val one = waiting()
        val calledOff = ids.take()
        waiting()
        val stillWaiting = ids.take()
        one.cancel()
        CompletableFuture.runAsync { show(calledOff) }.get()
        assertEquals(listOf(BiometricEnd.CANCELLED_BY_SYSTEM), ends)
        assertTrue(shown.isEmpty())
        CompletableFuture.runAsync { show(stillWaiting) }.get()
        assertEquals(1, shown.size)
    }

    @Test
    fun `two locks never give the same id, and each calls off its own calls`() = test {
        val takenAwayByOther = CopyOnWriteArrayList<Long>()
        val other = Prompts { takenAwayByOther += it }
        waiting()
        waiting(other)
        val given = List(2) { ids.take() }
        assertEquals(2, given.toSet().size)
        other.callOff()
        assertTrue(takenAway.isEmpty())
        assertEquals(1, takenAwayByOther.size)
    }
}
