package dev.walletlock

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

@OptIn(ExperimentalCoroutinesApi::class)
class EventsTest : LockTest() {
    private fun TestScope.hear(lock: WalletLock): List<Event> = mutableListOf<Event>().also { heard ->
        backgroundScope.launch(UnconfinedTestDispatcher(testScheduler)) { lock.events.toList(heard) }
    }

    @Test
    fun `every journal line is told, in order, with its number and time`() = runTest {
        open().use { lock ->
            val heard = hear(lock)
            lock.enrol()
            phone.clock.advanceMs(1_000)
            lock.verify(WRONG)
            lock.unlock().use { it.vault.write("card-token", byteArrayOf(1)) }
            val told = listOf(
                JournalKind.ENROLLED,
                JournalKind.PIN_TRIED,
                JournalKind.PIN_WRONG,
                JournalKind.PIN_TRIED,
                JournalKind.PIN_RIGHT,
                JournalKind.ITEM_WRITTEN,
            )
            assertEquals(told, heard.map { it.kind })
            assertEquals((1L..6L).toList(), heard.map { it.number })
            assertEquals(listOf(0L) + List(5) { 1_000L }, heard.map { it.wallMs - heard.first().wallMs })
        }
    }

    @Test
    fun `who hears of a wrong PIN sees the status that it led to`() = runTest {
        openEnrolled(STRICT).use { lock ->
            lock.verify(WRONG)
            val seen = mutableListOf<LockStatus>()
            backgroundScope.launch(UnconfinedTestDispatcher(testScheduler)) {
                lock.events.collect { if (it.kind == JournalKind.PIN_WRONG) seen += lock.status.value }
            }
            lock.verify(WRONG)
            assertEquals(60_000L, (seen.single() as LockStatus.CoolingDown).remainingMs)
        }
    }

    @Test
    fun `each lock of a file hears what the others do, until it is closed`() = runTest {
        openEnrolled().use { mine ->
            val other = open()
            val heardByMine = hear(mine)
            val heardByOther = hear(other)
            other.verify(WRONG)
            assertEquals(listOf(JournalKind.PIN_TRIED, JournalKind.PIN_WRONG), heardByMine.map { it.kind })
            assertEquals(heardByMine, heardByOther)
            other.close()
            mine.verify("119922")
            assertEquals(4, heardByMine.size)
            assertEquals(2, heardByOther.size)
        }
    }

    @Test
    fun `a listener that fails harms nobody but itself`() = runTest {
        openEnrolled().use { lock ->
            val failing = launch(UnconfinedTestDispatcher(testScheduler) + kotlinx.coroutines.SupervisorJob()) {
                try {
                    lock.events.collect { error("cannot hear") }
                } catch (_: IllegalStateException) {
                    return@launch
                }
            }
            val heard = hear(lock)
            assertEquals(15, (lock.verify(WRONG) as PinOutcome.Wrong).triesLeft)
            assertEquals(listOf(JournalKind.PIN_TRIED, JournalKind.PIN_WRONG), heard.map { it.kind })
            failing.join()
        }
    }
}
