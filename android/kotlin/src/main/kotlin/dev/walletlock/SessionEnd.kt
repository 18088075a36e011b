package dev.walletlock

/** Why a session ended. */
public enum class SessionEnd {
    /** The app closed it, or dropped it. */
    CLOSED,

    /** Its time was over; or a clock was changed, so that it is not known how much of the time has passed. */
    TIME,

    /** The app locked the wallet; or a wrong PIN brought a wait or a lock; or the wallet was wiped, removed or damaged. */
    LOCKED,

    /** The app locked the wallet because the screen went off. */
    SCREEN_OFF,

    /** What opened the session is no longer in force: there is another PIN, or biometrics were switched off. */
    REPLACED,
}

/**
 * The open sessions at one moment.
 *
 * @property nextEndMs milliseconds until the next session ends if nobody uses it. Null: no session is open.
 * @property lastEnd why the last session ended. Null: none has ended.
 */
internal data class OpenSessions(val nextEndMs: Long?, val lastEnd: SessionEnd?) {
    val isOpen: Boolean get() = nextEndMs != null
}
