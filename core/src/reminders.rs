//! Reminders: to enter the PIN before it is forgotten, to change it if the app wants that, to look through the history,
//! and to remove cards that nobody uses.

use serde::{Deserialize, Serialize};

use crate::policy::Policy;
use crate::time::{Now, likely_ms};

const DAY_MS: i64 = 86_400_000;
/// A person is reminded at most once a week, however many reminders are due.
const AT_MOST_EVERY_DAYS: i64 = 7;
/// Of cards that are not used, a person is reminded at most once a month. Our own choice.
const CARDS_AT_MOST_EVERY_DAYS: i64 = 30;

/// What a person should be reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// To enter the PIN once, so that it is not forgotten: it has not been entered for a long time.
    Rehearse,
    /// To change the PIN: it is old.
    Change,
    /// To look through the history.
    Review,
    /// To remove a card that was not used for a year.
    UnusedCard,
}

/// When the PIN was set, when it was last right, and when the last reminder was given: moments on a separate timeline,
/// in milliseconds. The timeline advances by the time that has probably passed between two readings of the clocks. So a
/// wall clock that was wrong and is corrected neither silences the reminders nor makes all of them due. The timeline
/// protects nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    pin_set_ms: i64,
    last_right_ms: i64,
    last_reminded_ms: i64,
    /// The latest moment on the timeline.
    #[serde(default)]
    line_ms: i64,
    /// The clock reading at that moment. `None` in an older record, whose moments are readings of the wall clock.
    #[serde(default)]
    read: Option<Now>,
    #[serde(default)]
    last_review_ms: i64,
    #[serde(default)]
    last_card_ms: i64,
}

impl Reminders {
    /// Starts the timeline at the moment the first PIN is set.
    pub fn start(now: Now) -> Self {
        Self {
            pin_set_ms: 0,
            last_right_ms: 0,
            last_reminded_ms: 0,
            line_ms: 0,
            read: Some(now),
            last_review_ms: 0,
            last_card_ms: 0,
        }
    }

    /// Notes that another PIN was set.
    pub fn note_set(&mut self, now: Now) {
        self.pin_set_ms = self.advance(now);
    }

    /// Notes that the right PIN was entered.
    pub fn note_right(&mut self, now: Now) {
        self.last_right_ms = self.advance(now);
    }

    /// The reminder that is due now, if any. It counts as shown: the next one comes a week later at the earliest,
    /// whatever the person does. `has_unused_card`: a card was not used for a year.
    pub fn take(&mut self, policy: &Policy, has_unused_card: bool, now: Now) -> Option<Reminder> {
        let line_ms = self.advance(now);
        let passed = |since: i64, days: i64| line_ms.saturating_sub(since) >= days * DAY_MS;
        let due = |since, days: Option<u32>| days.is_some_and(|days| passed(since, days.into()));
        if !passed(self.last_reminded_ms, AT_MOST_EVERY_DAYS) {
            return None;
        }
        let reminder = if due(self.pin_set_ms, policy.pin.change_after_days) {
            Reminder::Change
        } else if due(self.last_right_ms, policy.pin.rehearse_after_days) {
            Reminder::Rehearse
        } else if has_unused_card && passed(self.last_card_ms, CARDS_AT_MOST_EVERY_DAYS) {
            self.last_card_ms = line_ms;
            Reminder::UnusedCard
        } else if due(self.last_review_ms, policy.history.review_after_days) {
            self.last_review_ms = line_ms;
            Reminder::Review
        } else {
            return None;
        };
        self.last_reminded_ms = line_ms;
        Some(reminder)
    }

    /// Advances the timeline to now, and returns that point in milliseconds.
    fn advance(&mut self, now: Now) -> i64 {
        self.line_ms = match self.read {
            Some(read) => self.line_ms.saturating_add_unsigned(likely_ms(read, now)),
            None => now.wall_ms.max(self.pin_set_ms).max(self.last_right_ms).max(self.last_reminded_ms),
        };
        self.read = Some(now);
        self.line_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{HistoryPolicy, PinPolicy};

    fn policy(rehearse: Option<u32>, change: Option<u32>) -> Policy {
        let pin = PinPolicy { rehearse_after_days: rehearse, change_after_days: change, ..PinPolicy::default() };
        let history = HistoryPolicy { review_after_days: None, ..HistoryPolicy::default() };
        Policy { pin, history, ..Policy::default() }
    }

    /// A clock reading of a phone that has not restarted.
    fn at(ms: i64) -> Now {
        Now { boot: Some(1), since_boot_ms: ms.unsigned_abs(), wall_ms: ms }
    }

    #[test]
    fn one_comes_when_it_is_due_and_then_at_most_once_a_week() {
        let policy = policy(Some(30), None);
        let mut reminders = Reminders::start(at(0));
        assert_eq!(reminders.take(&policy, false, at(30 * DAY_MS - 1)), None);
        assert_eq!(reminders.take(&policy, false, at(30 * DAY_MS)), Some(Reminder::Rehearse));
        assert_eq!(reminders.take(&policy, false, at(37 * DAY_MS - 1)), None);
        assert_eq!(reminders.take(&policy, false, at(37 * DAY_MS)), Some(Reminder::Rehearse));
        reminders.note_right(at(38 * DAY_MS));
        assert_eq!(reminders.take(&policy, false, at(45 * DAY_MS)), None, "rehearsed");
    }

    #[test]
    fn changing_goes_before_rehearsing_and_both_can_be_off() {
        let mut reminders = Reminders::start(at(0));
        assert_eq!(reminders.take(&policy(Some(30), Some(60)), false, at(60 * DAY_MS)), Some(Reminder::Change));
        reminders.note_set(at(60 * DAY_MS));
        assert_eq!(reminders.take(&policy(None, Some(60)), false, at(119 * DAY_MS)), None, "another PIN");
        assert_eq!(Reminders::start(at(0)).take(&policy(None, None), false, at(i64::MAX)), None);
    }

    #[test]
    fn a_wrong_wall_clock_changes_nothing_within_a_boot_and_a_month_at_most_across_a_restart() {
        let policy = policy(None, Some(100));
        let with_clock = |boot, since_boot_ms: i64, wall_ms| Now {
            boot: Some(boot),
            since_boot_ms: since_boot_ms.unsigned_abs(),
            wall_ms,
        };
        for wall_ms in [0, 4_000 * DAY_MS, -4_000 * DAY_MS] {
            let mut reminders = Reminders::start(with_clock(1, 0, 0));
            assert_eq!(reminders.take(&policy, false, with_clock(1, 100 * DAY_MS - 1, wall_ms)), None);
            assert_eq!(reminders.take(&policy, false, with_clock(1, 100 * DAY_MS, 0)), Some(Reminder::Change));
        }
        let mut reminders = Reminders::start(with_clock(1, 0, 0));
        assert_eq!(reminders.take(&policy, false, with_clock(2, 0, 4_000 * DAY_MS)), None);
        assert_eq!(reminders.take(&policy, false, with_clock(2, 68 * DAY_MS, 0)), None);
        assert_eq!(reminders.take(&policy, false, with_clock(2, 69 * DAY_MS, 0)), Some(Reminder::Change));
    }

    #[test]
    fn one_from_before_the_line_goes_on_from_the_wall_clock() {
        let before = format!(r#"{{"pin_set_ms":0,"last_right_ms":0,"last_reminded_ms":{}}}"#, 3_650 * DAY_MS);
        let mut reminders: Reminders = serde_json::from_str(&before).expect("a record's part");
        assert_eq!(reminders.take(&policy(Some(30), None), false, at(40 * DAY_MS)), None, "the clock was ahead once");
        assert_eq!(reminders.take(&policy(Some(30), None), false, at(47 * DAY_MS)), Some(Reminder::Rehearse));
    }

    #[test]
    fn the_history_is_looked_through_and_cards_are_thinned_out_at_most_once_a_month() {
        let history = HistoryPolicy { review_after_days: Some(30), ..HistoryPolicy::default() };
        let policy = Policy { history, ..policy(None, None) };
        let mut reminders = Reminders::start(at(0));
        let mut take = |has_unused_card, days| reminders.take(&policy, has_unused_card, at(days * DAY_MS));
        assert_eq!(take(true, 29), None);
        assert_eq!(take(true, 30), Some(Reminder::UnusedCard));
        assert_eq!(take(true, 36), None, "not twice a week");
        assert_eq!(take(true, 37), Some(Reminder::Review));
        assert_eq!(take(true, 59), None);
        assert_eq!(take(false, 66), None);
        assert_eq!(take(false, 67), Some(Reminder::Review));
        assert_eq!(take(true, 74), Some(Reminder::UnusedCard));
    }
}
