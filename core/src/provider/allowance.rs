//! How long the phone has been without a heartbeat of the provider.

use serde::{Deserialize, Serialize};

use crate::time::Now;

/// What each start of the phone uses up at least: what ran before a power cut may not have been saved. DESIGN 3.
const LEAST_PER_BOOT_MS: u64 = 60_000;

/// The time since the last heartbeat. What is used up is the longer of two: the time for which the phone was on, and
/// the difference of its wall clock. So neither a clock that is set back nor a phone that is switched off stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allowance {
    /// For how long the phone was on from the heartbeat to `saved`.
    on_ms: u64,
    /// The clocks when this was saved last.
    saved: Now,
    from_wall_ms: i64,
    /// The latest wall clock that was saved. A clock that is set back gives nothing back.
    latest_wall_ms: i64,
    /// What the journal says of it already.
    noted: Noted,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Noted {
    #[default]
    Nothing,
    Warning,
    Expiry,
}

/// What is left of the allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowanceState {
    /// More is left than the policy warns of.
    Fine {
        left_ms: u64,
    },
    /// The owner is to be warned.
    Warns {
        left_ms: u64,
    },
    Expired,
}

impl Allowance {
    /// An allowance that begins now.
    pub(crate) fn start(now: Now) -> Self {
        let Now { wall_ms, .. } = now;
        Self { on_ms: 0, saved: now, from_wall_ms: wall_ms, latest_wall_ms: wall_ms, noted: Noted::Nothing }
    }

    /// Milliseconds used up.
    pub(crate) fn used_ms(&self, now: Now) -> u64 {
        let wall_ms = self.latest_wall_ms.max(now.wall_ms).saturating_sub(self.from_wall_ms);
        self.on_until(now).max(u64::try_from(wall_ms).unwrap_or(0))
    }

    /// What is left of `allowance_ms`, of which `warn_percent` may be used up without a warning.
    pub(crate) fn state(&self, allowance_ms: u64, warn_percent: u32, now: Now) -> AllowanceState {
        let used_ms = self.used_ms(now);
        match allowance_ms.checked_sub(used_ms) {
            None | Some(0) => AllowanceState::Expired,
            Some(left_ms) if used_ms >= allowance_ms / 100 * u64::from(warn_percent) => {
                AllowanceState::Warns { left_ms }
            }
            Some(left_ms) => AllowanceState::Fine { left_ms },
        }
    }

    /// The same allowance as it is to be saved now. `None`: it was saved less than `every_ms` ago in this boot, and the
    /// journal says already in which `state` it is.
    pub(crate) fn to_save(self, state: AllowanceState, now: Now, every_ms: u64) -> Option<Self> {
        let noted = self.noted.max(match state {
            AllowanceState::Fine { .. } => Noted::Nothing,
            AllowanceState::Warns { .. } => Noted::Warning,
            AllowanceState::Expired => Noted::Expiry,
        });
        let is_same_boot = self.saved.boot == now.boot && self.saved.since_boot_ms <= now.since_boot_ms;
        let is_fresh = is_same_boot && now.since_boot_ms - self.saved.since_boot_ms < every_ms;
        (!is_fresh || noted != self.noted).then(|| Self {
            on_ms: self.on_until(now),
            saved: now,
            latest_wall_ms: self.latest_wall_ms.max(now.wall_ms),
            noted,
            ..self
        })
    }

    /// Whether `to` has reached a state that the journal did not know of `self`.
    pub(crate) fn begins_more_than(&self, before: &Self) -> bool {
        self.noted > before.noted
    }

    /// For how long the phone was on since the heartbeat, at least.
    fn on_until(&self, now: Now) -> u64 {
        let since = match (self.saved.boot, now.boot) {
            (Some(then), Some(later)) if later > then => {
                now.since_boot_ms.max(u64::from(later - then).saturating_mul(LEAST_PER_BOOT_MS))
            }
            // Without a readable boot count, time since boot that went backwards is a restart.
            _ => now
                .since_boot_ms
                .checked_sub(self.saved.since_boot_ms)
                .unwrap_or(now.since_boot_ms.max(LEAST_PER_BOOT_MS)),
        };
        self.on_ms.saturating_add(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;
    const DAY: i64 = 24 * HOUR as i64;

    fn at(boot: u32, since_boot_ms: u64, wall_ms: i64) -> Now {
        Now { boot: Some(boot), since_boot_ms, wall_ms }
    }

    #[test]
    fn what_is_noted_keeps_its_numbers() {
        crate::binary::tests::are_numbered_from_0(&[Noted::Nothing, Noted::Warning, Noted::Expiry]);
    }

    #[test]
    fn the_longer_of_the_time_on_and_the_wall_clocks_difference_is_used_up() {
        let allowance = Allowance::start(at(1, 5_000, 10 * DAY));
        for (now, used_ms, why) in [
            (at(1, 5_000, 10 * DAY), 0, "nothing passed"),
            (at(1, 5_000 + HOUR, 10 * DAY), HOUR, "the clock was set back an hour"),
            (at(1, 5_000 + HOUR, 12 * DAY), 48 * HOUR, "the clock was set ahead"),
            (at(1, 5_000 + HOUR, -9 * DAY), HOUR, "a nonsense clock"),
            (at(2, 3 * HOUR, 10 * DAY), 3 * HOUR, "on for three hours since a restart"),
            (at(4, 1_000, 10 * DAY), 180_000, "three restarts"),
            (at(2, 1_000, 17 * DAY), 7 * 24 * HOUR, "a week switched off"),
            (Now { boot: None, ..at(1, 1_000, 10 * DAY) }, 60_000, "a restart without a boot count"),
            (at(1, 5_000, i64::MAX), i64::MAX as u64 - 10 * DAY as u64, "the end of time"),
        ] {
            assert_eq!(allowance.used_ms(now), used_ms, "{why}");
        }
    }

    #[test]
    fn what_was_saved_is_not_given_back() {
        let mut allowance = Allowance::start(at(1, 0, 0));
        let save = |allowance: &Allowance, now| {
            let state = allowance.state(u64::MAX, 99, now);
            allowance.to_save(state, now, HOUR)
        };
        assert_eq!(save(&allowance, at(1, HOUR - 1, 3 * DAY)), None, "saved a while ago");
        allowance = save(&allowance, at(1, HOUR, 3 * DAY)).expect("an hour");
        assert_eq!(allowance.used_ms(at(1, HOUR, 0)), 72 * HOUR, "the clock was set back after that");
        assert_eq!(save(&allowance, at(1, HOUR + 10, 3 * DAY)), None, "saved just now");
        assert!(save(&allowance, at(2, HOUR + 10, 3 * DAY)).is_some(), "a restart, on for long since");
        assert!(save(&allowance, at(1, HOUR - 10, 3 * DAY)).is_some(), "time since boot went backwards");
        allowance = save(&allowance, at(2, 100, 0)).expect("a restart");
        assert_eq!(allowance.used_ms(at(2, 80 * HOUR, 0)), HOUR + 60_000 + 80 * HOUR - 100, "what was on adds up");
    }

    #[test]
    fn it_warns_before_it_expires_and_each_is_noted_once() {
        let start = Allowance::start(at(1, 0, 0));
        let state = |hours| start.state(100 * HOUR, 80, at(1, hours * HOUR, 0));
        assert_eq!(state(79), AllowanceState::Fine { left_ms: 21 * HOUR });
        assert_eq!(state(80), AllowanceState::Warns { left_ms: 20 * HOUR });
        assert_eq!(state(99), AllowanceState::Warns { left_ms: HOUR });
        assert_eq!(state(100), AllowanceState::Expired);
        let warned = start.to_save(state(80), at(1, 80 * HOUR, 0), u64::MAX).expect("a warning is saved at once");
        assert!(warned.begins_more_than(&start) && !warned.begins_more_than(&warned));
        assert_eq!(warned.to_save(state(99), at(1, 99 * HOUR, 0), u64::MAX), None, "and once");
        let expired = warned.to_save(state(100), at(1, 100 * HOUR, 0), u64::MAX).expect("so is the end");
        assert!(expired.begins_more_than(&warned));
        assert_eq!(expired.used_ms(at(1, 100 * HOUR, 0)), 100 * HOUR);
        assert_eq!(expired.to_save(state(100), at(1, 101 * HOUR, 0), u64::MAX), None);
    }
}
