package dev.walletlock

/**
 * A line of the list of what to tidy up after a recovery or a panic ([Access.checklist]).
 *
 * @property task what is to be done.
 * @property isDone whether it is done.
 */
public data class ChecklistLine(public val task: Task, public val isDone: Boolean)

/** Something to tidy up after a recovery or a panic. */
public enum class Task {
    /** Have the provider register this phone again. */
    REGISTER_PHONE,

    /** Set up a second factor. */
    SECOND_FACTOR,

    /** Confirm the channels again, or set one up. */
    CHANNELS,

    /** Look through what happened: sign-ins, changes, payments. */
    REVIEW_JOURNAL,

    /** Switch biometrics on again. */
    BIOMETRICS,

    /** Keep a recovery sheet in a safe place. */
    SHEET,

    /** After a panic: change the PIN, because somebody else may know it. */
    CHANGE_PIN,

    /** After a panic: report to the provider what happened. */
    REPORT,
}

/**
 * What one loss would mean, if the PIN were forgotten too ([Access.health]).
 *
 * @property loss what is lost.
 * @property advice what would help. Null: there would still be a way back in.
 */
public data class HealthLine(public val loss: Loss, public val advice: Advice?)

/** One thing that can be lost. */
public enum class Loss {
    /**
     * This phone, with its SIM card and the authenticator app on it. What the wallet keeps is lost too, unless the app keeps a copy
     * of the wallet's file elsewhere; the recovery code or the provider opens such a copy.
     */
    PHONE,

    /** The SIM card, or its number. */
    SIM,

    /** The mailbox. */
    MAIL_ACCOUNT,

    /** The paper with the recovery code. */
    PAPER,
}

/** What would help against a loss. */
public enum class Advice {
    /** Make a recovery code ([Access.createRecoveryCode]). */
    MAKE_CODE,

    /** Let the provider keep the key to the wallet ([Access.switchEscrow]). */
    SWITCH_ESCROW_ON,

    /** Set up another channel ([Access.addChannel]). */
    ADD_CHANNEL,

    /** Keep the recovery code in a second place. */
    KEEP_SECOND_COPY,
}
