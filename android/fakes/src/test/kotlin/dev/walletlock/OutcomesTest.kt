package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.io.File
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What each status and each outcome looks like from Kotlin. `tests/stories` proves when each of them occurs. */
class OutcomesTest : LockTest() {
    private val damaged = LockStatus.Locked(LockReason.DATA_DAMAGED, WhoLocked.PHONE, listOf(Remedy.CheckAgain) + CONTACTS)
    private val waiting = LockStatus.CoolingDown(60_000, triesLeft = 2, listOf(Remedy.Wait(60_000)) + CONTACTS)

    @Test
    fun `each status`() = runTest {
        class Row(val status: LockStatus, val policy: Policy = STRICT, val reach: suspend (WalletLock) -> Unit)

        val untilRestart = LockStatus.Locked(LockReason.UNTIL_RESTART, WhoLocked.PHONE, listOf(Remedy.Restart))
        val wiping = Policy.json("""{ "lockout": { "cooldowns": [], "lock_at": null, "wipe_at": 1 } }""")
        val table = listOf(
            Row(LockStatus.Unconfigured) { },
            Row(LockStatus.Ready(triesLeft = 4)) { it.enrol() },
            Row(LockStatus.Ready(triesLeft = null), Policy.preset("android_gatekeeper")) { it.enrol() },
            Row(waiting) { lock ->
                lock.enrol()
                repeat(2) { lock.verify(WRONG) }
            },
            Row(LockStatus.Locked(LockReason.TOO_MANY_ATTEMPTS, WhoLocked.PHONE, CONTACTS)) { lock ->
                lock.enrol()
                repeat(4) {
                    lock.verify(WRONG)
                    phone.clock.advanceMs(60_000)
                }
            },
            Row(untilRestart, Policy.preset("ctap2")) { lock ->
                lock.enrol()
                repeat(3) { lock.verify(WRONG) }
            },
            Row(LockStatus.Wiped, wiping) { lock ->
                lock.enrol()
                lock.verify(WRONG)
            },
        )
        for ((number, row) in table.withIndex()) {
            WalletLock.open(File(folder, "$number.db"), phone.platform, row.policy).use { lock ->
                row.reach(lock)
                assertEquals(row.status, lock.status.value)
                if (row.status !is LockStatus.Ready) assertEquals(PinOutcome.Locked(row.status), lock.verify(RIGHT))
            }
        }
        assertEquals(60.seconds, waiting.remaining)
        openEnrolled(STRICT).close()
        phone.deviceKey.loseAll()
        open(STRICT).use { assertEquals(damaged, it.status.value) }
    }

    @Test
    fun `each outcome of a PIN, whose entry is empty afterwards`() = runTest {
        suspend fun WalletLock.outcomeOf(digits: String) = pinOf(digits).use { entry ->
            verifyPin(entry).also { assertEquals(0, entry.length) }
        }
        openEnrolled().use { lock ->
            val wrong = PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = false)
            assertEquals(wrong, lock.outcomeOf(WRONG))
            assertEquals(wrong.copy(repeated = true), lock.outcomeOf(WRONG))
            assertEquals(PinOutcome.NoVerdict(NoVerdictCause.NotAPin), lock.outcomeOf("835"))
            (lock.outcomeOf(RIGHT) as PinOutcome.Right).session.use { assertTrue(it.isLive) }
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.status.value)
        }
        open(STRICT, phone.platform).use { lock ->
            lock.unlock().close()
            lock.verify(WRONG)
            val wrong = lock.verify(WRONG) as PinOutcome.Wrong
            assertEquals(PinOutcome.Wrong(triesLeft = 2, cooldownMs = 60_000, repeated = false), wrong)
            assertEquals(1.minutes, wrong.cooldown)
            assertEquals(PinOutcome.Locked(waiting), lock.verify(RIGHT))
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
            assertEquals(PinChange.Changed(biometricsOn = false), change)
        }
    }

    @Test
    fun `each outcome of the first PIN, with every reason against it`() = runTest {
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
            val weak = Judgement(listOf(Finding(PinRule.DATE, Severity.WEAK, digits = null)), allowed = true)
            assertEquals(weak, pinOf("240786").use { lock.judgePin(it) })
            pinOf(RIGHT).use { entry ->
                (lock.enrol(entry) as Enrolment.Enrolled).session.use { assertTrue(it.isLive) }
                assertEquals(0, entry.length)
            }
        }
    }

    @Test
    fun `each outcome of a change`() = runTest {
        openEnrolled(STRICT).use { lock ->
            lock.unlock().use { session ->
                assertEquals(PinChange.Changed(biometricsOn = false), session.change(RIGHT, "902746"))
                val used = Finding(PinRule.USED_BEFORE, Severity.FORBIDDEN, digits = null)
                assertEquals(PinChange.Forbidden(listOf(used)), session.change("902746", RIGHT))
                val wrong = PinOutcome.Wrong(triesLeft = 3, cooldownMs = 0, repeated = false)
                assertEquals(wrong, session.change(WRONG, "417053"))
            }
            lock.unlock("902746").close()
        }
    }

    @Test
    fun `each outcome of a removal`() = runTest {
        openEnrolled().use { lock ->
            val wrong = PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = false)
            assertEquals(wrong, pinOf(WRONG).use { lock.remove(it) })
            assertEquals(Removal.Removed, pinOf(RIGHT).use { lock.remove(it) })
            assertEquals(LockStatus.Unconfigured, lock.status.value)
        }
    }

    @Test
    fun `each reminder, and none`() = runTest {
        val changing = Policy.json("""{ "name": "changing", "pin": { "change_after_days": 30 } }""")
        for ((policy, reminder) in listOf(Policy.DEFAULT to Reminder.REHEARSE, changing to Reminder.CHANGE)) {
            WalletLock.open(File(folder, "$reminder.db"), phone.platform, policy).use { lock ->
                lock.enrol()
                assertEquals(null, lock.takeReminder())
                phone.clock.advanceMs(30L * 86_400_000)
                assertEquals(reminder, lock.takeReminder())
            }
        }
    }
}
