package dev.walletlock

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** A wipe, as an app orders it. */
class WipeTest : LockTest() {
    @OptIn(ExperimentalCoroutinesApi::class)
    @Test
    fun `it ends every session, says so, and a new PIN begins with nothing`() = runTest {
        openEnrolled(STRICT).use { lock ->
            val session = lock.unlock().also { it.write("card-token", byteArrayOf(7)) }
            val heard = mutableListOf<JournalKind?>()
            backgroundScope.launch(UnconfinedTestDispatcher(testScheduler)) { heard += lock.events.first().kind }
            lock.wipe()
            assertEquals(LockStatus.Wiped, lock.status.value)
            assertEquals(listOf<JournalKind?>(JournalKind.WIPED), heard)
            assertFalse(session.isLive)
            assertThrows<LockException.SessionEnded> { session.read("card-token") }
            session.close()
            assertEquals(PinOutcome.Locked(LockStatus.Wiped), lock.verify(RIGHT))
            assertThrows<LockException.WrongState> { lock.securityLevel() }
            lock.wipe()
            assertEquals(LockStatus.Wiped, lock.status.value, "a second time nothing is left to do")
        }
        open(STRICT).use { lock ->
            assertEquals(LockStatus.Wiped, lock.status.value)
            lock.enrol()
            lock.unlock().use { assertEquals(emptyList<String>(), it.items()) }
        }
    }

    @Test
    fun `another lock of the same file is told at once`() = runTest {
        openEnrolled().use { mine ->
            open().use { it.wipe() }
            assertEquals(LockStatus.Wiped, mine.status.value)
        }
    }

    @Test
    fun `what is damaged is wiped too`() = runTest {
        openEnrolled().close()
        phone.deviceKey.loseAll()
        open().use { lock ->
            assertEquals(LockReason.DATA_DAMAGED, (lock.status.value as LockStatus.Locked).reason)
            lock.wipe()
            assertEquals(LockStatus.Wiped, lock.status.value)
            lock.enrol()
        }
        open().use { it.unlock().close() }
    }

    @Test
    fun `a phone that does not answer is told, and nothing opens all the same`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
                assertEquals(DeviceKeyFault.BUSY, assertThrows<LockException.DeviceKey> { lock.wipe() }.fault)
                assertFalse(session.isLive)
            }
            assertEquals(LockStatus.Wiped, lock.status.value)
            assertTrue(phone.deviceKey.allAliases.any { "/pin/" in it }, "the rest is left")
        }
        phone.deviceKey.failure = null
        open().use { assertEquals(LockStatus.Wiped, it.status.value) }
        assertFalse(phone.deviceKey.allAliases.any { "/pin/" in it }, "and goes at the next opening")
    }
}
