package dev.walletlock.demo

import dev.walletlock.Policy
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource

class TourTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `every story is ok, and the exit code says so`() {
        val (code, said) = playInAnotherProcess("--tour", "--home", File(folder, "tour").path)
        assertEquals(0, code, said)
        val results = said.lines().filter { Regex("[UTD]\\d+ (ok|FAIL): .+").matches(it) }
        val names = "U5 U1 U2 U3 U7 U8 U8 U8 U9 U10 U12 U6 U13 U14 U14 U15 T1 T2 T3 T4 U16 U16 D2"
        val expected = names.split(' ').map { "$it ok" }
        assertEquals(expected, results.map { it.substringBefore(':') })
    }

    @Test
    fun `a lock that does not slow down guessing fails, and the exit code says so`() {
        val policy = File(folder, "policy.json").apply { writeText(broken("""{ "cooldowns": [], "lock_at": 16 }""")) }
        val (code, said) = playInAnotherProcess("--tour", "--policy", policy.path)
        assertEquals(1, code, said)
        val expected = "U1 FAIL: wrong PIN 5: expected Wrong(triesLeft=11, cooldownMs=30000, repeated=false), " +
            "found Wrong(triesLeft=11, cooldownMs=0, repeated=false)"
        assertTrue(expected in said.lines(), said)
        assertTrue(said.lines().any { it.startsWith("U2 FAIL: ") }, said)
        assertTrue(said.lines().any { it.startsWith("U16 ok: ") }, "this has nothing to do with it: $said")
    }

    @ParameterizedTest
    @MethodSource("brokenPolicies")
    internal fun `whatever is broken, its story fails and says why`(policy: String, story: Story, why: String) {
        val printed = ByteArrayOutputStream()
        val tour = Tour(folder.toPath(), Policy.json(policy), PrintStream(printed, true, "UTF-8"), listOf(story))
        assertFalse(runBlocking { tour.play() })
        val result = printed.toString("UTF-8").trim().lines().last()
        assertTrue(result.startsWith("${story.name} FAIL: $why"), result)
    }

    @Test
    fun `without a terminal it plays the tour, and an option it does not know it refuses`() {
        val (code, said) = playInAnotherProcess("--tuor")
        assertEquals(2, code)
        assertTrue(said.startsWith("There is no option --tuor."), said)
        val (busy, refused) = playInAnotherProcess("--home", folder.apply { resolve("something").createNewFile() }.path)
        assertEquals(2, busy)
        assertTrue(refused.startsWith("The tour needs an empty folder."), refused)
    }

    private fun playInAnotherProcess(vararg arguments: String): Pair<Int, String> {
        val library = "walletlock.library"
        val java = listOf(
            File(System.getProperty("java.home"), "bin/java").path,
            "-D$library=${System.getProperty(library)}",
            "-Dfile.encoding=UTF-8",
            "-classpath",
            System.getProperty("java.class.path"),
            "dev.walletlock.demo.MainKt",
        )
        val process = ProcessBuilder(java + arguments).redirectErrorStream(true).start()
        process.outputStream.close()
        val said = process.inputStream.bufferedReader().readText()
        assertTrue(process.waitFor(1, TimeUnit.MINUTES))
        return process.exitValue() to said
    }

    private companion object {
        const val CONTACTS = """[
            { "kind": "phone", "value": "+1 555 0100" },
            { "kind": "form", "value": "https://wallet.example/locked" }
        ]"""

        fun broken(lockout: String = "{}", pin: String = "{}", contacts: String = CONTACTS, biometric: String = "{}") =
            """{
                "name": "broken", "lockout": $lockout, "pin": $pin, "contacts": $contacts, "biometric": $biometric,
                "payment": { "limits": [{ "scope": "all", "currency": "EUR", "per": "day", "max": 100000 }] }
            }"""

        /** The demo's own policy, except for the limit of a day and this part of `payment`. */
        fun brokenPayments(day: Int = 100_000, other: String = "") = """{
            "name": "broken", "contacts": $CONTACTS,
            "payment": { "limits": [{ "scope": "all", "currency": "EUR", "per": "day", "max": $day }] $other }
        }"""

        fun brokenRecovery(field: String) =
            """{ "name": "broken", "contacts": $CONTACTS, "recovery": { $field } }"""

        /** The demo's own policy, except for these parameters. */
        fun brokenFinger(atOnce: Int = 3_000, total: Int = 10_000, other: String = "") = broken(
            biometric = """{
                "budgets": [{ "currency": "EUR", "per_payment_minor": $atOnce, "total_minor": $total }] $other
            }""",
        )

        @JvmStatic
        fun brokenPolicies(): List<Arguments> = listOf(
            arguments(broken(lockout = """{ "lock_at": 17 }"""), LockoutStory(), "wrong PIN 1: expected"),
            arguments(broken(lockout = """{ "lock_at": 15 }"""), LockoutStory(), "wrong PIN 1: expected"),
            arguments(broken(lockout = """{ "duplicate_memory": 0 }"""), LockoutStory(), "the same again: expected"),
            arguments(
                broken(lockout = """{ "cooldowns": [{ "from": 5, "wait_s": 30 }] }"""),
                LockoutStory(),
                "wrong PIN 6: expected",
            ),
            arguments(broken(contacts = "[]"), WhichLockStory(), "what she can do while it cools down: expected"),
            arguments(broken(contacts = "[]"), RecoveryStory(), "what she can do: expected"),
            arguments(broken(contacts = "[]"), LostPhoneStory(), "the message: expected"),
            arguments(brokenRecovery(""""pending_change_h": 23"""), RecoveryStory(), "the thief's code: expected"),
            arguments(brokenRecovery(""""pending_change_h": 23"""), ChannelsStory(), "removing it: expected"),
            arguments(brokenRecovery(""""tries_per_code": 4"""), ChannelsStory(), "tries for a code: expected 5"),
            arguments(brokenRecovery(""""codes_a_day": 6"""), ChannelsStory(), "a sixth code on one day: expected"),
            arguments(brokenRecovery(""""stale_after_days": 200"""), ChannelsStory(), "what is stale: expected"),
            arguments(brokenRecovery(""""proofs_wait_h": 71"""), LockedOutStory(), "a wait of three days"),
            arguments(brokenRecovery(""""password": { "min_length": 10 }"""), NewSecretStory(), "what is judged of 'Harbour 7!'"),
            arguments(broken(contacts = "[]"), DamagedWalletsStory(), "the lock: expected"),
            arguments(broken(contacts = "[]"), OlderCopyStory(), "the lock: expected"),
            arguments(broken(lockout = """{ "lock_at": 17 }"""), OlderCopyStory(), "after 3 wrong PINs: expected"),
            arguments(broken(), FingerStory(), "a finger is enough: expected true"),
            arguments(brokenFinger(atOnce = 2_999), FingerStory(), "a finger is enough: expected true"),
            arguments(brokenFinger(atOnce = 3_001), FingerStory(), "no finger, it is too much at once: expected"),
            arguments(brokenFinger(total = 10_250), FingerStory(), "no finger, with what was paid before it"),
            arguments(brokenFinger(other = """, "max_uses": 3"""), FingerStory(), "a finger is enough: expected true"),
            arguments(
                brokenFinger(other = """, "failures_before_pin": 4"""),
                FingerStory(),
                "one finger less than too many: expected",
            ),
            arguments(
                brokenFinger(other = """, "failures_before_pin": 6"""),
                FingerStory(),
                "the last finger: expected NotRecognised",
            ),
            arguments(brokenPayments(day = 19_999), LimitsStory(), "all reasons: expected"),
            arguments(brokenPayments(other = """, "raise_after_h": 23"""), LimitsStory(), "a higher limit: expected"),
            arguments(brokenPayments(other = """, "raise_after_h": 23"""), FreezeStory(), "ending it: expected"),
            arguments(brokenPayments(other = """, "valid_s": 240"""), LimitsStory(), "what became of taxi: expected"),
            arguments(brokenPayments(day = 100_001), PaymentThiefStory(), "what is left of the day: expected"),
            arguments(brokenPayments(other = """, "shown_code_valid_s": 600"""), PaymentThiefStory(), "the first code: expected"),
            arguments(broken(pin = """{ "min_digits": 4 }"""), PinStory(), "8351: expected it to be refused"),
            arguments(broken(pin = """{ "remember": 0 }"""), PinStory(), "the earlier one again: expected"),
            arguments(broken(pin = """{ "rehearse_after_days": 29 }"""), PinStory(), "the days with a reminder: "),
            arguments(broken(pin = """{ "rehearse_after_days": null }"""), PinStory(), "the reminder: expected REHEARSE"),
            arguments(broken(pin = """{ "change_after_days": 30 }"""), PinStory(), "the reminder: expected REHEARSE"),
        )
    }
}
