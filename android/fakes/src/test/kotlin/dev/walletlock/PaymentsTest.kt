package dev.walletlock

import dev.walletlock.fakes.FakeProvider
import dev.walletlock.fakes.pinOf
import java.util.Base64
import kotlin.time.Duration.Companion.hours
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows

/** Payments from Kotlin: what each outcome looks like. `tests/stories` proves what may be paid. */
@Timeout(60)
class PaymentsTest : LockTest() {
    private val person = phone.person

    private suspend fun WalletLock.ask(payment: Payment = PAYMENT, context: PaymentContext = ENGLISH): PaymentRequest =
        (payments.authorize(payment, context) as PaymentOutcome.NeedsProof).request

    private suspend fun WalletLock.confirm(request: PaymentRequest, digits: String = RIGHT): PaymentOutcome =
        pinOf(digits).use { payments.confirmPin(request, it) }

    private suspend fun WalletLock.pay(payment: Payment): Authorisation =
        (confirm(ask(payment)) as PaymentOutcome.Approved).authorisation

    private fun claims(authorisation: Authorisation) =
        String(Base64.getUrlDecoder().decode(authorisation.byOwner.split('.')[1]))

    /** A claim whose value is a text. */
    private fun claim(name: String, authorisation: Authorisation) =
        claims(authorisation).substringAfter("\"$name\":\"").substringBefore('"')

    @Test
    fun `a payment is confirmed with the PIN, which opens no session`() = runTest {
        openEnrolled(PAYING).use { lock ->
            val request = lock.ask()
            assertEquals(listOf(ProofLevel.PIN), request.anyOf)
            assertEquals(listOf("12.50 EUR", "To Bakery (bakery-7)", "Online", OVER_EXEMPT), request.lines)
            assertEquals(listOf(ProofReason.OverLimit(OVER_EXEMPT)), request.reasons)
            assertEquals(emptyList<ProofReason>(), lock.ask(PAYMENT.copy(id = "small", amount = Money(1, "EUR"))).reasons)
            assertFalse(request.hasBiometrics || request.hasCode)
            val approved = pinOf(RIGHT).use { entry ->
                val outcome = lock.payments.confirmPin(request, entry) as PaymentOutcome.Approved
                assertEquals(0, entry.length)
                outcome.authorisation
            }
            assertFalse(lock.isOpen.value)
            assertEquals("order-1", approved.payment)
            assertEquals(request.lines, approved.lines)
            assertNull(approved.byPhone, "there is no provider")
            assertEquals(3, approved.byOwner.split('.').size)
            assertEquals(phone.clock.now().wallMs / 1_000 + 120, approved.expiresSeconds)
            assertEquals(PaymentState.Reserved, lock.payments.stateOf("order-1"))
            assertEquals(PaymentOutcome.Expired, lock.confirm(request), "it is approved already")
            assertEquals(claim("jti", approved), claim("jti", lock.pay(PAYMENT)), "the same payment is approved once")
            val other = PAYMENT.copy(amount = Money(1_251, "EUR"))
            assertEquals(PaymentOutcome.Refused(listOf(PaymentRefusal.Conflict)), lock.payments.authorize(other, ENGLISH))
        }
    }

    @Test
    fun `what became of a payment is told, and the app's word only tightens`() = runTest {
        openEnrolled(PAYING).use { lock ->
            assertNull(lock.payments.stateOf("order-1"))
            assertNull(lock.payments.captured("order-1", 1_250))
            lock.pay(PAYMENT)
            for (minor in listOf(1_249L, -1L)) {
                val less = assertThrows<LockException.Invalid> { lock.payments.captured("order-1", minor) }
                assertEquals("captured amount", less.what)
            }
            assertEquals(PaymentState.Captured(1_250), lock.payments.captured("order-1", 1_250))
            assertEquals(PaymentState.Captured(1_250), lock.payments.stateOf("order-1"))
            val ended = PaymentRefusal.Ended(PaymentState.Captured(1_250))
            assertEquals(PaymentOutcome.Refused(listOf(ended)), lock.payments.authorize(PAYMENT, ENGLISH))
            lock.pay(PAYMENT.copy(id = "order-2"))
            phone.clock.advanceMs(180_000)
            assertEquals(PaymentState.Presumed, lock.payments.stateOf("order-2"))
        }
    }

    @Test
    fun `after a wrong PIN the payment goes on waiting, for five minutes`() = runTest {
        openEnrolled(PAYING).use { lock ->
            val request = lock.ask()
            val wrong = PaymentOutcome.PinRefused(PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = false))
            assertEquals(wrong, lock.confirm(request, WRONG))
            val noPin = PaymentOutcome.PinRefused(PinOutcome.NoVerdict(NoVerdictCause.NotAPin))
            assertEquals(noPin, lock.confirm(request, "123"))
            assertTrue(lock.confirm(request) is PaymentOutcome.Approved)
            val late = lock.ask(PAYMENT.copy(id = "order-2"))
            phone.clock.advanceMs(301_000)
            assertEquals(PaymentOutcome.Expired, lock.confirm(late))
            val cancelled = lock.ask(PAYMENT.copy(id = "order-3"))
            assertTrue(lock.payments.cancel(cancelled))
            assertFalse(lock.payments.cancel(cancelled))
            assertEquals(PaymentOutcome.Expired, lock.confirm(cancelled))
        }
    }

    @Test
    fun `a finger pays what is small, and together with the PIN what is more`() = runBlocking {
        WalletLock.open(file, phone.platform, PAYING).use { lock ->
            lock.enrol()
            person.willDo { touches() }
            lock.unlock().use { assertEquals(BiometricChange.Done, it.access.enableBiometrics()) }
            val small = lock.ask()
            assertEquals(listOf(ProofLevel.BIOMETRICS, ProofLevel.PIN, ProofLevel.PIN_AND_BIOMETRICS), small.anyOf)
            val putAway = PaymentOutcome.BiometricsRefused(BiometricOutcome.Ended(BiometricEnd.CANCELLED_BY_PERSON))
            person.willDo { choosesPin() }
            assertEquals(putAway, lock.payments.confirmBiometrics(small))
            val seen = mutableListOf<BiometricPurpose?>()
            person.willDo {
                seen += phone.biometrics.shown?.purpose
                touches()
            }
            assertTrue(lock.payments.confirmBiometrics(small) is PaymentOutcome.Approved)
            assertEquals(listOf<BiometricPurpose?>(BiometricPurpose.Pay(Money(1_250, "EUR"), "Bakery")), seen)
            assertFalse(lock.isOpen.value)

            val large = lock.ask(Payment("order-2", Money(6_000, "EUR"), PAYMENT.payee))
            assertEquals(listOf(ProofLevel.PIN, ProofLevel.PIN_AND_BIOMETRICS), large.anyOf)
            val denied = PaymentOutcome.BiometricsRefused(BiometricOutcome.Denied(BiometricDenial.OVER_BUDGET))
            assertEquals(denied, lock.payments.confirmBiometrics(large))
            assertTrue(lock.confirm(large) is PaymentOutcome.Approved)

            val transfer = lock.ask(Payment("order-3", Money(1_001, "EUR"), PAYMENT.payee, PaymentChannel.TRANSFER))
            assertEquals(listOf(ProofLevel.PIN_AND_BIOMETRICS), transfer.anyOf)
            person.willDo { touches() }
            val more = (lock.payments.confirmBiometrics(transfer) as PaymentOutcome.NeedsProof).request
            assertTrue(more.hasBiometrics)
            assertEquals(transfer.lines, more.lines)
            assertTrue(lock.confirm(more) is PaymentOutcome.Approved)
            assertEquals(LockStatus.Ready(triesLeft = 16), lock.refresh())
        }
    }

    @Test
    fun `a prompt for a payment is called off, and the payment goes on waiting`() = runBlocking {
        WalletLock.open(file, phone.platform, PAYING).use { lock ->
            lock.enrol()
            person.willDo { touches() }
            lock.unlock().use { it.access.enableBiometrics() }
            val request = lock.ask()
            person.willDo { lock.cancelBiometrics() }
            val ended = async { lock.payments.confirmBiometrics(request) }.await()
            assertEquals(PaymentOutcome.BiometricsRefused(BiometricOutcome.Ended(BiometricEnd.CANCELLED_BY_SYSTEM)), ended)
            assertTrue(lock.confirm(request) is PaymentOutcome.Approved)
        }
    }

    @Test
    fun `a rule asks for a code of the authenticator, and then for the PIN`() = runTest {
        val lock = open(PAYING)
        val app = (pinOf(RIGHT).use { lock.enrol(it) } as Enrolment.Enrolled).session.use { session ->
            session.access.makeAuthenticator().use { new ->
                Totp(new).also { app ->
                    pinOf(app.code(phone.clock.now().wallMs)).use { session.access.confirmAuthenticator(new, it) }
                    session.access.setAuthenticator(new)
                }
            }
        }
        lock.use {
            val request = lock.ask(context = ENGLISH.copy(flags = listOf("debugged")))
            assertEquals(listOf(ProofLevel.PIN_AND_CODE), request.anyOf)
            val unusual = ProofReason.Unusual(Risk(RiskRule.INTEGRITY, "debugged"))
            assertEquals(listOf(ProofReason.OverLimit(OVER_EXEMPT), unusual), request.reasons)
            assertEquals("This phone may not be safe", request.lines.last())
            val notYet = (lock.confirm(request) as PaymentOutcome.NeedsProof).request
            assertFalse(notYet.hasCode, "the code comes first")
            val wrong = pinOf("000000").use { lock.payments.confirmCode(request, it) }
            assertEquals(PaymentOutcome.CodeRefused(FactorOutcome.Wrong(triesLeft = 4, waitMs = 0)), wrong)
            phone.clock.advanceMs(Totp.STEP_MS)
            val right = pinOf(app.code(phone.clock.now().wallMs)).use { lock.payments.confirmCode(request, it) }
            val more = (right as PaymentOutcome.NeedsProof).request
            assertTrue(more.hasCode)
            assertTrue(lock.confirm(more) is PaymentOutcome.Approved)
        }
    }

    @Test
    fun `each refusal is told`() = runTest {
        openEnrolled(PAYING).use { lock ->
            suspend fun refusal(payment: Payment = PAYMENT, context: PaymentContext = ENGLISH): PaymentRefusal =
                (lock.payments.authorize(payment, context) as PaymentOutcome.Refused).reasons.single()

            assertEquals(PaymentRefusal.CurrencyNotAllowed, refusal(PAYMENT.copy(amount = Money(1, "USD"))))
            val over = refusal(PAYMENT.copy(amount = Money(10_001, "EUR"))) as PaymentRefusal.OverLimit
            assertEquals(Limit(LimitScope.All, "EUR", LimitPeriod.DAY, 10_000), over.limit)
            assertEquals(10_000, over.left)
            assertNull(over.reopensIn, "more than a day's limit never fits")
            lock.pay(PAYMENT.copy(id = "day", amount = Money(8_000, "EUR")))
            val later = refusal(PAYMENT.copy(amount = Money(2_001, "EUR"))) as PaymentRefusal.OverLimit
            assertEquals(2_000, later.left)
            assertEquals(24.hours, later.reopensIn)
            val rooted = PaymentRefusal.Unusual(Risk(RiskRule.INTEGRITY, "rooted"), forMs = null)
            assertEquals(rooted, refusal(context = ENGLISH.copy(flags = listOf("rooted"))))
            lock.payments.freeze()
            val byOwner = PaymentFreeze(byOwner = true, byProvider = false, inPanic = false, ofChannel = false)
            assertEquals(PaymentRefusal.Frozen(byOwner), refusal())
            lock.unlock().use { it.access.unfreeze() }
            lock.payments.freeze(PaymentChannel.ONLINE)
            assertEquals(PaymentRefusal.Frozen(byOwner.copy(byOwner = false, ofChannel = true)), refusal())
            lock.unlock().use { it.access.unfreeze(PaymentChannel.ONLINE) }
            repeat(7) { lock.pay(PAYMENT.copy(id = "small-$it", amount = Money(1, "EUR"))) }
            assertEquals(PaymentRefusal.TooManyOpen, refusal())
            repeat(5) { lock.verify("26483$it") }
            assertTrue((refusal() as PaymentRefusal.Locked).status is LockStatus.CoolingDown)
        }
    }

    @Test
    fun `the provider has to register the phone first`() = runTest {
        val provider = FakeProvider(phone.clock)
        val policy = Policy.json("""{ "payment": $PAYMENT_PART, "provider": ${provider.policyPart()} }""")
        openEnrolled(policy).use { lock ->
            val refused = PaymentOutcome.Refused(listOf(PaymentRefusal.NotRegistered(leftMs = null)))
            assertEquals(refused, lock.payments.authorize(PAYMENT, ENGLISH))
            lock.provider.redeem(provider.answer(lock.provider.register()).word)
            assertEquals(3, lock.pay(PAYMENT).byPhone?.split('.')?.size)
        }
    }

    @Test
    fun `an open wallet pays a little without a proof`() = runTest {
        openEnrolled(PAYING).use { lock ->
            lock.unlock().use { session ->
                val coffee = PAYMENT.copy(amount = Money(500, "EUR"))
                assertTrue(session.payments.authorize(coffee, ENGLISH) is PaymentOutcome.Approved)
                val lunch = PAYMENT.copy(id = "order-2", amount = Money(501, "EUR"))
                val request = (session.payments.authorize(lunch, ENGLISH) as PaymentOutcome.NeedsProof).request
                assertEquals(listOf(ProofReason.OverLimit(OVER_EXEMPT)), request.reasons)
                assertTrue(lock.confirm(request) is PaymentOutcome.Approved)
            }
        }
    }

    @Test
    fun `payments are frozen and thawed, and after a panic the PIN alone does not thaw them`() = runTest {
        openEnrolled(PAYING).use { lock ->
            lock.payments.freeze(PaymentChannel.IN_STORE)
            assertEquals(listOf(PaymentChannel.IN_STORE), lock.payments.state().frozenChannels)
            assertFalse(lock.payments.state().freeze.isAny)
            lock.unlock().use { session ->
                assertEquals(Unfreezing.NothingFrozen, session.access.unfreeze(PaymentChannel.ONLINE))
                assertEquals(Unfreezing.Done, session.access.unfreeze(PaymentChannel.IN_STORE))
            }
            val session = lock.unlock()
            val wrong = pinOf(WRONG).use { lock.payments.panicFreeze(it) }
            assertEquals(PinOutcome.Wrong(triesLeft = 15, cooldownMs = 0, repeated = false), wrong)
            assertEquals(PanicOutcome.Frozen, pinOf(RIGHT).use { lock.payments.panicFreeze(it) })
            assertFalse(session.isLive)
            val state = lock.payments.state()
            assertEquals(PaymentFreeze(byOwner = true, byProvider = false, inPanic = true, ofChannel = false), state.freeze)
            assertEquals(24.hours, state.panicLeft)
            lock.unlock().use {
                assertEquals(24.hours, (it.access.unfreeze() as Unfreezing.Waits).left)
                assertTrue(Task.CHANGE_PIN in it.access.checklist().map { line -> line.task })
            }
            phone.clock.advanceMs(24.hours.inWholeMilliseconds)
            lock.unlock().use { assertEquals(Unfreezing.Done, it.access.unfreeze()) }
            lock.unlock().use {
                it.payments.panicFreeze()
                assertFalse(it.isLive)
            }
        }
    }

    @Test
    fun `a day begins at local midnight`() = runTest {
        openEnrolled(PAYING).use { lock ->
            assertEquals(24.hours, lock.payments.state().nextDay)
            phone.clock.utcOffsetS = 8 * 3_600
            assertEquals(16.hours, lock.payments.state().nextDay)
            assertEquals(0.hours, lock.payments.state().behind)
            phone.clock.failure = IllegalStateException("no clock")
            assertThrows<LockException.Platform> { lock.payments.state() }
            phone.clock.failure = null
            phone.clock.utcOffsetS = Int.MAX_VALUE
            assertThrows<LockException.Platform> { lock.payments.state() }
        }
    }

    @Test
    fun `the journal names what happened, and the details are for the open wallet`() = runTest {
        openEnrolled(PAYING).use { lock ->
            lock.pay(PAYMENT)
            lock.confirm(lock.ask(PAYMENT.copy(id = "order-2")), WRONG)
            lock.payments.captured("order-1", 1_250)
            lock.payments.authorize(PAYMENT.copy(id = "order-3", amount = Money(10_001, "EUR")))
            lock.payments.freeze(PaymentChannel.TRANSFER)
            lock.unlock().use { session ->
                session.limits.set(LIMIT)
                session.limits.set(LIMIT.copy(max = 6_000))
                session.limits.cancelRaise(LIMIT)
                val entries = session.journal.page(JournalQuery(limit = 100)).entries
                val told = entries.mapNotNull { it.kind }.toSet()
                val expected = setOf(
                    JournalKind.PAYMENT_RESERVED,
                    JournalKind.PAYMENT_APPROVED,
                    JournalKind.PAYMENT_RELEASED,
                    JournalKind.PAYMENT_CAPTURED,
                    JournalKind.PAYMENT_REFUSED,
                    JournalKind.CHANNEL_FROZEN,
                    JournalKind.LIMIT_SET,
                    JournalKind.LIMIT_PENDING,
                    JournalKind.LIMIT_CANCELLED,
                )
                assertEquals(emptySet<JournalKind>(), expected - told)
                val captured = entries.single { it.kind == JournalKind.PAYMENT_CAPTURED }
                val details = mapOf(
                    "payment" to "order-1",
                    "captured_minor" to "1250",
                    "counted_currency" to "EUR",
                    "channel" to "online",
                    "payee" to "Bakery",
                    "payee_id" to "bakery-7",
                    "by" to "app",
                )
                assertEquals(details, captured.details)
            }
        }
    }

    private companion object {
        val ENGLISH = PaymentContext("en")
        const val OVER_EXEMPT = "More than 5.00 EUR at once without confirming"
    }
}
