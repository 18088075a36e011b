package dev.walletlock

import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** With real threads: callbacks that call the lock, calls that are cancelled, and calls during which the lock is closed. */
@Timeout(60)
class CallbacksTest : LockTest() {
    private val key = HookedDeviceKey(phone.deviceKey)

    private suspend fun openHooked(policy: Policy = Policy.DEFAULT) =
        WalletLock.open(file, Platform(phone.clock, key), policy).also { it.enrol() }

    @Test
    fun `a device key may call back into the lock`() = runBlocking {
        openHooked().use { lock ->
            val answers = mutableListOf<Any?>()
            key.onHmac = {
                runBlocking {
                    answers += lock.policy().json
                    answers += lock.refresh() is LockStatus.Ready
                    answers += lock.verifyJournal()
                }
                lock.lockNow()
            }
            assertTrue(lock.verify(RIGHT) is PinOutcome.Right)
            // Two lines: the enrolment, and the try in progress, whose line is written before the PIN is checked.
            assertEquals(listOf(Policy.DEFAULT.json, true, Chain.Intact(lines = 2)), answers)
        }
    }

    @Test
    fun `a collector of events may call back into the lock`() = runBlocking {
        openHooked().use { lock ->
            val answers = Channel<Chain>(Channel.UNLIMITED)
            val collecting = launch(Dispatchers.Unconfined) {
                lock.events.collect { answers.send(lock.verifyJournal()) }
            }
            lock.verify(WRONG)
            assertEquals(Chain.Intact(lines = 3), List(2) { answers.receive() }.last())
            collecting.cancelAndJoin()
        }
    }

    @Test
    fun `a clock may look at the status`() = runBlocking {
        val seen = mutableListOf<LockStatus>()
        var lock: WalletLock? = null
        val looking = Clock {
            lock?.let { seen += it.status.value }
            phone.clock.now()
        }
        lock = WalletLock.open(file, Platform(looking, key))
        lock.use {
            it.enrol()
            it.verify(WRONG)
        }
        assertTrue(LockStatus.Unconfigured in seen && LockStatus.Ready(triesLeft = 16) in seen)
    }

    @Test
    fun `a cancelled try is settled, and its session closed`() = runBlocking {
        openHooked().use { lock ->
            for ((digits, triesLeft) in listOf(WRONG to 15, RIGHT to 16)) {
                whileChecking(lock, digits) { it.cancel() }
                assertEquals(LockStatus.Ready(triesLeft), lock.status.value, "settled when the caller is back")
                assertEquals(0, lock.openSessions)
            }
            lock.unlock().use { session ->
                assertEquals(1, lock.openSessions)
                val settled = setOf(JournalKind.PIN_WRONG, JournalKind.PIN_RIGHT)
                assertEquals(3, session.journal.page(JournalQuery(kinds = settled)).entries.size)
            }
            assertEquals(0, lock.openSessions)
        }
    }

    @Test
    fun `a try that the lock is closed under is settled, and opens nothing`() = runBlocking {
        val lock = openHooked()
        val thrown = Channel<Throwable?>(1)
        whileChecking(lock, RIGHT, { thrown.trySend(it) }) {
            lock.close()
            lock.close()
        }
        assertTrue(thrown.receive() is LockException.Closed)
        // The file was released when the call ended: a new lock opens it, on another platform than the old lock's.
        key.onHmac = { error("the other phone's key is in use") }
        WalletLock.open(file, phone.platform).use { again ->
            again.unlock().use { session ->
                val right = JournalQuery(kinds = setOf(JournalKind.PIN_RIGHT))
                assertEquals(2, session.journal.page(right).entries.size)
            }
        }
    }

    @Test
    fun `a lock may be closed from within a call`() = runBlocking {
        val lock = openHooked()
        key.onHmac = { lock.close() }
        assertThrows(LockException.Closed::class.java) { runBlocking { lock.verify(RIGHT) } }
        assertFalse(lock.status.value is LockStatus.CoolingDown)
    }

    @Test
    fun `reading goes on while a PIN is checked`() = runBlocking {
        openHooked().use { lock ->
            lock.unlock().use { session ->
                session.vault.write("card-token", byteArrayOf(7))
                whileChecking(lock, WRONG) {
                    assertEquals(7, session.vault.read("card-token")?.single())
                    assertEquals(Chain.Intact(lines = 5), lock.verifyJournal())
                }
            }
        }
    }

    @Test
    fun `tries at once are all counted`() = runBlocking {
        openHooked(STRICT).use { lock ->
            val tries = listOf("264830", "119928", "730164", "508813")
            val outcomes = tries.map { async(Dispatchers.Default) { lock.verify(it) } }.awaitAll()
            // After the second wrong PIN a cool-down begins. The other two PINs are not checked.
            assertEquals(2, outcomes.count { it is PinOutcome.Wrong })
            assertEquals(2, outcomes.count { it is PinOutcome.Locked })
            assertEquals(2, (lock.status.value as LockStatus.CoolingDown).triesLeft)
        }
    }

    /** Runs [block] while the device key is at work for a PIN, and returns when the call that checks the PIN has ended. */
    private suspend fun whileChecking(
        lock: WalletLock,
        digits: String,
        onThrown: (Throwable?) -> Unit = {},
        block: suspend (Job) -> Unit,
    ) = coroutineScope {
        val checking = CountDownLatch(1)
        val mayAnswer = CountDownLatch(1)
        key.onHmac = {
            checking.countDown()
            mayAnswer.await()
        }
        val caller = launch(Dispatchers.Default) {
            try {
                lock.verify(digits)
            } catch (fault: LockException) {
                onThrown(fault)
            }
        }
        checking.await()
        try {
            block(caller)
        } finally {
            mayAnswer.countDown()
        }
        caller.join()
        key.onHmac = null
    }
}
