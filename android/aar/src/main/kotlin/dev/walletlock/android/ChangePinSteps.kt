package dev.walletlock.android

import dev.walletlock.PinChange
import dev.walletlock.Refusal

/**
 * The steps in which a person changes the PIN or the wipe PIN, and what leads from one step to the next. It handles no digits,
 * and calls neither the lock nor Android.
 */
internal class ChangePinSteps(private val ofWipePin: Boolean = false) :
    ChoosingPinSteps<ChangePinSteps.Step>(if (ofWipePin) Step.WARN else Step.CURRENT) {
    enum class Step { WARN, CURRENT, CHECKING, REPLACE_OR_REMOVE, CHOOSE, AGAIN, ASK_FINGER, CHANGING, DONE }

    /** The person left while a call was running. When it ends, the person begins again, unless the change is done. */
    private var hasLeft = false

    /** The person has read what a wipe PIN does. */
    fun understood() = from(Step.WARN) { go(Step.CURRENT) }

    /** The current PIN was typed to its end. Returns whether to check it. */
    fun check(): Boolean = (step == Step.CURRENT).also { if (it) go(Step.CHECKING) }

    /** [refusal]: why the current PIN was not accepted; null if it was right. [hasWipePin] matters only if [ofWipePin]. */
    fun checked(refusal: Refusal?, hasWipePin: Boolean = false) = from(Step.CHECKING) {
        when {
            refusal != null -> go(Step.CURRENT, PinNote.Refused(refusal))
            ofWipePin && hasWipePin -> go(Step.REPLACE_OR_REMOVE)
            else -> go(Step.CHOOSE)
        }
    }

    fun notChecked(trouble: LockTrouble) = from(Step.CHECKING) { go(Step.CURRENT, PinNote.Failed(trouble)) }

    /** The person wants another wipe PIN in place of the one that is set. */
    fun replace() = from(Step.REPLACE_OR_REMOVE) { go(Step.CHOOSE) }

    /** The person wants no wipe PIN any more. Returns whether to remove it. */
    fun remove(): Boolean = (step == Step.REPLACE_OR_REMOVE).also { if (it) go(Step.CHANGING) }

    override fun chosen(refusal: PinNote?) = from(Step.CHOOSE) { go(if (refusal == null) Step.AGAIN else Step.CHOOSE, refusal) }

    /** The new PIN was typed once more. [isFingerOn]: biometrics are on. Returns whether to make the change now. */
    fun repeated(isSame: Boolean, isFingerOn: Boolean): Boolean {
        if (step != Step.AGAIN) return false
        when {
            !isSame -> go(Step.CHOOSE, PinNote.Different)
            isFingerOn && !ofWipePin -> go(Step.ASK_FINGER)
            else -> go(Step.CHANGING)
        }
        return step == Step.CHANGING
    }

    /** The person has decided whether biometrics stay on. Returns whether to make the change. */
    fun answered(): Boolean = (step == Step.ASK_FINGER).also { if (it) go(Step.CHANGING) }

    fun changed(change: PinChange) = from(Step.CHANGING) {
        when (change) {
            is PinChange.Changed -> go(Step.DONE)
            is PinChange.Forbidden -> go(Step.CHOOSE, PinNote.Forbidden(change.findings))
            is Refusal -> go(Step.CURRENT, PinNote.Refused(change))
        }
    }

    fun notChanged(trouble: LockTrouble) = from(Step.CHANGING) { go(Step.CURRENT, PinNote.Failed(trouble)) }

    /** The session ended, or too many new PINs were proposed in it: asks for the current PIN again. [why] says which it is. */
    fun sessionOver(why: PinNote) {
        if (step != Step.WARN && step != Step.DONE) go(Step.CURRENT, why)
    }

    /** Goes one step back. False: the person leaves the screen instead. While a call is running this does nothing. */
    fun back(): Boolean = when (step) {
        Step.AGAIN, Step.ASK_FINGER -> true.also { go(Step.CHOOSE) }
        Step.CHECKING, Step.CHANGING -> true
        else -> false
    }

    /** The digits are cleared, and the person begins again. While a call is running, both happen when it ends. */
    fun forget() {
        when (step) {
            Step.WARN, Step.DONE -> Unit
            Step.CHECKING, Step.CHANGING -> hasLeft = true
            else -> go(Step.CURRENT)
        }
    }

    override fun go(next: Step, why: PinNote?) {
        val beginsAnew = hasLeft && next != Step.DONE
        hasLeft = false
        super.go(if (beginsAnew) Step.CURRENT else next, why)
    }
}
