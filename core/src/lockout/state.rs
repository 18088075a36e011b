//! The counter and the operations that change it.

use serde::{Deserialize, Serialize};

use crate::policy::{LockoutPolicy, MAX_NO_VERDICT_BUDGET, MAX_WAIT_S};
use crate::time::{Now, Wait};

/// Counts stop growing here. No policy can set a limit near this number.
const MAX_COUNT: u32 = 1_000_000;
/// Tries that may run at the same time. No phone starts as many; the bound limits the record's size.
const MAX_OPEN: usize = 32;

/// Identifies one try, so that its settlement can refund this try and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ChargeId(u64);

/// The counter of one secret. Its failures are the tries that were settled as wrong, plus those that are not settled
/// yet. So a try that is never settled, because the process was killed, costs as much as a wrong PIN.
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

/// A wait, and the try that caused it. If that try is refunded, the wait ends too.
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
        /// Tries until a wipe, or a lock that waiting does not end. `None`: the policy has neither.
        tries_left: Option<u32>,
    },
    /// No try is allowed until the wait is over.
    CoolingDown {
        /// Milliseconds left, at least 1.
        remaining_ms: u64,
        /// Tries left when the wait is over.
        tries_left: Option<u32>,
    },
    /// No try is allowed until the phone restarts.
    UntilRestart,
    /// No try is allowed until the person is verified some other way.
    TooManyAttempts,
    /// No try is allowed until one of the running tries is settled.
    TooManyAtOnce,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The slot opened.
    Right,
    /// The slot did not open.
    Wrong,
    /// The slot did not open, and the same PIN was already counted.
    Duplicate,
    /// The hardware failed before there was a result.
    None,
}

/// What a settlement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The try still counts.
    pub counted: bool,
    /// The policy's `wipe_at` is reached.
    pub wipe: bool,
    /// This settlement must be flushed to the disk: it leads to a wipe, or losing it would lock the owner out
    /// permanently.
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

    /// Failures so far: tries settled as wrong, plus tries not settled yet.
    pub(crate) fn failures(&self) -> u32 {
        self.wrong.saturating_add(self.open.len() as u32)
    }

    /// The number of tries that are not settled yet.
    pub(crate) fn open_tries(&self) -> u32 {
        self.open.len() as u32
    }

    /// Tries until a wipe, or a lock that waiting does not end: the policy's, or the limit until the next restart,
    /// whichever comes first. `None`: the policy has neither.
    pub(crate) fn tries_left(&self, policy: &LockoutPolicy, now: Now) -> Option<u32> {
        let in_all = policy.stop_at().map(|stop| stop.saturating_sub(self.failures()));
        let this_boot = policy.per_boot_limit.map(|limit| limit.saturating_sub(self.failures_this_boot(now)));
        [in_all, this_boot].into_iter().flatten().min()
    }

    /// Whether a try is allowed now. If several stops apply, the one that lasts longest is returned.
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

    /// Charges a try, if one is allowed: it counts as failed before it is checked.
    pub(crate) fn charge(&mut self, policy: &LockoutPolicy, now: Now) -> Result<ChargeId, AttemptGate> {
        match self.evaluate(policy, now) {
            AttemptGate::Ready { .. } => {}
            refused => return Err(refused),
        }
        self.wrong_this_boot = self.failures_this_boot(now).saturating_sub(self.open.len() as u32);
        // `None` if the boot count could not be read: then no later reading can prove that the phone restarted after
        // this try.
        self.boot = now.boot;
        let charge = self.next;
        self.next = ChargeId(charge.0.saturating_add(1));
        self.open.push(charge);
        let wait_ms = policy.wait_ms(self.failures());
        let wait = Wait::start(wait_ms, now);
        self.cooldown = (wait_ms > 0).then_some(ChargedWait { charge, wait, refusal_noted: false });
        Ok(charge)
    }

    /// Settles a try. `None`, and no change, if that try is not open.
    pub(crate) fn settle(&mut self, policy: &LockoutPolicy, charge: ChargeId, verdict: Verdict) -> Option<Settled> {
        let place = self.open.iter().position(|open| *open == charge)?;
        let at_the_limit = policy.stop_at().is_some_and(|stop| self.failures() >= stop);
        self.open.remove(place);
        let counted = match verdict {
            Verdict::Right => {
                self.wrong = 0;
                self.wrong_this_boot = 0;
                self.no_verdict_left = policy.no_verdict_budget;
                // A wait stays only if a try that is still open caused it.
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
        // Open tries may still turn out right, so only tries settled as wrong count towards a wipe.
        let wipe = verdict == Verdict::Wrong && policy.wipe_at.is_some_and(|limit| self.wrong >= limit);
        Some(Settled { counted, wipe, durable: wipe || (at_the_limit && !counted) })
    }

    /// Whether the policy `to` may replace `from` now: it must not stop a person whom `from` does not stop. An update
    /// of the app must not lock out an owner who has tries left; such a policy waits for the next right PIN.
    pub(crate) fn leaves_a_try(&self, from: &LockoutPolicy, to: &LockoutPolicy, now: Now) -> bool {
        let stops = |policy: &LockoutPolicy| {
            let at = |limit: Option<u32>, failures| limit.is_some_and(|limit| failures >= limit);
            (at(policy.stop_at(), self.failures()), at(policy.per_boot_limit, self.failures_this_boot(now)))
        };
        let (before, after) = (stops(from), stops(to));
        after.0 <= before.0 && after.1 <= before.1
    }

    /// Sets the refund budget for the new policy `to`: its `no_verdict_budget`, less the refunds that were already
    /// made.
    pub(crate) fn change_policy(&mut self, from: &LockoutPolicy, to: &LockoutPolicy) {
        let given_back = from.no_verdict_budget.saturating_sub(self.no_verdict_left);
        self.no_verdict_left = to.no_verdict_budget.saturating_sub(given_back);
    }

    /// Leaves at least `tries` tries, and ends a wait: the person was verified some other way. A limit until the next
    /// restart stays. Nothing changes for someone who has more tries left.
    pub(crate) fn leave_tries(&mut self, policy: &LockoutPolicy, tries: u32) {
        if let Some(stop) = policy.stop_at() {
            self.wrong = self.wrong.min(stop.saturating_sub(tries).saturating_sub(self.open_tries()));
        }
        // A wait stays only if a try that is still open caused it.
        self.cooldown = self.cooldown.take().filter(|cooldown| self.open.contains(&cooldown.charge));
    }

    /// Whether the budget for tries without a verdict is spent, so that no more are refunded.
    pub(crate) fn budget_is_spent(&self) -> bool {
        self.no_verdict_left == 0
    }

    /// Counts these tries as wrong, as far as they are still open: their settlement could not be written.
    pub(crate) fn count_as_wrong(&mut self, charges: &[ChargeId]) {
        let open = self.open.len();
        self.open.retain(|open| !charges.contains(open));
        let counted = (open - self.open.len()) as u32;
        self.wrong = self.wrong.saturating_add(counted).min(MAX_COUNT);
        self.wrong_this_boot = self.wrong_this_boot.saturating_add(counted).min(MAX_COUNT);
    }

    /// Counts all open tries as wrong, because a killed process left them. Returns their number.
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

    /// Updates the saved wait, if it is older than `every_ms` or from another boot. `true` if it changed and should be
    /// written to the disk.
    pub(crate) fn save_wait(&mut self, now: Now, every_ms: u64) -> bool {
        self.cooldown.as_mut().is_some_and(|cooldown| cooldown.wait.save(now, every_ms))
    }

    /// Notes that a try was refused during this cool-down. `true` the first time: the refusals of one cool-down share a
    /// journal line.
    pub(crate) fn note_refusal(&mut self, now: Now) -> bool {
        let cooldown = self.cooldown.as_mut().filter(|cooldown| cooldown.wait.left_ms(now) > 0);
        cooldown.is_some_and(|cooldown| !std::mem::replace(&mut cooldown.refusal_noted, true))
    }

    /// Whether every number is one that this code could have written.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides which numbers it may have.
        let Self { wrong, open, next, cooldown, boot: _, wrong_this_boot, no_verdict_left } = self;
        let waits = cooldown.as_ref().is_none_or(|cooldown| cooldown.wait.saved_ms() <= MAX_WAIT_S * 1000);
        let ids = open.iter().all(|open| open.0 < next.0);
        let counts = *wrong <= MAX_COUNT && *wrong_this_boot <= MAX_COUNT && *no_verdict_left <= MAX_NO_VERDICT_BUDGET;
        counts && open.len() <= MAX_OPEN && waits && ids
    }

    fn remaining_ms(&self, now: Now) -> u64 {
        self.cooldown.as_ref().map_or(0, |cooldown| cooldown.wait.left_ms(now))
    }

    /// Failures since the phone started. Only a boot count that has grown proves a restart: an unreadable or smaller
    /// count proves nothing.
    fn failures_this_boot(&self, now: Now) -> u32 {
        let restarted = matches!((self.boot, now.boot), (Some(then), Some(now)) if now > then);
        let settled = if restarted { 0 } else { self.wrong_this_boot };
        settled.saturating_add(self.open.len() as u32)
    }
}
