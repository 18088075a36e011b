//! Which lock stands: the one question that status, gates and journal ask.

use super::parts::Record;
use crate::events::LockedBy;
use crate::lockout::AttemptGate;
use crate::time::Now;

/// Which lock stands, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What was protected is destroyed: there is no PIN to try.
    Wiped,
    /// A PIN is set, and its counter decides.
    Pin(AttemptGate),
}

impl Record {
    /// Which lock stands at `now`.
    pub(crate) fn standing(&self, now: Now) -> Standing {
        if !self.is_alive() {
            return Standing::Wiped;
        }
        Standing::Pin(self.lockout.evaluate(&self.policy.lockout, now))
    }
}

impl Standing {
    /// Whether the PIN's counter keeps biometrics from being used too. A wiped wallet has none to use.
    pub(crate) fn locks_biometrics(self) -> bool {
        match self {
            Self::Wiped | Self::Pin(AttemptGate::Ready { .. } | AttemptGate::TooManyAtOnce) => false,
            Self::Pin(AttemptGate::CoolingDown { .. } | AttemptGate::UntilRestart | AttemptGate::TooManyAttempts) => {
                true
            }
        }
    }

    /// The stop that the journal names when it begins. A wait is none.
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
