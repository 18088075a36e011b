package dev.walletlock

import java.util.Collections
import java.util.concurrent.Executors
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ThreadsTest : LockTest() {
    private val threads: MutableSet<Thread> = Collections.synchronizedSet(mutableSetOf())

    private val watched = Platform(
        clock = { phone.clock.now().also { threads += Thread.currentThread() } },
        deviceKey = HookedDeviceKey(phone.deviceKey).apply { onHmac = { threads += Thread.currentThread() } },
        entropy = { count -> phone.entropy.randomBytes(count).also { threads += Thread.currentThread() } },
    )

    private suspend fun WalletLock.useEverything() = use { lock ->
        lock.prepare()
        lock.enrol()
        lock.verify(WRONG)
        lock.refresh()
        lock.takeReminder()
        lock.unlock().use { session ->
            session.vault.write("item", byteArrayOf(1))
            session.vault.read("item")
            session.journal.page()
            session.change(RIGHT, "902746")
        }
        lock.releaseMemory()
    }

    @Test
    fun `no work is done on the caller's thread`() = runBlocking {
        WalletLock.open(file, watched).useEverything()
        assertTrue(threads.isNotEmpty())
        assertFalse(Thread.currentThread() in threads)
    }

    @Test
    fun `all work is done where the app wants it`() {
        val made = mutableListOf<Thread>()
        Executors.newSingleThreadExecutor { Thread(it).also(made::add) }.asCoroutineDispatcher().use { dispatcher ->
            runBlocking { WalletLock.open(file, watched, dispatcher = dispatcher).useEverything() }
        }
        assertEquals(made.toSet(), threads.toSet())
    }
}
