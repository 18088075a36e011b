package dev.walletlock

import dev.walletlock.fakes.pinOf
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Nothing that an app may print holds a secret. */
class SecretsTest : LockTest() {
    @Test
    fun `what prints says nothing of PIN, person or what is kept`() = runTest {
        open().use { lock ->
            val personal = listOf(Personal.Birthday(1983, 5, 17), Personal.Number("835179"))
            val printed = mutableListOf<Any?>(lock, personal)
            pinOf(RIGHT).use { entry ->
                printed += entry
                printed += lock.judgePin(entry, personal)
                printed += lock.enrol(entry, personal)
                printed += lock.enrol(entry)
            }
            val outcome = lock.verify(RIGHT) as PinOutcome.Right
            printed += outcome
            outcome.session.use { session ->
                session.write("card-token", RIGHT.toByteArray())
                printed += session
                printed += session.journal()
                printed += session.change(RIGHT, "111111")
                printed += session.change(RIGHT, RIGHT)
            }
            printed += lock.policy()
            printed += runCatching { lock.enrol(pinOf("902746")) }
            val secrets = listOf("835179", "8351", "1983", "17", "RUN", "ONE_DIGIT", "USED_BEFORE", "902746")
            val text = printed.joinToString("\n").replace(Regex("Ms=\\d+"), "Ms=0")
            assertEquals(emptyList<String>(), secrets.filter { it in text }, text)
        }
    }
}
