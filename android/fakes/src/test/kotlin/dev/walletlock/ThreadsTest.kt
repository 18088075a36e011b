package dev.walletlock

import dev.walletlock.fakes.pinOf
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
        clock = object : Clock {
            override fun now() = phone.clock.now().also { threads += Thread.currentThread() }

            override fun utcOffsetS(wallMs: Long) = phone.clock.utcOffsetS(wallMs).also { threads += Thread.currentThread() }
        },
        deviceKey = HookedDeviceKey(phone.deviceKey).apply { onHmac = { threads += Thread.currentThread() } },
        entropy = { count -> phone.entropy.randomBytes(count).also { threads += Thread.currentThread() } },
    )

    private suspend fun WalletLock.useEverything() = use { lock ->
        lock.prepare()
        lock.enrol()
        lock.verify(WRONG)
        lock.refresh()
        lock.takeReminder()
        val asked = lock.payments.authorize(PAYMENT) as PaymentOutcome.NeedsProof
        assertTrue(pinOf(RIGHT).use { lock.payments.confirmPin(asked.request, it) } is PaymentOutcome.Approved)
        lock.payments.state()
        lock.unlock().use { session ->
            session.vault.write("item", byteArrayOf(1))
            session.vault.read("item")
            session.journal.page()
            session.limits.all()
            session.change(RIGHT, "902746")
        }
        lock.releaseMemory()
    }

    @Test
    fun `no work is done on the caller's thread`() = runBlocking {
        WalletLock.open(file, watched, PAYING).useEverything()
        assertTrue(threads.isNotEmpty())
        assertFalse(Thread.currentThread() in threads)
    }

    @Test
    fun `all work is done where the app wants it`() {
        val made = mutableListOf<Thread>()
        Executors.newSingleThreadExecutor { Thread(it).also(made::add) }.asCoroutineDispatcher().use { dispatcher ->
            runBlocking { WalletLock.open(file, watched, PAYING, dispatcher).useEverything() }
        }
        assertEquals(made.toSet(), threads.toSet())
    }
}
