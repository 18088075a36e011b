package dev.walletlock

/**
 * Asks for payments and confirms them, also while no session is open. [WalletLock.payments] gives it. It lives as long as its lock,
 * and needs no closing.
 *
 * ```
 * var outcome = lock.payments.authorize(payment)
 * if (outcome is PaymentOutcome.NeedsProof) {
 *     show(outcome.request.lines)                                          // the same lines are signed
 *     outcome = lock.payments.confirmPin(outcome.request, pinPad.entry)
 * }
 * when (outcome) {
 *     is PaymentOutcome.Approved -> backend.send(outcome.authorisation)    // the app's own network call
 *     is PaymentOutcome.Refused -> explain(outcome.reasons)
 *     else -> askAgain(outcome)
 * }
 * ```
 *
 * What a payment may cost is set aside before its proof is known to be right. From its approval on it counts against the limits
 * until the provider's signed word says that less was charged, or nothing ([Provider.accept]); also if the app loses the
 * authorisation.
 *
 * Payments need a policy that has a limit in their currency: `"payment": { "limits": [...] }`, or a preset, for example
 * `"payment": "psd2"`. If the policy names a provider, this phone has to be registered with it ([Provider.register]).
 */
public class Payments internal constructor(private val lock: WalletLock) {
    /**
     * Asks for a payment. Here every payment needs a proof; [SessionPayments.authorize] may allow small ones without.
     *
     * The same id and content gets the same answer: after a crash ask again, and confirm again.
     *
     * @throws LockException.Invalid names the field of [payment] that is wrong, or "payment context".
     */
    @JvmOverloads
    public suspend fun authorize(payment: Payment, context: PaymentContext = PaymentContext()): PaymentOutcome =
        lock.callNative { it.authorize(payment.toNative(context)) }.toPublic()

    /**
     * Confirms a payment with the PIN, and leaves the entry empty. Opens no session. A wrong PIN counts as everywhere.
     *
     * If a code of the authenticator is needed too ([ProofLevel.PIN_AND_CODE]), or a finger or face
     * ([ProofLevel.PIN_AND_BIOMETRICS]), confirm with that first. If the PIN alone is not enough, it is not checked, and the
     * outcome is [PaymentOutcome.NeedsProof].
     */
    public suspend fun confirmPin(request: PaymentRequest, entry: PinEntry): PaymentOutcome =
        confirm(request, entry, isCode = false)

    /**
     * Confirms a payment with a finger or face: shows the prompt with amount and payee, and waits until the phone has an answer. Opens
     * no session. If the PIN is needed too, the outcome is [PaymentOutcome.NeedsProof], and what was recognised is kept for this
     * payment.
     *
     * **Cancellation** takes the prompt away, as in [WalletLock.verifyBiometrics], and as [WalletLock.cancelBiometrics] does. If a
     * person was recognised before that, the payment counts.
     */
    public suspend fun confirmBiometrics(request: PaymentRequest): PaymentOutcome = lock.callNativeWithPrompt { native, prompt ->
        native.confirmPaymentByBiometrics(request.handle, prompt)
    }.toPublic()

    /**
     * Tries a code of the authenticator for a payment. The entry is empty once the code was counted. A right code is kept for this
     * payment, and the outcome is [PaymentOutcome.NeedsProof]: the PIN has to follow.
     */
    public suspend fun confirmCode(request: PaymentRequest, code: PinEntry): PaymentOutcome =
        confirm(request, code, isCode = true)

    /** Cancels a payment that waits for a proof. False: it does not wait any more. */
    public suspend fun cancel(request: PaymentRequest): Boolean = lock.callNative { it.cancelPayment(request.handle) }

    /**
     * Notes that so much was charged for a payment, as the app was told: all that was set aside, or more. To say that it was less, or
     * nothing, takes the provider's signed word ([Provider.accept]).
     *
     * @param id the payment's id.
     * @param minor in the smallest unit of the currency that limits count: that of [Payment.billing], if there is one.
     * @return what became of the payment. Null: no such payment is known.
     * @throws LockException.Invalid ("captured amount") if it is less than was set aside.
     */
    public suspend fun captured(id: String, minor: Long): PaymentState? =
        lock.callNative { it.paymentState(id.orInvalid("payment id"), minor) }?.toPublic()

    /** What became of the payment with this id. Null: it is not known, or its end was forgotten: the last 64 are kept. */
    public suspend fun stateOf(id: String): PaymentState? =
        lock.callNative { it.paymentState(id.orInvalid("payment id"), null) }?.toPublic()

    /**
     * What stands between the wallet and a payment: who froze payments, and when the limits of a day begin anew. It can be asked
     * without a session, and while the wallet is locked.
     */
    public suspend fun state(): PaymentsState = lock.callNative { it.paymentsState() }.toPublic()

    /**
     * Stops all payments, or those through one channel, without any proof. [Access.unfreeze] ends it. It recalls nothing that was
     * handed out: so tell the provider too ([RequestKind.FREEZE_NOTICE]).
     *
     * @param channel null: all payments.
     * @throws LockException.WrongState while no PIN is set.
     */
    @JvmOverloads
    public suspend fun freeze(channel: PaymentChannel? = null) {
        lock.callNative { it.freezePayments(channel?.toNative(), card = null) }
    }

    /**
     * Stops payments with one card, without any proof. [Cards.unfreeze] ends it. Tell the provider too ([RequestKind.FREEZE_NOTICE]).
     *
     * @return false: there is no such card, or they are stopped.
     * @throws LockException.WrongState while no PIN is set.
     */
    public suspend fun freezeCard(id: String): Boolean =
        lock.callNative { it.freezePayments(channel = null, id.orInvalid("card id")) }

    /**
     * Stops everything in a panic, because somebody saw the PIN or forced it: payments are frozen, and every session ends. Checks the
     * PIN in [entry], and leaves the entry empty. From then on the PIN alone does not undo it ([Access.unfreeze]): that takes a second
     * factor too, or a wait (the policy's `payment.raise_after_h`), or a grant of the provider.
     */
    public suspend fun panicFreeze(entry: PinEntry): PanicOutcome = lock.callNative { native ->
        entry.handle.overUniffi { native.panicFreeze(it) }?.toPublic() ?: PanicOutcome.Frozen
    }

    /** Says nothing about payments. */
    override fun toString(): String = "Payments"

    private suspend fun confirm(request: PaymentRequest, entry: PinEntry, isCode: Boolean): PaymentOutcome =
        lock.callNative { native ->
            entry.handle.overUniffi { native.confirmPayment(request.handle, it, isCode) }
        }.toPublic()
}

/**
 * Asks for payments while the wallet is open. [Session.payments] gives it. It lives as long as its session, and needs no closing.
 *
 * Every function throws [LockException.SessionEnded] once the session has ended.
 */
public class SessionPayments internal constructor(private val session: Session) {
    /**
     * Asks for a payment. Where the policy allows it, a small one is approved without a proof. Any other one is confirmed with
     * [Payments.confirmPin], [Payments.confirmBiometrics] or [Payments.confirmCode].
     *
     * @throws LockException.Invalid names the field of [payment] that is wrong, or "payment context".
     * @throws LockException.WrongState if another payment used up what was left meanwhile. Ask again.
     */
    @JvmOverloads
    public suspend fun authorize(payment: Payment, context: PaymentContext = PaymentContext()): PaymentOutcome =
        session.call { it.authorize(payment.toNative(context)) }.toPublic()

    /** Stops everything in a panic, as [Payments.panicFreeze] does, without asking for the PIN. This session ends too. */
    public suspend fun panicFreeze(): Unit = session.call { it.panicFreeze() }

    /** Says nothing about payments. */
    override fun toString(): String = "SessionPayments"
}
