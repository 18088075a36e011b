//! The lock's state as the record describes it. The status, the gates and the journal all use this one function.

use super::parts::Record;
use crate::events::LockedBy;
use crate::lockout::AttemptGate;
use crate::time::Now;

/// The lock's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The protected data is destroyed: there is no PIN to try.
    Wiped,
    /// A PIN is set, and its counter decides whether a try is allowed.
    Pin(AttemptGate),
}

impl Record {
    /// The lock's state at `now`.
    pub(crate) fn standing(&self, now: Now) -> Standing {
        if !self.is_alive() {
            return Standing::Wiped;
        }
        Standing::Pin(self.lockout.evaluate(&self.policy.lockout, now))
    }
}

impl Standing {
    /// Whether the PIN's counter also forbids biometrics. `false` for a wiped wallet, which has no biometrics.
    pub(crate) fn locks_biometrics(self) -> bool {
        match self {
            Self::Wiped | Self::Pin(AttemptGate::Ready { .. } | AttemptGate::TooManyAtOnce) => false,
            Self::Pin(AttemptGate::CoolingDown { .. } | AttemptGate::UntilRestart | AttemptGate::TooManyAttempts) => {
                true
            }
        }
    }

    /// The stop that the journal names when it begins. A wait is not a stop.
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
    fn what_each_standing_means_for_biometrics_and_for_the_journal() {
        let waiting = AttemptGate::CoolingDown { remaining_ms: 1, tries_left: None };
        for (standing, locks_biometrics, locked_by) in [
            (Standing::Wiped, false, None),
            (Standing::Pin(AttemptGate::Ready { tries_left: Some(16) }), false, None),
            (Standing::Pin(AttemptGate::TooManyAtOnce), false, None),
            (Standing::Pin(waiting), true, None),
            (Standing::Pin(AttemptGate::UntilRestart), true, Some(LockedBy::UntilRestart)),
            (Standing::Pin(AttemptGate::TooManyAttempts), true, Some(LockedBy::TooManyAttempts)),
        ] {
            assert_eq!(standing.locks_biometrics(), locks_biometrics, "{standing:?}");
            assert_eq!(standing.locked_by(), locked_by, "{standing:?}");
        }
    }
}
