//! The lock's state as the record describes it. The status, the gates and the journal all use this one function.

use super::parts::Record;
use crate::events::LockedBy;
use crate::lockout::AttemptGate;
use crate::time::Now;

/// The lock's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockState {
    /// The protected data is destroyed: there is no PIN to try.
    Wiped,
    /// A PIN is set, and its counter decides whether a try is allowed.
    Pin(AttemptGate),
}

impl Record {
    /// The lock's state at `now`.
    pub(crate) fn lock_state(&self, now: Now) -> LockState {
        if !self.is_alive() {
            return LockState::Wiped;
        }
        LockState::Pin(self.lockout.evaluate(&self.policy.lockout, now))
    }
}

impl LockState {
    /// Whether the PIN's counter also forbids biometrics. `false` for a wiped wallet, which has no biometrics.
    pub(crate) fn locks_biometrics(self) -> bool {
        match self {
            Self::Wiped | Self::Pin(AttemptGate::Ready { .. } | AttemptGate::TooManyAtOnce) => false,
            Self::Pin(AttemptGate::CoolingDown { .. } | AttemptGate::UntilRestart | AttemptGate::TooManyAttempts) => {
                true
            }
        }
    }

    /// The stop that gets a journal line when it begins. A wait is not a stop.
    pub(crate) fn locked_by(self) -> Option<LockedBy> {
        match self {
            Self::Pin(AttemptGate::TooManyAttempts) => Some(LockedBy::TooManyAttempts),
            Self::Pin(AttemptGate::UntilRestart) => Some(LockedBy::UntilRestart),
            Self::Wiped
            | Self::Pin(AttemptGate::Ready { .. } | AttemptGate::CoolingDown { .. } | AttemptGate::TooManyAtOnce) => {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_lock_state_means_for_biometrics_and_for_the_journal() {
        let waiting = AttemptGate::CoolingDown { remaining_ms: 1, tries_left: None };
        for (state, locks_biometrics, locked_by) in [
            (LockState::Wiped, false, None),
            (LockState::Pin(AttemptGate::Ready { tries_left: Some(16) }), false, None),
            (LockState::Pin(AttemptGate::TooManyAtOnce), false, None),
            (LockState::Pin(waiting), true, None),
            (LockState::Pin(AttemptGate::UntilRestart), true, Some(LockedBy::UntilRestart)),
            (LockState::Pin(AttemptGate::TooManyAttempts), true, Some(LockedBy::TooManyAttempts)),
        ] {
            assert_eq!(state.locks_biometrics(), locks_biometrics, "{state:?}");
            assert_eq!(state.locked_by(), locked_by, "{state:?}");
        }
    }
}
