package dev.walletlock.android

import dev.walletlock.BiometricAvailability
import dev.walletlock.BiometricOutcome
import dev.walletlock.BiometricRefusal
import dev.walletlock.FactorOutcome
import dev.walletlock.LockException
import dev.walletlock.PaymentOutcome
import dev.walletlock.PaymentRefusal
import dev.walletlock.PaymentRequest
import dev.walletlock.PinEntry
import dev.walletlock.ProofLevel
import dev.walletlock.Refusal
import dev.walletlock.WalletLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/** One payment that is asked for and confirmed. In memory only. Survives a rotation. For the main thread only. */
internal class Paying(val lock: WalletLock, private val order: PayOrder) : OneCall<Paying.Note>() {
    /** What the sheet shows. */
    sealed interface Page {
        /** It is not known yet what is needed. */
        data object Asking : Page

        /** The person reads the payment, and confirms it. */
        class Proof(val request: PaymentRequest) : Page

        /** [behindMs]: as in [dev.walletlock.PaymentsState]. */
        class Refused(val reasons: List<PaymentRefusal>, val behindMs: Long) : Page

        /** The payment waited for too long. */
        data object Expired : Page

        class Failed(val fault: LockException) : Page

        class Approved(val result: PayResult.Approved) : Page
    }

    /** What was wrong with the last proof. */
    sealed interface Note {
        class Pin(val refusal: Refusal) : Note

        class Finger(val refusal: BiometricRefusal) : Note

        class Code(val outcome: FactorOutcome) : Note

        /** What became of the call to the provider, as a text. */
        class Provider(val words: Int) : Note
    }

    var page: Page = Page.Asking
        private set

    /** Whether the last wrong PIN wipes the wallet. */
    var erasesLast = false
        private set
    private var prompt: Job? = null
    private var isPrompting = false
    private var wasPromptShown = false

    /** Whether another prompt would be of use. */
    private var canPrompt = true
    private val request: PaymentRequest? get() = (page as? Page.Proof)?.request

    init {
        scope.launch {
            erasesLast = lock.lastTryErases()
            if (erasesLast) onChange()
        }
        scope.launch { quietly { lock.prepare() } }
    }

    /** Whether a finger or face is of use for the payment now. */
    val offersFinger: Boolean get() = canPrompt && !isPrompting && request?.takesFinger == true

    /** Asks for the payment, for the first time or again: the same payment gets the same answer. */
    fun ask() = call { authorize() }

    private suspend fun authorize() {
        val open = order.session?.takeIf { it.isLive }
        val outcome = try {
            open?.payments?.authorize(order.payment, order.context)
        } catch (_: LockException.SessionEnded) {
            null
        }
        take(outcome ?: lock.payments.authorize(order.payment, order.context))
    }

    /** Confirms with the PIN in [entry], which is empty afterwards. */
    fun confirmPin(entry: PinEntry) = confirm(entry) { request, pin -> lock.payments.confirmPin(request, pin) }

    /** The same with a code of the authenticator. */
    fun confirmCode(entry: PinEntry) = confirm(entry) { request, code -> lock.payments.confirmCode(request, code) }

    private fun confirm(entry: PinEntry, check: suspend (PaymentRequest, PinEntry) -> PaymentOutcome) {
        val asked = request
        if (isBusy || asked == null) return entry.clear()
        val typed = entry.handedOver()
        call {
            typed.use {
                prompt?.cancel()
                prompt?.join()
                take(check(asked, it))
            }
        }
    }

    /** Shows the prompt for a finger or face by itself, but only once. After that the person has to ask for it. */
    fun offerFinger() {
        if (offersFinger && !wasPromptShown) askFinger()
    }

    /** Shows the prompt for a finger or face, unless one is shown already. */
    fun askFinger() {
        val asked = request ?: return
        if (isBusy || isPrompting) return
        isPrompting = true
        wasPromptShown = true
        forgetNote()
        onChange()
        prompt = scope.launch {
            try {
                guarded {
                    take(lock.payments.confirmBiometrics(asked))
                    val end = ((note as? Note.Finger)?.refusal as? BiometricOutcome.Ended)?.end
                    canPrompt = lock.biometricAvailability() is BiometricAvailability.Available && end !in Unlocking.HOPELESS
                }
            } finally {
                // Also if the prompt was taken away.
                isPrompting = false
                onChange()
            }
        }
    }

    /** Takes away the prompt, if any. */
    fun stopAsking() {
        prompt?.cancel()
    }

    /** Reaches the provider, which says what time it is, and asks for the payment again. */
    fun connect() = call {
        val words = wordsAfter(ProviderCall.HEARTBEAT, lock)
        if (words == null) authorize() else say(Note.Provider(words))
    }

    private suspend fun take(outcome: PaymentOutcome): Unit = when (outcome) {
        is PaymentOutcome.Approved -> page = Page.Approved(PayResult.Approved(outcome.authorisation))
        is PaymentOutcome.NeedsProof -> page = Page.Proof(outcome.request)
        is PaymentOutcome.Refused -> page = Page.Refused(outcome.reasons, lock.payments.state().behindMs)
        is PaymentOutcome.PinRefused -> say(Note.Pin(outcome.refusal))
        is PaymentOutcome.BiometricsRefused -> say(Note.Finger(outcome.refusal))
        is PaymentOutcome.CodeRefused -> say(Note.Code(outcome.outcome))
        is PaymentOutcome.Expired -> page = Page.Expired
    }

    override fun failed(fault: LockException) {
        page = Page.Failed(fault)
    }

    /** The payment does not wait any more: nobody confirms it now. */
    private fun cancelRequest() {
        val asked = request ?: return
        // Not cancelled with this: a payment that nobody sees must not wait.
        CoroutineScope(MainThread).launch { quietly { lock.payments.cancel(asked) } }
    }

    override fun close() {
        super.close()
        cancelRequest()
    }
}

/** Whether the PIN alone, or together with what was proven already, is enough. */
internal val PaymentRequest.takesPin: Boolean
    get() = ProofLevel.PIN in anyOf || hasBiometrics && ProofLevel.PIN_AND_BIOMETRICS in anyOf ||
        hasCode && ProofLevel.PIN_AND_CODE in anyOf

/** Whether a code of the authenticator is needed before the PIN, or one is of use. */
internal val PaymentRequest.takesCode: Boolean get() = !takesPin && ProofLevel.PIN_AND_CODE in anyOf

/** Whether a finger or face is enough, or is needed before the PIN. */
internal val PaymentRequest.takesFinger: Boolean
    get() = ProofLevel.BIOMETRICS in anyOf || !takesPin && ProofLevel.PIN_AND_BIOMETRICS in anyOf
