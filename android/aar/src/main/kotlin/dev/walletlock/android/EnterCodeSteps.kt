package dev.walletlock.android

import dev.walletlock.CodeRefusal
import dev.walletlock.CodeStep

/**
 * The steps in which a person enters a recovery code, chooses a new PIN and writes a new code down, and what leads from one step
 * to the next. It handles no digits, and calls neither the lock nor Android.
 */
internal class EnterCodeSteps : ChoosingPinSteps<EnterCodeSteps.Step>(Step.CODE) {
    enum class Step { CODE, CHECKING, REFUSED, CHOOSE, AGAIN, MAKING, SHOWN, ASK, FINISHING, FAILED, LOST, LOCKED, DONE }

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

    override fun chosen(refusal: PinNote?) = from(Step.CHOOSE) { go(if (refusal == null) Step.AGAIN else Step.CHOOSE, refusal) }

    /** The PIN was typed once more. Returns whether to go on. [hasCode]: the new code is written down and confirmed already. */
    fun repeated(isSame: Boolean, hasCode: Boolean): Boolean {
        if (step != Step.AGAIN) return false
        if (!isSame) go(Step.CHOOSE, PinNote.Different) else go(if (hasCode) Step.FINISHING else Step.MAKING)
        return isSame
    }

    fun made() = from(Step.MAKING) { go(Step.SHOWN) }

    /** The person has written the new code down. */
    fun written() = from(Step.SHOWN) { go(Step.ASK) }

    /** The [group] that is asked back was typed. Returns whether to finish now. */
    fun confirmed(isRight: Boolean, isConfirmed: Boolean, group: Int): Boolean {
        if (step != Step.ASK) return false
        go(if (isRight && isConfirmed) Step.FINISHING else Step.ASK, if (isRight) null else PinNote.NotThatGroup(group))
        return step == Step.FINISHING
    }

    fun finished(hasLost: Boolean) = from(Step.FINISHING) { go(if (hasLost) Step.LOST else Step.DONE) }

    /** The new PIN and the new code are in force, but a lock of the provider stands. */
    fun stillLocked() = from(Step.FINISHING) { go(Step.LOCKED) }

    /** The PIN may not be set: another one is chosen. */
    fun forbidden(why: PinNote) = from(Step.FINISHING) { go(Step.CHOOSE, why) }

    /** The code has to be entered once more, because of [why]. */
    fun expired(why: PinNote) {
        if (step == Step.FINISHING || step == Step.MAKING) begin(why)
    }

    /** The phone failed: the person can try again. */
    fun failed(trouble: LockTrouble) {
        if (step == Step.FINISHING || step == Step.MAKING) go(Step.FAILED, PinNote.Failed(trouble))
    }

    /** Tries again what failed. [hasCode]: as in [repeated]. Returns whether to go on. */
    fun retry(hasCode: Boolean): Boolean =
        (step == Step.FAILED).also { if (it) go(if (hasCode) Step.FINISHING else Step.MAKING) }

    /** The person has read that something is lost. */
    fun understood() = from(Step.LOST) { go(Step.DONE) }

    /** The digits of the new PIN were cleared. */
    fun forget() {
        if (step == Step.AGAIN) go(Step.CHOOSE)
    }

    /**
     * Goes one step back. False: the person leaves the screen instead. While a call is running this does nothing. The groups of
     * the code are gone through by whoever holds them, with [typed].
     */
    fun back(): Boolean = when (step) {
        Step.CODE, Step.CHOOSE, Step.FAILED, Step.LOCKED, Step.DONE -> false
        Step.CHECKING, Step.MAKING, Step.FINISHING -> true
        Step.REFUSED -> true.also { begin(null) }
        Step.AGAIN, Step.SHOWN -> true.also { go(Step.CHOOSE) }
        Step.ASK -> true.also { go(Step.SHOWN) }
        Step.LOST -> true.also { go(Step.DONE) }
    }

    private fun begin(why: PinNote?) {
        group = 1
        go(Step.CODE, why)
    }
}
