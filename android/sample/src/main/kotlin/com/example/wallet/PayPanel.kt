package com.example.wallet

import android.app.Activity
import android.view.View
import android.widget.TextView
import dev.walletlock.Money
import dev.walletlock.Payment
import dev.walletlock.PaymentState
import java.math.BigDecimal
import java.text.NumberFormat
import java.util.Currency

/** The part of the home screen that shows what a shop asks for, and what became of the last payment. */
class PayPanel(private val home: Activity, onPay: (Payment) -> Unit, onTurnDown: (Payment) -> Unit) {
    private val panel = home.requireView<View>(R.id.offer)
    private val payee = home.requireView<TextView>(R.id.offer_payee)
    private val amount = home.requireView<TextView>(R.id.offer_amount)
    private val last = home.requireView<TextView>(R.id.paid)
    private var offer: Payment? = null

    init {
        home.requireView<View>(R.id.pay).setOnClickListener { offer?.let(onPay) }
        home.requireView<View>(R.id.turn_down).setOnClickListener { offer?.let(onTurnDown) }
    }

    fun show(offer: Payment?) {
        this.offer = offer
        panel.visibility = if (offer == null) View.GONE else View.VISIBLE
        payee.text = offer?.let { home.getString(R.string.offer_from, it.payee.name) }
        amount.text = offer?.let { inWords(it.amount) }
    }

    fun show(paid: Checkout.Last?) {
        last.visibility = if (paid == null) View.GONE else View.VISIBLE
        last.text = paid?.let { words(it.payment, it.state) }
    }

    private fun words(payment: Payment, state: PaymentState?): String {
        val amount = inWords(if (state is PaymentState.Captured) payment.amount.copy(minor = state.minor) else payment.amount)
        val words = when (state) {
            null -> R.string.paid_refused
            PaymentState.Reserved -> R.string.paid_reserved
            PaymentState.Presumed -> R.string.paid_presumed
            is PaymentState.Captured -> R.string.paid_captured
            PaymentState.Declined -> R.string.paid_declined
        }
        return home.getString(words, amount, payment.payee.name)
    }

    private fun inWords(money: Money): String {
        val currency = Currency.getInstance(money.currency)
        val digits = currency.defaultFractionDigits.coerceAtLeast(0)
        val format = NumberFormat.getCurrencyInstance(home.resources.configuration.locales[0])
        format.currency = currency
        format.minimumFractionDigits = digits
        format.maximumFractionDigits = digits
        return format.format(BigDecimal.valueOf(money.minor, digits))
    }
}
