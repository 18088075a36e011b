package com.example.wallet

import dev.walletlock.Authorisation
import dev.walletlock.Money
import dev.walletlock.Payee
import dev.walletlock.Payment
import dev.walletlock.PaymentChannel
import dev.walletlock.PaymentState
import dev.walletlock.WalletLock
import java.util.UUID
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * What a shop asks the wallet to pay, and what became of the last payment.
 *
 * @param backend tells what a shop asks for, and charges payments. Null: there is no server, and this sample makes up a shop.
 */
class Checkout(private val backend: Backend? = null) {
    /**
     * The last payment that was approved.
     *
     * @property state what became of it. Null: the shop refused it, so nothing will be charged.
     */
    data class Last(val payment: Payment, val state: PaymentState?)

    private val asked = MutableStateFlow(if (backend == null) madeUp() else null)
    private val approved = MutableStateFlow<Last?>(null)

    /** What the person was asked to confirm last. */
    private var begun: Payment? = null

    /** One at a time: an authorisation that is handed in twice is refused. */
    private val handingIn = Mutex()

    /** What was approved and not handed in yet. It is in memory only: the payment's id gets the same authorisation again. */
    private var unsent: Authorisation? = null

    /** What a shop asks for now. Null: nothing. */
    val offer: StateFlow<Payment?> get() = asked

    /** The last payment that was approved. Null: none was, since the app was started. */
    val last: StateFlow<Last?> get() = approved

    /** Learns what a shop asks [wallet] for, and what became of the last payment. */
    suspend fun look(lock: WalletLock, wallet: String) {
        send()
        // The shop does not know the card: the wallet says which one pays.
        if (backend != null) asked.value = backend.offer(wallet)?.copy(card = Card.ref)
        val known = approved.value ?: return
        if (known.state != null) approved.value = Last(known.payment, lock.payments.stateOf(known.payment.id))
    }

    /** The person is asked to confirm this payment now. */
    fun begin(payment: Payment) {
        begun = payment
    }

    /**
     * Hands in what the person confirmed.
     *
     * @throws java.io.IOException if the server cannot be reached. Then [look] hands it in.
     */
    suspend fun handIn(lock: WalletLock, authorisation: Authorisation) {
        val payment = begun?.takeIf { it.id == authorisation.payment } ?: return
        asked.value = null
        approved.value = Last(payment, PaymentState.Reserved)
        if (backend == null) {
            // Nobody else says what became of it.
            approved.value = Last(payment, lock.payments.captured(payment.id, payment.amount.minor))
            asked.value = madeUp()
        } else {
            unsent = authorisation
            send()
        }
    }

    private suspend fun send(): Unit = handingIn.withLock {
        val authorisation = unsent ?: return
        val isTaken = backend?.pay(authorisation) == true
        unsent = null
        if (!isTaken) approved.value = approved.value?.copy(state = null)
    }

    /** The person does not want to pay. */
    suspend fun turnDown(payment: Payment) {
        asked.value = if (backend == null) madeUp() else null
        backend?.turnDown(payment.id)
    }

    private fun madeUp() =
        Payment(
            id = UUID.randomUUID().toString(),
            amount = Money(320, "EUR"),
            payee = Payee("Coffee bar", "sample-1"),
            channel = PaymentChannel.IN_STORE,
            card = Card.ref,
            mcc = COFFEE_BAR,
        )

    private companion object {
        /** Eating places (ISO 18245). */
        const val COFFEE_BAR = 5812
    }
}
