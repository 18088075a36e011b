package dev.walletlock.android

import dev.walletlock.BiometricChange
import dev.walletlock.Finding
import dev.walletlock.Refusal

/** Why a step of setting or changing a PIN did not lead to the next one. */
internal sealed interface PinNote {
    /** The second entry is another PIN than the first. */
    data object Different : PinNote

    /** The new PIN is the one in force. */
    data object SameAsCurrent : PinNote

    /** The session ended meanwhile: the person has to enter the current PIN once more. */
    data object AskedAgain : PinNote

    /** Too many new PINs were proposed in one session: the person has to enter the current PIN once more. */
    data object ManyProposals : PinNote

    /** The PIN may not be set. */
    class Forbidden(val findings: List<Finding>) : PinNote

    /** The current PIN was not accepted. */
    class Refused(val refusal: Refusal) : PinNote

    /** The phone failed. */
    class Failed(val trouble: LockTrouble) : PinNote

    /** There is a typing slip in this group of a recovery code. */
    class CodeSlip(val group: Int) : PinNote

    /** What was typed is not this group of the new recovery code. */
    class NotThatGroup(val group: Int) : PinNote

    /** The session ended while the recovery code was written down. */
    data object CodeSessionOver : PinNote

    /** The recovery code was entered too long ago. */
    data object CodeExpired : PinNote

    /** Another call changed the wallet after the recovery code was entered. */
    data object CodeOvertaken : PinNote

    /** The provider's grant was taken too long ago. */
    data object GrantExpired : PinNote

    /** Another call changed the wallet after the provider's grant was taken. */
    data object GrantOvertaken : PinNote

    /** What became of a call to the provider, as a text. */
    class Provider(val words: Int) : PinNote

    /** Switching biometrics on did not succeed. */
    class BiometricsNotSwitchedOn(val change: BiometricChange) : PinNote

    /** A text of its own. */
    class Text(val words: Int) : PinNote

    /** A text that says when a wait is over. */
    class Wait(val words: Int, val leftMs: Long) : PinNote

    /** The code of the second factor is wrong. [triesLeft]: how many wrong ones begin the next wait. */
    class FactorWrong(val triesLeft: Int) : PinNote
}
