package dev.walletlock.android

import dev.walletlock.CodeEntry
import dev.walletlock.CodeOutcome
import dev.walletlock.CodeRefusal
import dev.walletlock.CodeStep
import dev.walletlock.LockException
import dev.walletlock.WalletLock
import dev.walletlock.android.RescueSteps.Step
import kotlinx.coroutines.launch

/**
 * One attempt to get back in with the recovery code. It holds the typed groups, in memory only.
 *
 * The groups that are typed to their end are kept while the person leaves the screen: the person may have to look the code up on
 * this very phone.
 */
internal class EnteringCode(lock: WalletLock) : Rescuing(lock) {
    override val steps = EnterCodeSteps()
    private val typedCode = TypedCode(CodeEntry(), ::onTyped)
    override val typing: TypedCode? get() = if (steps.step == Step.CODE) typedCode else super.typing

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
                    begin(outcome.rescue)
                    steps.opened()
                } else {
                    steps.refused(outcome as CodeRefusal)
                }
            } catch (fault: LockException) {
                steps.notChecked(LockTrouble.of(fault))
            }
            if (steps.step != Step.REFUSED || !canCheckAgain) dropOpening()
            onChange()
        }
    }

    fun typeAgain() {
        dropOpening()
        steps.typeAgain()
        onChange()
    }

    override fun dropOpening(): Unit = typedCode.entry.clear()

    override fun back(): Boolean {
        if (steps.step == Step.CODE && typedCode.back()) {
            steps.typed(typedCode.entry.step)
            onChange()
            return true
        }
        val goesBack = super.back()
        if (steps.step == Step.CODE) dropOpening()
        return goesBack
    }

    override fun forget() {
        typedCode.clear()
        super.forget()
    }

    override fun close() {
        typedCode.close()
        super.close()
    }
}
