//! The policy's part about lockout: how wrong PINs are slowed down and stopped.

use serde::{Deserialize, Serialize};

use super::ranges::{problem, within, within_some};
use crate::error::PolicyError;

/// Longest wait that a policy may ask for, in seconds: the longest of any published schedule (AOSP
/// `SoftwareRateLimiter`), nine years of 365 days.
pub const MAX_WAIT_S: u64 = 3285 * 86_400;
/// Largest failure count that a policy may name. A schedule makes no sense beyond it.
pub const MAX_FAILURES: u32 = 1000;
const MAX_COOLDOWNS: usize = 32;
pub(crate) const MAX_NO_VERDICT_BUDGET: u32 = 100;
const MAX_DUPLICATES: u32 = 16;
const MAX_DUPLICATE_WINDOW_S: u32 = 300;

/// How wrong PINs are slowed down and stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LockoutPolicy {
    /// The wait after each count of failures, in ascending order. Counts that no entry names have no wait.
    pub cooldowns: Vec<Cooldown>,
    /// At this many failures no further try is allowed: the person has to be verified some other way.
    pub lock_at: Option<u32>,
    /// Everything is destroyed when a PIN is settled as wrong and the settled failures reach this number. Failures that
    /// are not settled yet only lock.
    pub wipe_at: Option<u32>,
    /// At this many failures since the phone started, no further try is allowed until it restarts.
    pub per_boot_limit: Option<u32>,
    /// A wrong PIN that is entered again within this many seconds is not counted again. 0: every wrong PIN counts.
    pub duplicate_window_s: u32,
    /// How many wrong PINs are remembered for `duplicate_window_s`, in memory only.
    pub duplicate_memory: u32,
    /// How many tries that the hardware left without a verdict are refunded before the next right PIN.
    pub no_verdict_budget: u32,
}

/// A wait for a range of failure counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cooldown {
    /// First failure count that the wait follows.
    pub from: u32,
    /// Last failure count that the wait follows. Left out: it follows every later failure too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
    /// The wait, in seconds.
    pub wait_s: u64,
}

impl LockoutPolicy {
    /// The wait in milliseconds that follows the `failures`-th failure.
    pub fn wait_ms(&self, failures: u32) -> u64 {
        let step = self.cooldowns.iter().find(|step| step.from <= failures && step.to.is_none_or(|to| failures <= to));
        step.map_or(0, |step| step.wait_s.saturating_mul(1000))
    }

    /// The failure count at which no further try is allowed, if the policy has such a stop.
    pub(crate) fn stop_at(&self) -> Option<u32> {
        [self.lock_at, self.wipe_at].into_iter().flatten().min()
    }

    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("lockout.cooldowns", self.cooldowns.len(), 0, MAX_COOLDOWNS)?;
        let mut from = 1;
        for (i, step) in self.cooldowns.iter().enumerate() {
            let field = |name| format!("lockout.cooldowns[{i}].{name}");
            within(&field("from"), step.from, from, MAX_FAILURES)?;
            within_some(&field("to"), step.to, step.from, MAX_FAILURES)?;
            within(&field("wait_s"), step.wait_s, 1, MAX_WAIT_S)?;
            if step.to.is_none() && i + 1 < self.cooldowns.len() {
                return Err(problem(field("to"), "only the last cooldown may leave it out"));
            }
            from = step.to.map_or(MAX_FAILURES, |to| to + 1);
        }
        within_some("lockout.lock_at", self.lock_at, 1, MAX_FAILURES)?;
        within_some("lockout.wipe_at", self.wipe_at, 1, MAX_FAILURES)?;
        within_some("lockout.per_boot_limit", self.per_boot_limit, 1, MAX_FAILURES)?;
        within("lockout.duplicate_window_s", self.duplicate_window_s, 0, MAX_DUPLICATE_WINDOW_S)?;
        within("lockout.duplicate_memory", self.duplicate_memory, 0, MAX_DUPLICATES)?;
        within("lockout.no_verdict_budget", self.no_verdict_budget, 0, MAX_NO_VERDICT_BUDGET)?;
        let slows_for_ever = self.cooldowns.last().is_some_and(|step| step.to.is_none());
        if self.stop_at().is_none() && !slows_for_ever {
            return Err(problem(
                "lockout",
                "needs lock_at, wipe_at or a last cooldown without `to`: wrong PINs must be stopped or slowed for ever",
            ));
        }
        Ok(())
    }

    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let no_later = |mine: Option<u32>, sealed: Option<u32>| match (mine, sealed) {
            (_, None) => true,
            (Some(mine), Some(sealed)) => mine <= sealed,
            (None, Some(_)) => false,
        };
        // Destructured by name, so that a new field does not compile until someone decides how to compare it. The
        // cooldowns are compared by the waits that they cause.
        let Self {
            cooldowns: _,
            lock_at,
            wipe_at,
            per_boot_limit,
            duplicate_window_s,
            duplicate_memory,
            no_verdict_budget,
        } = self;
        // Beyond the largest count that a policy may name, the waits of both are constant.
        (1..=MAX_FAILURES + 1).all(|failures| self.wait_ms(failures) >= sealed.wait_ms(failures))
            && no_later(*lock_at, sealed.lock_at)
            && *wipe_at == sealed.wipe_at
            && no_later(*per_boot_limit, sealed.per_boot_limit)
            && *duplicate_window_s <= sealed.duplicate_window_s
            && *duplicate_memory <= sealed.duplicate_memory
            && *no_verdict_budget <= sealed.no_verdict_budget
    }
}
