//! Time: waits never shorten, leases never lengthen.

use walletlock_core::Now;
use walletlock_core::platform::SensorAvailability;

/// One reading of the phone's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) now: Now,
    /// Readings are numbered as they begin: a call may linger with an old one.
    pub(crate) nth: u64,
    /// What the phone said of its sensor then.
    pub(crate) sensor: SensorAvailability,
    /// Whether there is a key, if that was asked.
    pub(crate) says: bool,
    /// The beginning of the MAC, if one was asked for.
    pub(crate) mac: u64,
    /// It is not the truth.
    pub(crate) lied: bool,
}

/// A wait as it was saved last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    left_ms: u64,
    saved: Now,
}

/// How often a wait is saved while someone looks at it.
pub(crate) const WATCHED_MS: u64 = 60_000;
/// And at a moment that may be the last.
pub(crate) const MOMENT_MS: u64 = 1_000;
/// By so much in all the wall clock may be put back.
const FORGIVEN_MS: i128 = 5_000;
/// Another thread may come with a reading that is so much older, and it is no clock that went backwards.
const LATE_MS: i128 = 1_000;

impl Wait {
    pub(crate) fn start(ms: u64, now: Now) -> Self {
        Self { left_ms: ms, saved: now }
    }

    /// It runs on time since boot; if that clock or the boot count went backwards, what was saved starts again.
    pub(crate) fn left_ms(&self, now: Now) -> u64 {
        if self.left_ms == 0 || self.starts_again(now) {
            return self.left_ms;
        }
        u64::try_from(i128::from(self.left_ms) - self.passed_ms(now)).unwrap_or(0)
    }

    /// Saved when so much has passed, when it is over, when it starts again, and after a restart.
    pub(crate) fn is_due(&self, now: Now, every_ms: u64) -> bool {
        let due_after = i128::from(self.left_ms.min(every_ms));
        let is_of_now = !self.restarted(now) && !self.starts_again(now);
        self.left_ms > 0 && (!is_of_now || self.passed_ms(now) >= due_after)
    }

    pub(crate) fn save(&mut self, now: Now, every_ms: u64) {
        if self.is_due(now, every_ms) {
            *self = Self::start(self.left_ms(now), now);
        }
    }

    /// After a restart the phone has run for all of time since boot, if that is less than it was; else nobody knows whether there was one.
    fn passed_ms(&self, now: Now) -> i128 {
        let difference = i128::from(now.since_boot_ms) - i128::from(self.saved.since_boot_ms);
        if self.restarted(now) && difference < 0 { i128::from(now.since_boot_ms) } else { difference }
    }

    fn restarted(&self, now: Now) -> bool {
        matches!((self.saved.boot, now.boot), (Some(saved), Some(now)) if now > saved)
    }

    fn starts_again(&self, now: Now) -> bool {
        let count_fell = matches!((self.saved.boot, now.boot), (Some(saved), Some(now)) if now < saved);
        let late = if self.saved.boot == now.boot { LATE_MS } else { 0 };
        count_fell || self.passed_ms(now) < -late
    }
}

/// Whether what was allowed for `ms` from `from` on still holds: not after it on either clock, nor in any doubt. A few seconds by which the wall
/// clock was put right are none.
pub(crate) fn is_live(from: Now, ms: u64, now: Now) -> bool {
    let since_boot = i128::from(now.since_boot_ms) - i128::from(from.since_boot_ms);
    let wall = i128::from(now.wall_ms) - i128::from(from.wall_ms);
    let span = 0..i128::from(ms);
    from.boot.is_some()
        && from.boot == now.boot
        && span.contains(&since_boot)
        && (-FORGIVEN_MS..i128::from(ms)).contains(&wall)
}
