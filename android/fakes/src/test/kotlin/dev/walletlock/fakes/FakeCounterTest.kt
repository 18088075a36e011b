package dev.walletlock.fakes

import dev.walletlock.Authorisation
import dev.walletlock.CardRef
import dev.walletlock.LockTest
import dev.walletlock.Money
import dev.walletlock.NewCard
import dev.walletlock.Payment
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentContext
import dev.walletlock.PaymentOutcome
import dev.walletlock.PaymentState
import dev.walletlock.Policy
import dev.walletlock.RequestKind
import dev.walletlock.WalletLock
import dev.walletlock.WordDone
import dev.walletlock.WordError
import dev.walletlock.WordOutcome
import dev.walletlock.unlock
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The fake counter refuses what a backend refuses, and the wallet believes only its signed word. */
class FakeCounterTest : LockTest() {
    private val provider = FakeProvider(phone.clock)
    private val account get() = provider.accounts.single()
    private val counter get() = account.counter
    private val settled = listOf(WordOutcome.Done(WordDone.PAYMENT_SETTLED))

    private suspend fun TestScope.openRegistered(): WalletLock {
        val policy = Policy.json("""{ "payment": $PAYMENT_PART, "provider": ${provider.policyPart()} }""")
        return openEnrolled(policy).also { it.register(provider) }
    }

    private suspend fun WalletLock.register(at: FakeProvider) {
        at.answer(provider.register())
        val words = at.post.collect(at.accounts.single().wallet).map { it.deliver(this) }
        assertEquals(listOf(WordOutcome.Done(WordDone.REGISTERED)), words)
    }

    private suspend fun WalletLock.pay(id: String = "order-1", change: (Payment) -> Payment = { it }): Authorisation {
        val request = payments.authorize(change(PAYMENT.copy(id = id)), PaymentContext("en")) as PaymentOutcome.NeedsProof
        val outcome = pinOf(RIGHT).use { payments.confirmPin(request.request, it) }
        return (outcome as PaymentOutcome.Approved).authorisation
    }

    private suspend fun WalletLock.collect(): List<WordOutcome> = this@FakeCounterTest.provider.post.collect(account.wallet).map {
        it.deliver(this)
    }

    @Test
    fun `a payment is taken and charged, and the phone is told`() = runTest {
        openRegistered().use { lock ->
            val taken = counter.take(lock.pay())
            val payment = checkNotNull(taken.payment) { "$taken" }
            assertEquals("order-1", payment.id)
            assertEquals(PAYMENT.amount, payment.amount)
            assertEquals(PAYMENT.payee, payment.payee)
            assertEquals(PaymentChannel.ONLINE, payment.channel)
            assertEquals(listOf("12.50 EUR", "To Bakery (bakery-7)", "Online"), payment.shown.take(3))
            assertEquals(listOf("hwk", "pin", "mfa"), payment.methods)
            assertEquals("FakePayment(redacted)", payment.toString())
            assertEquals(listOf(payment), counter.payments)
            assertEquals(settled, lock.collect())
            assertEquals(PaymentState.Captured(1_250), lock.payments.stateOf("order-1"))
        }
    }

    @Test
    fun `it charges as it is told`() = runTest {
        openRegistered().use { lock ->
            for ((charging, state) in listOf(
                FakeCounter.Charging.ALL to PaymentState.Captured(1_020),
                FakeCounter.Charging.LESS to PaymentState.Captured(510),
                FakeCounter.Charging.MORE to PaymentState.Captured(1_122),
                FakeCounter.Charging.NOTHING to PaymentState.Declined,
            )) {
                counter.charging = charging
                val id = charging.name
                val authorisation = lock.pay(id) { it.copy(amount = Money(1_000, "EUR"), feeMaxMinor = 20) }
                assertNull(counter.take(authorisation).refusal)
                assertEquals(settled, lock.collect())
                assertEquals(state, lock.payments.stateOf(id), id)
            }
            counter.charging = FakeCounter.Charging.NEVER_TOLD
            assertNull(counter.take(lock.pay("silent")).refusal)
            counter.charging = FakeCounter.Charging.LATE
            assertNull(counter.take(lock.pay("late")).refusal)
            phone.clock.advanceMs(3_599_999)
            assertEquals(emptyList<WordOutcome>(), lock.collect())
            assertEquals(PaymentState.Presumed, lock.payments.stateOf("late"))
            phone.clock.advanceMs(1)
            assertEquals(settled, lock.collect())
            assertEquals(PaymentState.Captured(1_250), lock.payments.stateOf("late"))
            assertEquals(PaymentState.Presumed, lock.payments.stateOf("silent"))
        }
    }

    @Test
    fun `words about payments are signed by hand too, and a forged one changes nothing`() = runTest {
        openRegistered().use { lock ->
            counter.charging = FakeCounter.Charging.NEVER_TOLD
            assertNull(counter.take(lock.pay()).refusal)
            provider.post.isForging = true
            counter.declined("order-1")
            assertEquals(listOf(WordOutcome.Refused(WordError.BAD_SIGNATURE)), lock.collect())
            provider.post.isForging = false
            assertEquals(PaymentState.Reserved, lock.payments.stateOf("order-1"))
            val declined = counter.declined("order-1")
            assertEquals(settled.single(), lock.provider.accept(declined))
            assertEquals(settled.single(), lock.provider.accept(declined), "the same text: the same answer")
            assertEquals(PaymentState.Declined, lock.payments.stateOf("order-1"))
            lock.provider.accept(counter.captured("order-1", 1_250))
            assertEquals(PaymentState.Captured(1_250), lock.payments.stateOf("order-1"), "captured after declined counts")
        }
    }

    @Test
    fun `what is not signed by both keys is refused`() = runTest {
        openRegistered().use { lock ->
            val right = lock.pay()
            val other = lock.pay("order-2")
            val (phonePart, ownerPart) = listOf(checkNotNull(right.byPhone), right.byOwner).map { it.split('.') }
            val none = base64url("""{"alg":"none","kid":"${account.installation}","typ":"walletlock-authorisation+jwt"}""".toByteArray())
            val doubled = String(fromBase64url(phonePart[1])).replace("\"v\":1", "\"v\":1,\"v\":1")
            fun both(claims: String) = listOf(phonePart, ownerPart).map { "${it[0]}.$claims.${it[2]}" }

            for ((byPhone, byOwner) in listOf(
                listOf("", ""),
                listOf("", right.byOwner),
                listOf(right.byPhone!!, ""),
                listOf(right.byOwner, right.byPhone!!),
                listOf(right.byPhone!!, right.byPhone!!),
                listOf(right.byOwner, right.byOwner),
                listOf(right.byPhone!!, other.byOwner),
                listOf("$none.${phonePart[1]}.", right.byOwner),
                listOf(right.byPhone!!, "$none.${ownerPart[1]}."),
                listOf("$none.${phonePart[1]}.${phonePart[2]}", right.byOwner),
                listOf("${phonePart[0]}.${phonePart[1]}.${ownerPart[2]}", right.byOwner),
                listOf(right.byPhone!!, "${ownerPart[0]}.${ownerPart[1]}.${phonePart[2]}"),
                both(base64url(doubled.toByteArray())),
                both(base64url(String(fromBase64url(phonePart[1])).replace("1250", "1251").toByteArray())),
            )) {
                assertEquals(FakeCounter.Refusal.NOT_AN_AUTHORISATION, counter.take(byPhone, byOwner).refusal, byPhone)
            }
            assertNull(counter.take(right).refusal, "the control")
        }
    }

    @Test
    fun `one byte that is changed is noticed, wherever it is`() = runTest {
        openRegistered().use { lock ->
            val right = lock.pay()
            val byPhone = checkNotNull(right.byPhone)
            for (text in listOf(byPhone, right.byOwner)) {
                for (at in text.indices step 7) {
                    val letter = if (text[at] == 'A') 'B' else 'A'
                    val changed = text.replaceRange(at, at + 1, "$letter")
                    val taken = if (text === byPhone) counter.take(changed, right.byOwner) else counter.take(byPhone, changed)
                    assertEquals(FakeCounter.Refusal.NOT_AN_AUTHORISATION, taken.refusal, "byte $at")
                }
            }
            assertNull(counter.take(right).refusal, "the control")
        }
    }

    @Test
    fun `it is taken once, and the numbers go forward`() = runTest {
        openRegistered().use { lock ->
            val (first, second) = lock.pay() to lock.pay("order-2")
            assertNull(counter.take(second).refusal)
            assertEquals(FakeCounter.Refusal.REPLAYED, counter.take(second).refusal)
            assertEquals(FakeCounter.Refusal.OLD, counter.take(first).refusal)
            assertEquals(settled, lock.collect())
        }
    }

    @Test
    fun `it counts for its time, and the clocks may differ by a minute`() = runTest {
        openRegistered().use { lock ->
            val first = lock.pay()
            val before = phone.clock.now().wallMs
            phone.clock.setWallClock(before - 61_000)
            assertEquals(FakeCounter.Refusal.EXPIRED, counter.take(first).refusal)
            phone.clock.setWallClock(before - 60_000)
            assertNull(counter.take(first).refusal)
            phone.clock.setWallClock(before)
            val second = lock.pay("order-2")
            phone.clock.advanceMs(181_000)
            assertEquals(FakeCounter.Refusal.EXPIRED, counter.take(second).refusal)
            val third = lock.pay("order-3")
            phone.clock.advanceMs(180_000)
            assertNull(counter.take(third).refusal)
        }
    }

    @Test
    fun `a nonce counts once`() = runTest {
        openRegistered().use { lock ->
            counter.wantsNonce = true
            assertEquals(FakeCounter.Refusal.WRONG_NONCE, counter.take(lock.pay("no-nonce")).refusal)
            val nonce = counter.makeNonce()
            assertEquals(FakeCounter.Refusal.WRONG_NONCE, counter.take(lock.pay("made-up") { it.copy(nonce = "mine") }).refusal)
            assertNull(counter.take(lock.pay("right") { it.copy(nonce = nonce) }).refusal)
            assertEquals(FakeCounter.Refusal.WRONG_NONCE, counter.take(lock.pay("again") { it.copy(nonce = nonce) }).refusal)
        }
    }

    @Test
    fun `what the owner has frozen is refused once the phone has told so`() = runTest {
        openRegistered().use { lock ->
            val handedOut = lock.pay()
            lock.payments.freeze(PaymentChannel.ONLINE)
            assertNull(provider.answer(lock.provider.request(RequestKind.FREEZE_NOTICE)).refusal)
            assertEquals(listOf("online"), account.frozenPayments)
            assertEquals(FakeCounter.Refusal.FROZEN, counter.take(handedOut).refusal)
            lock.payments.freeze()
            provider.answer(lock.provider.request(RequestKind.FREEZE_NOTICE))
            assertEquals(listOf("all"), account.frozenPayments)
        }
    }

    @Test
    fun `a card that the owner has frozen is refused once the phone has told so, and others are not`() = runTest {
        openRegistered().use { lock ->
            lock.unlock().use { it.cards.add(NewCard("card-1", "Everyday", "Visa", "1234")) }
            val handedOut = lock.pay("with-it") { it.copy(card = CardRef("card-1", "Visa", "1234")) }
            assertTrue(lock.payments.freezeCard("card-1"))
            assertNull(provider.answer(lock.provider.request(RequestKind.FREEZE_NOTICE)).refusal)
            assertEquals(listOf("card:card-1"), account.frozenPayments)
            assertEquals(FakeCounter.Refusal.FROZEN, counter.take(handedOut).refusal)
            assertNull(counter.take(lock.pay("without")).refusal)
        }
    }

    @Test
    fun `another provider takes nothing of it`() = runTest {
        openRegistered().use { lock ->
            val stranger = FakeProvider(phone.clock, seed = 2)
            stranger.answer(SigningPhone().register())
            val refusal = stranger.accounts.single().counter.take(lock.pay()).refusal
            assertEquals(FakeCounter.Refusal.NOT_AN_AUTHORISATION, refusal)
            assertTrue(stranger.accounts.single().counter.payments.isEmpty())
        }
    }
}
