package dev.walletlock

import dev.walletlock.fakes.FakePaper
import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import kotlin.time.Duration.Companion.hours
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What escrow looks like from Kotlin. `tests/stories` proves what the provider can open and what not. */
class EscrowTest : LockTest() {
    private val provider = FakeProvider(phone.clock)
    private val account get() = provider.accounts.single()
    private val policy = provider.policy(offersEscrow = true)

    /** A wallet with an item, whose owner switched escrow on when the PIN was set, and whose provider has the deposit. */
    private suspend fun TestScope.openWithEscrow(): WalletLock = open(policy).also { lock ->
        (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session.use { session ->
            session.vault.write("card", byteArrayOf(7))
            assertEquals(RecoveryChange.InForce, session.access.switchEscrow(true))
        }
        lock.provider.redeem(provider.answer(lock.provider.register()).word)
        lock.deposit()
    }

    private suspend fun WalletLock.deposit() {
        val answer = this@EscrowTest.provider.answer(provider.request(RequestKind.DEPOSIT))
        assertNull(answer.refusal)
        assertEquals(provider.state().escrowDigest, account.escrowDigest)
    }

    private suspend fun WalletLock.ask(): EscrowRequest = (recovery.askEscrow() as EscrowOutcome.Asked).request

    private suspend fun EscrowRequest.opened(): Rescue {
        account.vouch()
        return (redeem(provider.answer(text).word) as GrantOutcome.Opened).rescue
    }

    private suspend fun Rescue.finish(): Session = newCode().use { code ->
        FakePaper(code).confirm(code)
        (pinOf(NEW).use { finish(it, code) } as RecoveryOutcome.Done).session
    }

    @Test
    fun `the provider opens a damaged wallet for an owner whom it has verified`() = runTest {
        openWithEscrow().use { }
        phone.deviceKey.loseAll()
        open(policy).use { lock ->
            val locked = lock.status.value as LockStatus.Locked
            assertEquals(LockReason.DATA_DAMAGED, locked.reason)
            assertTrue(Remedy.AskEscrow(RemedyState.Available) in locked.remedies)
            lock.ask().use { request ->
                assertEquals(FakeProvider.Refusal.NOT_PROVEN, provider.answer(request.text).refusal)
                request.opened().use { rescue -> rescue.finish() }.use { session ->
                    assertArrayEquals(byteArrayOf(7), session.vault.read("card"))
                    assertEquals("escrow", session.journal.page().entries.single { it.kind == JournalKind.RECOVERED }.details?.get("by"))
                }
            }
            assertEquals(true, lock.recovery.status().hasEscrow)
            account.vouch()
            lock.provider.redeem(provider.answer(lock.provider.register()).word)
            assertFalse(lock.provider.state().escrowDigest == account.escrowDigest, "there is a new slot")
            lock.deposit()
        }
    }

    @Test
    fun `a refused grant says why, and changes nothing`() = runTest {
        openWithEscrow().use { lock ->
            val (request, other) = lock.ask() to lock.ask()
            account.vouch()
            val grant = provider.answer(request.text).word
            assertEquals(GrantOutcome.Refused(WordError.NOT_ASKED), other.redeem(grant))
            assertEquals(GrantOutcome.Refused(WordError.MALFORMED), request.redeem("x"))
            lock.provider.accept(account.lock())
            assertEquals(GrantOutcome.Refused(WordError.SUPERSEDED), request.redeem(grant))
            request.close()
            assertThrows<LockException.Closed> { request.redeem(grant) }
            other.close()
            assertEquals("EscrowRequest", request.toString())
        }
    }

    @Test
    fun `a change waits, is shown, and can be cancelled`() = runTest {
        openWithEscrow().use { lock ->
            lock.unlock().use { session ->
                assertThrows<LockException.WrongState> { session.access.switchEscrow(true) }
                assertEquals(RecoveryChange.Pending(24.hours.inWholeMilliseconds), session.access.switchEscrow(false))
                val waits = PendingChange(24.hours.inWholeMilliseconds, withdraws = true)
                assertEquals(RecoveryStatus(false, null, true, waits), lock.recovery.status())
                assertTrue(session.access.cancelEscrowChange())
                assertFalse(session.access.cancelEscrowChange())
                session.access.switchEscrow(false)
            }
            phone.clock.advanceMs(24.hours.inWholeMilliseconds)
            lock.unlock().close()
            assertEquals(false, lock.recovery.status().hasEscrow)
            assertEquals(EscrowOutcome.Refused(CodeOutcome.NotSetUp), lock.recovery.askEscrow())
        }
    }

    private companion object {
        const val NEW = "582941"
    }
}
