//! Reminding people of their PIN: to use it before it is forgotten, to change it if the app wants that.

use serde::{Deserialize, Serialize};

use crate::policy::PinPolicy;

const DAY_MS: i64 = 86_400_000;
/// However much is due, a person is reminded once a week.
const AT_MOST_EVERY_DAYS: i64 = 7;

/// What a person should be reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// The PIN was not entered for long; enter it once, so that it is not forgotten.
    Rehearse,
    /// The PIN is old; change it.
    Change,
}

/// When the PIN was set, last right and last spoken of. Wall clock, ms since 1970: nothing is protected by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    pub(crate) pin_set_ms: i64,
    pub(crate) last_right_ms: i64,
    last_reminded_ms: i64,
}

impl Reminders {
    /// From the moment a PIN is set.
    pub fn start(wall_ms: i64) -> Self {
        Self { pin_set_ms: wall_ms, last_right_ms: wall_ms, last_reminded_ms: wall_ms }
    }

    /// What is due now, if anything. It counts as shown: the next comes in a week at the earliest, whatever the person did with it.
    pub fn take(&mut self, policy: &PinPolicy, wall_ms: i64) -> Option<Reminder> {
        let passed = |since: i64, days: i64| wall_ms.saturating_sub(since) >= days * DAY_MS;
        let due = |since, days: Option<u32>| days.is_some_and(|days| passed(since, days.into()));
        // A clock that was ahead once must not silence reminders for years.
        self.last_reminded_ms = self.last_reminded_ms.min(wall_ms);
        if !passed(self.last_reminded_ms, AT_MOST_EVERY_DAYS) {
            return None;
        }
        let reminder = if due(self.pin_set_ms, policy.change_after_days) {
            Reminder::Change
        } else if due(self.last_right_ms, policy.rehearse_after_days) {
            Reminder::Rehearse
        } else {
            return None;
        };
        self.last_reminded_ms = wall_ms;
        Some(reminder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rehearse: Option<u32>, change: Option<u32>) -> PinPolicy {
        PinPolicy { rehearse_after_days: rehearse, change_after_days: change, ..PinPolicy::default() }
    }

    #[test]
    fn one_comes_when_it_is_due_and_then_at_most_once_a_week() {
        let policy = policy(Some(30), None);
        let mut reminders = Reminders::start(0);
        assert_eq!(reminders.take(&policy, 30 * DAY_MS - 1), None);
        assert_eq!(reminders.take(&policy, 30 * DAY_MS), Some(Reminder::Rehearse));
        assert_eq!(reminders.take(&policy, 37 * DAY_MS - 1), None);
        assert_eq!(reminders.take(&policy, 37 * DAY_MS), Some(Reminder::Rehearse));
        reminders.last_right_ms = 38 * DAY_MS;
        assert_eq!(reminders.take(&policy, 45 * DAY_MS), None, "rehearsed");
    }

    #[test]
    fn changing_goes_before_rehearsing_and_both_can_be_off() {
        let mut reminders = Reminders::start(0);
        assert_eq!(reminders.take(&policy(Some(30), Some(60)), 60 * DAY_MS), Some(Reminder::Change));
        assert_eq!(Reminders::start(0).take(&policy(None, None), i64::MAX), None);
    }

    #[test]
    fn a_clock_once_ahead_does_not_silence_them() {
        let policy = policy(Some(30), None);
        let mut reminders = Reminders::start(0);
        assert_eq!(reminders.take(&policy, 3650 * DAY_MS), Some(Reminder::Rehearse));
        assert_eq!(reminders.take(&policy, 40 * DAY_MS), None, "the clock was put right");
        assert_eq!(reminders.take(&policy, 47 * DAY_MS), Some(Reminder::Rehearse));
        assert_eq!(Reminders::start(i64::MIN).take(&policy, i64::MAX), Some(Reminder::Rehearse), "no overflow");
    }
}
