package dev.walletlock.android

import dev.walletlock.BiometricChange

/**
 * The steps in which a person sets the first PIN, and what leads from one step to the next. It handles no digits, and calls
 * neither the lock nor Android.
 */
internal class SetPinSteps : ChoosingPinSteps<SetPinSteps.Step>(Step.CHOOSE) {
    enum class Step { CHOOSE, AGAIN, SETTING, OFFER_FINGER, SWITCHING_ON, DONE }

    override fun chosen(refusal: PinNote?) = from(Step.CHOOSE) { go(if (refusal == null) Step.AGAIN else Step.CHOOSE, refusal) }

    /** The PIN was typed once more. Returns whether to set it now. */
    fun repeated(isSame: Boolean): Boolean {
        if (step != Step.AGAIN) return false
        if (isSame) go(Step.SETTING) else go(Step.CHOOSE, PinNote.Different)
        return isSame
    }

    /** The PIN is set. */
    fun set(offersFinger: Boolean) = from(Step.SETTING) { go(if (offersFinger) Step.OFFER_FINGER else Step.DONE) }

    /** The PIN was not set, because of [why]. */
    fun notSet(why: PinNote) = from(Step.SETTING) { go(Step.CHOOSE, why) }

    /** The person wants biometrics on. Returns whether to show the prompt. */
    fun switchOn(): Boolean = (step == Step.OFFER_FINGER).also { if (it) go(Step.SWITCHING_ON) }

    fun switchedOn(change: BiometricChange) = from(Step.SWITCHING_ON) {
        if (change is BiometricChange.Done) go(Step.DONE) else go(Step.OFFER_FINGER, PinNote.BiometricsNotSwitchedOn(change))
    }

    fun notSwitchedOn(trouble: LockTrouble) = from(Step.SWITCHING_ON) { go(Step.OFFER_FINGER, PinNote.Failed(trouble)) }

    /** The session ended, or its PIN was entered too long ago: biometrics can be switched on only later. */
    fun sessionOver() = from(Step.SWITCHING_ON) { go(Step.DONE) }

    /** The person answered 'not now'. */
    fun skip() = from(Step.OFFER_FINGER) { go(Step.DONE) }

    /**
     * Goes one step back, but does not take back a PIN that is set. False: the person leaves the screen instead. While a call
     * is running this does nothing.
     */
    fun back(): Boolean = when (step) {
        Step.CHOOSE, Step.DONE -> false
        Step.AGAIN -> true.also { go(Step.CHOOSE) }
        Step.OFFER_FINGER -> true.also { go(Step.DONE) }
        Step.SETTING, Step.SWITCHING_ON -> true
    }

    /** The digits of the first entry were cleared. */
    fun forget() = from(Step.AGAIN) { go(Step.CHOOSE) }
}
