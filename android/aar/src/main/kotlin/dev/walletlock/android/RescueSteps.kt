package dev.walletlock.android

/**
 * The steps in which a person gets back in, once something has opened the wallet: the person chooses a new PIN, and writes a new
 * code down. A subclass has the steps before: a typed code, or the provider's help. It handles no digits, and calls neither the
 * lock nor Android.
 */
internal abstract class RescueSteps(private val beginning: Step) : ChoosingPinSteps<RescueSteps.Step>(beginning) {
    enum class Step {
        // Only with a code.
        CODE,
        CHECKING,

        // Only with the provider's help.
        OFFER,
        ASKING,

        // With both.
        REFUSED,
        CHOOSE,
        AGAIN,
        MAKING,
        SHOWN,
        ASK,
        FINISHING,
        FAILED,
        LOST,
        LOCKED,
        DONE,
    }

    /** Says that the time for a new PIN is over. */
    abstract val expiredNote: PinNote

    /** Says that the wallet was changed meanwhile. */
    abstract val overtakenNote: PinNote

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

    /** The wallet has to be opened once more, because of [why]. */
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

    /** Goes one step back. False: the person leaves the screen instead. While a call is running this does nothing. */
    fun back(): Boolean = when (step) {
        Step.CODE, Step.OFFER, Step.CHOOSE, Step.FAILED, Step.LOCKED, Step.DONE -> false
        Step.CHECKING, Step.ASKING, Step.MAKING, Step.FINISHING -> true
        Step.REFUSED -> true.also { begin(null) }
        Step.AGAIN, Step.SHOWN -> true.also { go(Step.CHOOSE) }
        Step.ASK -> true.also { go(Step.SHOWN) }
        Step.LOST -> true.also { go(Step.DONE) }
    }

    protected open fun begin(why: PinNote?) = go(beginning, why)
}
