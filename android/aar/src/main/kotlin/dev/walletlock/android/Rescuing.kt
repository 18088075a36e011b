package dev.walletlock.android

import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryOutcome
import dev.walletlock.Rescue
import dev.walletlock.WalletLock
import dev.walletlock.android.RescueSteps.Step
import kotlinx.coroutines.launch

/**
 * One attempt to get back in. It holds what opened the wallet, the new PIN and the new code, in memory only. A subclass opens the
 * wallet: with a typed code, or with the provider's grant.
 *
 * The new PIN is kept while the new code is written down or printed. What opened the wallet is valid for ten minutes.
 */
internal abstract class Rescuing(lock: WalletLock) : ChoosingPin(lock) {
    abstract override val steps: RescueSteps
    private var rescue: Rescue? = null
    private var personal: List<Personal> = emptyList()
    var confirming: CodeToConfirm? = null
        private set

    /** Whether something in the wallet was damaged, and is lost, while a lock of the provider keeps the wallet closed. */
    var hasLost = false
        private set

    /** The digits of a code that are typed now. Null: none are. */
    open val typing: TypedCode? get() = if (steps.step == Step.ASK) confirming?.typing else null

    /** Something has opened the wallet: the person chooses a new PIN. */
    protected fun begin(opened: Rescue) {
        rescue?.close()
        rescue = opened
    }

    /** Called when the wallet has to be opened once more: clears what opened it. */
    protected abstract fun dropOpening()

    override fun typed(entry: PinEntry, personal: List<Personal>) {
        this.personal = personal
        when (steps.step) {
            Step.CHOOSE -> choose(entry.handedOver()) { findingsOn(it, personal) }
            Step.AGAIN -> entry.handedOver().use(::repeat)
            else -> entry.clear()
        }
    }

    private fun repeat(again: PinEntry) {
        val pin = first ?: return forget()
        if (!steps.repeated(pin.matches(again), hasCode)) keepFirst(null)
        onChange()
        goOn()
    }

    private val hasCode: Boolean get() = confirming?.code?.isConfirmed == true

    fun retry() {
        if (!steps.retry(hasCode)) return
        onChange()
        goOn()
    }

    private fun goOn() {
        if (steps.step == Step.MAKING) makeCode()
        if (steps.step == Step.FINISHING) finish()
    }

    private fun makeCode() = call { opened ->
        val code = opened.newCode()
        drop()
        confirming = CodeToConfirm(code, ::onConfirmed)
        steps.made()
    }

    fun written() {
        confirming?.restart()
        steps.written()
        onChange()
    }

    private fun onConfirmed(isRight: Boolean) {
        val asked = confirming ?: return
        val isToFinish = steps.confirmed(isRight, asked.code.isConfirmed, asked.group)
        onChange()
        if (isToFinish) finish()
    }

    private fun finish() = call { opened ->
        val pin = first
        val code = confirming?.code
        if (pin == null || code == null) return@call over(steps.expiredNote)
        when (val outcome = opened.finish(pin, code, personal)) {
            is RecoveryOutcome.Done -> {
                session = outcome.session
                keepFirst(null)
                drop()
                steps.finished(outcome.lostItems.isNotEmpty())
            }
            is RecoveryOutcome.Locked -> {
                keepFirst(null)
                drop()
                hasLost = outcome.lostItems.isNotEmpty()
                steps.stillLocked()
            }
            is RecoveryOutcome.Forbidden -> {
                keepFirst(null)
                steps.forbidden(PinNote.Forbidden(outcome.findings))
            }
            is RecoveryOutcome.NotConfirmed, is RecoveryOutcome.Expired -> over(steps.expiredNote)
        }
    }

    private fun call(block: suspend (Rescue) -> Unit) {
        val opened = rescue ?: return over(steps.expiredNote)
        scope.launch {
            try {
                block(opened)
            } catch (_: LockException.WrongState) {
                over(steps.overtakenNote)
            } catch (fault: LockException) {
                steps.failed(LockTrouble.of(fault))
            }
            onChange()
        }
    }

    /** The wallet has to be opened once more. */
    private fun over(why: PinNote) {
        keepFirst(null)
        drop()
        rescue?.close()
        rescue = null
        dropOpening()
        steps.expired(why)
    }

    fun understood() {
        steps.understood()
        onChange()
    }

    private fun drop() {
        confirming?.close()
        confirming = null
    }

    override fun back(): Boolean {
        val goesBack = steps.back()
        confirming?.forget()
        if (steps.step == Step.CHOOSE) keepFirst(null)
        if (goesBack) onChange()
        return goesBack
    }

    override fun forget() {
        confirming?.forget()
        if (steps.step == Step.CHOOSE || steps.step == Step.AGAIN) keepFirst(null)
        steps.forget()
        onChange()
    }

    override fun close() {
        drop()
        rescue?.close()
        super.close()
    }
}
