package dev.walletlock

import java.io.File
import java.nio.file.Files
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotSame
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** `WalletLock.shared`: one lock for each file in the process. */
class SharedLockTest : LockTest() {
    private val opened = AtomicInteger()

    private suspend fun shared(path: File = file, platform: Platform = phone.platform, onOpened: () -> Unit = {}) =
        WalletLock.shared(path, platform, STRICT) {
            opened.incrementAndGet()
            onOpened()
        }

    @AfterEach
    fun closed() = runBlocking { shared().close() }

    @Test
    fun `who asks again has the same lock, however the path is written`() = runTest {
        val lock = shared()
        lock.enrol()
        val link = File(folder, "link.db")
        Files.createSymbolicLink(link.toPath(), file.toPath())
        for (path in listOf(file, File(folder, "../${folder.name}/wallet.db"), link)) assertSame(lock, shared(path))
        assertEquals(1, opened.get())
        shared(File(folder, "other.db")).use { assertNotSame(lock, it) }
    }

    @Test
    fun `calls at the same time open it once`() = runTest {
        val locks = (1..16).map { async(Dispatchers.Default) { shared() } }.awaitAll()
        assertEquals(1, locks.toSet().size)
        assertEquals(1, opened.get())
    }

    @Test
    fun `after a failure it is opened again`() = runTest {
        phone.clock.failure = IllegalStateException("no clock")
        repeat(2) { assertThrows<LockException.Platform> { shared() } }
        phone.clock.failure = null
        shared().enrol()
        assertEquals(LockStatus.Ready(triesLeft = 4), shared().status.value)
        assertEquals(1, opened.get())
    }

    @Test
    fun `one that fails does not fail those who wait for it`() = runTest {
        val started = CompletableDeferred<Unit>()
        val fails = async(Dispatchers.Default) {
            runCatching {
                shared {
                    started.complete(Unit)
                    error("the app's own part")
                }
            }
        }
        started.await()
        shared().enrol()
        assertEquals("the app's own part", fails.await().exceptionOrNull()?.message)
        assertEquals(2, opened.get())
    }

    @Test
    fun `one that is cancelled while it opens leaves it to the next`() = runTest {
        val reading = CompletableDeferred<Unit>()
        val clock = Clock {
            reading.complete(Unit)
            phone.clock.now()
        }
        val cancelled = launch(Dispatchers.Default) { shared(platform = Platform(clock, phone.deviceKey)) }
        reading.await()
        cancelled.cancelAndJoin()
        shared().enrol()
        assertEquals(LockStatus.Ready(triesLeft = 4), shared().status.value)
    }

    @Test
    fun `once it was closed the next call opens it anew`() = runTest {
        val before = shared()
        before.enrol()
        before.close()
        assertNotSame(before, shared())
        assertEquals(LockStatus.Ready(triesLeft = 4), shared().status.value)
        assertEquals(2, opened.get())
    }
}
