//! What an app is told about the open sessions, and about why sessions ended.

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The app closed it, or dropped it.
    Closed,
    /// Its time was over; or a clock was changed, or the phone was restarted, so that nobody knows how much of that
    /// time has passed.
    Time,
    /// The app locked the wallet; or a lockout, a wipe, a removal or damage ended the session.
    Locked,
    /// The app locked the wallet because the screen went off.
    ScreenOff,
    /// What opened the session is no longer in force: the PIN was changed, biometrics were switched off, or a new
    /// wallet was begun.
    Replaced,
}

/// The sessions that are open now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSessions {
    /// Milliseconds, at least 1, until the next of the open sessions ends if nobody uses it. `None`: no session is
    /// open.
    pub next_end_ms: Option<u64>,
    /// Why the session that ended last did so. `None`: none has ended since the lock was opened.
    pub last_end: Option<SessionEnd>,
}
