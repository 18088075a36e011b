package dev.walletlock

/** Why a session ended. */
public enum class SessionEnd {
    /** The app closed it, or dropped it. */
    CLOSED,

    /** Its time was over. Or someone changed a clock, so that the lock cannot tell how much of the time has passed. */
    TIME,

    /** The app locked the wallet; or a wrong PIN brought a wait or a lock; or the wallet was wiped, removed or damaged. */
    LOCKED,

    /** The app locked the wallet because the screen went off. */
    SCREEN_OFF,

    /** What opened the session is no longer in force: the PIN was changed or set anew, or biometrics were switched off. */
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
