//! The counter and what moves it.

use serde::{Deserialize, Serialize};

use crate::policy::{LockoutPolicy, MAX_NO_VERDICT_BUDGET, MAX_WAIT_S};
use crate::time::{Now, Wait};

/// Counts stop growing here. No policy names a number near it.
const MAX_COUNT: u32 = 1_000_000;
/// Tries that may be under way at once. More than any phone starts; a bound on the record's size.
const MAX_OPEN: usize = 32;

/// Names one try, so that its settlement can take back that one and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ChargeId(u64);

/// The counter of one secret. Its failures are the tries settled as wrong and those not settled yet: a try that was never
/// settled, because the process was killed, costs as much as a wrong one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lockout {
    wrong: u32,
    open: Vec<ChargeId>,
    next: ChargeId,
    cooldown: Option<ChargedWait>,
    boot: Option<u32>,
    wrong_this_boot: u32,
    no_verdict_left: u32,
}

/// A wait and the try that brought it: with the try refunded, its wait goes too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChargedWait {
    charge: ChargeId,
    wait: Wait,
    refusal_noted: bool,
}

/// What the counter allows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptGate {
    /// A try is allowed.
    Ready {
        /// Tries until a stop that time does not lift. `None`: the policy has no such stop.
        tries_left: Option<u32>,
    },
    /// None until the wait is over.
    CoolingDown {
        /// Milliseconds left, at least 1.
        remaining_ms: u64,
        /// Tries left when it is over.
        tries_left: Option<u32>,
    },
    /// None until the phone restarts.
    UntilRestart,
    /// None until the person is verified some other way.
    TooManyAttempts,
    /// None until one of those under way is settled.
    TooManyAtOnce,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The slot opened.
    Right,
    /// It did not.
    Wrong,
    /// It did not, and the same PIN was already counted.
    Duplicate,
    /// The hardware failed before it could be told.
    None,
}

/// What a settlement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The try still counts.
    pub counted: bool,
    /// The policy's `wipe_at` is reached.
    pub wipe: bool,
    /// Losing this settlement would leave a person locked out for good, so it must reach the disk.
    pub durable: bool,
}

impl Lockout {
    /// A counter at zero.
    pub(crate) fn new(policy: &LockoutPolicy) -> Self {
        Self {
            wrong: 0,
            open: Vec::new(),
            next: ChargeId(1),
            cooldown: None,
            boot: None,
            wrong_this_boot: 0,
            no_verdict_left: policy.no_verdict_budget,
        }
    }

    /// Failures so far: settled as wrong, or not settled.
    pub(crate) fn failures(&self) -> u32 {
        self.wrong.saturating_add(self.open.len() as u32)
    }

    /// Tries that are not settled.
    pub(crate) fn open_tries(&self) -> u32 {
        self.open.len() as u32
    }

    /// Tries until a stop that time does not lift, this phone's next start included. `None`: the policy has no such stop.
    pub(crate) fn tries_left(&self, policy: &LockoutPolicy, now: Now) -> Option<u32> {
        let in_all = policy.stop_at().map(|stop| stop.saturating_sub(self.failures()));
        let this_boot = policy.per_boot_limit.map(|limit| limit.saturating_sub(self.failures_this_boot(now)));
        [in_all, this_boot].into_iter().flatten().min()
    }

    /// What is allowed now.
    pub(crate) fn evaluate(&self, policy: &LockoutPolicy, now: Now) -> AttemptGate {
        let tries_left = self.tries_left(policy, now);
        match self.remaining_ms(now) {
            _ if policy.stop_at().is_some_and(|stop| self.failures() >= stop) => AttemptGate::TooManyAttempts,
            _ if tries_left == Some(0) => AttemptGate::UntilRestart,
            0 if self.open.len() >= MAX_OPEN => AttemptGate::TooManyAtOnce,
            0 => AttemptGate::Ready { tries_left },
            remaining_ms => AttemptGate::CoolingDown { remaining_ms, tries_left },
        }
    }

    /// Counts a try as failed before it is checked, if one is allowed.
    pub(crate) fn charge(&mut self, policy: &LockoutPolicy, now: Now) -> Result<ChargeId, AttemptGate> {
        match self.evaluate(policy, now) {
            AttemptGate::Ready { .. } => {}
            refused => return Err(refused),
        }
        self.wrong_this_boot = self.failures_this_boot(now).saturating_sub(self.open.len() as u32);
        // Not read: then no later reading proves that this try was before a restart.
        self.boot = now.boot;
        let charge = self.next;
        self.next = ChargeId(charge.0.saturating_add(1));
        self.open.push(charge);
        let wait_ms = policy.wait_ms(self.failures());
        let wait = Wait::start(wait_ms, now);
        self.cooldown = (wait_ms > 0).then_some(ChargedWait { charge, wait, refusal_noted: false });
        Ok(charge)
    }

    /// Settles a try. `None`, and nothing changes, when that try is not open.
    pub(crate) fn settle(&mut self, policy: &LockoutPolicy, charge: ChargeId, verdict: Verdict) -> Option<Settled> {
        let place = self.open.iter().position(|open| *open == charge)?;
        let at_the_limit = policy.stop_at().is_some_and(|stop| self.failures() >= stop);
        self.open.remove(place);
        let counted = match verdict {
            Verdict::Right => {
                self.wrong = 0;
                self.wrong_this_boot = 0;
                self.no_verdict_left = policy.no_verdict_budget;
                // A wait stays only if a try that is still open brought it.
                self.cooldown = self.cooldown.take().filter(|cooldown| self.open.contains(&cooldown.charge));
                false
            }
            Verdict::None if self.no_verdict_left > 0 => {
                self.no_verdict_left -= 1;
                false
            }
            Verdict::Duplicate => false,
            Verdict::Wrong | Verdict::None => true,
        };
        if counted {
            self.wrong = self.wrong.saturating_add(1).min(MAX_COUNT);
            self.wrong_this_boot = self.wrong_this_boot.saturating_add(1).min(MAX_COUNT);
        } else {
            self.cooldown = self.cooldown.take().filter(|cooldown| cooldown.charge != charge);
        }
        // Tries still open may yet prove right: only those settled count here.
        let wipe = verdict == Verdict::Wrong && policy.wipe_at.is_some_and(|limit| self.wrong >= limit);
        Some(Settled { counted, wipe, durable: wipe || (at_the_limit && !counted) })
    }

    /// Whether `to` may replace `from` now: a stop that only it brings leaves at least one try. An app's update must not lock an owner out
    /// whom nothing locked before; it waits for the right PIN.
    pub(crate) fn leaves_a_try(&self, from: &LockoutPolicy, to: &LockoutPolicy, now: Now) -> bool {
        let stops = |policy: &LockoutPolicy| {
            let at = |limit: Option<u32>, failures| limit.is_some_and(|limit| failures >= limit);
            (at(policy.stop_at(), self.failures()), at(policy.per_boot_limit, self.failures_this_boot(now)))
        };
        let (before, after) = (stops(from), stops(to));
        after.0 <= before.0 && after.1 <= before.1
    }

    /// Another policy is in force: its budget for faults, less what was given back already.
    pub(crate) fn change_policy(&mut self, from: &LockoutPolicy, to: &LockoutPolicy) {
        let given_back = from.no_verdict_budget.saturating_sub(self.no_verdict_left);
        self.no_verdict_left = to.no_verdict_budget.saturating_sub(given_back);
    }

    /// Whether faults after the charge are no longer given back.
    pub(crate) fn budget_is_spent(&self) -> bool {
        self.no_verdict_left == 0
    }

    /// Counts these tries as wrong, if they are open: their settlement could not be written.
    pub(crate) fn count_as_wrong(&mut self, charges: &[ChargeId]) {
        let open = self.open.len();
        self.open.retain(|open| !charges.contains(open));
        let counted = (open - self.open.len()) as u32;
        self.wrong = self.wrong.saturating_add(counted).min(MAX_COUNT);
        self.wrong_this_boot = self.wrong_this_boot.saturating_add(counted).min(MAX_COUNT);
    }

    /// Counts tries that a killed process left open as wrong. Returns how many there were.
    pub(crate) fn count_open_as_wrong(&mut self, now: Now) -> u32 {
        let open = self.open.len() as u32;
        self.wrong_this_boot = self.failures_this_boot(now).min(MAX_COUNT);
        self.boot = now.boot.or(self.boot);
        self.wrong = self.wrong.saturating_add(open).min(MAX_COUNT);
        self.open.clear();
        open
    }

    /// The wait as it was last saved.
    pub(crate) fn saved_wait(&self) -> Option<Wait> {
        self.cooldown.as_ref().map(|cooldown| cooldown.wait)
    }

    /// Brings the saved wait up to date, if it is older than `every_ms` or of another boot. `true` if that is worth writing down.
    pub(crate) fn save_wait(&mut self, now: Now, every_ms: u64) -> bool {
        let Some(cooldown) = &mut self.cooldown else { return false };
        let Some(wait) = cooldown.wait.to_save(now, every_ms) else { return false };
        cooldown.wait = wait;
        true
    }

    /// Notes that someone was turned away during this cooldown. `true` the first time: refusals of one cooldown share a line.
    pub(crate) fn note_refusal(&mut self, now: Now) -> bool {
        let cooldown = self.cooldown.as_mut().filter(|cooldown| cooldown.wait.left_ms(now) > 0);
        cooldown.is_some_and(|cooldown| !std::mem::replace(&mut cooldown.refusal_noted, true))
    }

    /// Whether every number is one that this code could have written.
    pub(crate) fn is_in_range(&self) -> bool {
        // By name, so that a new field does not compile before someone says which numbers it may have.
        let Self { wrong, open, next, cooldown, boot: _, wrong_this_boot, no_verdict_left } = self;
        let waits = cooldown.as_ref().is_none_or(|cooldown| cooldown.wait.saved_ms() <= MAX_WAIT_S * 1000);
        let ids = open.iter().all(|open| open.0 < next.0);
        let counts = *wrong <= MAX_COUNT && *wrong_this_boot <= MAX_COUNT && *no_verdict_left <= MAX_NO_VERDICT_BUDGET;
        counts && open.len() <= MAX_OPEN && waits && ids
    }

    fn remaining_ms(&self, now: Now) -> u64 {
        self.cooldown.as_ref().map_or(0, |cooldown| cooldown.wait.left_ms(now))
    }

    /// Only a boot count that grew proves a restart: an unreadable or smaller one proves nothing.
    fn failures_this_boot(&self, now: Now) -> u32 {
        let restarted = matches!((self.boot, now.boot), (Some(then), Some(now)) if now > then);
        let settled = if restarted { 0 } else { self.wrong_this_boot };
        settled.saturating_add(self.open.len() as u32)
    }
}
