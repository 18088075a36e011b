//! Which locks stand, as the record describes it. The status, the gates and the journal all use this one function.

use super::parts::Record;
use crate::events::LockedBy;
use crate::lockout::AttemptGate;
use crate::locks::{LockReason, Way, WhoLocked, ways};
use crate::policy::ClearsUnusual;
use crate::provider::AllowanceState;
use crate::time::Now;

/// The locks that stand at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    is_wiped: bool,
    /// What the PIN's counter allows.
    gate: AttemptGate,
    /// Locks that stand beside the counter, the hardest to clear first.
    beside: Vec<(LockReason, WhoLocked)>,
    unusual: ClearsUnusual,
}

impl Record {
    /// The locks that stand at `now`.
    pub(crate) fn standing(&self, now: Now) -> Standing {
        let mut beside: Vec<_> = self.locks.all().iter().map(|lock| (lock.reason, lock.by.who())).collect();
        if self.allowance(now) == Some(AllowanceState::Expired) {
            beside.push((LockReason::HeartbeatExpired, WhoLocked::Phone));
        }
        beside.sort_by_key(|(reason, _)| *reason);
        let gate = self.lockout.evaluate(&self.policy.lockout, now);
        Standing { is_wiped: !self.is_alive(), gate, beside, unusual: self.clears_unusual() }
    }

    /// The state of the allowance. `None`: there is none.
    pub(crate) fn allowance(&self, now: Now) -> Option<AllowanceState> {
        self.provider.allowance(self.policy.provider.as_ref(), now)
    }

    /// What clears a lock for unusual activity.
    pub(crate) fn clears_unusual(&self) -> ClearsUnusual {
        self.policy.provider.as_ref().map(|provider| provider.unusual).unwrap_or_default()
    }
}

impl Standing {
    /// Whether the protected data is destroyed: there is no PIN to try, and no lock matters.
    pub(crate) fn is_wiped(&self) -> bool {
        self.is_wiped
    }

    /// What the PIN's counter allows, whatever stands beside it.
    pub(crate) fn gate(&self) -> AttemptGate {
        self.gate
    }

    /// The lock that is hardest to clear, of those that waiting does not end. `None`: none stands.
    pub(crate) fn hardest(&self) -> Option<(LockReason, WhoLocked)> {
        let counter = self.locked_by().map(|by| (by.reason(), WhoLocked::Phone));
        self.beside.first().copied().into_iter().chain(counter).min_by_key(|(reason, _)| *reason)
    }

    /// Whether a PIN is accepted now: the counter allows a try, and the right PIN clears whatever stands.
    pub(crate) fn admits_pin(&self) -> bool {
        !self.is_wiped && matches!(self.gate, AttemptGate::Ready { .. }) && self.pin_clears_the_rest()
    }

    /// Whether the right PIN clears every lock beside the counter.
    pub(crate) fn pin_clears_the_rest(&self) -> bool {
        self.beside.iter().all(|(reason, _)| ways(*reason, self.unusual).contains(&Way::Pin))
    }

    /// Whether nothing may be read or changed, also by a session that is open. The counter's stops are not among these:
    /// the try that brings one ends the sessions itself.
    pub(crate) fn suspends_sessions(&self) -> bool {
        self.is_wiped || !self.beside.is_empty()
    }

    /// Whether biometrics are forbidden too. `false` for a wiped wallet, which has none.
    pub(crate) fn locks_biometrics(&self) -> bool {
        let by_counter = match self.gate {
            AttemptGate::Ready { .. } | AttemptGate::TooManyAtOnce => false,
            AttemptGate::CoolingDown { .. } | AttemptGate::UntilRestart | AttemptGate::TooManyAttempts => true,
        };
        !self.is_wiped && (by_counter || !self.beside.is_empty())
    }

    /// The counter's stop, which gets a journal line when it begins. A wait is not a stop.
    pub(crate) fn locked_by(&self) -> Option<LockedBy> {
        match self.gate {
            _ if self.is_wiped => None,
            AttemptGate::TooManyAttempts => Some(LockedBy::TooManyAttempts),
            AttemptGate::UntilRestart => Some(LockedBy::UntilRestart),
            AttemptGate::Ready { .. } | AttemptGate::CoolingDown { .. } | AttemptGate::TooManyAtOnce => None,
        }
    }
}

impl LockedBy {
    fn reason(self) -> LockReason {
        match self {
            Self::TooManyAttempts => LockReason::TooManyAttempts,
            Self::UntilRestart => LockReason::UntilRestart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(gate: AttemptGate, beside: &[LockReason]) -> Standing {
        let beside = beside.iter().map(|reason| (*reason, WhoLocked::Provider)).collect();
        Standing { is_wiped: false, gate, beside, unusual: ClearsUnusual::Pin }
    }

    const READY: AttemptGate = AttemptGate::Ready { tries_left: Some(16) };

    #[test]
    fn what_each_state_of_the_counter_means_for_biometrics_and_for_the_journal() {
        let waiting = AttemptGate::CoolingDown { remaining_ms: 1, tries_left: None };
        for (gate, admits_pin, locks_biometrics, locked_by) in [
            (READY, true, false, None),
            (AttemptGate::TooManyAtOnce, false, false, None),
            (waiting, false, true, None),
            (AttemptGate::UntilRestart, false, true, Some(LockedBy::UntilRestart)),
            (AttemptGate::TooManyAttempts, false, true, Some(LockedBy::TooManyAttempts)),
        ] {
            let standing = standing(gate, &[]);
            assert_eq!(standing.admits_pin(), admits_pin, "{gate:?}");
            assert_eq!(standing.locks_biometrics(), locks_biometrics, "{gate:?}");
            assert_eq!(standing.locked_by(), locked_by, "{gate:?}");
            assert!(!standing.suspends_sessions(), "{gate:?}");
            let wiped = Standing { is_wiped: true, ..standing };
            assert_eq!((wiped.admits_pin(), wiped.locks_biometrics(), wiped.locked_by()), (false, false, None));
            assert!(wiped.suspends_sessions());
        }
    }

    #[test]
    fn a_lock_beside_the_counter_stops_the_pin_unless_the_pin_clears_it() {
        for (beside, admits_pin) in [
            (&[LockReason::LostOrStolen][..], false),
            (&[LockReason::ProviderOrder], false),
            (&[LockReason::LockedByOwner], false),
            (&[LockReason::HeartbeatExpired], false),
            (&[LockReason::UnusualActivity], true),
            (&[LockReason::UnusualActivity, LockReason::HeartbeatExpired], false),
        ] {
            let standing = standing(READY, beside);
            assert_eq!(standing.admits_pin(), admits_pin, "{beside:?}");
            assert!(standing.locks_biometrics() && standing.suspends_sessions(), "{beside:?}");
            let by_grant = Standing { unusual: ClearsUnusual::Grant, ..standing };
            assert!(!by_grant.admits_pin(), "{beside:?}");
        }
        let too_many = standing(AttemptGate::TooManyAttempts, &[LockReason::UnusualActivity]);
        assert!(!too_many.admits_pin());
    }

    #[test]
    fn the_hardest_is_named_whichever_part_it_comes_from() {
        use LockReason::{HeartbeatExpired, LostOrStolen, TooManyAttempts, UntilRestart, UnusualActivity};
        let hardest = |gate, beside: &[LockReason]| standing(gate, beside).hardest().map(|(reason, _)| reason);
        assert_eq!(hardest(READY, &[]), None);
        assert_eq!(hardest(AttemptGate::TooManyAttempts, &[LostOrStolen]), Some(LostOrStolen));
        assert_eq!(hardest(AttemptGate::TooManyAttempts, &[UnusualActivity, HeartbeatExpired]), Some(TooManyAttempts));
        assert_eq!(hardest(AttemptGate::UntilRestart, &[HeartbeatExpired]), Some(HeartbeatExpired));
        assert_eq!(hardest(AttemptGate::UntilRestart, &[]), Some(UntilRestart));
        let waiting = AttemptGate::CoolingDown { remaining_ms: 1, tries_left: None };
        assert_eq!(hardest(waiting, &[UnusualActivity]), Some(UnusualActivity));
        assert_eq!(hardest(waiting, &[]), None, "waiting ends it");
    }
}
