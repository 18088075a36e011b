package dev.walletlock

import dev.walletlock.fakes.pinOf
import kotlin.time.Duration.Companion.hours
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What an authenticator looks like from Kotlin. `tests/stories` proves what it guards. */
class SecondFactorTest : LockTest() {
    private val dayMs = 24.hours.inWholeMilliseconds

    /** The code that the app shows next: each counts once. */
    private fun Totp.nextCode(): PinEntry {
        phone.clock.advanceMs(Totp.STEP_MS)
        return pinOf(code(phone.clock.now().wallMs))
    }

    /** Sets an authenticator up in the session in which the first PIN was set. */
    private suspend fun TestScope.openWithAuthenticator(policy: Policy = Policy.DEFAULT): Pair<WalletLock, Totp> {
        val lock = open(policy)
        val session = (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session
        return session.use {
            session.access.makeAuthenticator().use { new ->
                val app = Totp(new)
                assertTrue(app.nextCode().use { session.access.confirmAuthenticator(new, it) })
                assertEquals(RecoveryChange.InForce, session.access.setAuthenticator(new))
                lock to app
            }
        }
    }

    @Test
    fun `an authenticator counts once a code of it was typed`() = runTest {
        open().use { lock ->
            (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session.use { session ->
                val new = session.access.makeAuthenticator()
                val app = Totp(new)
                val uri = String(new.uri("Wallet", "Zoë"), Charsets.US_ASCII)
                assertTrue(uri.startsWith("otpauth://totp/Wallet:Zo%C3%AB?secret=${app.letters}&"), uri)
                assertThrows<LockException.Invalid> { new.uri("Wallet:", "Zoë") }
                assertThrows<LockException.Invalid> { new.letter(NewAuthenticator.LETTERS) }
                assertThrows<LockException.Invalid> { new.letter(-1) }
                assertEquals("NewAuthenticator(redacted)", new.toString())
                pinOf(WRONG).use { code ->
                    assertFalse(session.access.confirmAuthenticator(new, code))
                    assertEquals(0, code.length)
                }
                assertEquals(RecoveryChange.NotConfirmed, session.access.setAuthenticator(new))
                assertEquals(SecondFactor(null, null), session.access.secondFactor())
                assertTrue(app.nextCode().use { session.access.confirmAuthenticator(new, it) })
                assertEquals(RecoveryChange.InForce, session.access.setAuthenticator(new))
                assertEquals(SecondFactor(FactorKind.AUTHENTICATOR, null), session.access.secondFactor())
                new.close()
                assertThrows<LockException.Closed> { new.letter(0) }
                assertThrows<LockException.Closed> { session.access.setAuthenticator(new) }
            }
        }
    }

    @Test
    fun `what the policy guards needs it, and each outcome of a try is told`() = runTest {
        val (lock, app) = openWithAuthenticator()
        lock.use {
            lock.unlock().use { session ->
                assertFalse(session.access.needsSecondFactor())
                assertFalse(session.access.needsSecondFactor(GuardedAction.WRITE))
                assertTrue(session.access.needsSecondFactor(GuardedAction.CHANGE_RECOVERY))
                val needed = assertThrows<LockException.SecondFactorNeeded> { session.access.createRecoveryCode() }
                assertEquals("the second factor is needed", needed.message)
                pinOf("12345").use { code ->
                    assertEquals(FactorOutcome.NotACode, session.access.proveSecondFactor(code))
                    assertEquals(5, code.length)
                }
                repeat(4) { wrong ->
                    assertEquals(FactorOutcome.Wrong(4 - wrong, 0), pinOf(WRONG).use { session.access.proveSecondFactor(it) })
                }
                val last = pinOf(WRONG).use { session.access.proveSecondFactor(it) } as FactorOutcome.Wrong
                assertEquals(FactorOutcome.Waiting(last.waitMs), pinOf(WRONG).use { session.access.proveSecondFactor(it) })
                phone.clock.advanceMs(last.waitMs)
            }
            lock.unlock().use { session ->
                app.nextCode().use { code ->
                    assertEquals(FactorOutcome.Right, session.access.proveSecondFactor(code))
                    assertEquals(0, code.length)
                }
                assertFalse(session.access.needsSecondFactor(GuardedAction.CHANGE_RECOVERY))
                session.access.createRecoveryCode().close()
            }
        }
    }

    @Test
    fun `a change waits, is shown, and can be cancelled`() = runTest {
        val (lock, app) = openWithAuthenticator()
        lock.use {
            lock.unlock().use { session ->
                app.nextCode().use { session.access.proveSecondFactor(it) }
                assertFalse(session.access.cancelSecondFactorChange())
                assertEquals(RecoveryChange.Pending(dayMs), session.access.removeSecondFactor())
                val waits = SecondFactor(FactorKind.AUTHENTICATOR, PendingFactor(dayMs, to = null))
                assertEquals(waits, session.access.secondFactor())
                assertTrue(session.access.cancelSecondFactorChange())
                session.access.removeSecondFactor()
            }
            phone.clock.advanceMs(dayMs)
            lock.unlock().use { session ->
                assertNull(session.access.secondFactor().inForce)
                val kinds = session.journal.page().entries.map { it.kind }
                assertTrue(kinds.containsAll(setOf(JournalKind.SECOND_FACTOR_CANCELLED, JournalKind.SECOND_FACTOR_OFF)), "$kinds")
                assertThrows<LockException.WrongState> { session.access.removeSecondFactor() }
            }
        }
    }

    @Test
    fun `a policy may guard every session as a whole`() = runTest {
        val (lock, app) = openWithAuthenticator(Policy.json("""{ "second_factor": { "at_unlock": true } }"""))
        lock.use {
            lock.unlock().use { session ->
                assertTrue(session.access.needsSecondFactor())
                assertThrows<LockException.SecondFactorNeeded> { session.vault.read("card") }
                assertFalse(lock.isOpen.value)
                assertEquals(FactorOutcome.Right, app.nextCode().use { session.access.proveSecondFactor(it) })
                assertTrue(lock.isOpen.value)
                assertNull(session.vault.read("card"))
            }
        }
    }
}
