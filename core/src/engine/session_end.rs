//! What an app is told of the open sessions, and of why they ended.

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// Whoever had it closed it, or dropped it.
    Closed,
    /// Its time was over; or a clock moved, or the phone started, in a way that leaves it unknown how much of that time has passed.
    Time,
    /// The app locked the wallet, or a lock, a wipe, a removal or damage did.
    Locked,
    /// The app locked the wallet because the screen went off.
    ScreenOff,
    /// What opened it is no longer in force: there is another PIN, or biometrics were switched off, or the wallet was begun anew.
    Replaced,
}

/// What is open now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSessions {
    /// Milliseconds, at least 1, after which the next of the open sessions ends if nobody uses it. `None`: none is open.
    pub next_end_ms: Option<u64>,
    /// Why the session that ended last did so. `None`: none has ended since the lock was opened.
    pub last_end: Option<SessionEnd>,
}
