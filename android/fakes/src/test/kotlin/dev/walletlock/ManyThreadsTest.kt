package dev.walletlock

import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import java.lang.ref.WeakReference
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.concurrent.thread
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** Several threads at once use every object that allows it, and close it while others use it. */
@Timeout(60)
class ManyThreadsTest : LockTest() {
    /** Runs [block] in eight threads that begin together. */
    private fun together(block: (Int) -> Unit) {
        val failed = AtomicReference<Throwable?>()
        val start = CyclicBarrier(THREADS)
        val threads = List(THREADS) { number ->
            thread {
                start.await()
                runCatching { block(number) }.onFailure { failed.compareAndSet(null, it) }
            }
        }
        threads.forEach(Thread::join)
        failed.get()?.let { throw it }
    }

    @Test
    fun `one entry takes what all of them type, and no more`() {
        repeat(100) {
            PinEntry().use { entry ->
                val added = AtomicInteger()
                together { number -> repeat(3) { if (entry.push(number)) added.incrementAndGet() } }
                assertEquals(12, added.get())
                assertEquals(12, entry.length)
            }
        }
    }

    @Test
    fun `an entry closed among them is closed for all`() {
        repeat(100) {
            val entry = PinEntry()
            together { number ->
                try {
                    repeat(20) {
                        entry.push(number)
                        entry.length
                        entry.pop()
                        if (number == 0 && it == 10) entry.close()
                    }
                    assertTrue(number != 0, "it was closed")
                } catch (_: LockException.Closed) {
                    return@together
                }
            }
        }
    }

    @Test
    fun `a lock is opened, asked, unlocked, locked and closed by all of them`() {
        // An attempt that is being checked counts as failed. The attempts of the other threads must not cause a cool-down.
        val patient = Policy.json("""{ "lockout": { "cooldowns": [{ "from": 50, "to": 99, "wait_s": 60 }], "lock_at": 100 } }""")
        runBlocking { WalletLock.open(file, phone.platform, patient).use { it.enrol() } }
        val opened = AtomicInteger()
        repeat(5) {
            val shared = runBlocking { WalletLock.open(file, phone.platform, patient) }
            together { number ->
                runBlocking {
                    WalletLock.open(file, phone.platform, patient).use { own ->
                        val session = own.unlock()
                        opened.incrementAndGet()
                        assertTrue(own.refresh() is LockStatus.Ready)
                        if (number % 2 == 0) shared.close() else own.lockNow()
                        session.isLive
                        session.close()
                    }
                    try {
                        shared.refresh()
                    } catch (_: LockException.Closed) {
                        return@runBlocking
                    }
                }
            }
            shared.close()
        }
        assertEquals(5 * THREADS, opened.get())
        // The file was released: it can be opened with another phone, which locks it because it lacks the keys.
        runBlocking { WalletLock.open(file, FakePhone().platform).use { assertTrue(it.status.value is LockStatus.Locked) } }
    }

    @Test
    fun `what a closed lock was opened with is let go`() {
        val clock = openAndClose(File(folder, "gone.db"))
        while (clock.get() != null) {
            System.gc()
            // Like any call, it makes the native side release what it no longer needs.
            pinOf("1").close()
        }
    }

    private fun openAndClose(file: File): WeakReference<Any> {
        val phone = FakePhone()
        runBlocking { WalletLock.open(file, phone.platform).use { it.enrol() } }
        return WeakReference(phone.clock)
    }

    private companion object {
        const val THREADS = 8
    }
}
