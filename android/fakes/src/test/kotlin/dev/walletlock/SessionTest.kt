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
                    session.write("item", bytes)
                    assertArrayEquals(before, bytes, "the caller's own copy is left to the caller")
                    assertArrayEquals(bytes, session.read("item"))
                }
            }
            lock.unlock().use { assertEquals(64 * 1024, it.read("item")?.size) }
        }
    }

    @Test
    fun `items are listed, replaced and deleted`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                assertEquals(emptyList<String>(), session.items())
                session.write("b", byteArrayOf(1))
                session.write("a", byteArrayOf(2))
                session.write("b", byteArrayOf(3))
                assertEquals(listOf("a", "b"), session.items())
                assertArrayEquals(byteArrayOf(3), session.read("b"))
                assertTrue(session.delete("b"))
                assertFalse(session.delete("b"))
                assertNull(session.read("b"))
                assertEquals(listOf("a"), session.items())
            }
        }
    }

    @Test
    fun `it ends after a while without use, and says so`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                phone.clock.advanceMs(119_999)
                assertTrue(session.isLive)
                phone.clock.advanceMs(1)
                assertFalse(session.isLive)
                assertThrows<LockException.SessionEnded> { session.items() }
            }
        }
    }

    @Test
    fun `locking now ends all of them`() = runTest {
        openEnrolled().use { lock ->
            val sessions = listOf(lock.unlock(), lock.unlock())
            lock.lockNow()
            assertEquals(listOf(false, false), sessions.map { it.isLive })
            sessions.forEach { assertThrows<LockException.SessionEnded> { it.read("item") } }
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
            sessions.forEach(Session::close)
        }
    }

    @Test
    fun `a lock that comes down ends them`() = runTest {
        openEnrolled(STRICT).use { lock ->
            lock.unlock().use { session ->
                lock.verify(WRONG)
                assertTrue(session.isLive)
                lock.verify(WRONG)
                assertFalse(session.isLive)
            }
        }
    }

    @Test
    fun `changing the PIN ends the others and keeps this one`() = runTest {
        openEnrolled().use { lock ->
            val other = lock.unlock()
            lock.unlock().use { session ->
                session.write("card-token", byteArrayOf(7))
                assertEquals(PinChange.Changed, session.change(RIGHT, "902746"))
                assertArrayEquals(byteArrayOf(7), session.read("card-token"))
            }
            assertFalse(other.isLive)
            other.close()
            assertTrue(lock.verify(RIGHT) is PinOutcome.Wrong)
            lock.unlock("902746").use { assertArrayEquals(byteArrayOf(7), it.read("card-token")) }
        }
    }

    @Test
    fun `a wipe PIN is set, known to a session, cleared, and destroys the wallet`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                assertFalse(session.hasWipePin())
                assertTrue(session.wipeWith(WRONG, "111111") is PinOutcome.Wrong)
                assertTrue(session.wipeWith(RIGHT, RIGHT) is PinChange.Forbidden)
                assertEquals(PinChange.Changed, session.wipeWith(RIGHT, "111111"))
                assertTrue(session.hasWipePin())
                assertEquals(PinChange.Changed, pinOf(RIGHT).use { session.clearWipePin(it) })
                assertFalse(session.hasWipePin())
                assertTrue(lock.verify("111111") is PinOutcome.Wrong)
                session.wipeWith(RIGHT, "111111")
                assertEquals(PinOutcome.Locked(LockStatus.Wiped), lock.verify("111111"))
                assertFalse(session.isLive)
            }
            assertEquals(LockStatus.Wiped, lock.status.value)
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
            assertThrows<LockException.Closed> { one.items() }
            assertTrue(other.isLive)
            assertEquals(emptyList<String>(), other.items())
            other.close()
        }
    }
}

private suspend fun Session.wipeWith(current: String, wipe: String): PinChange =
    pinOf(current).use { old -> pinOf(wipe).use { setWipePin(old, it) } }
