package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Nothing that an app may print holds a secret. */
class SecretsTest : LockTest() {
    @Test
    fun `what prints says nothing of PIN, person or what is kept`() = runTest {
        open().use { lock ->
            val personal = listOf(Personal.Birthday(1983, 5, 17), Personal.Number("835179"))
            val printed = mutableListOf<Any?>(lock, personal)
            val secrets = mutableListOf("835179", "8351", "1983", "17", "RUN", "FEW_DIGITS", "USED_BEFORE", "902746")
            pinOf(RIGHT).use { entry ->
                printed += entry
                printed += lock.judgePin(entry, personal)
                printed += lock.enrol(entry, personal)
                printed += lock.enrol(entry)
            }
            val outcome = lock.verify(RIGHT) as PinOutcome.Right
            printed += outcome
            outcome.session.use { session ->
                session.vault.write("card-token", RIGHT.toByteArray())
                printed.addAll(listOf(session, session.vault, session.journal, session.access))
                printed += session.journal.page()
                printed += session.change(RIGHT, "111111")
                printed += session.change(RIGHT, RIGHT)
                PasswordEntry().use { entry ->
                    entry.set("835179-Kröte")
                    printed += entry
                    printed.add(session.access.setPassword(entry))
                }
                session.access.makeAuthenticator().use { new ->
                    val app = Totp(new)
                    val code = app.code(phone.clock.now().wallMs)
                    secrets += listOf(app.letters, code)
                    pinOf(code).use { session.access.confirmAuthenticator(new, it) }
                    printed.addAll(listOf(new, session.access.setAuthenticator(new), session.access.secondFactor()))
                }
            }
            printed += lock.policy()
            printed += runCatching { lock.enrol(pinOf("902746")) }
            val text = printed.joinToString("\n").replace(Regex("Ms=\\d+"), "Ms=0")
            assertEquals(emptyList<String>(), secrets.filter { it in text }, text)
        }
    }

    @Test
    fun `what is thrown repeats nothing, and nothing is printed`() = runTest {
        val told = mutableListOf<String>()
        suspend fun thrownBy(call: suspend () -> Any?) {
            // The stack trace includes causes and suppressed exceptions.
            told += checkNotNull(runCatching { call() }.exceptionOrNull()).stackTraceToString()
        }
        val printed = printedWhile {
            val key = HookedDeviceKey(phone.deviceKey)
            open(platform = Platform(phone.clock, key, phone.entropy)).use { lock ->
                lock.enrol()
                key.onHmac = { error("$RIGHT is no key") }
                told += lock.verify(RIGHT).toString()
                key.onHmac = null
                thrownBy { lock.enrol("902746") }
                lock.unlock().use { session ->
                    val long = RIGHT.repeat(30)
                    thrownBy { session.vault.read(long) }
                    thrownBy { session.vault.write(long, RIGHT.toByteArray()) }
                    thrownBy { session.vault.delete(long) }
                    phone.clock.failure = IllegalStateException(RIGHT)
                    thrownBy { session.vault.write("card-token", RIGHT.toByteArray()) }
                    told += lock.verify(RIGHT).toString()
                    phone.clock.failure = null
                    phone.entropy.failure = IllegalStateException(RIGHT)
                    thrownBy { session.vault.write("card-token", RIGHT.toByteArray()) }
                    phone.entropy.failure = null
                }
            }
            thrownBy { Policy.preset(RIGHT) }
            thrownBy { Policy.json("""{ "name": $RIGHT }""") }
            thrownBy { Policy.json("""{ "lockout": { "lock_at": $RIGHT } }""") }
            thrownBy { Policy.json("""{ "contacts": [{ "kind": "$RIGHT", "value": "$RIGHT" }] }""") }
            thrownBy { Policy.json("""{ "name": "$RIGHT""") }
        }
        val text = told.joinToString("\n")
        assertTrue("LockException" in text && "NoVerdict" in text, text)
        assertEquals(emptyList<String>(), listOf(RIGHT, "902746").filter { it in text }, text)
        assertEquals("", printed)
    }

    /** What [block] prints to the standard streams, where JNA prints what a callback throws. */
    private inline fun printedWhile(block: () -> Unit): String {
        val bytes = ByteArrayOutputStream()
        val (out, err) = System.out to System.err
        PrintStream(bytes, true).let {
            System.setOut(it)
            System.setErr(it)
        }
        try {
            block()
        } finally {
            System.setOut(out)
            System.setErr(err)
        }
        return bytes.toString()
    }
}
