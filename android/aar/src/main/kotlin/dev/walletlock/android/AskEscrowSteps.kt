package dev.walletlock.android

import dev.walletlock.CodeOutcome
import dev.walletlock.android.RescueSteps.Step

/** The steps of a person who gets back in with the key that the provider keeps. */
internal class AskEscrowSteps : RescueSteps(Step.OFFER) {
    override val expiredNote get() = PinNote.GrantExpired
    override val overtakenNote get() = PinNote.GrantOvertaken

    /** Why the wallet was not opened. Null: the phone failed, and [note] says how. */
    var refusal: EscrowRefusal? = null
        private set

    /** Whether it can help to ask once more. */
    val canAskAgain: Boolean
        get() = when (val why = refusal) {
            null, is EscrowRefusal.ByProvider, is EscrowRefusal.OfGrant -> true
            is EscrowRefusal.OfWallet -> why.refusal is CodeOutcome.NoVerdict
        }

    /** The person asks the provider. Returns whether to ask it. */
    fun ask(): Boolean = (step == Step.OFFER || step == Step.REFUSED && canAskAgain).also { if (it) go(Step.ASKING) }

    /** The person does not wait for the provider any more. */
    fun stopAsking() = from(Step.ASKING) { begin(null) }

    /** The grant is right. */
    fun opened() = from(Step.ASKING) { go(Step.CHOOSE) }

    fun refused(why: EscrowRefusal) = from(Step.ASKING) {
        refusal = why
        go(Step.REFUSED)
    }

    /** The phone failed while the provider was asked. */
    fun notOpened(trouble: LockTrouble) = from(Step.ASKING) {
        refusal = null
        go(Step.REFUSED, PinNote.Failed(trouble))
    }
}
