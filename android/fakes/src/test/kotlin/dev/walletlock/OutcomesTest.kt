package dev.walletlock

import dev.walletlock.fakes.pinOf
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What each outcome looks like from Kotlin. */
class OutcomesTest : LockTest() {
    @Test
    fun `a wallet is unconfigured, then enrolled, then ready`() = runTest {
        open().use { lock ->
            assertEquals(LockStatus.Unconfigured, lock.status.value)
            assertEquals(PinOutcome.Locked(LockStatus.Unconfigured), lock.verify(RIGHT))
            pinOf(RIGHT).use { entry ->
                val enrolled = lock.enrol(entry) as Enrolment.Enrolled
                assertTrue(enrolled.session.isLive)
                assertEquals(0, entry.length, "the digits were taken")
            }
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
        }
    }

    @Test
    fun `the right PIN opens, and puts the count back`() = runTest {
        openEnrolled().use { lock ->
            lock.verify(WRONG)
            assertEquals(LockStatus.Ready(triesLeft = 15), lock.status.value)
            pinOf(RIGHT).use { entry ->
                val outcome = lock.verifyPin(entry)
                assertTrue((outcome as PinOutcome.Right).session.isLive)
                assertEquals(0, entry.length)
            }
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
        }
    }

    @Test
    fun `wrong PINs tell the tries left, then make one wait, then lock`() = runTest {
        openEnrolled(STRICT).use { lock ->
            assertEquals(PinOutcome.Wrong(triesLeft = 3, cooldownMs = 0, repeated = false), lock.verify(WRONG))

            val wrong = lock.verify(WRONG) as PinOutcome.Wrong
            assertEquals(PinOutcome.Wrong(triesLeft = 2, cooldownMs = 60_000, repeated = false), wrong)
            assertEquals(1.minutes, wrong.cooldown)
            val waiting = LockStatus.CoolingDown(60_000, 2, listOf(Remedy.Wait(60_000)) + CONTACTS)
            assertEquals(waiting, lock.status.value)
            assertEquals(60.seconds, waiting.remaining)
            assertEquals(PinOutcome.Locked(waiting), lock.verify(RIGHT), "the right one is not looked at either")

            phone.clock.advanceMs(60_000)
            assertEquals(PinOutcome.Wrong(triesLeft = 1, cooldownMs = 60_000, repeated = false), lock.verify(WRONG))
            phone.clock.advanceMs(60_000)
            val locked = LockStatus.Locked(LockReason.TOO_MANY_ATTEMPTS, WhoLocked.PHONE, CONTACTS)
            assertEquals(PinOutcome.Locked(locked), lock.verify(WRONG))
            assertEquals(locked, lock.status.value)
            phone.clock.advanceMs(365L * 86_400_000)
            assertEquals(PinOutcome.Locked(locked), lock.verify(RIGHT), "time does not lift it")
        }
    }

    @Test
    fun `the same wrong PIN again is not counted again`() = runTest {
        openEnrolled().use { lock ->
            lock.verify(WRONG)
            assertEquals(PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = true), lock.verify(WRONG))
        }
    }

    @Test
    fun `a limit a boot is lifted by a restart`() = runTest {
        openEnrolled(Policy.preset("ctap2")).use { lock ->
            repeat(2) { lock.verify(WRONG) }
            val locked = LockStatus.Locked(LockReason.UNTIL_RESTART, WhoLocked.PHONE, listOf(Remedy.Restart))
            assertEquals(PinOutcome.Locked(locked), lock.verify(WRONG))
        }
        phone.clock.reboot()
        open(Policy.preset("ctap2")).use { assertEquals(LockStatus.Ready(triesLeft = 3), it.status.value) }
    }

    @Test
    fun `a policy without a stop counts no tries`() = runTest {
        openEnrolled(Policy.preset("android_gatekeeper")).use { lock ->
            assertEquals(LockStatus.Ready(triesLeft = null), lock.status.value)
            assertEquals(PinOutcome.Wrong(triesLeft = null, cooldownMs = 0, repeated = false), lock.verify(WRONG))
        }
    }

    @Test
    fun `a wallet can wipe itself, and then be begun anew`() = runTest {
        val wiping = Policy.json("""{ "lockout": { "cooldowns": [], "lock_at": null, "wipe_at": 1 } }""")
        openEnrolled(wiping).use { lock ->
            assertEquals(PinOutcome.Locked(LockStatus.Wiped), lock.verify(WRONG))
            assertEquals(LockStatus.Wiped, lock.status.value)
            lock.enrol("902746")
            lock.unlock("902746").use { assertEquals(emptyList<String>(), it.items()) }
        }
    }

    @Test
    fun `damage locks and says so`() = runTest {
        openEnrolled(STRICT).close()
        phone.deviceKey.loseAll()
        open(STRICT).use { lock ->
            val damaged = LockStatus.Locked(LockReason.DATA_DAMAGED, WhoLocked.PHONE, CONTACTS)
            assertEquals(damaged, lock.status.value)
            assertEquals(PinOutcome.Locked(damaged), lock.verify(RIGHT))
        }
    }

    @Test
    fun `a PIN that was too short was no PIN`() = runTest {
        openEnrolled().use { lock ->
            assertEquals(PinOutcome.NoVerdict(NoVerdictCause.NotAPin), lock.verify("835"))
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value, "and not counted")
        }
    }

    @Test
    fun `a PIN changed while it is checked leaves no verdict`() = runBlocking {
        val key = HookedDeviceKey(phone.deviceKey)
        WalletLock.open(file, Platform(phone.clock, key)).use { lock ->
            lock.enrol()
            val session = lock.unlock()
            var change: PinChange? = null
            key.onHmac = {
                key.onHmac = null
                change = runBlocking { session.change(RIGHT, "902746") }
            }
            assertEquals(PinOutcome.NoVerdict(NoVerdictCause.TryAgain), lock.verify(RIGHT))
            assertEquals(PinChange.Changed, change)
            lock.unlock("902746").close()
        }
    }

    @Test
    fun `a PIN that may not be set is refused with every reason`() = runTest {
        open().use { lock ->
            val personal = listOf(Personal.Birthday(1990, 8, 5), Personal.Number("+49 170 8827364"))
            suspend fun refused(digits: String) = pinOf(digits).use { entry ->
                val judgement = lock.judgePin(entry, personal)
                assertFalse(judgement.allowed)
                val forbidden = lock.enrol(entry, personal) as Enrolment.Forbidden
                assertEquals(judgement.findings, forbidden.findings)
                assertEquals(digits.length, entry.length, "to be corrected")
                forbidden.findings
            }
            assertEquals(listOf(PinRule.RUN, PinRule.KEYPAD_LINE), refused("123456").rules)
            assertEquals(listOf(PinRule.PERSONAL, PinRule.DATE), refused("050890").rules)
            assertEquals(listOf(PinRule.PERSONAL), refused("708827").rules)
            assertEquals(listOf(Finding(PinRule.TOO_SHORT, Severity.FORBIDDEN, digits = 6)), refused("8351"))
            assertEquals(LockStatus.Unconfigured, lock.status.value)
        }
    }

    @Test
    fun `a weak PIN is allowed with a warning`() = runTest {
        open().use { lock ->
            val judgement = pinOf("240786").use { lock.judgePin(it) }
            val date = Finding(PinRule.DATE, Severity.WEAK, digits = null)
            assertEquals(Judgement(listOf(date), allowed = true), judgement)
        }
    }

    @Test
    fun `changing the PIN ends in its own outcomes`() = runTest {
        openEnrolled(STRICT).use { lock ->
            lock.unlock().use { session ->
                assertEquals(PinChange.Changed, session.change(RIGHT, "902746"))
                val used = session.change("902746", RIGHT) as PinChange.Forbidden
                assertEquals(listOf(Finding(PinRule.USED_BEFORE, Severity.FORBIDDEN, digits = null)), used.findings)
                val weak = session.change("902746", "111111") as PinChange.Forbidden
                assertEquals(listOf(PinRule.ONE_DIGIT, PinRule.DATE), weak.findings.rules)
                val wrong = session.change(WRONG, "417053")
                assertEquals(PinOutcome.Wrong(triesLeft = 3, cooldownMs = 0, repeated = false), wrong)
            }
            lock.unlock("902746").close()
        }
    }

    @Test
    fun `removing everything ends in its own outcomes`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { it.write("card-token", byteArrayOf(1)) }
            assertEquals(
                PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = false),
                pinOf(WRONG).use { lock.remove(it) },
            )
            assertEquals(Removal.Removed, pinOf(RIGHT).use { lock.remove(it) })
            assertEquals(LockStatus.Unconfigured, lock.status.value)
            assertEquals(emptyList<String>(), phone.deviceKey.allAliases)
        }
    }

    @Test
    fun `reminders come after a month, once a week`() = runTest {
        openEnrolled().use { lock ->
            fun daysPass(days: Long) = phone.clock.advanceMs(days * 86_400_000)
            daysPass(29)
            assertEquals(null, lock.takeReminder())
            daysPass(1)
            assertEquals(Reminder.REHEARSE, lock.takeReminder())
            daysPass(6)
            assertEquals(null, lock.takeReminder())
            daysPass(1)
            assertEquals(Reminder.REHEARSE, lock.takeReminder())
        }
        val changing = Policy.json("""{ "name": "changing", "pin": { "change_after_days": 30 } }""")
        open(changing).use { lock ->
            lock.unlock().close()
            phone.clock.advanceMs(30L * 86_400_000)
            assertEquals(Reminder.CHANGE, lock.takeReminder())
        }
    }
}
