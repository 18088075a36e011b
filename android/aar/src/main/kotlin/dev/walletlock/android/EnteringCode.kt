package dev.walletlock.android

import dev.walletlock.CodeEntry
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.CodeStep
import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.PinEntry
import dev.walletlock.RecoveryOutcome
import dev.walletlock.Rescue
import dev.walletlock.WalletLock
import dev.walletlock.android.EnterCodeSteps.Step
import kotlinx.coroutines.launch

/**
 * One attempt to get back in with the recovery code. It holds the typed groups, what the code opened, the new PIN and the new
 * code, in memory only.
 *
 * The groups that are typed to their end are kept while the person leaves the screen: the person may have to look the code up on
 * this very phone. So is the new PIN while the new code is written down or printed. The code is valid for ten minutes.
 */
internal class EnteringCode(lock: WalletLock) : ChoosingPin(lock) {
    override val steps = EnterCodeSteps()
    private val typedCode = TypedCode(CodeEntry(), ::onTyped)
    private var rescue: Rescue? = null
    private var personal: List<Personal> = emptyList()
    var confirming: CodeToConfirm? = null
        private set

    /** Whether something in the wallet was damaged, and is lost, while a lock of the provider keeps the wallet closed. */
    var hasLost = false
        private set

    /** The digits of a code that are typed now. Null: none are. */
    val typing: TypedCode?
        get() = when (steps.step) {
            Step.CODE -> typedCode
            Step.ASK -> confirming?.typing
            else -> null
        }

    /** Whether it can help to check the same code again. */
    val canCheckAgain: Boolean get() = steps.refusal.let { it == null || it is CodeOutcome.NoVerdict }

    private fun onTyped(now: CodeStep) {
        val group = steps.group
        val isToCheck = steps.typed(now)
        if (isToCheck || now !is CodeStep.Typing || now.group != group) onChange()
        if (isToCheck) check()
    }

    fun checkAgain() {
        if (!steps.checkAgain()) return
        onChange()
        check()
    }

    private fun check() {
        scope.launch {
            try {
                // Checking empties an entry. If the phone gives no answer, the person need not type the code again.
                val outcome = typedCode.entry.duplicate().use { lock.recovery.enterCode(it) }
                if (outcome is CodeOutcome.Opened) {
                    rescue = outcome.rescue
                    steps.opened()
                } else {
                    steps.refused(outcome as CodeRefusal)
                }
            } catch (fault: LockException) {
                steps.notChecked(LockTrouble.of(fault))
            }
            if (steps.step != Step.REFUSED || !canCheckAgain) typedCode.entry.clear()
            onChange()
        }
    }

    fun typeAgain() {
        typedCode.entry.clear()
        steps.typeAgain()
        onChange()
    }

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
        if (pin == null || code == null) return@call over(PinNote.CodeExpired)
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
            is RecoveryOutcome.NotConfirmed, is RecoveryOutcome.Expired -> over(PinNote.CodeExpired)
        }
    }

    private fun call(block: suspend (Rescue) -> Unit) {
        val opened = rescue ?: return over(PinNote.CodeExpired)
        scope.launch {
            try {
                block(opened)
            } catch (_: LockException.WrongState) {
                over(PinNote.CodeOvertaken)
            } catch (fault: LockException) {
                steps.failed(LockTrouble.of(fault))
            }
            onChange()
        }
    }

    /** The code has to be entered once more. */
    private fun over(why: PinNote) {
        keepFirst(null)
        drop()
        rescue?.close()
        rescue = null
        typedCode.entry.clear()
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
        val goesBackAGroup = steps.step == Step.CODE && typedCode.back()
        if (goesBackAGroup) steps.typed(typedCode.entry.step)
        val goesBack = goesBackAGroup || steps.back()
        confirming?.forget()
        when (steps.step) {
            Step.CODE -> if (!goesBackAGroup) typedCode.entry.clear()
            Step.CHOOSE -> keepFirst(null)
            else -> Unit
        }
        if (goesBack) onChange()
        return goesBack
    }

    override fun forget() {
        typedCode.clear()
        confirming?.forget()
        if (steps.step == Step.CHOOSE || steps.step == Step.AGAIN) keepFirst(null)
        steps.forget()
        onChange()
    }

    override fun close() {
        drop()
        typedCode.close()
        rescue?.close()
        super.close()
    }
}
