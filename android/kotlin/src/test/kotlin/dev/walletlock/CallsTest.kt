package dev.walletlock

import dev.walletlock.ffi.InternalException
import java.util.concurrent.CountDownLatch
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class CallsTest {
    @Test
    fun `what a call returns after its caller was cancelled goes to whoever tidies up`() = runBlocking {
        val begun = CountDownLatch(1)
        val mayEnd = CountDownLatch(1)
        val tidied = mutableListOf<String>()
        var returned = false
        val caller = launch(Dispatchers.Default) {
            Dispatchers.IO.call(unwanted = tidied::add) {
                begun.countDown()
                mayEnd.await()
                "session"
            }
            returned = true
        }
        begun.await()
        caller.cancel()
        mayEnd.countDown()
        caller.join()
        assertEquals(listOf("session"), tidied)
        assertFalse(returned)
    }

    @Test
    fun `a call cancelled before it began is not made, and nothing is tidied up`() = runBlocking {
        val queue = ArrayDeque<Runnable>()
        val dispatcher = object : CoroutineDispatcher() {
            override fun dispatch(context: CoroutineContext, block: Runnable) {
                queue += block
            }
        }
        var made = false
        val caller = launch(start = CoroutineStart.UNDISPATCHED) {
            dispatcher.call<Unit>(unwanted = { error("nothing to tidy up") }) { made = true }
        }
        caller.cancel()
        queue.removeFirst().run()
        caller.join()
        assertFalse(made)
    }

    @Test
    fun `what a call returns to a caller who waits is not tidied up`() = runBlocking {
        val answer = async { Dispatchers.IO.call<String>(unwanted = { error("it is wanted") }) { "session" } }
        assertEquals("session", answer.await())
    }

    @Test
    fun `a fault reaches the caller and nothing is tidied up`(): Unit = runBlocking {
        assertThrows<LockException.Closed> {
            Dispatchers.IO.call<Unit>(unwanted = { error("nothing was returned") }) { throw LockException.Closed() }
        }
    }

    @Test
    fun `the text of a panic goes no further`() {
        val fault = assertThrows<LockException.Internal> { translating { throw InternalException("secret 835179") } }
        assertEquals("internal fault", fault.message)
        assertEquals(null, fault.cause)
    }

    @Test
    fun `cancelling is not taken for a fault`() {
        assertThrows<CancellationException> { translating { throw CancellationException("not a fault") } }
    }
}
