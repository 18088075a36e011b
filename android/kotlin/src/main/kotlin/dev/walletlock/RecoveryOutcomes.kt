package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How entering a recovery code ended. All but [Opened] is a [CodeRefusal]. */
public sealed interface CodeOutcome {
    /**
     * The code is right.
     *
     * @property rescue sets the new PIN. Close it after use.
     */
    public data class Opened(public val rescue: Rescue) : CodeOutcome

    /**
     * The digits are not a recovery code: a digit is missing, or there is a typing slip. The entry keeps them.
     *
     * @property group the group in which a digit is missing or wrong, counted from 1.
     */
    public data class NotACode(public val group: Int) : CodeRefusal

    /** It is a recovery code, but not the one of this wallet. */
    public data object Wrong : CodeRefusal

    /**
     * The file holds an older code, or an older escrow, than the one in force: someone put an older copy of the file there. It is
     * not accepted.
     * Where the phone's keystore was emptied, or on another phone, nobody can tell that a copy is old.
     */
    public data object OldCode : CodeRefusal

    /**
     * The code or the grant is right, but what it should open was changed: by someone who changed the file, or by damage that reached the
     * wallet's items.
     */
    public data object Altered : CodeRefusal

    /** There is no recovery code, or no escrow: it was never set up, or what it would open is gone. */
    public data object NotSetUp : CodeRefusal

    /**
     * The code does not open the wallet in this state, so it was not checked.
     *
     * @property status why: the wallet was wiped, or the phone has to be restarted first.
     */
    public data class Locked(public val status: LockStatus) : CodeRefusal

    /**
     * There is no verdict: the phone's keystore or storage did not answer. The code may be right: try again.
     *
     * @property cause why.
     */
    public data class NoVerdict(public val cause: NoVerdictCause) : CodeRefusal
}

/** A recovery code, or the provider, opened nothing, for this reason. */
public sealed interface CodeRefusal : CodeOutcome

/** How a recovery ended. */
public sealed interface RecoveryOutcome {
    /**
     * The new PIN and the new code are in force, and the wallet is open.
     *
     * @property session close it after use.
     * @property lostItems the names of items that were damaged. They are lost.
     */
    public data class Done(public val session: Session, public val lostItems: List<String>) : RecoveryOutcome

    /**
     * The new PIN and the new code are in force, and a lock of the provider stands, so the wallet stays closed. When its wait is
     * over, the new code, entered again, clears it. The provider's grant clears it at any time.
     *
     * @property status which lock it is, and what the person can do.
     * @property lostItems the names of items that were damaged. They are lost.
     */
    public data class Locked(public val status: LockStatus, public val lostItems: List<String>) : RecoveryOutcome

    /**
     * This PIN may not be set. Nothing was changed.
     *
     * @property findings every reason.
     */
    public data class Forbidden(public val findings: List<Finding>) : RecoveryOutcome

    /** Not each group of the new code that is asked back was typed. Nothing was changed. */
    public data object NotConfirmed : RecoveryOutcome

    /** The recovery code was entered, or the grant taken, too long ago, or the phone was restarted. Nothing was changed. */
    public data object Expired : RecoveryOutcome
}

/** How a change of the recovery code, of escrow, of a channel or of the second factor ended. */
public sealed interface RecoveryChange {
    /** The change is in force. */
    public data object InForce : RecoveryChange

    /**
     * The change waits. Until it takes effect what is in force stays, and the change can be cancelled
     * ([Access.cancelRecoveryCodeChange], [Access.cancelEscrowChange], [Access.cancelChannelChange],
     * [Access.cancelSecondFactorChange]). A change of the recovery code or of escrow takes effect when the PIN next opens the wallet
     * after this time, and any other one when the time is over.
     *
     * @property leftMs milliseconds, counted by the time that the phone is on.
     */
    public data class Pending(public val leftMs: Long) : RecoveryChange {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /**
     * Not each group of the new code that is asked back was typed ([RecoveryCode.confirm]), or no code of the new authenticator
     * ([Access.confirmAuthenticator]). Nothing was changed.
     */
    public data object NotConfirmed : RecoveryChange
}

/**
 * What is known about the recovery code and escrow.
 *
 * @property hasCode whether a code is in force. Null: it is not known now, because the phone's keystore does not answer.
 * @property pending a change of the code that waits. Null: none does.
 * @property hasEscrow whether the provider keeps the key to the wallet ([Access.switchEscrow]). Null: it is not known now.
 * @property pendingEscrow a change of escrow that waits. Null: none does.
 */
public data class RecoveryStatus(
    public val hasCode: Boolean?,
    public val pending: PendingChange?,
    public val hasEscrow: Boolean?,
    public val pendingEscrow: PendingChange?,
)

/**
 * A change of the recovery code or of escrow that waits.
 *
 * @property leftMs milliseconds until it is due; 0: it takes effect when the PIN next opens the wallet.
 * @property withdraws true: the code in force is withdrawn, and no other takes its place; or escrow is switched off.
 */
public data class PendingChange(public val leftMs: Long, public val withdraws: Boolean) {
    /** [leftMs] as a duration. */
    public val left: Duration get() = leftMs.milliseconds
}
