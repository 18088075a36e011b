package dev.walletlock.demo

import dev.walletlock.Authorisation
import dev.walletlock.LimitState
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentContext
import dev.walletlock.PaymentOutcome
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentRequest
import dev.walletlock.WalletLock
import dev.walletlock.demo.Stage.Companion.HOUR_MS
import dev.walletlock.demo.Stage.Companion.PIN

// What the stories about payments have in common.

/** Asks for a payment, and shows what is to be confirmed. */
internal suspend fun Stage.wantsToPay(lock: WalletLock, payment: Payment): PaymentRequest {
    val outcome = asked(lock, payment)
    val request = (outcome as? PaymentOutcome.NeedsProof)?.request
        ?: throw StoryFailed("a payment: expected NeedsProof, found $outcome")
    show(request.lines)
    return request
}

/** Asks for a payment, and confirms it with the PIN. */
internal suspend fun Stage.pays(lock: WalletLock, payment: Payment, pin: String = PIN): Authorisation {
    val request = wantsToPay(lock, payment)
    say("$who types ${spaced(pin)}.")
    return expectPaid(payment, typed(pin).use { lock.payments.confirmPin(request, it) })
}

internal fun Stage.expectPaid(payment: Payment, outcome: PaymentOutcome): Authorisation {
    val authorisation = (outcome as? PaymentOutcome.Approved)?.authorisation
        ?: throw StoryFailed("paying: expected Approved, found $outcome")
    expect("what is authorised", payment.id, authorisation.payment)
    show(inWords(payment))
    return authorisation
}

/** Asks for a payment that is refused, and shows why. */
internal suspend fun Stage.isRefused(lock: WalletLock, payment: Payment): List<PaymentRefusal> {
    val outcome = asked(lock, payment)
    show(inWords(outcome))
    return (outcome as? PaymentOutcome.Refused)?.reasons ?: throw StoryFailed("a payment: expected Refused, found $outcome")
}

/** The limits that hold, which are shown. */
internal suspend fun Stage.limits(lock: WalletLock, pin: String = PIN): List<LimitState> =
    unlock(lock, pin).use { it.limits.all() }.onEach { show(inWords(it)) }

/** Waits until it is nine o'clock on the next day by the limits, so that a story goes the same at every hour of the day. */
internal suspend fun nextMorning(app: DemoApp) = app.phone.clock.skip(app.lock.payments.state().nextDayMs + 9 * HOUR_MS)

private suspend fun Stage.asked(lock: WalletLock, payment: Payment): PaymentOutcome {
    say("$who wants to pay ${inWords(payment.amount)} to: ${payment.payee.name}.")
    return lock.payments.authorize(payment, PaymentContext(language = "en"))
}

/** A payment of so many euros. */
internal fun euros(id: String, euros: Long, payee: Payee, channel: PaymentChannel = PaymentChannel.ONLINE): Payment =
    Payment(id, Money(euros * 100, "EUR"), payee, channel)
