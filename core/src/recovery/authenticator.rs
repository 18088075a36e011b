//! What the sealed record keeps of an authenticator app, and which of its codes count: each once, in time order, and
//! after a limited number of wrong ones.
//!
//! A code is of the step that the wall clock shows, or of one beside it. But whoever holds the phone can set its wall
//! clock. So two marks are kept beside the accepted steps: a time before which the present surely does not lie, and one
//! before which it probably does not lie. They say which steps are too old, and the wall clock can raise neither by
//! more than a month.
//!
//! What is not guaranteed: if the wall clock was ahead when the authenticator was set up, both marks are too late, and
//! codes may be refused until the phone was switched off for as long as that. And across a restart only the time that
//! the phone has been up since is proven. So somebody who saw a code since the last accepted one, a code that nobody
//! used, can restart the phone, set its clock back, and use it.

use serde::{Deserialize, Serialize};

use super::code_use::CodeUse;
use super::totp::{Code, STEP_MS, Secret};
use crate::time::{Now, Wait, certain_ms, likely_ms};

#[cfg(test)]
mod tests;

/// How many ranges of accepted steps are kept at most. There is more than one only after the wall clock jumped. Our own
/// choice.
const MAX_ACCEPTED: usize = 8;
/// A person reads a code and types it after it has ended: RFC 6238, section 5.2, recommends one step for that.
const TOLERANCE_MS: u64 = STEP_MS;
/// Time since boot may run wrong by one part in this many (100 ppm). Quartz clocks of phones are better than half of
/// it. Our own choice.
const DRIFT_PART: u64 = 10_000;
/// After this many wrong codes, and after each further as many, there is a wait. Five, and the waits, are our own
/// choice; RFC 4226, section 7.3, only demands a limit.
const TRIES_BETWEEN_WAITS: u32 = 5;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// An authenticator that one code has confirmed. Each code counts once (RFC 6238, section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authenticator {
    secret: Secret,
    base: Base,
    /// The accepted steps that `base` does not refuse as too old, in ascending order.
    used: Vec<Steps>,
    /// By what the codes are typed for.
    guesses: [Guesses; 2],
}

/// Codes that were typed for one use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Guesses {
    /// Wrong codes since the last right one. A code counts as wrong until it is judged.
    wrong: u32,
    /// The wait that the last of them began.
    wait: Option<Wait>,
}

/// What was known of the time when a code was last accepted, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    /// It was this late at least: only time that is proven to have passed is counted. It moves on from then.
    certain_ms: u64,
    /// It was probably this late. It stays until the next code is accepted, so it may be too late without harm: the
    /// true time overtakes it.
    likely_ms: u64,
    noted: Now,
}

/// Steps from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    from: u64,
    to: u64,
}

/// No code may be tried yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WaitLeft {
    /// Milliseconds until one may.
    pub(crate) left_ms: u64,
}

/// The step of which this is the code, by the wall clock: the present one, or one beside it. For a secret that no code
/// has confirmed yet.
pub(crate) fn step_of(secret: &Secret, code: &Code, now: Now) -> Option<u64> {
    newest_step(secret, code, now, |_| true)
}

impl Authenticator {
    /// An authenticator whose first code, of this step, confirmed it. That code counts no second time.
    pub(crate) fn new(secret: Secret, step: u64, now: Now) -> Self {
        let start_ms = start_of(step);
        let base = Base { certain_ms: start_ms, likely_ms: start_ms, noted: now };
        Self { secret, base, used: Vec::new(), guesses: Default::default() }
    }

    /// Whether a code may be tried now for this use.
    pub(crate) fn admits(&self, used_for: CodeUse, now: Now) -> Result<(), WaitLeft> {
        match self.guesses(used_for).wait.map_or(0, |wait| wait.left_ms(now)) {
            0 => Ok(()),
            left_ms => Err(WaitLeft { left_ms }),
        }
    }

    /// Counts a try as wrong, and begins the wait that comes with it. The caller commits this before it judges the
    /// code, so that no kill and no power cut makes a try free. While a wait runs, nothing is charged.
    pub(crate) fn charge(&mut self, used_for: CodeUse, now: Now) -> Result<(), WaitLeft> {
        self.admits(used_for, now)?;
        let wrong = self.guesses(used_for).wrong.saturating_add(1);
        let wait = wait_after(wrong).map(|ms| Wait::start(ms, now));
        self.put_guesses(used_for, Guesses { wrong, wait });
        Ok(())
    }

    /// The step that this code is accepted for. `None`: it is wrong, was used, or is too old. Changes nothing.
    pub(crate) fn judge(&self, code: &Code, now: Now) -> Option<u64> {
        newest_step(&self.secret, code, now, |step| self.is_open(step, now))
    }

    /// Accepts the code of a step that [`Self::judge`] returned, and forgets the wrong ones of this use. `false`, and
    /// no change: a code that was accepted since rules it out.
    #[must_use]
    pub(crate) fn accept(&mut self, used_for: CodeUse, step: u64, now: Now) -> bool {
        if !self.is_open(step, now) {
            return false;
        }
        self.base = self.base.after(step, now);
        self.use_up(step);
        self.put_guesses(used_for, Guesses::default());
        true
    }

    /// How many wrong codes begin the next wait.
    pub(crate) fn tries_left(&self, used_for: CodeUse) -> u32 {
        TRIES_BETWEEN_WAITS - self.guesses(used_for).wrong % TRIES_BETWEEN_WAITS
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let waits = self.guesses.iter_mut().filter_map(|guesses| guesses.wait.as_mut());
        waits.fold(false, |is_changed, wait| wait.save(now, every_ms) | is_changed)
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> [Option<Wait>; 2] {
        self.guesses.map(|guesses| guesses.wait)
    }

    fn guesses(&self, used_for: CodeUse) -> Guesses {
        *used_for.of(&self.guesses)
    }

    fn put_guesses(&mut self, used_for: CodeUse, guesses: Guesses) {
        *used_for.of_mut(&mut self.guesses) = guesses;
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { secret: _, base: Base { certain_ms, likely_ms, noted: _ }, used, guesses: _ } = self;
        let is_ascending = used.array_windows().all(|[earlier, later]| earlier.to < later.from);
        used.len() <= MAX_ACCEPTED
            && is_ascending
            && used.iter().all(|Steps { from, to }| from <= to && *to < 1 << 62)
            && certain_ms <= likely_ms
            && *likely_ms < 1 << 62
    }

    /// Whether the code of this step may still be accepted.
    fn is_open(&self, step: u64, now: Now) -> bool {
        let is_near = steps_around(now).is_some_and(|steps| steps.contains(&step));
        let is_used = self.used.iter().any(|used| (used.from..=used.to).contains(&step));
        let end_ms = start_of(step).saturating_add(STEP_MS);
        let is_new = start_of(step) > self.base.likely_ms
            && end_ms.saturating_add(TOLERANCE_MS) >= self.base.certainly_now_ms(now);
        is_near && !is_used && is_new
    }

    /// Notes an accepted step. If there are too many ranges, the two that are closest become one. That refuses the
    /// steps between them too, but no accepted step is ever forgotten.
    fn use_up(&mut self, step: u64) {
        self.used.push(Steps { from: step, to: step });
        self.used.retain(|used| start_of(used.to) > self.base.likely_ms);
        self.used.sort_unstable_by_key(|used| used.from);
        if self.used.len() > MAX_ACCEPTED {
            let gaps = self.used.array_windows().map(|[earlier, later]| later.from.saturating_sub(earlier.to));
            let closest = gaps.enumerate().min_by_key(|(_, gap)| *gap).map_or(0, |(at, _)| at);
            let later = self.used.remove(closest + 1);
            if let Some(earlier) = self.used.get_mut(closest) {
                earlier.to = later.to;
            }
        }
    }
}

impl Base {
    /// It is this late at least.
    fn certainly_now_ms(&self, now: Now) -> u64 {
        let passed = certain_ms(self.noted, now);
        self.certain_ms.saturating_add(passed - passed / DRIFT_PART)
    }

    /// What is known when the code of a step is accepted. The step may be too late, if the wall clock is ahead, so it
    /// raises neither mark by more than the time that has passed since the last one. Within one boot that is known.
    /// Across a restart a month counts at most, and only in the mark that the true time overtakes.
    fn after(&self, step: u64, now: Now) -> Self {
        let passed = likely_ms(self.noted, now);
        let likely_now_ms = self.likely_ms.saturating_add(passed).saturating_add(passed / DRIFT_PART);
        Self {
            certain_ms: self.certainly_now_ms(now).min(start_of(step)),
            likely_ms: likely_now_ms.min(start_of(step)),
            noted: now,
        }
    }
}

/// The newest step around the wall clock of which this is the code, among those that `is_open`. All three are computed
/// in any case, so that the time that this takes does not tell which one it is.
fn newest_step(secret: &Secret, code: &Code, now: Now, is_open: impl Fn(u64) -> bool) -> Option<u64> {
    let candidates = steps_around(now)?.map(|step| (step, secret.has_code(step, code)));
    candidates.into_iter().rev().find(|(step, is_its_code)| *is_its_code && is_open(*step)).map(|(step, _)| step)
}

/// The step that the wall clock shows, and one on either side (RFC 6238, section 5.2 and 6). `None`: the wall clock is
/// before 1970, or shows nonsense.
fn steps_around(now: Now) -> Option<[u64; 3]> {
    let step = u64::try_from(now.wall_ms).ok().filter(|ms| *ms < 1 << 61)? / STEP_MS;
    Some([step.checked_sub(1)?, step, step + 1])
}

/// When a step begins, in milliseconds since 1970-01-01 UTC.
fn start_of(step: u64) -> u64 {
    step.saturating_mul(STEP_MS)
}

/// How long the wait is that begins with so many wrong codes, in milliseconds. It ends in any case: nobody can shut the
/// owner out for good by typing wrong codes.
fn wait_after(wrong: u32) -> Option<u64> {
    if !wrong.is_multiple_of(TRIES_BETWEEN_WAITS) {
        return None;
    }
    Some(match wrong {
        0..=15 => 15 * MINUTE_MS,
        16..=20 => 24 * HOUR_MS,
        21..=25 => 48 * HOUR_MS,
        26..=30 => 96 * HOUR_MS,
        31.. => 168 * HOUR_MS,
    })
}
