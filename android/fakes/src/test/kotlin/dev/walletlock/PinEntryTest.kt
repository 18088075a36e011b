package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class PinEntryTest : LockTest() {
    @Test
    fun `digits go in, are counted, and are taken away`() {
        PinEntry().use { entry ->
            assertFalse(entry.pop())
            repeat(12) { assertTrue(entry.push(it % 10)) }
            assertFalse(entry.push(3), "full")
            assertEquals(12, entry.length)
            assertTrue(entry.pop())
            assertEquals(11, entry.length)
            entry.clear()
            assertEquals(0, entry.length)
        }
    }

    @Test
    fun `only digits are digits`() {
        PinEntry().use { entry ->
            for (digit in listOf(-1, 10, '1'.code, Int.MIN_VALUE, Int.MAX_VALUE)) {
                assertEquals("digit", assertThrows<LockException.Invalid> { entry.push(digit) }.what)
            }
            assertEquals(0, entry.length)
        }
    }

    @Test
    fun `two entries can be compared`() {
        val entries = listOf("835179", "835179", "835178", "83517").map(::pinOf)
        val (one, same, other, shorter) = entries
        assertTrue(one.matches(same))
        assertTrue(one.matches(one))
        assertFalse(one.matches(other))
        assertFalse(one.matches(shorter))
        assertEquals(listOf(6, 6, 6, 5), entries.map { it.length }, "comparing leaves them as they are")
        PinEntry().use { empty ->
            assertTrue(empty.matches(empty))
            assertFalse(empty.matches(one))
        }
        entries.forEach(PinEntry::close)
    }

    @Test
    fun `a duplicate keeps the digits after the first was cleared and closed`() {
        val first = pinOf("835179")
        val duplicate = first.duplicate()
        assertTrue(duplicate.matches(first))
        first.close()
        pinOf("835179").use { assertTrue(duplicate.matches(it)) }
        assertEquals(6, duplicate.length)
        duplicate.close()
        assertThrows<LockException.Closed> { duplicate.length }
        assertThrows<LockException.Closed> { first.duplicate() }
    }

    @Test
    fun `a closed one takes nothing`() {
        val closed = pinOf("835179").apply { close() }
        closed.close()
        assertThrows<LockException.Closed> { closed.push(1) }
        assertThrows<LockException.Closed> { closed.length }
        PinEntry().use { open ->
            assertThrows<LockException.Closed> { open.matches(closed) }
            assertThrows<LockException.Closed> { closed.matches(open) }
        }
        runBlocking {
            WalletLock.open(file, phone.platform).use { lock ->
                assertThrows<LockException.Closed> { lock.enrol(closed) }
            }
        }
    }

    @Test
    fun `closing one whose PIN is being checked changes nothing for the check`() = runBlocking {
        val key = HookedDeviceKey(phone.deviceKey)
        WalletLock.open(file, Platform(phone.clock, key)).use { lock ->
            lock.enrol()
            val checking = CountDownLatch(1)
            val mayAnswer = CountDownLatch(1)
            key.onHmac = {
                checking.countDown()
                mayAnswer.await()
            }
            val entry = pinOf(RIGHT)
            val outcome = async(Dispatchers.Default) { lock.verifyPin(entry) }
            checking.await()
            entry.close()
            mayAnswer.countDown()
            assertTrue((outcome.await() as PinOutcome.Right).session.isLive)
        }
    }

    @Test
    fun `it says nothing of itself`() {
        pinOf("835179").use { assertEquals("PinEntry(redacted)", it.toString()) }
    }
}
