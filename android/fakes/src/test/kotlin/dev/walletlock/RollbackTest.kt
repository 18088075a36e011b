package dev.walletlock

import java.io.File
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What an older copy of the wallet's files, put back, looks like from Kotlin. */
class RollbackTest : LockTest() {
    private val damaged = LockStatus.Locked(LockReason.DATA_DAMAGED, WhoLocked.PHONE, CONTACTS)

    private fun files() = folder.listFiles().orEmpty().associate { it.name to it.readBytes() }

    private fun putBack(copy: Map<String, ByteArray>) {
        folder.listFiles().orEmpty().forEach(File::delete)
        copy.forEach { (name, bytes) -> File(folder, name).writeBytes(bytes) }
    }

    @Test
    fun `tries are not taken back with an older copy, which locks and says what can be done`() = runTest {
        openEnrolled(STRICT).use { assertEquals(RollbackProtection.ON, it.rollbackProtection()) }
        val older = files()
        open(STRICT).use { it.verify(WRONG) }
        val newest = files()
        putBack(older)
        open(STRICT).use { lock ->
            assertEquals(damaged, lock.status.value)
            assertEquals(PinOutcome.Locked(damaged), lock.verify(RIGHT))
            assertThrows<LockException.DataDamaged> { lock.rollbackProtection() }
        }
        putBack(newest)
        open(STRICT).use { assertEquals(LockStatus.Ready(triesLeft = 3), it.status.value, "the newest is none") }
    }

    @Test
    fun `a changed PIN and what was deleted do not come back`() = runTest {
        openEnrolled(STRICT).use { lock -> lock.unlock().use { it.write("card-token", byteArrayOf(7)) } }
        val older = files()
        val changes: List<suspend (Session) -> Any?> =
            listOf({ it.change(RIGHT, "902746") }, { it.delete("card-token") })
        for ((change, pin) in changes.zip(listOf(RIGHT, "902746"))) {
            open(STRICT).use { lock -> lock.unlock(pin).use { change(it) } }
            val newest = files()
            putBack(older)
            open(STRICT).use { assertEquals(damaged, it.status.value) }
            putBack(newest)
        }
    }
}
