package dev.walletlock

import dev.walletlock.ffi.Disposable
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class HandleTest {
    private val freed = mutableListOf<String>()
    private val generated = object : Disposable {
        override fun destroy() {
            freed += "generated"
        }
    }

    private fun handle(generated: Lazy<Disposable> = lazy { this.generated }) = Handle(7, { freed += "$it" }, generated)

    @Test
    fun `a native object is freed once, after the last call on it`() {
        val handle = handle()
        handle.overJni {
            handle.close()
            handle.close()
            assertEquals(emptyList<String>(), freed, "a call is under way")
            assertThrows<LockException.Closed> { handle.overJni { error("closed") } }
            assertThrows<LockException.Closed> { handle.overUniffi { error("closed") } }
        }
        assertEquals(listOf("7"), freed, "nobody needed the generated object")
        assertThrows<LockException.Closed> { handle.overJni { error("freed") } }
        assertEquals(listOf("7"), freed)
    }

    @Test
    fun `a call that throws lets go`() {
        val handle = handle()
        assertThrows<IllegalStateException> { handle.overJni { error("the call failed") } }
        handle.close()
        assertEquals(listOf("7"), freed)
    }

    @Test
    fun `the generated object, once made, is freed too`() {
        val handle = handle()
        handle.generated.value
        handle.close()
        assertEquals(listOf("generated", "7"), freed)
        freed.clear()
        handle(lazyOf(generated)).close()
        assertEquals(listOf("generated", "7"), freed)
    }

    @Test
    fun `without JNA no generated object is made, and the call says so`() {
        // The build gives these tests the path of a native library that does not exist, so JNA cannot start.
        val handle = handle(lazy { error("not to be made") })
        val fault = assertThrows<LockException.Jna> { handle.overUniffi { error("not to be called") } }
        assertEquals("JNA could not be started", fault.message)
        assertTrue(fault.cause is LinkageError, "${fault.cause}")
        handle.close()
        assertEquals(listOf("7"), freed)
    }

    @Test
    fun `closed among many calls it is freed once, after them`() {
        repeat(200) {
            val inside = AtomicInteger()
            val frees = AtomicInteger()
            val free: (Long) -> Unit = {
                assertEquals(0, inside.get(), "freed under a call")
                frees.incrementAndGet()
            }
            val handle = Handle(7, free, lazyOf(generated))
            val start = CountDownLatch(1)
            val callers = List(4) { caller ->
                thread {
                    start.await()
                    try {
                        repeat(100) {
                            handle.overJni { inside.incrementAndGet().also { inside.decrementAndGet() } }
                            if (caller == 0 && it == 50) handle.close()
                        }
                    } catch (_: LockException.Closed) {
                        return@thread
                    }
                }
            }
            start.countDown()
            callers.forEach(Thread::join)
            assertEquals(1, frees.get())
        }
    }
}
