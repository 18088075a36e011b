package dev.walletlock

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** The status of the lock: whether a PIN may be entered, and if not, which lock it is and what the person can do. */
public sealed interface LockStatus {
    /** No PIN was set yet. */
    public data object Unconfigured : LockStatus

    /**
     * The status is not known now: the phone's keystore or storage does not answer properly, or another call is just setting
     * the first PIN, removing the wallet or checking it again. It does not mean that the wallet is damaged or has no PIN.
     * [WalletLock.recheck] looks again.
     */
    public data object Busy : LockStatus

    /**
     * A PIN may be entered.
     *
     * @property triesLeft tries left until a wipe, or a lock that waiting does not end. Null: the policy has neither.
     */
    public data class Ready(public val triesLeft: Int?) : LockStatus

    /**
     * Cool-down: after wrong PINs, the next PIN may be entered only after a wait.
     *
     * @property remainingMs milliseconds left, at least 1.
     * @property triesLeft tries left when the wait is over; otherwise as [Ready.triesLeft].
     * @property remedies what the person can do, first choice first.
     */
    public data class CoolingDown(
        public val remainingMs: Long,
        public val triesLeft: Int?,
        public val remedies: List<Remedy>,
    ) : LockStatus {
        /** [remainingMs] as a duration. */
        public val remaining: Duration get() = remainingMs.milliseconds
    }

    /**
     * The wallet is locked. No PIN is accepted, unless [Remedy.EnterPin] is among the remedies.
     *
     * @property reason which lock it is. If several locks stand: the one that is hardest to clear.
     * @property by who locked it.
     * @property remedies what the person can do, first choice first. It can be empty, if the app named no contacts.
     * @property message what whoever finds the phone is to read. Show it as the provider's message. Null: there is none.
     */
    public data class Locked @JvmOverloads constructor(
        public val reason: LockReason,
        public val by: WhoLocked,
        public val remedies: List<Remedy>,
        public val message: FinderMessage? = null,
    ) : LockStatus

    /** The wallet was wiped: everything in it is destroyed. A new PIN can be set. See [WalletLock.wipe]. */
    public data object Wiped : LockStatus
}

/** Which lock it is. */
public enum class LockReason {
    /** Too many wrong PINs. */
    TOO_MANY_ATTEMPTS,

    /** Too many wrong PINs since the phone started. */
    UNTIL_RESTART,

    /** The protected data, or the phone's key to it, is damaged, missing or not the one that belongs here. */
    DATA_DAMAGED,

    /** The phone was reported lost or stolen. */
    LOST_OR_STOLEN,

    /** The provider ordered the lock and gave no other reason, or it sent an order that this phone has not seen. */
    PROVIDER_ORDER,

    /** The owner locked the wallet. */
    LOCKED_BY_OWNER,

    /** The provider has seen something unusual. */
    UNUSUAL_ACTIVITY,

    /** The phone did not hear from the provider for longer than the policy allows. */
    HEARTBEAT_EXPIRED,
}

/** Who locked it. */
public enum class WhoLocked {
    /** This phone, by itself. */
    PHONE,

    /** The owner, on this phone. */
    OWNER,

    /** The owner's account, on another device or a website. This version never says so; a later one may. */
    ACCOUNT,

    /** The provider. */
    PROVIDER,
}

/**
 * A message of the provider for whoever finds the phone.
 *
 * @property text the message, up to 160 characters of plain text.
 * @property contact whom the finder can reach. Null: the provider named nobody.
 */
public data class FinderMessage(public val text: String, public val contact: Contact?)

/** Whether the lock notices that an older copy of the wallet's file was put back (rollback). */
public enum class RollbackProtection {
    /**
     * The lock notices it, and locks with [LockReason.DATA_DAMAGED]: such a copy cannot undo what was counted, changed or
     * destroyed since it was made.
     */
    ON,

    /**
     * The lock does not notice it: a copy with the same PIN in force brings back its old counters. This phone's keystore
     * was too slow to make a new key at each try; or a version without this protection began the wallet.
     */
    OFF,
}

/** Something a person can do about a lock. */
public sealed interface Remedy {
    /** Let the lock look again, with [WalletLock.recheck]: the keystore or the disk may have failed only for a moment. */
    public data object CheckAgain : Remedy

    /**
     * Wait: then a PIN may be entered. On a locked wallet it stands where the right PIN clears the lock, and is refused until
     * then because of wrong PINs.
     *
     * @property ms how long, in milliseconds.
     */
    public data class Wait(public val ms: Long) : Remedy

    /** Restart the phone: then a PIN may be entered again. */
    public data object Restart : Remedy

    /**
     * Enter the recovery code, with [Recovery.enterCode]: it opens the wallet, and a new PIN is set. While a lock of the
     * provider stands, the code has to be entered a second time, after a wait.
     *
     * @property state whether the code can be used.
     */
    public data class RecoveryCode(public val state: RemedyState) : Remedy

    /** Enter the PIN: it is accepted, and clears this lock. */
    public data object EnterPin : Remedy

    /**
     * Ask the provider to unlock the wallet.
     *
     * @property state whether the provider can be asked.
     */
    public data class AskProvider(public val state: RemedyState) : Remedy

    /**
     * Let the phone reach its provider.
     *
     * @property state whether the provider can be reached.
     */
    public data class Connect(public val state: RemedyState) : Remedy

    /**
     * Ask the provider, which keeps the key to the wallet, to open it: [Recovery.askEscrow].
     *
     * @property state whether the provider can be asked.
     */
    public data class AskEscrow(public val state: RemedyState) : Remedy

    /**
     * Turn to someone.
     *
     * @property contact to whom.
     */
    public data class Ask(public val contact: Contact) : Remedy
}

/** Whether a [Remedy] can be used. */
public sealed interface RemedyState {
    /** It can be used now. */
    public data object Available : RemedyState

    /**
     * It can be used after a wait.
     *
     * @property leftMs milliseconds left, at least 1.
     */
    public data class Waiting(public val leftMs: Long) : RemedyState {
        /** [leftMs] as a duration. */
        public val left: Duration get() = leftMs.milliseconds
    }

    /** It was used as often as it may be. */
    public data object UsedUp : RemedyState

    /** It was never set up. For the provider: this phone is not registered with it yet. */
    public data object NotSetUp : RemedyState
}

/** Someone a locked-out person can turn to. The contacts come from the policy. */
public sealed interface Contact {
    /**
     * A phone number to call.
     *
     * @property number as it is dialled.
     */
    public data class Phone(public val number: String) : Contact

    /**
     * A form to fill in.
     *
     * @property address where it is.
     */
    public data class Form(public val address: String) : Contact

    /**
     * An account on a social network.
     *
     * @property account which one.
     */
    public data class Social(public val account: String) : Contact

    /**
     * The police.
     *
     * @property advice what to tell them, and where.
     */
    public data class Police(public val advice: String) : Contact
}
