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
}

/// A wait as it was saved last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    left_ms: u64,
    saved: Now,
}

const MINUTE: u64 = 60_000;
/// Another thread may come with a reading that is so much older, and it is no clock that went backwards.
const LATE_MS: i128 = 1_000;

impl Wait {
    pub(crate) fn start(ms: u64, now: Now) -> Self {
        Self { left_ms: ms, saved: now }
    }

    /// It runs on time since boot; after a restart, or if that clock went backwards, what was saved starts again.
    pub(crate) fn left_ms(&self, now: Now) -> u64 {
        if self.left_ms == 0 || self.starts_again(now) {
            return self.left_ms;
        }
        u64::try_from(i128::from(self.left_ms) - self.passed_ms(now)).unwrap_or(0)
    }

    /// Saved when a minute has passed, when it is over, and when it starts again.
    pub(crate) fn is_due(&self, now: Now) -> bool {
        let due_after = i128::from(self.left_ms.min(MINUTE));
        self.left_ms > 0 && (self.starts_again(now) || self.passed_ms(now) >= due_after)
    }

    pub(crate) fn save(&mut self, now: Now) {
        if self.is_due(now) {
            *self = Self::start(self.left_ms(now), now);
        }
    }

    fn passed_ms(&self, now: Now) -> i128 {
        i128::from(now.since_boot_ms) - i128::from(self.saved.since_boot_ms)
    }

    fn starts_again(&self, now: Now) -> bool {
        let both_readable = self.saved.boot.is_some() && now.boot.is_some();
        let restarted = both_readable && self.saved.boot != now.boot;
        let late = if self.saved.boot == now.boot { LATE_MS } else { 0 };
        restarted || self.passed_ms(now) < -late
    }
}

/// Whether what was allowed for `ms` from `from` on still holds: not after it on either clock, nor in any doubt.
pub(crate) fn is_live(from: Now, ms: u64, now: Now) -> bool {
    let since_boot = i128::from(now.since_boot_ms) - i128::from(from.since_boot_ms);
    let wall = i128::from(now.wall_ms) - i128::from(from.wall_ms);
    let span = 0..i128::from(ms);
    from.boot.is_some() && from.boot == now.boot && span.contains(&since_boot) && span.contains(&wall)
}
