package dev.walletlock.android

import dev.walletlock.CodeRefusal
import dev.walletlock.CodeStep
import dev.walletlock.android.RescueSteps.Step

/** The steps of a person who gets back in with a recovery code. Whoever holds the groups goes back through them, with [typed]. */
internal class EnterCodeSteps : RescueSteps(Step.CODE) {
    override val expiredNote get() = PinNote.CodeExpired
    override val overtakenNote get() = PinNote.CodeOvertaken

    /** The group that is typed now, from 1. */
    var group = 1
        private set

    /** Why the code opened nothing. Null: the phone failed, and [note] says how. */
    var refusal: CodeRefusal? = null
        private set

    /** A digit of the code was typed. Returns whether to check the code now. */
    fun typed(now: CodeStep): Boolean {
        if (step != Step.CODE) return false
        when (now) {
            is CodeStep.Typing -> {
                group = now.group
                go(Step.CODE)
            }
            is CodeStep.Slip -> {
                group = now.group
                go(Step.CODE, PinNote.CodeSlip(now.group))
            }
            is CodeStep.Complete -> go(Step.CHECKING)
        }
        return step == Step.CHECKING
    }

    /** The code is right. */
    fun opened() = from(Step.CHECKING) { go(Step.CHOOSE) }

    fun refused(why: CodeRefusal) = from(Step.CHECKING) {
        refusal = why
        go(Step.REFUSED)
    }

    fun notChecked(trouble: LockTrouble) = from(Step.CHECKING) {
        refusal = null
        go(Step.REFUSED, PinNote.Failed(trouble))
    }

    /** The same code is checked once more. Returns whether to check it. */
    fun checkAgain(): Boolean = (step == Step.REFUSED).also { if (it) go(Step.CHECKING) }

    /** The person types the code once more. */
    fun typeAgain() = from(Step.REFUSED) { begin(null) }

    override fun begin(why: PinNote?) {
        group = 1
        super.begin(why)
    }
}
