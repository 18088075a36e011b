package dev.walletlock.android

/**
 * The step at which a person is who sets or changes a PIN, and what to say about the last entry. It handles no digits, and
 * calls neither the lock nor Android.
 */
internal abstract class ChoosingPinSteps<S : Enum<S>>(first: S) {
    var step: S = first
        private set

    /** Why the person is at this step again. Null: there is nothing to say. */
    var note: PinNote? = null
        private set

    /** How many notes there were: the screen says each note once, also if it is the same as the note before. */
    var notes: Int = 0
        private set

    /** The new PIN was typed to its end. [refusal]: why it may not be set; null: it may. */
    abstract fun chosen(refusal: PinNote?)

    protected fun from(expected: S, then: () -> Unit) {
        if (step == expected) then()
    }

    protected open fun go(next: S, why: PinNote? = null) {
        step = next
        note = why
        if (why != null) notes++
    }
}
