package dev.walletlock

import java.io.File
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What a rollback of the wallet's files looks like from Kotlin. `tests/stories` proves which older copies are refused. */
class RollbackTest : LockTest() {
    private val damaged = LockStatus.Locked(LockReason.DATA_DAMAGED, WhoLocked.PHONE, listOf(Remedy.CheckAgain) + CONTACTS)

    @Test
    fun `it locks, says what can be done, and opens nothing`() = runTest {
        openEnrolled(STRICT).use { assertEquals(RollbackProtection.ON, it.rollbackProtection()) }
        val older = folder.listFiles().orEmpty().associate { it.name to it.readBytes() }
        open(STRICT).use { it.verify(WRONG) }
        folder.listFiles().orEmpty().forEach(File::delete)
        older.forEach { (name, bytes) -> File(folder, name).writeBytes(bytes) }
        open(STRICT).use { lock ->
            assertEquals(damaged, lock.status.value)
            assertEquals(PinOutcome.Locked(damaged), lock.verify(RIGHT))
            assertThrows<LockException.DataDamaged> { lock.rollbackProtection() }
        }
    }
}
