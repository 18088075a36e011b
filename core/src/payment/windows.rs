//! The windows in which limits count: when a day begins, for somebody who may set the phone's clock, its zone and its
//! restarts.
//!
//! The phone cannot know the time. It keeps an estimate, which grows with the time for which the phone is on. While the
//! phone is off nothing measures time, so at a restart the wall clock is believed, but only up to a credit. The credit
//! is refilled by half of the time for which the phone is on: eight hours off after sixteen hours on are believed, and
//! whoever restarts the phone again and again with a clock set ahead gains half as much time as passes. A heartbeat of
//! the provider sets the estimate.
//!
//! A window opens at local midnight by the estimate, if that comes 23 to 25 hours after the last one opened, as it does
//! on every day of an ordinary zone, also when summer time begins or ends. Otherwise (after a flight, or on one of the
//! few days on which a zone changes by more than an hour) it opens after 23 hours, so that midnight is reached an hour
//! a day and nobody ever waits longer than 25 hours. The zone is asked at each reading, so that the midnight after a
//! flight is the new zone's. Each window uses up at least 23 hours of the estimate's growth. So somebody who sets
//! clocks, zones and restarts opens at most 1.5 x 24 / 23 windows a day, and two more in all. `windows/tests.rs` plays
//! it.

use serde::{Deserialize, Serialize};

use crate::time::Now;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The shortest window: the local day on which summer time begins.
const SHORTEST_MS: i64 = 23 * HOUR_MS;
/// The longest window: the local day on which summer time ends.
const LONGEST_MS: i64 = 25 * HOUR_MS;
/// How much time off is believed at once. Our own choice: a night.
const MAX_CREDIT_MS: u64 = 12 * 3_600_000;
/// Time since boot is read by several threads: a reading this much older than the saved one is not a restart.
const LATE_READING_MS: u64 = 1_000;
/// A window that a heartbeat helps to open uses up so much time on: a stolen online key of the provider opens two
/// windows a day and no more.
const ON_BEFORE_JUMP_MS: u64 = 12 * 3_600_000;
/// How much time on is kept for such windows. Our own choice: who was away for a week needs one of them, and the window
/// that opened before it has used up as much.
const MAX_ON_MS: u64 = 2 * ON_BEFORE_JUMP_MS;
/// After more windows than this the windows between are not counted one by one.
const MOST_STEPS: u32 = 64;
/// No clock is believed that is farther from 1970, and no estimate grows farther than twice that, so that nothing
/// overflows.
const FARTHEST_MS: i64 = i64::MAX / 4;

/// Gives the zone's offset from UTC, in milliseconds, at an instant (milliseconds since 1970 UTC). The library has no
/// table of zones; the phone has.
pub(crate) type OffsetAt<'a> = &'a mut dyn FnMut(i64) -> i64;

/// The estimate of the time, and the window that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Windows {
    /// The estimate at `saved`, in milliseconds since 1970 UTC.
    estimate_ms: i64,
    saved: Now,
    credit_ms: u64,
    /// Whether a heartbeat said the time yet. Until then the estimate rests on the wall clock of the start.
    is_confirmed: bool,
    /// When the open window opened, by the estimate, and when the next one opens.
    opened_ms: i64,
    next_ms: i64,
    /// For how long the phone was on, less what windows used up: at most `MAX_ON_MS`.
    on_ms: u64,
    /// How much of the estimate's growth since the window opened came from heartbeats.
    jumped_ms: u64,
    /// The number of the open window.
    number: u64,
}

impl Windows {
    /// The first window, which opened at the last local midnight by the wall clock.
    pub(crate) fn start(now: Now, offset_at: OffsetAt<'_>) -> Self {
        let estimate_ms = now.wall_ms.clamp(-FARTHEST_MS, FARTHEST_MS);
        let opened_ms = midnight_before(estimate_ms, offset_at);
        Self {
            estimate_ms,
            saved: now,
            credit_ms: MAX_CREDIT_MS,
            is_confirmed: false,
            opened_ms,
            next_ms: next_opening(opened_ms, offset_at),
            on_ms: 0,
            jumped_ms: 0,
            number: 1,
        }
    }

    /// The number of the open window: it grows by one with each window.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The estimate of the time when this was saved, in milliseconds since 1970 UTC.
    pub(crate) fn estimate_ms(&self) -> i64 {
        self.estimate_ms
    }

    /// For how long the phone has to be on until the next window opens, in milliseconds, if it is not switched off.
    pub(crate) fn opens_in_ms(&self) -> u64 {
        let until_ms = |instant_ms: i64| u64::try_from(self.next_ms.saturating_sub(instant_ms)).unwrap_or(0);
        let with_jumps = until_ms(self.estimate_ms).max(ON_BEFORE_JUMP_MS.saturating_sub(self.on_ms));
        until_ms(self.without_jumps_ms()).min(with_jumps)
    }

    /// The estimate, without what heartbeats added since the window opened.
    fn without_jumps_ms(&self) -> i64 {
        self.estimate_ms.saturating_sub_unsigned(self.jumped_ms)
    }

    /// Milliseconds by which the wall clock is ahead of the estimate: the phone was off for longer than is believed, or
    /// its clock was set ahead. A heartbeat helps.
    pub(crate) fn behind_ms(&self, now: Now) -> u64 {
        u64::try_from(now.wall_ms.saturating_sub(self.estimate_ms)).unwrap_or(0)
    }

    /// The windows at `now`: the estimate grows, and every window that is due opens.
    pub(crate) fn at(self, now: Now, offset_at: OffsetAt<'_>) -> Self {
        self.grown(now).opened(offset_at)
    }

    /// The same windows with the estimate at `now`. No window opens.
    pub(crate) fn grown(self, now: Now) -> Self {
        let difference = now.since_boot_ms.checked_sub(self.saved.since_boot_ms);
        let (on_ms, is_restart) = match (self.saved.boot, now.boot, difference) {
            // Whatever the boot count says: somebody may have changed it between the two readings.
            (_, _, None) if self.saved.since_boot_ms - now.since_boot_ms <= LATE_READING_MS => return self,
            // A boot count can be raised without a restart. If time since boot went on, only the difference is certain.
            (Some(then), Some(later), difference) if later > then => (difference.unwrap_or(now.since_boot_ms), true),
            (Some(then), Some(later), _) if later < then => (0, false),
            (_, _, difference) => (difference.unwrap_or(0), false),
        };
        let mut next = self;
        next.saved = now;
        next.on_ms = next.on_ms.saturating_add(on_ms).min(MAX_ON_MS);
        next.credit_ms = next.credit_ms.saturating_add(on_ms / 2).min(MAX_CREDIT_MS);
        next.estimate_ms = next.estimate_ms.saturating_add_unsigned(on_ms).min(2 * FARTHEST_MS);
        if is_restart {
            let off_ms = next.behind_ms(now).min(next.credit_ms);
            next.credit_ms -= off_ms;
            next.estimate_ms = next.estimate_ms.saturating_add_unsigned(off_ms).min(2 * FARTHEST_MS);
        }
        next
    }

    fn opened(self, offset_at: OffsetAt<'_>) -> Self {
        let mut next = self;
        let mut steps = 0;
        loop {
            next.next_ms = next_opening(next.opened_ms, offset_at);
            let is_proven = next.without_jumps_ms() >= next.next_ms;
            let is_due = is_proven || next.estimate_ms >= next.next_ms && next.on_ms >= ON_BEFORE_JUMP_MS;
            if !is_due {
                return next;
            }
            next.number += 1;
            next.on_ms = next.on_ms.saturating_sub(ON_BEFORE_JUMP_MS);
            if is_proven && steps < MOST_STEPS {
                next.opened_ms = next.next_ms;
            } else {
                // One window, however far heartbeats set the estimate ahead.
                next.opened_ms = midnight_before(next.estimate_ms, offset_at).max(next.next_ms);
                let passed_ms = u64::try_from(next.estimate_ms.saturating_sub(next.opened_ms)).unwrap_or(0);
                (next.credit_ms, next.jumped_ms) = (0, next.jumped_ms.min(passed_ms));
            }
            steps += 1;
        }
    }

    /// The windows after a heartbeat, which said the time: milliseconds since 1970 UTC. A window that is due opens.
    ///
    /// Time that the estimate was ahead does not count again: what passed of the open window stays as long as it was.
    /// Nor does the first heartbeat open a window: what it corrects is the wall clock of the start.
    pub(crate) fn trust(self, time_ms: i64, now: Now, offset_at: OffsetAt<'_>) -> Self {
        let mut next = self.at(now, offset_at);
        let time_ms = time_ms.clamp(-FARTHEST_MS, FARTHEST_MS);
        let mut moved_ms = time_ms - next.estimate_ms;
        if next.is_confirmed && moved_ms >= 0 {
            next.jumped_ms = next.jumped_ms.saturating_add(moved_ms.unsigned_abs());
            moved_ms = 0;
        } else if moved_ms < 0 {
            let undone_ms = next.jumped_ms.min(moved_ms.unsigned_abs());
            next.jumped_ms -= undone_ms;
            moved_ms = moved_ms.saturating_add_unsigned(undone_ms);
        }
        (next.estimate_ms, next.is_confirmed) = (time_ms, true);
        next.opened_ms = next.opened_ms.saturating_add(moved_ms);
        next.opened(offset_at)
    }

    /// Whether it is before noon by the estimate.
    pub(crate) fn is_morning(&self, offset_at: OffsetAt<'_>) -> bool {
        let local_ms = self.estimate_ms.saturating_add(offset_at(self.estimate_ms));
        local_ms.rem_euclid(DAY_MS) < DAY_MS / 2
    }

    /// Whether it is night at `from_h` to `to_h` o'clock, by the estimate or by the wall clock: whoever sets the one
    /// does not set the other.
    pub(crate) fn is_night(&self, from_h: u32, to_h: u32, now: Now, offset_at: OffsetAt<'_>) -> bool {
        [self.estimate_ms, now.wall_ms].into_iter().any(|instant_ms| {
            let local_ms = instant_ms.saturating_add(offset_at(instant_ms)).rem_euclid(DAY_MS);
            let (from, to) = (i64::from(from_h) * HOUR_MS, i64::from(to_h) * HOUR_MS);
            if from <= to { (from..to).contains(&local_ms) } else { local_ms >= from || local_ms < to }
        })
    }

    /// Whether this is to be saved: an hour passed since, or the phone was restarted.
    pub(crate) fn is_stale(&self, now: Now, every_ms: u64) -> bool {
        self.saved.boot != now.boot || now.since_boot_ms.abs_diff(self.saved.since_boot_ms) >= every_ms
    }

    /// Whether every number is one that this code could have written.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self {
            estimate_ms,
            saved: _,
            credit_ms,
            is_confirmed: _,
            opened_ms: _,
            next_ms: _,
            on_ms,
            jumped_ms: _,
            number,
        } = self;
        (-FARTHEST_MS..=2 * FARTHEST_MS).contains(estimate_ms)
            && *credit_ms <= MAX_CREDIT_MS
            && *on_ms <= MAX_ON_MS
            && *number < 1 << 62
    }
}

/// When the window after the one that opened at `opened_ms` opens, by the zone as it is now.
fn next_opening(opened_ms: i64, offset_at: OffsetAt<'_>) -> i64 {
    let shortest_ms = opened_ms.saturating_add(SHORTEST_MS);
    let longest_ms = opened_ms.saturating_add(LONGEST_MS);
    let midnight_ms = midnight_after(shortest_ms, offset_at);
    // If the shortest window ends at midnight, the next midnight is too late, and it is the shortest as well.
    if (shortest_ms..=longest_ms).contains(&midnight_ms) { midnight_ms } else { shortest_ms }
}

/// The first local midnight after `from_ms`.
fn midnight_after(from_ms: i64, offset_at: OffsetAt<'_>) -> i64 {
    let before = offset_at(from_ms);
    let local_ms = from_ms.saturating_add(before);
    let local_midnight_ms = local_ms.saturating_add(DAY_MS - local_ms.rem_euclid(DAY_MS));
    let midnight_ms = local_midnight_ms.saturating_sub(before);
    let after = offset_at(midnight_ms);
    if after == before {
        return midnight_ms;
    }
    // The zone changes on the way. If clocks are set ahead over midnight, the day begins when they are set.
    let by_later_ms = local_midnight_ms.saturating_sub(after);
    if offset_at(by_later_ms) == after { by_later_ms } else { midnight_ms }
}

/// The last local midnight at or before `until_ms`, by the offset at `until_ms`: an hour beside it on the day on which
/// summer time begins or ends.
fn midnight_before(until_ms: i64, offset_at: OffsetAt<'_>) -> i64 {
    until_ms.saturating_sub(until_ms.saturating_add(offset_at(until_ms)).rem_euclid(DAY_MS))
}

#[cfg(test)]
mod tests;
