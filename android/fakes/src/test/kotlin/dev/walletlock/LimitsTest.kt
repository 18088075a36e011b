package dev.walletlock

import dev.walletlock.fakes.pinOf
import kotlin.time.Duration.Companion.hours
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Limits from Kotlin. `tests/stories` proves what they allow. */
class LimitsTest : LockTest() {
    private suspend fun WalletLock.pay() {
        val request = (payments.authorize(PAYMENT) as PaymentOutcome.NeedsProof).request
        assertTrue(pinOf(RIGHT).use { payments.confirmPin(request, it) } is PaymentOutcome.Approved)
    }

    @Test
    fun `limits are lowered at once, and raised later`() = runTest {
        openEnrolled(PAYING).use { lock ->
            lock.unlock().use { session ->
                val limits = session.limits
                assertEquals(listOf(false, false, false), limits.all().map { it.isOwners })
                assertEquals(listOf(null, ProofLevel.NOTHING, ProofLevel.PIN), limits.all().map { it.limit.proof })
                assertEquals(listOf(LimitPeriod.DAY, LimitPeriod.PAYMENT, LimitPeriod.PAYMENT), limits.all().map { it.limit.per })
                assertEquals(LimitChange.Set, limits.set(LIMIT))
                assertEquals(LimitChange.Unchanged, limits.set(LIMIT))
                assertEquals(LimitChange.Set, limits.set(LIMIT.copy(max = 2_000)))
                lock.pay()
                val own = limits.all().last()
                assertEquals(LimitState(LIMIT.copy(max = 2_000), isOwners = true, left = 750, own.reopensInMs, raise = null), own)
                assertEquals(24.hours, own.reopensIn)
                assertFalse(limits.cancelRaise(LIMIT))
                assertEquals(24.hours, (limits.set(LIMIT) as LimitChange.Pending).left)
                assertEquals(PendingRaise(to = 5_000, leftMs = 24.hours.inWholeMilliseconds), limits.all().last().raise)
                assertTrue(limits.cancelRaise(LIMIT))
                assertEquals(24.hours, (limits.remove(LIMIT) as LimitChange.Pending).left)
                assertNull(limits.all().last().raise?.to)
                val scopes = PaymentChannel.entries.map { LimitScope.Through(it) } + LimitScope.Remote + LimitScope.Card("c-1")
                val others = scopes.map { LIMIT.copy(scope = it, countsPayments = true, atNight = true) }
                others.forEach { assertEquals(LimitChange.Set, limits.set(it)) }
                assertEquals(others, limits.all().takeLast(others.size).map { it.limit })
                val passed = assertThrows<LockException.Invalid> { limits.set(LIMIT.copy(proof = ProofLevel.PIN)) }
                assertEquals("limit", passed.what)
                for (wrong in listOf(LIMIT.copy(max = -1), LIMIT.copy(scope = LimitScope.Card("\ud800")))) {
                    assertEquals("limit", assertThrows<LockException.Invalid> { limits.set(wrong) }.what)
                }
                assertEquals("currency", assertThrows<LockException.Invalid> { limits.set(LIMIT.copy(currency = "eur")) }.what)
                repeat(24 - limits.all().size) { limits.set(LIMIT.copy(scope = LimitScope.Card("card-$it"))) }
                val full = assertThrows<LockException.LimitReached> { limits.set(LIMIT.copy(currency = "USD")) }
                assertEquals("limits", full.what)
                phone.clock.advanceMs(24.hours.inWholeMilliseconds)
            }
            lock.unlock().use { session -> assertFalse(LIMIT.scope in session.limits.all().filter { it.isOwners }.map { it.limit.scope }) }
        }
    }

    @Test
    fun `raising a limit needs a PIN that was just entered`() = runTest {
        openEnrolled(PAYING).use { lock ->
            lock.unlock().use { session ->
                session.limits.set(LIMIT.copy(max = 1))
                repeat(6) {
                    phone.clock.advanceMs(55_000)
                    session.vault.names()
                }
                assertThrows<LockException.PinNeeded> { session.limits.set(LIMIT) }
                assertThrows<LockException.PinNeeded> { session.limits.remove(LIMIT) }
                assertEquals(LimitChange.Set, session.limits.set(LIMIT.copy(max = 0)))
            }
        }
    }
}
