package dev.walletlock

import java.io.File
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Two locks of one file, two files in one folder, and a file that is opened again. */
class SharingTest : LockTest() {
    @Test
    fun `two of one file share its lock, and closing one leaves the other`() = runTest {
        val one = openEnrolled()
        open().use { other ->
            val ones = one.unlock()
            ones.vault.write("card-token", byteArrayOf(7))
            val others = other.unlock()
            one.close()
            assertFalse(ones.isLive, "its sessions end with it")
            assertTrue(others.isLive)
            assertArrayEquals(byteArrayOf(7), others.vault.read("card-token"))
            assertEquals(PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = false), other.verify(WRONG))
        }
    }

    @Test
    fun `however the path is written, it is one file`() = runTest {
        openEnrolled().use { one ->
            val detour = File(folder, "../${folder.name}/wallet.db")
            WalletLock.open(detour, phone.platform).use { other ->
                one.verify(WRONG)
                assertEquals(LockStatus.Ready(triesLeft = 15), other.status.value)
            }
        }
    }

    @Test
    fun `two files are two wallets`() = runTest {
        openEnrolled().use { one ->
            WalletLock.open(File(folder, "other.db"), phone.platform).use { other ->
                assertEquals(LockStatus.Unconfigured, other.status.value)
                other.enrol("902746")
                assertTrue(other.verify(RIGHT) is PinOutcome.Wrong)
                one.unlock().close()
            }
        }
    }

    @Test
    fun `everything is still there when it is opened again`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { it.vault.write("card-token", byteArrayOf(7)) }
            lock.verify(WRONG)
        }
        open().use { lock ->
            assertEquals(LockStatus.Ready(triesLeft = 15), lock.status.value)
            lock.unlock().use { assertArrayEquals(byteArrayOf(7), it.vault.read("card-token")) }
        }
    }

    @Test
    fun `sessions that were never closed do not hold the file`() = runTest {
        val lock = openEnrolled(STRICT)
        val forgotten = List(3) { lock.unlock() }
        lock.close()
        assertTrue(forgotten.none { it.isLive })
        // The new policy shows that the file was closed: while anyone has the file open, its policy stays.
        open(Policy.preset("nl_wallet")).use { again ->
            again.unlock().close()
            assertEquals(Policy.preset("nl_wallet").json, again.policy().json)
        }
    }
}
