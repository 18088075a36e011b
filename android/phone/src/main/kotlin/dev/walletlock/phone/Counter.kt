package dev.walletlock.phone

import dev.walletlock.Authorisation
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakeCounter
import dev.walletlock.fakes.FakePayment
import java.math.BigDecimal

/** A shop's counter beside the phone. It asks the phone for payments, and takes what the person there has confirmed. On any thread. */
class Counter(private val account: () -> FakeAccount?, private val onChange: (String) -> Unit) {
    /** What a shop asks for, and how much of it will be charged. */
    private class Asked(val payment: Payment, val charging: FakeCounter.Charging)

    /** What the counter got from the phone last. */
    class Receipt(val taken: FakeCounter.Taken, val charging: FakeCounter.Charging) {
        val payment: FakePayment? get() = taken.payment
    }

    private var asked: Asked? = null
    private var count = 0

    /** What it asks for now. */
    val offer: Payment? @Synchronized get() = asked?.payment

    /** What it got last. Null: nothing since it asked last. */
    @Volatile
    var receipt: Receipt? = null
        private set

    /** Asks the phone for a payment. False: no phone is registered. */
    @Synchronized
    fun ask(amount: Money, payee: String, charging: FakeCounter.Charging): Boolean {
        val counter = account()?.counter ?: return false
        val payment = Payment("order-${++count}", amount, Payee(payee, "shop-${Integer.toHexString(payee.hashCode())}"), nonce = counter.makeNonce())
        asked = Asked(payment, charging)
        receipt = null
        onChange("$payee asks for ${inWords(amount)}")
        return true
    }

    /** The person does not want to pay. */
    @Synchronized
    fun turnDown(payment: String) {
        if (asked?.payment?.id != payment) return
        asked = null
        onChange("the person does not want to pay")
    }

    /** Checks both signatures, and charges the payment. Returns whether it was taken. */
    @Synchronized
    fun take(authorisation: Authorisation): Boolean {
        val counter = account()?.counter ?: return false
        val charging = asked?.takeIf { it.payment.id == authorisation.payment }?.charging ?: FakeCounter.Charging.NOTHING
        counter.charging = charging
        val taken = counter.take(authorisation)
        asked = null
        receipt = Receipt(taken, charging)
        onChange(taken.refusal?.let { "the payment was refused: $it" } ?: "the payment was taken: $charging")
        return taken.payment != null
    }

    companion object {
        /** An amount in euros, as '12.50' or '12'. */
        fun euros(text: String): Money {
            require(EUROS.matches(text)) { "An amount as 12.50." }
            return Money(BigDecimal(text).movePointRight(2).toLong(), "EUR")
        }

        private val EUROS = Regex("""\d{1,7}(\.\d\d)?""")
    }
}
