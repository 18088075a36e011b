//! Time: a wait never gets shorter, a lease never gets longer, and an estimate of the time is hard to set ahead.

use walletlock_core::Now;
use walletlock_core::platform::SensorAvailability;

/// One answer of the phone, with the time of its clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) now: Now,
    /// Clock readings are numbered as they begin: a call may still use an old one.
    pub(crate) nth: u64,
    /// What the phone said about its sensor then.
    pub(crate) sensor: SensorAvailability,
    /// Whether the key exists, if that was asked.
    pub(crate) says: bool,
    /// The first bytes of the MAC, if one was asked for.
    pub(crate) mac: u64,
    /// The answer was false.
    pub(crate) lied: bool,
}

/// A wait as it was last saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    left_ms: u64,
    saved: Now,
}

/// What time the wallet believes it is. The estimate grows while the phone is on. At a restart the wall clock is
/// believed, but it may only be ahead by a credit, which half of the time that the phone is on refills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    pub(crate) ms: i64,
    credit_ms: i64,
    saved: Now,
}

/// How often a wait is saved while it is watched.
pub(crate) const SAVE_WHILE_WATCHED_MS: u64 = 60_000;
/// The same, at a moment that may be the last.
pub(crate) const SAVE_BEFORE_POWER_OFF_MS: u64 = 1_000;
/// How far the wall clock may be put back in all.
const FORGIVEN_MS: i128 = 5_000;
/// A reading of another thread may be older by this much; that does not mean that the clock went backwards.
const LATE_MS: i128 = 1_000;
/// The most that a restart may set the estimate ahead.
const CREDIT_MS: i64 = 12 * 3_600_000;

impl Wait {
    pub(crate) fn start(ms: u64, now: Now) -> Self {
        Self { left_ms: ms, saved: now }
    }

    /// What is left of the wait. It runs on time since boot. If that clock or the boot count went backwards, it starts
    /// again from what was saved.
    pub(crate) fn left_ms(&self, now: Now) -> u64 {
        if self.left_ms == 0 || self.starts_again(now) {
            return self.left_ms;
        }
        u64::try_from(i128::from(self.left_ms) - self.passed_ms(now)).unwrap_or(0)
    }

    /// Whether the wait must be saved: after `every_ms`, when it is over, when it starts again, and after a restart.
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

    /// How much time has certainly passed since the saving. If the phone restarted and time since boot is less than it
    /// was then, this is all of the time since boot. Otherwise it is the difference: a reading that is a little older
    /// proves no restart.
    fn passed_ms(&self, now: Now) -> i128 {
        let difference = i128::from(now.since_boot_ms) - i128::from(self.saved.since_boot_ms);
        if self.restarted(now) && difference < -LATE_MS { i128::from(now.since_boot_ms) } else { difference }
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

impl Estimate {
    pub(crate) fn start(now: Now) -> Self {
        Self { ms: now.wall_ms, credit_ms: CREDIT_MS, saved: now }
    }

    pub(crate) fn at(self, now: Now) -> Self {
        let boots = self.saved.boot.zip(now.boot);
        let (restarted, count_fell) = boots.map_or((false, false), |(saved, now)| (now > saved, now < saved));
        let passed_ms = now.since_boot_ms as i64 - self.saved.since_boot_ms as i64;
        let on_ms = match passed_ms {
            // A reading that another call has overtaken.
            -1_000..0 => return self,
            _ if count_fell => 0,
            ..0 if restarted => now.since_boot_ms as i64,
            passed_ms => passed_ms.max(0),
        };
        let (ms, credit_ms) = (self.ms + on_ms, CREDIT_MS.min(self.credit_ms + on_ms / 2));
        let off_ms = if restarted { (now.wall_ms - ms).clamp(0, credit_ms) } else { 0 };
        Self { ms: ms + off_ms, credit_ms: credit_ms - off_ms, saved: now }
    }

    /// Whether the estimate is to be saved: so often, and after a restart.
    pub(crate) fn is_due(&self, now: Now, every_ms: u64) -> bool {
        let is_old = now.boot != self.saved.boot || now.since_boot_ms.abs_diff(self.saved.since_boot_ms) >= every_ms;
        is_old && self.at(now) != *self
    }
}

/// Whether a lease of `ms` that began at `from` still holds. Either clock may end it, and so does every doubt; a wall
/// clock that was put back by a few seconds is no doubt.
pub(crate) fn is_live(from: Now, ms: u64, now: Now) -> bool {
    let since_boot = i128::from(now.since_boot_ms) - i128::from(from.since_boot_ms);
    let wall = i128::from(now.wall_ms) - i128::from(from.wall_ms);
    let span = 0..i128::from(ms);
    from.boot.is_some()
        && from.boot == now.boot
        && span.contains(&since_boot)
        && (-FORGIVEN_MS..i128::from(ms)).contains(&wall)
}
