package dev.walletlock

/** Why a session ended. */
public enum class SessionEnd {
    /** The app closed it, or dropped it. */
    CLOSED,

    /** Its time was over; or a clock moved, so that nobody knows how much of it has passed. */
    TIME,

    /** The app locked the wallet, or a lock did, a wipe, a removal, or damage. */
    LOCKED,

    /** The app locked the wallet because the screen went off. */
    SCREEN_OFF,

    /** What opened it is no longer in force: there is another PIN, or biometrics were switched off. */
    REPLACED,
}

/**
 * What is open in one moment.
 *
 * @property nextEndMs milliseconds until the next of it ends if nobody uses it. Null: nothing is open.
 * @property lastEnd why the session that ended last did so. Null: none has.
 */
internal data class OpenSessions(val nextEndMs: Long?, val lastEnd: SessionEnd?) {
    val isOpen: Boolean get() = nextEndMs != null
}
