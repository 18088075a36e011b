package dev.walletlock.android

import dev.walletlock.RecoveryChange

/**
 * The steps in which a person makes a recovery code, and what leads from one step to the next. It handles no digits, and calls
 * neither the lock nor Android.
 */
internal class MakeCodeSteps : ChoosingPinSteps<MakeCodeSteps.Step>(Step.WHY) {
    enum class Step { WHY, MAKING, SHOWN, ASK, SETTING, IN_FORCE, WAITS, DONE }

    /** How long the change waits, in milliseconds. */
    var leftMs = 0L
        private set

    /** No PIN is chosen here. */
    override fun chosen(refusal: PinNote?): Unit = Unit

    /** The person wants a code. Returns whether to make one. */
    fun make(): Boolean = (step == Step.WHY).also { if (it) go(Step.MAKING) }

    fun made() = from(Step.MAKING) { go(Step.SHOWN) }

    /** The code was not made, because of [why]. Null: the person did not enter the PIN. */
    fun notMade(why: PinNote?) = from(Step.MAKING) { go(Step.WHY, why) }

    /** The person has written the code down. */
    fun written() = from(Step.SHOWN) { go(Step.ASK) }

    /** The [group] that is asked back was typed. Returns whether to set the code now. */
    fun typed(isRight: Boolean, isConfirmed: Boolean, group: Int): Boolean {
        if (step != Step.ASK) return false
        go(if (isRight && isConfirmed) Step.SETTING else Step.ASK, if (isRight) null else PinNote.NotThatGroup(group))
        return step == Step.SETTING
    }

    fun set(change: RecoveryChange) = from(Step.SETTING) {
        when (change) {
            is RecoveryChange.InForce -> go(Step.IN_FORCE)
            is RecoveryChange.Pending -> {
                leftMs = change.leftMs
                go(Step.WAITS)
            }
            is RecoveryChange.NotConfirmed -> go(Step.SHOWN)
        }
    }

    /** The code was not set, because of [why]. Null: the person did not enter the PIN. */
    fun notSet(why: PinNote?) = from(Step.SETTING) { go(Step.SHOWN, why) }

    /** The change that waits was not cancelled, because of [why]. */
    fun notCancelled(why: PinNote) = from(Step.WAITS) { go(Step.WAITS, why) }

    /** The person has read what became of the code. */
    fun understood() {
        if (step == Step.IN_FORCE || step == Step.WAITS) go(Step.DONE)
    }

    /** The session ended: a code that is not set is made anew, because somebody else may have seen it meanwhile. */
    fun sessionOver() {
        if (step == Step.SHOWN || step == Step.ASK) go(Step.WHY, PinNote.CodeSessionOver)
    }

    /** Goes one step back. False: the person leaves the screen instead. While a call is running this does nothing. */
    fun back(): Boolean = when (step) {
        Step.WHY, Step.IN_FORCE, Step.WAITS, Step.DONE -> false
        Step.MAKING, Step.SETTING -> true
        Step.SHOWN -> true.also { go(Step.WHY) }
        Step.ASK -> true.also { go(Step.SHOWN) }
    }
}
