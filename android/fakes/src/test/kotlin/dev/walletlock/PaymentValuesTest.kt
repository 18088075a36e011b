package dev.walletlock

import dev.walletlock.fakes.pinOf
import java.util.Base64
import java.util.Locale
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What goes into a payment, and what of it is printed. */
class PaymentValuesTest : LockTest() {
    private suspend fun WalletLock.ask(payment: Payment, context: PaymentContext = ENGLISH): PaymentRequest =
        (payments.authorize(payment, context) as PaymentOutcome.NeedsProof).request

    private suspend fun WalletLock.confirm(request: PaymentRequest): PaymentOutcome =
        pinOf(RIGHT).use { payments.confirmPin(request, it) }

    private fun claims(authorisation: Authorisation) =
        String(Base64.getUrlDecoder().decode(authorisation.byOwner.split('.')[1]))

    @Test
    fun `a value that is wrong is named`() = runTest {
        openEnrolled(PAYING).use { lock ->
            val card = CardRef("c-1", "Visa", "1111")
            val half = "a\ud800b"
            val table = listOf(
                PAYMENT.copy(id = "") to "payment id",
                PAYMENT.copy(id = half) to "payment id",
                PAYMENT.copy(amount = Money(-1, "EUR")) to "amount",
                PAYMENT.copy(amount = Money(0, "EUR")) to "amount",
                PAYMENT.copy(amount = Money(Long.MAX_VALUE, "EUR")) to "amount",
                PAYMENT.copy(amount = Money(1, "eur")) to "currency",
                PAYMENT.copy(amount = Money(1, "AAA")) to "currency",
                PAYMENT.copy(amount = Money(1, "\ud800")) to "currency",
                PAYMENT.copy(feeMaxMinor = -1) to "fee",
                PAYMENT.copy(payee = Payee("", "p")) to "payee",
                PAYMENT.copy(payee = Payee("a\u202eb", "p")) to "payee",
                PAYMENT.copy(payee = Payee(half, "p")) to "payee",
                PAYMENT.copy(payee = Payee("Bakery", half)) to "payee",
                PAYMENT.copy(card = card.copy(id = half)) to "card",
                PAYMENT.copy(card = card.copy(label = "4111 1111 1111 1111")) to "card",
                PAYMENT.copy(card = card.copy(last4 = "111")) to "card",
                PAYMENT.copy(mcc = -1) to "merchant category",
                PAYMENT.copy(mcc = 10_000) to "merchant category",
                PAYMENT.copy(mcc = 65_537) to "merchant category",
                PAYMENT.copy(billing = Money(-1, "USD")) to "billing amount",
                PAYMENT.copy(billing = Money(1, "EUR")) to "billing amount",
                PAYMENT.copy(nonce = "") to "nonce",
                PAYMENT.copy(nonce = half) to "nonce",
            )
            for ((payment, what) in table) {
                assertEquals(what, assertThrows<LockException.Invalid>(what) { lock.payments.authorize(payment) }.what)
                lock.unlock().use { session ->
                    assertEquals(what, assertThrows<LockException.Invalid>(what) { session.payments.authorize(payment) }.what)
                }
            }
            for (context in listOf(
                ENGLISH.copy(language = half),
                ENGLISH.copy(flags = listOf(half)),
                ENGLISH.copy(flags = List(17) { "rooted" }),
                ENGLISH.copy(place = CoarsePlace(901, 0)),
                ENGLISH.copy(place = CoarsePlace(0, 70_000)),
            )) {
                val fault = assertThrows<LockException.Invalid> { lock.payments.authorize(PAYMENT, context) }
                assertEquals("payment context", fault.what)
            }
            assertEquals("payment id", assertThrows<LockException.Invalid> { lock.payments.stateOf(half) }.what)
            assertEquals("payment id", assertThrows<LockException.Invalid> { lock.payments.captured(half, 1) }.what)
        }
    }

    @Test
    fun `every field of a payment arrives`() = runTest {
        openEnrolled(PAYING).use { lock ->
            val payment = PAYMENT.copy(
                channel = PaymentChannel.CODE_SHOWN,
                card = CardRef("c-1", "Visa", "1111"),
                kind = AmountKind.UP_TO,
                amount = Money(9_000, "JPY"),
                feeMaxMinor = 20,
                mcc = 5_462,
                billing = Money(5_600, "EUR"),
                nonce = "n-1",
            )
            val request = lock.ask(payment, PaymentContext("zh-CN", CoarsePlace.of(52.37, 4.9), emptyList()))
            val lines = listOf("最多 9,000 JPY", "收款方 Bakery (bakery-7)", "使用 Visa ••1111", "出示付款码") +
                listOf("手续费：最多 20 JPY", "从账户扣款（含手续费）： 56.00 EUR")
            assertEquals(lines, request.lines.dropLast(1))
            val approved = (lock.confirm(request) as PaymentOutcome.Approved).authorisation
            val claims = claims(approved)
            for (part in listOf(
                """"amount_minor":"9000","currency":"JPY","exponent":0,"kind":"up_to","fee_max_minor":"20"""",
                """"card":{"ref":"c-1","label":"Visa","last4":"1111"},"channel":"code_shown","mcc":"5462"""",
                """"billing":{"amount_minor":"5600","currency":"EUR"},"nonce":"n-1"""",
                """"locale":"zh-Hans"""",
            )) {
                assertTrue(part in claims, claims)
            }
            assertEquals(phone.clock.now().wallMs / 1_000 + 60, approved.expiresSeconds, "a shown code is valid for a minute")
        }
    }

    @Test
    fun `the language is that of the default locale`() = runTest {
        val before = Locale.getDefault()
        try {
            Locale.setDefault(Locale.SIMPLIFIED_CHINESE)
            assertEquals("zh-CN", PaymentContext().language)
        } finally {
            Locale.setDefault(before)
        }
    }

    @Test
    fun `what prints says neither whom nor how much`() = runTest {
        openEnrolled(PAYING).use { lock ->
            val payment = Payment(
                id = "order-1",
                amount = Money(7_351, "EUR"),
                payee = Payee("Bakery", "bakery-7"),
                card = CardRef("c-9", "Visa", "4242"),
            )
            val request = lock.ask(payment)
            val approved = lock.confirm(request)
            val limit = Limit(LimitScope.Card("c-9"), "EUR", LimitPeriod.DAY, max = 7_351)
            val printed = listOf(
                payment,
                payment.payee,
                payment.card,
                request,
                PaymentOutcome.NeedsProof(request),
                approved,
                (approved as PaymentOutcome.Approved).authorisation,
                PaymentContext(place = CoarsePlace(7_351, 7_351)),
                limit,
                LimitState(limit, isOwners = true, left = 7_351, reopensInMs = null, PendingRaise(7_351, 1)),
                PendingRaise(7_351, 1),
                PaymentRefusal.OverLimit(limit, left = 7_351, reopensInMs = null),
                PaymentRefusal.Ended(PaymentState.Captured(7_351)),
                ProofReason.OverLimit("7351"),
                lock.payments,
            ).joinToString("\n")
            val secrets = listOf("7351", "73.51", "Bakery", "bakery", "4242", "c-9", "eyJ")
            assertEquals(emptyList<String>(), secrets.filter { it in printed }, printed)
        }
    }

    private companion object {
        val ENGLISH = PaymentContext("en")
    }
}
