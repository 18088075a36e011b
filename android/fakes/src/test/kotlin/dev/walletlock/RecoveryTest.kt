package dev.walletlock

import dev.walletlock.fakes.FakeEntropy
import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakePhone
import dev.walletlock.fakes.pinOf
import java.io.File
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What the recovery code looks like from Kotlin. `tests/stories` proves what it opens and what not. */
class RecoveryTest : LockTest() {
    private val noCode = RecoveryStatus(hasCode = false, pending = null, hasEscrow = false, pendingEscrow = null)
    private val aCode = RecoveryStatus(hasCode = true, pending = null, hasEscrow = false, pendingEscrow = null)

    @Test
    fun `a forgotten PIN is replaced, and everything is kept`() = runTest {
        val (lock, paper) = openWithCode()
        lock.use {
            val before = lock.unlock()
            val rescue = lock.rescue(paper)
            assertTrue(before.isLive, "nothing is changed yet")
            rescue.newCode().use { code ->
                pinOf(NEW).use { assertEquals(RecoveryOutcome.NotConfirmed, rescue.finish(it, code)) }
                val newPaper = FakePaper(code)
                newPaper.confirm(code)
                pinOf(RIGHT).use { pin ->
                    val forbidden = rescue.finish(pin, code) as RecoveryOutcome.Forbidden
                    assertEquals(listOf(PinRule.USED_BEFORE), forbidden.findings.rules)
                    assertEquals(RIGHT.length, pin.length, "to be corrected")
                }
                pinOf(NEW).use { pin ->
                    val done = rescue.finish(pin, code) as RecoveryOutcome.Done
                    assertEquals(0, pin.length)
                    assertEquals(emptyList<String>(), done.lostItems)
                    done.session.use { assertArrayEquals(byteArrayOf(7), it.vault.read("card")) }
                }
                assertFalse(before.isLive, "the sessions from before are over")
                assertTrue(lock.verify(RIGHT) is PinOutcome.Wrong)
                lock.unlock(NEW).use { assertArrayEquals(byteArrayOf(7), it.vault.read("card")) }
                assertEquals(CodeOutcome.Wrong, lock.enter(paper))
                lock.rescue(newPaper).close()
            }
            rescue.close()
            before.close()
        }
    }

    @Test
    fun `a lost key is a damage that the code repairs`() = runTest {
        val (first, paper) = openWithCode()
        first.close()
        phone.deviceKey.loseAll()
        open().use { lock ->
            val damaged = lock.status.value as LockStatus.Locked
            assertEquals(listOf(Remedy.CheckAgain, Remedy.RecoveryCode(RemedyState.Available)), damaged.remedies)
            assertEquals(aCode, lock.recovery.status())
            lock.recover(paper).use { assertArrayEquals(byteArrayOf(7), it.vault.read("card")) }
            assertTrue(lock.status.value is LockStatus.Ready)
            assertTrue(JournalKind.RECOVERED in lock.unlock(NEW).use { it.journal.page().entries.map(JournalEntry::kind) })
        }
    }

    @Test
    fun `a slip shows in its group, and can be put right`() = runTest {
        val (lock, paper) = openWithCode()
        lock.use {
            CodeEntry().use { entry ->
                assertEquals(CodeStep.Typing(1), entry.step)
                paper.group(1).forEach { entry.push(it) }
                assertEquals(CodeStep.Typing(2), entry.step)
                val wrong = paper.group(2).mapIndexed { place, digit -> if (place == 3) (digit + 1) % 10 else digit }
                assertEquals(CodeStep.Slip(2), wrong.map { entry.push(it) }.last())
                assertEquals(CodeStep.Slip(2), entry.push(1), "takes no more")
                assertEquals(12, entry.length)
                assertEquals(CodeOutcome.NotACode(2), lock.recovery.enterCode(entry))
                entry.clearGroup()
                assertEquals(6, entry.length)
                assertTrue(entry.pop())
                assertEquals(CodeStep.Typing(1), entry.step)
                entry.push(paper.group(1).last())
                (2..8).flatMap(paper::group).forEach { entry.push(it) }
                assertEquals(CodeStep.Complete, entry.step)
                entry.duplicate().use { assertEquals(CodeStep.Complete, it.step) }
                (lock.recovery.enterCode(entry) as CodeOutcome.Opened).rescue.close()
                assertEquals(0, entry.length)
                assertFalse(entry.pop())
            }
        }
    }

    @Test
    fun `each refusal`() = runTest {
        val (lock, paper) = openWithCode()
        val thief = FakePhone(entropy = FakeEntropy(seed = 2))
        lock.use {
            CodeEntry().use { assertEquals(CodeOutcome.NotACode(1), lock.recovery.enterCode(it)) }
            WalletLock.open(File(folder, "other.db"), thief.platform, Policy.preset("ctap2")).use { other ->
                assertEquals(CodeOutcome.NotSetUp, other.enter(paper))
                val others = other.enrolWithCode()
                assertEquals(CodeOutcome.Wrong, lock.enter(others))
                repeat(3) { other.verify(WRONG) }
                assertEquals(CodeOutcome.Locked(other.status.value), other.enter(others))
                assertEquals(LockReason.UNTIL_RESTART, (other.status.value as LockStatus.Locked).reason)
                other.wipe()
                assertEquals(CodeOutcome.Locked(LockStatus.Wiped), other.enter(others))
            }
        }
        phone.deviceKey.failure = DeviceKeyException(DeviceKeyFault.BUSY)
        open().use { busy ->
            assertEquals(LockStatus.Busy, busy.status.value)
            assertNull(busy.recovery.status().hasCode)
            assertEquals(CodeOutcome.NoVerdict(NoVerdictCause.DeviceKey(DeviceKeyFault.BUSY)), busy.enter(paper))
            phone.deviceKey.failure = null
            busy.rescue(paper).close()
        }
        val older = folder.listFiles().orEmpty().associate { it.name to it.readBytes() }
        open().use { it.recover(paper).close() }
        folder.listFiles().orEmpty().forEach(File::delete)
        older.forEach { (name, bytes) -> File(folder, name).writeBytes(bytes) }
        open().use { assertEquals(CodeOutcome.OldCode, it.enter(paper)) }
    }

    @Test
    fun `an entered code waits ten minutes for the new PIN`() = runTest {
        val (lock, paper) = openWithCode()
        lock.use {
            lock.rescue(paper).use { rescue ->
                phone.clock.advanceMs(10.minutes.inWholeMilliseconds)
                rescue.newCode().use { code ->
                    FakePaper(code).confirm(code)
                    pinOf(NEW).use { assertEquals(RecoveryOutcome.Expired, rescue.finish(it, code)) }
                }
            }
            lock.unlock().close()
        }
    }

    @Test
    fun `if the process ends between the code and the new PIN, the code opens again`() = runTest {
        val (lock, paper) = openWithCode()
        val rescue = lock.rescue(paper)
        val code = rescue.newCode()
        val newPaper = FakePaper(code)
        newPaper.confirm(code)
        lock.close()
        pinOf(NEW).use { assertThrows<LockException.Closed> { rescue.finish(it, code) } }
        code.close()
        rescue.close()
        open().use { again ->
            assertEquals(CodeOutcome.Wrong, again.enter(newPaper), "it was never in force")
            again.unlock().close()
            again.recover(paper).close()
            assertThrows<LockException.Closed> { rescue.newCode() }
        }
    }

    @Test
    fun `what happens to the wallet meanwhile voids the recovery`() = runTest {
        val (lock, paper) = openWithCode()
        lock.use {
            lock.rescue(paper).use { rescue ->
                lock.recover(paper).close()
                rescue.newCode().use { code ->
                    FakePaper(code).confirm(code)
                    pinOf("902746").use { assertThrows<LockException.WrongState> { rescue.finish(it, code) } }
                }
            }
        }
    }

    @Test
    fun `a code that is made later waits a day, is seen, and can be cancelled`() = runTest {
        openEnrolled().use { lock ->
            assertEquals(noCode, lock.recovery.status())
            lock.unlock().use { session ->
                session.access.createRecoveryCode().use { code ->
                    assertEquals(RecoveryChange.NotConfirmed, session.access.setRecoveryCode(code))
                }
                assertEquals(1.days, (session.access.makeCode().second as RecoveryChange.Pending).left)
                val pending = PendingChange(1.days.inWholeMilliseconds, withdraws = false)
                assertEquals(noCode.copy(pending = pending), lock.recovery.status())
                assertEquals(1.days, pending.left)
                assertTrue(session.access.cancelRecoveryCodeChange())
                assertFalse(session.access.cancelRecoveryCodeChange())
            }
            assertEquals(noCode, lock.recovery.status())
            val (paper, _) = lock.unlock().use { it.access.makeCode() }
            assertEquals(CodeOutcome.NotSetUp, lock.enter(paper))
            phone.clock.advanceMs(1.days.inWholeMilliseconds)
            lock.unlock().close()
            assertEquals(aCode, lock.recovery.status())
            lock.unlock().use { session ->
                assertTrue(session.access.withdrawRecoveryCode() is RecoveryChange.Pending)
                assertEquals(true, lock.recovery.status().pending?.withdraws)
            }
            phone.clock.advanceMs(1.days.inWholeMilliseconds)
            lock.unlock().use { session ->
                assertEquals(noCode, lock.recovery.status())
                assertThrows<LockException.WrongState> { session.access.withdrawRecoveryCode() }
            }
        }
    }

    @Test
    fun `only a PIN that was entered just now changes the code`() = runTest {
        openEnrolled(Policy.json("""{ "session": { "idle_s": 900 } }""")).use { lock ->
            lock.unlock().use { session ->
                phone.clock.advanceMs(5.minutes.inWholeMilliseconds)
                assertThrows<LockException.PinNeeded> { session.access.createRecoveryCode() }
                assertThrows<LockException.PinNeeded> { session.access.withdrawRecoveryCode() }
            }
        }
    }

    @Test
    fun `the digits are text only for a moment, and print nowhere`() = runTest {
        openEnrolled().use { lock ->
            lock.unlock().use { session ->
                val code = session.access.createRecoveryCode()
                var kept = CharArray(0)
                val text = code.withText { chars -> String(chars).also { kept = chars } }
                assertTrue(kept.all { it == '\u0000' }, "the array is wiped")
                assertEquals(55, text.length)
                val paper = FakePaper(code)
                assertEquals((1..8).joinToString(" ") { paper.group(it).joinToString("") }, text)
                assertEquals(paper.group(3).joinToString(""), code.withText(3) { String(it) })
                assertThrows<LockException.Invalid> { code.withText(9) { } }
                assertThrows<LockException.Invalid> { code.digit(1, 6) }
                assertThrows<LockException.Invalid> { CodeEntry.ofGroup(0) }
                val asked = code.askedGroups
                assertEquals(2, asked.distinct().size)
                val other = (1..8).first { it !in asked }
                CodeEntry.ofGroup(other).use { entry ->
                    paper.group(other).forEach { entry.push(it) }
                    assertEquals(CodeStep.Complete, entry.step)
                    assertFalse(code.confirm(entry), "right, but not asked for")
                }
                assertFalse(code.isConfirmed)
                val entry = paper.entry()
                val printed = listOf(code, entry, lock.recovery, paper, CodeOutcome.NotACode(1)).joinToString()
                assertFalse((1..8).any { paper.group(it).joinToString("") in printed }, printed)
                assertThrows<LockException.Invalid> { entry.apply { clear() }.push(10) }
                entry.close()
                entry.close()
                assertThrows<LockException.Closed> { entry.length }
                code.close()
                assertThrows<LockException.Closed> { code.digit(1, 0) }
                assertThrows<LockException.Closed> { session.access.setRecoveryCode(code) }
            }
        }
    }

    /** A wallet with an item, whose owner made a recovery code when the PIN was set. */
    private suspend fun TestScope.openWithCode(): Pair<WalletLock, FakePaper> {
        val lock = WalletLock.open(file, phone.platform, dispatcher = StandardTestDispatcher(testScheduler))
        return lock to lock.enrolWithCode()
    }

    private suspend fun WalletLock.enrolWithCode(): FakePaper = pinOf(RIGHT).use { entry ->
        (enrol(entry) as Enrolment.Enrolled).session.use { session ->
            session.vault.write("card", byteArrayOf(7))
            val (paper, change) = session.access.makeCode()
            assertEquals(RecoveryChange.InForce, change, "the first one counts at once")
            paper
        }
    }

    private suspend fun Access.makeCode(): Pair<FakePaper, RecoveryChange> = createRecoveryCode().use { code ->
        val paper = FakePaper(code)
        paper.confirm(code)
        paper to setRecoveryCode(code)
    }

    private suspend fun WalletLock.enter(paper: FakePaper): CodeOutcome = paper.entry().use { recovery.enterCode(it) }

    private suspend fun WalletLock.rescue(paper: FakePaper): Rescue = (enter(paper) as CodeOutcome.Opened).rescue

    private suspend fun WalletLock.recover(paper: FakePaper): Session = rescue(paper).use { rescue ->
        rescue.newCode().use { code ->
            FakePaper(code).confirm(code)
            pinOf(NEW).use { (rescue.finish(it, code) as RecoveryOutcome.Done).session }
        }
    }

    private companion object {
        const val NEW = "582941"
    }
}
