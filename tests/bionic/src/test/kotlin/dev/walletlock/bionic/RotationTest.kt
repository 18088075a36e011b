package dev.walletlock.bionic

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class Arm64RotationTest : RotationTest(Abi.ARM64)

class Arm32RotationTest : RotationTest(Abi.ARM32)

/** Seal keys of one epoch each, which a thread of the library makes ahead in the phone's own keystore. */
abstract class RotationTest(abi: Abi) : OnPhones(abi) {
    private val ModelledPhone.seals get() =
        keystore.entries.keys.filter { "/seal/" in it }.map { it.substringAfterLast('/').toLong() }.sorted()

    /** Lets the thread make the next key and end. */
    private fun App.rest() {
        process.runThreads()
        assertEquals(0, process.threadCount)
        assertEquals(1, vm.threadCount, "a thread that ends is none of the VM's any more")
    }

    /** Checks that `act` seals the record under a new key, and which seal keys the keystore holds afterwards. */
    private fun App.assertRotates(what: String, times: Int = 1, act: () -> Unit) {
        val now = phone.seals.first() + times
        act()
        assertEquals(now, phone.seals.first(), "$what: the key before is deleted")
        assertTrue(phone.seals.size <= 2, "$what: one in force, and one ahead: ${phone.seals}")
        rest()
        assertEquals(listOf(now, now + 1), phone.seals, "$what: the next is made ahead")
    }

    @Test
    fun `each try, each change and each restart of the app leaves one key in force and one ahead`() {
        val phone = phone(enrolled)
        on(phone) {
            assertEquals("Ready(16)", open())
            assertEquals("done", prepare())
            rest()
            assertRotates("a wrong PIN") { assertEquals("Wrong(15, 1000 ms)", verify("271828")) }
            phone.pass(1_000)
            assertRotates("the right PIN") { assertEquals("Right", verify(PIN)) }
            assertRotates("something deleted") { assertEquals("true", delete("card")) }
            assertRotates("another PIN, for which the one before is tried", times = 2) { assertEquals("Changed", change(PIN, OTHER_PIN)) }
            assertTrue(vm.detachedThreads >= 4, "threads came and went: ${vm.detachedThreads}")
            // Most references are alive while a key in the StrongBox is timed and then replaced by one outside it. Android's
            // VM allows some hundreds.
            assertTrue(vm.mostLocals < 96, "${vm.mostLocals} at a time")
        }
        on(phone) {
            val before = phone.seals
            assertEquals("Ready(16)", open())
            assertEquals("On", rollbackProtection())
            assertEquals(before, phone.seals, "a leftover key made ahead does not block opening")
            assertRotates("a try after it") { assertEquals("Right", verify(OTHER_PIN)) }
        }
    }

    @Test
    fun `a thread that never comes to run keeps nobody waiting`() {
        on(phone(enrolled)) {
            assertEquals("Ready(16)", open())
            val before = phone.seals.first()
            assertEquals("Wrong(15, 1000 ms)", verify("271828"))
            phone.pass(1_000)
            assertEquals("Right", verify(PIN))
            assertEquals(before + 2, phone.seals.first())
        }
    }

    @Test
    fun `closing leaves the key that is being made to a thread`() {
        on(phone(enrolled)) {
            open()
            val before = phone.seals
            assertEquals("done", prepare())
            release()
            process.runThreads()
            // The thread that makes the key has ended. A second thread, which has the last reference to the lock, joins the
            // first; the emulator does not wake it.
            assertTrue(process.threadCount <= 1, "${process.threadCount} threads")
            assertEquals(before.first(), phone.seals.first())
        }
    }

    @Test
    fun `files put back from before are damage, and those of before that again are not`() {
        val phone = phone(enrolled)
        val older = phone.files()
        on(phone) {
            assertEquals("Ready(16)", open())
            assertEquals("Wrong(15, 1000 ms)", verify("271828"))
        }
        val newest = phone.files()
        phone.putBack(older)
        on(phone) {
            assertEquals("Locked(DataDamaged)", open())
            assertEquals("Locked(DataDamaged)", verify(PIN))
            assertEquals("DataDamaged", rollbackProtection())
        }
        phone.putBack(newest)
        on(phone) { assertEquals("CoolingDown(1000 ms, 15)", open()) }
    }

    @Test
    fun `half a wipe is a wipe, wherever the keystore or the process ends`() {
        var halves = 0
        var answers = 0
        do {
            val phone = phone(enrolled)
            val older = phone.files()
            var said = ""
            on(phone) {
                open()
                phone.keystore.answersLeft = answers
                said = wipe()
                assertTrue(said == "done" || said.startsWith("DeviceKey("), said)
                assertEquals("Wiped", status(), "after $answers answers")
            }
            phone.keystore.answersLeft = Int.MAX_VALUE
            on(phone) { assertEquals("Wiped", open(), "opened again after $answers answers") }
            assertEquals(0, phone.keystore.entries.keys.count { "/pin/" in it }, "after $answers answers")
            phone.putBack(older)
            on(phone) { assertEquals("Wiped", open(), "older files put back after $answers answers") }
            if (said != "done") halves += 1
            answers += 1
        } while (said != "done")
        assertNotEquals(0, halves)
    }
}
