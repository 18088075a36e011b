package dev.walletlock

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** A wipe that the app orders: how status, events, sessions and calls report it. */
class WipeTest : LockTest() {
    @OptIn(ExperimentalCoroutinesApi::class)
    @Test
    fun `status, events, sessions and every call tell of it, and a second one does nothing`() = runTest {
        openEnrolled(STRICT).use { lock ->
            val session = lock.unlock()
            val heard = mutableListOf<JournalKind?>()
            backgroundScope.launch(UnconfinedTestDispatcher(testScheduler)) { heard += lock.events.first().kind }
            lock.wipe()
            assertEquals(LockStatus.Wiped, lock.status.value)
            assertEquals(listOf<JournalKind?>(JournalKind.WIPED), heard)
            assertFalse(session.isLive)
            assertThrows<LockException.SessionEnded> { session.vault.read("card-token") }
            session.close()
            assertThrows<LockException.WrongState> { lock.securityLevel() }
            lock.wipe()
            assertEquals(LockStatus.Wiped, lock.status.value)
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
    fun `a phone that does not answer is told, and the status says Wiped all the same`() = runTest {
        openEnrolled().use { lock ->
            phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
            assertEquals(DeviceKeyFault.BUSY, assertThrows<LockException.DeviceKey> { lock.wipe() }.fault)
            assertEquals(LockStatus.Wiped, lock.status.value)
        }
    }
}
