package dev.walletlock

import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What the password of the owner's account looks like from Kotlin. */
class PasswordTest : LockTest() {
    private fun entryOf(text: CharSequence) = PasswordEntry().apply { assertTrue(set(text)) }

    @Test
    fun `an entry takes a text as a whole, or is empty`() {
        PasswordEntry().use { entry ->
            assertTrue(entry.isEmpty)
            for (text in listOf("x", "x".repeat(128), "\uD83D\uDC38".repeat(128), "e\u0301".repeat(128), "密".repeat(128))) {
                assertTrue(entry.set(StringBuilder(text)), text)
                assertFalse(entry.isEmpty)
            }
            for (text in listOf("x".repeat(129), "x".repeat(100_000), "e\u0301".repeat(129), "with\ttab", "\uD83D", "\uDC38x")) {
                entry.set("before")
                assertFalse(entry.set(text), text)
                assertTrue(entry.isEmpty, text)
            }
            assertTrue(entry.set(""))
            entry.set("again")
            entry.clear()
            assertTrue(entry.isEmpty)
            entry.set(LONG)
            assertEquals("PasswordEntry(redacted)", entry.toString())
            entry.close()
            entry.close()
            assertThrows<LockException.Closed> { entry.set("x") }
        }
    }

    @Test
    fun `a password is judged, and noted unless there is a reason against it`() = runTest {
        openEnrolled().use { lock ->
            entryOf("password1!").use { weak ->
                val findings = listOf(PasswordFinding.TooShort(12), PasswordFinding.NoUpperCase, PasswordFinding.Common)
                assertEquals(findings, lock.recovery.judgePassword(weak))
                lock.unlock().use { assertEquals(findings, it.access.setPassword(weak)) }
                assertFalse(weak.isEmpty)
            }
            lock.unlock().use { session ->
                entryOf(LONG).use { assertEquals(emptyList<PasswordFinding>(), session.access.setPassword(it)) }
                // The same text in another form of Unicode.
                entryOf("Gru\u0308ne Kro\u0308te 7").use { again ->
                    assertEquals(emptyList<PasswordFinding>(), lock.recovery.judgePassword(again))
                    assertEquals(listOf(PasswordFinding.UsedBefore), session.access.setPassword(again))
                }
                assertEquals(JournalKind.PASSWORD_SET, session.journal.page(JournalQuery(limit = 1)).entries.single().kind)
            }
        }
    }

    private companion object {
        const val LONG = "Grüne Kröte 7"
    }
}
