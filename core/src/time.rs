//! One reading of the clocks, and the two kinds of time span built on it: nobody can shorten a [`Wait`], and nobody can
//! prolong a [`Lease`].

use serde::{Deserialize, Serialize};

/// One reading of the clocks, taken at the top of a call and passed down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Now {
    /// How often this phone has started (Android: `Settings.Global.BOOT_COUNT`). `None` if it cannot be read.
    pub boot: Option<u32>,
    /// Milliseconds since the phone started, including time asleep (Android: `CLOCK_BOOTTIME`).
    pub since_boot_ms: u64,
    /// Milliseconds since 1970-01-01 UTC by the phone's wall clock. Anyone who holds the phone can change it.
    pub wall_ms: i64,
}

/// A wait that nobody can shorten by restarting the phone or changing its clocks.
///
/// It runs on time since boot. After a restart it goes on with what was left when it was last saved, less the time that
/// is proven to have passed since. If time since boot went backwards without a restart that explains it, or the boot
/// count fell, the wait goes back to what was left when it was last saved. It stores how much is left and never a point
/// in time at which it ends, so a wrong clock cannot make it endless either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    left_ms: u64,
    boot: Option<u32>,
    since_boot_ms: u64,
}

/// While someone watches a wait it is saved this often, so that a restart costs a person at most this much time. Saving
/// more often would only wear the flash.
pub(crate) const SAVE_WHILE_WATCHED_MS: u64 = 60_000;
/// At a moment that may be the last before the phone is switched off, a wait is saved unless it was saved within this
/// time. Our own choice.
pub(crate) const SAVE_BEFORE_POWER_OFF_MS: u64 = 1_000;
/// By how much, in all, the wall clock may be set back without ending a lease. Networks correct a phone's clock about
/// once a day, and a quartz clock that is off by 50 ppm drifts 4.3 s in a day. Our own choice.
const FORGIVEN_MS: i64 = 5_000;
/// If only the wall clock tells how much time passed between two starts of the phone, at most a month of it counts. Our
/// own choice.
const MOST_BETWEEN_BOOTS_MS: i64 = 31 * 86_400_000;

/// Two threads may read the clock in one order and use their readings in the other. A reading is used at most this long
/// after it was taken, unless the phone hangs.
const LATE_READING_MS: u64 = 1_000;

impl Wait {
    /// A wait of `ms` that begins now.
    pub fn start(ms: u64, now: Now) -> Self {
        Self { left_ms: ms, boot: now.boot, since_boot_ms: now.since_boot_ms }
    }

    /// Milliseconds left; 0 when the wait is over.
    pub fn left_ms(&self, now: Now) -> u64 {
        match self.behind_ms(now) {
            Some(behind) if self.left_ms > 0 => self.left_ms.saturating_add(behind),
            _ => self.left_ms.saturating_sub(self.passed_ms(now).unwrap_or(0)),
        }
    }

    /// Saves what is left, unless that was done within `every_ms`. `true` if it changed.
    pub(crate) fn save(&mut self, now: Now, every_ms: u64) -> bool {
        let saved = self.to_save(now, every_ms);
        *self = saved.unwrap_or(*self);
        saved.is_some()
    }

    /// The same wait, counted from `now`, to be saved. `None` while the saved wait is good enough: it is of this boot,
    /// and less than `every_ms` has passed since.
    pub fn to_save(&self, now: Now, every_ms: u64) -> Option<Self> {
        let restarted = matches!((self.boot, now.boot), (Some(then), Some(now)) if then != now);
        match self.passed_ms(now) {
            _ if self.left_ms == 0 || self.behind_ms(now).is_some() => None,
            Some(passed) if !restarted && passed < every_ms.min(self.left_ms) => None,
            _ => Some(Self::start(self.left_ms(now), now)),
        }
    }

    /// Milliseconds that were left when the wait was last saved.
    pub(crate) fn saved_ms(&self) -> u64 {
        self.left_ms
    }

    /// By how many milliseconds the reading `now` is earlier than the saved wait, if a thread may have used the reading
    /// late. Such a reading does not mean that the clock went backwards, and a wait counted anew from it would end too
    /// early.
    fn behind_ms(&self, now: Now) -> Option<u64> {
        let behind = self.since_boot_ms.checked_sub(now.since_boot_ms)?;
        (self.boot == now.boot && (1..=LATE_READING_MS).contains(&behind)).then_some(behind)
    }

    /// Milliseconds that are proven to have passed since the wait was saved. `None`: no time is proven to have passed.
    fn passed_ms(&self, now: Now) -> Option<u64> {
        proven_ms(self.boot, self.since_boot_ms, now)
    }
}

/// Milliseconds that have certainly passed between two readings, whatever the wall clock says. `None`: time since boot,
/// or the boot count, went backwards.
///
/// A boot count that grew does not by itself prove a restart: someone with adb access can write it. But if time since
/// boot is less than before, the phone did restart, and has run for all of the present time since boot. If it is more,
/// only the difference is certain in either case.
///
/// An unreadable boot count does not count as a restart. If the phone did restart, it has been up for
/// `now.since_boot_ms`, which is more than what is counted here. So a wait is never shorter than it should be, and it
/// still ends.
fn proven_ms(boot: Option<u32>, since_boot_ms: u64, now: Now) -> Option<u64> {
    let difference = now.since_boot_ms.checked_sub(since_boot_ms);
    match (boot, now.boot) {
        (Some(then), Some(later)) if later > then => {
            // A reading that a thread uses late is no restart, whatever the boot count says.
            let is_late = since_boot_ms.saturating_sub(now.since_boot_ms) <= LATE_READING_MS;
            difference.or((!is_late).then_some(now.since_boot_ms))
        }
        (Some(then), Some(later)) if later < then => None,
        _ => difference,
    }
}

/// Milliseconds that have certainly passed between two readings, whatever the wall clock says; 0 if none are proven.
pub(crate) fn certain_ms(then: Now, now: Now) -> u64 {
    proven_ms(then.boot, then.since_boot_ms, now).unwrap_or(0)
}

/// Milliseconds that have probably passed between two readings. No security decision rests on this alone. Within one
/// boot only time since boot counts, whatever happened to the wall clock. Across a restart the wall clock counts too,
/// for a month at most.
pub(crate) fn likely_ms(then: Now, now: Now) -> u64 {
    let proven = proven_ms(then.boot, then.since_boot_ms, now);
    match proven {
        Some(passed) if then.boot.is_some() && then.boot == now.boot => passed,
        _ => {
            let wall = now.wall_ms.saturating_sub(then.wall_ms).clamp(0, MOST_BETWEEN_BOOTS_MS);
            proven.unwrap_or(0).max(wall.unsigned_abs())
        }
    }
}

/// A permission that ends by itself, and that nobody can prolong by changing a clock.
///
/// It ends when its time is over by time since boot or by the wall clock, whichever comes first. A restart, a clock
/// that was set back, and an unreadable boot count end it too. The wall clock may be set back by up to five seconds
/// without ending it, counted from the lease's beginning, so that repeated corrections do not add up; time since boot
/// ends the lease in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    from: Now,
    for_ms: u64,
}

impl Lease {
    /// A lease of `ms` that begins now.
    pub fn start(ms: u64, now: Now) -> Self {
        Self { from: now, for_ms: ms }
    }

    /// Whether the lease has not ended yet.
    pub fn is_live(&self, now: Now) -> bool {
        let since_boot = now.since_boot_ms.checked_sub(self.from.since_boot_ms);
        let wall = now.wall_ms.checked_sub(self.from.wall_ms).filter(|passed| *passed >= -FORGIVEN_MS);
        let same_boot = self.from.boot.is_some() && self.from.boot == now.boot;
        same_boot
            && since_boot.is_some_and(|passed| passed < self.for_ms)
            && wall.is_some_and(|passed| u64::try_from(passed).unwrap_or(0) < self.for_ms)
    }

    /// Milliseconds left by the clock that ends the lease first; 0 when it is over.
    pub fn left_ms(&self, now: Now) -> u64 {
        if !self.is_live(now) {
            return 0;
        }
        let since_boot = now.since_boot_ms.saturating_sub(self.from.since_boot_ms);
        let wall = u64::try_from(now.wall_ms.saturating_sub(self.from.wall_ms)).unwrap_or(0);
        self.for_ms.saturating_sub(since_boot.max(wall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: u32, since_boot_ms: u64, wall_ms: i64) -> Now {
        Now { boot: Some(boot), since_boot_ms, wall_ms }
    }

    #[test]
    fn a_wait_runs_on_time_since_boot_alone() {
        let wait = Wait::start(30_000, at(1, 5_000, 0));
        assert_eq!(wait.left_ms(at(1, 5_000, 99_999_999)), 30_000, "setting the wall clock ahead gains nothing");
        assert_eq!(wait.left_ms(at(1, 34_999, 0)), 1);
        assert_eq!(wait.left_ms(at(1, 35_000, 0)), 0);
        assert_eq!(wait.left_ms(at(1, u64::MAX, 0)), 0);
    }

    #[test]
    fn after_a_restart_what_was_last_saved_goes_on_less_what_is_proven() {
        let wait = Wait::start(600_000, at(1, 0, 0));
        let saved = wait.to_save(at(1, 60_000, 0), SAVE_WHILE_WATCHED_MS).expect("a minute has passed");
        assert_eq!(saved.left_ms(at(2, 0, 0)), 540_000, "nothing is known of the time between");
        assert_eq!(saved.left_ms(at(2, 20_000, 0)), 520_000, "the phone has run for so long since");
        let again = saved.to_save(at(2, 20_000, 0), SAVE_WHILE_WATCHED_MS).expect("a restart is saved at once");
        assert_eq!(again.left_ms(at(2, 20_001, 0)), 519_999);
        assert_eq!(again.to_save(at(2, 20_001, 0), SAVE_WHILE_WATCHED_MS), None);
    }

    /// `settings put global boot_count` raises the count on a phone that did not restart.
    #[test]
    fn a_boot_count_that_somebody_raised_ends_no_wait_earlier() {
        let wait = Wait::start(600_000, at(1, 9_000_000, 0));
        assert_eq!(wait.left_ms(at(2, 9_000_001, 0)), 599_999, "long up, and no restart is proven");
        assert_eq!(wait.left_ms(at(2, 9_600_000, 0)), 0);
        let saved = wait.to_save(at(2, 9_000_001, 0), SAVE_WHILE_WATCHED_MS).expect("saved at once");
        assert_eq!(saved.left_ms(at(3, 9_000_002, 0)), 599_998, "however often the count is raised");
        assert_eq!(wait.left_ms(at(0, 9_000_001, 0)), 600_000, "and a count that fell starts it again");
    }

    #[test]
    fn what_has_probably_passed_is_told_by_time_since_boot_and_across_restarts_by_both() {
        const DAY: i64 = 86_400_000;
        let then = at(1, 5_000, 100 * DAY);
        for (now, passed, why) in [
            (at(1, 6_000, 4_000 * DAY), 1_000, "the wall clock was put ahead"),
            (at(1, 6_000, 0), 1_000, "the wall clock was set back"),
            (at(2, 500, 107 * DAY), 7 * DAY as u64, "a restart within a week"),
            (at(2, 500, 4_000 * DAY), 31 * DAY as u64, "a restart, and a clock put ahead"),
            (at(2, 500, 0), 500, "a restart, and a clock put back"),
            (at(1, 4_000, 100 * DAY + 7), 7, "time since boot went backwards"),
            (at(0, 9_000, i64::MIN), 0, "the boot count fell"),
            (Now { boot: None, ..at(0, 9_000, 0) }, 4_000, "it cannot be read"),
            (at(2, 500, i64::MAX), 31 * DAY as u64, "nonsense"),
        ] {
            assert_eq!(likely_ms(then, now), passed, "{why}");
        }
    }

    #[test]
    fn a_clock_gone_wrong_neither_shortens_nor_prolongs() {
        let wait = Wait::start(30_000, at(1, u64::MAX - 1, 0));
        assert_eq!(wait.left_ms(at(1, 10, 0)), 30_000);
        let saved = wait.to_save(at(1, 10, 0), SAVE_WHILE_WATCHED_MS).expect("going backwards is saved at once");
        assert_eq!(saved.left_ms(at(1, 30_010, 0)), 0);
    }

    #[test]
    fn a_reading_used_late_ends_a_wait_no_earlier() {
        let wait = Wait::start(30_000, at(1, 60_000, 0));
        assert_eq!(wait.left_ms(at(1, 59_000, 0)), 31_000, "it still ends at 90 000");
        assert_eq!(wait.to_save(at(1, 59_000, 0), SAVE_WHILE_WATCHED_MS), None);
        assert_eq!(wait.left_ms(at(1, 58_999, 0)), 30_000, "this is a clock going backwards");
        assert_eq!(wait.to_save(at(1, 58_999, 0), SAVE_WHILE_WATCHED_MS), Some(Wait::start(30_000, at(1, 58_999, 0))));
        assert_eq!(wait.left_ms(at(2, 58_999, 0)), 0, "after a restart the uptime counts, so the wait is over");
        assert_eq!(wait.left_ms(at(2, 59_500, 0)), 30_000, "it may be a late reading and no restart");
        assert_eq!(Wait::start(0, at(1, 60_000, 0)).left_ms(at(1, 59_500, 0)), 0, "what is over stays so");
    }

    /// Two threads read the clocks, and between the readings somebody lowers the boot count: the reading that is used
    /// later has the higher count and the earlier time.
    #[test]
    fn a_boot_count_that_is_lowered_between_two_readings_proves_no_restart() {
        let wait = Wait::start(72 * 3_600_000, at(7, 500_000_000, 0));
        let saved = wait.to_save(at(6, 500_000_010, 0), 0).expect("the count fell");
        assert_eq!(saved.left_ms(at(7, 500_000_000, 0)), 72 * 3_600_000);
        assert_eq!(certain_ms(at(6, 500_000_010, 0), at(7, 500_000_000, 0)), 0);
    }

    #[test]
    fn an_unreadable_boot_count_neither_shortens_nor_prolongs() {
        let unreadable = |since_boot_ms| Now { boot: None, since_boot_ms, wall_ms: 0 };
        let wait = Wait::start(30_000, at(1, 5_000, 0));
        assert_eq!(wait.left_ms(unreadable(5_000 + 29_999)), 1);
        assert_eq!(wait.left_ms(unreadable(4_999)), 30_000, "that may have been a restart");
    }

    #[test]
    fn a_wait_is_saved_at_most_once_a_minute() {
        let wait = Wait::start(600_000, at(1, 0, 0));
        assert_eq!(wait.to_save(at(1, 59_999, 0), SAVE_WHILE_WATCHED_MS), None);
        assert!(wait.to_save(at(1, 60_000, 0), SAVE_WHILE_WATCHED_MS).is_some());
        let short = Wait::start(30_000, at(1, 0, 0));
        assert_eq!(
            short.to_save(at(1, 30_000, 0), SAVE_WHILE_WATCHED_MS).expect("its end is saved").left_ms(at(2, 0, 0)),
            0
        );
        assert_eq!(Wait::start(0, at(1, 0, 0)).to_save(at(2, 0, 0), SAVE_WHILE_WATCHED_MS), None);
    }

    #[test]
    fn a_lease_ends_at_the_earlier_clock_and_with_every_doubt() {
        let lease = Lease::start(1_000, at(7, 500, 10_000));
        assert!(lease.is_live(at(7, 500, 10_000)));
        assert!(lease.is_live(at(7, 1_499, 10_999)));
        assert!(lease.is_live(at(7, 1_499, 5_000)), "put right by a few seconds");
        for (now, why) in [
            (at(7, 1_500, 10_001), "time since boot is over"),
            (at(7, 1_500, 9_000), "time since boot is over, whatever is forgiven"),
            (at(7, 501, 11_000), "wall clock is over"),
            (at(7, 501, 4_999), "wall clock set back by more than is forgiven"),
            (at(7, 499, 10_001), "time since boot went backwards"),
            (at(8, 600, 10_001), "restart"),
            (Now { boot: None, since_boot_ms: 501, wall_ms: 10_001 }, "unreadable boot count"),
            (at(7, 501, i64::MIN), "a nonsense wall clock"),
        ] {
            assert!(!lease.is_live(now), "{why}");
        }
        assert_eq!(lease.left_ms(at(7, 501, 10_300)), 700, "by the clock that is ahead");
        assert_eq!(lease.left_ms(at(7, 1_499, 10_001)), 1);
        assert_eq!(lease.left_ms(at(7, 499, 10_001)), 0, "what is over has nothing left");
        let unreadable = Now { boot: None, since_boot_ms: 0, wall_ms: 0 };
        assert!(!Lease::start(1_000, unreadable).is_live(unreadable));
    }
}
