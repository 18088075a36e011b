package dev.walletlock

import dev.walletlock.fakes.pinOf
import kotlin.random.Random
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class SessionTest : LockTest() {
    @Test
    fun `what is written is read back, in every size`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                for (size in listOf(0, 1, 1_000, 64 * 1024)) {
                    val bytes = Random(size).nextBytes(size)
                    val before = bytes.copyOf()
                    session.vault.write("item", bytes)
                    assertArrayEquals(before, bytes, "the caller's own copy is left to the caller")
                    assertArrayEquals(bytes, session.vault.read("item"))
                }
            }
            lock.unlock().use { assertEquals(64 * 1024, it.vault.read("item")?.size) }
        }
    }

    @Test
    fun `items are listed, replaced and deleted`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                assertEquals(emptyList<String>(), session.vault.names())
                session.vault.write("b", byteArrayOf(1))
                session.vault.write("a", byteArrayOf(2))
                session.vault.write("b", byteArrayOf(3))
                assertEquals(listOf("a", "b"), session.vault.names())
                assertArrayEquals(byteArrayOf(3), session.vault.read("b"))
                assertTrue(session.vault.delete("b"))
                assertFalse(session.vault.delete("b"))
                assertNull(session.vault.read("b"))
                assertEquals(listOf("a"), session.vault.names())
            }
        }
    }

    @Test
    fun `locking now ends all of them`() = runTest {
        openEnrolled().use { lock ->
            val sessions = listOf(lock.unlock(), lock.unlock())
            lock.lockNow()
            assertEquals(listOf(false, false), sessions.map { it.isLive })
            sessions.forEach { assertThrows<LockException.SessionEnded> { it.vault.read("item") } }
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
            sessions.forEach(Session::close)
        }
    }

    @Test
    fun `a wipe PIN is set, known to a session, cleared, and entered`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                assertFalse(session.access.hasWipePin())
                assertTrue(session.wipeWith(WRONG, "111111") is PinOutcome.Wrong)
                assertTrue(session.wipeWith(RIGHT, RIGHT) is PinChange.Forbidden)
                val near = Finding(PinRule.NEAR_PIN, Severity.FORBIDDEN, digits = null)
                assertEquals(PinChange.Forbidden(listOf(near)), session.wipeWith(RIGHT, SLIP))
                assertEquals(PinChange.Changed(biometricsOn = false), session.wipeWith(RIGHT, "111111"))
                assertTrue(session.access.hasWipePin())
                assertEquals(PinChange.Changed(biometricsOn = false), pinOf(RIGHT).use { session.access.clearWipePin(it) })
                assertFalse(session.access.hasWipePin())
                session.wipeWith(RIGHT, "111111")
                assertEquals(PinOutcome.Locked(LockStatus.Wiped), lock.verify("111111"))
                assertFalse(session.isLive)
            }
        }
    }

    @Test
    fun `closing one leaves the others`() = runTest {
        openEnrolled().use { lock ->
            val one = lock.unlock()
            val other = lock.unlock()
            one.close()
            one.close()
            assertFalse(one.isLive)
            assertThrows<LockException.Closed> { one.vault.names() }
            assertTrue(other.isLive)
            assertEquals(emptyList<String>(), other.vault.names())
            other.close()
        }
    }
}

private suspend fun Session.wipeWith(current: String, wipe: String): PinChange =
    pinOf(current).use { old -> pinOf(wipe).use { access.setWipePin(old, it) } }
