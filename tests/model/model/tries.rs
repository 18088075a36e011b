//! The count of failures: a list of tries. Each try is open until it is settled, and has the wait that it brought.

use walletlock_core::Now;
use walletlock_core::policy::LockoutPolicy;

use super::Wait;

/// A try that was charged and not given back.
#[derive(Clone, Debug, PartialEq)]
struct Try {
    id: u64,
    settled_as_wrong: bool,
    boot: Option<u32>,
    /// The wait that it brought, until the next try brings another one or none.
    wait: Option<Wait>,
}

/// The verdict on a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    Repeated,
    None,
}

/// Whether a try is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptGate {
    Ready,
    CoolingDown(u64),
    UntilRestart,
    TooManyAttempts,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tries {
    tries: Vec<Try>,
    last_id: u64,
    /// The last boot that the counter knows of.
    boot: Option<u32>,
    /// Tries given back without a verdict since the last right PIN.
    given_back: u32,
    /// The journal says that a try was refused during this cool-down.
    refusal_is_noted: bool,
}

impl Tries {
    /// Whether a try is allowed now. At a limit, open tries lock too.
    pub(crate) fn evaluate(&self, policy: &LockoutPolicy, now: Now) -> AttemptGate {
        let reached = |limit: Option<u32>, failures: usize| limit.is_some_and(|limit| failures >= limit as usize);
        let left_ms = self.left_ms(now);
        if reached(stop_at(policy), self.tries.len()) {
            AttemptGate::TooManyAttempts
        } else if reached(policy.per_boot_limit, self.in_boot(now).count()) {
            AttemptGate::UntilRestart
        } else if left_ms > 0 {
            AttemptGate::CoolingDown(left_ms)
        } else {
            AttemptGate::Ready
        }
    }

    fn left_ms(&self, now: Now) -> u64 {
        self.wait().map_or(0, |wait| wait.left_ms(now))
    }

    /// The tries until a wipe, or a lock that waiting does not end.
    pub(crate) fn left(&self, policy: &LockoutPolicy, now: Now) -> Option<u32> {
        let in_all = stop_at(policy).map(|stop| stop.saturating_sub(self.tries.len() as u32));
        let in_boot = policy.per_boot_limit.map(|stop| stop.saturating_sub(self.in_boot(now).count() as u32));
        in_all.into_iter().chain(in_boot).min()
    }

    /// Whether `other` would stop where `policy` leaves tries: for good, or until a restart.
    pub(crate) fn is_stopped_only_by(&self, other: &LockoutPolicy, policy: &LockoutPolicy, now: Now) -> bool {
        let stops = |policy: &LockoutPolicy| {
            let in_all = stop_at(policy).is_some_and(|stop| self.tries.len() >= stop as usize);
            let in_boot = policy.per_boot_limit.is_some_and(|stop| self.in_boot(now).count() >= stop as usize);
            [in_all, in_boot]
        };
        stops(policy).into_iter().zip(stops(other)).any(|(stopped, would_be)| would_be && !stopped)
    }

    pub(crate) fn budget_is_spent(&self, policy: &LockoutPolicy) -> bool {
        self.given_back >= policy.no_verdict_budget
    }

    /// Adds a failure before anything is known about the PIN. It brings the wait that follows so many failures.
    pub(crate) fn charge(&mut self, policy: &LockoutPolicy, now: Now) -> u64 {
        self.last_id += 1;
        self.boot = now.boot.max(self.boot);
        // A try is allowed only when every earlier wait is over, so the earlier waits end for good.
        self.tries.iter_mut().for_each(|a_try| a_try.wait = None);
        let wait_ms = wait_ms(policy, self.tries.len() as u32 + 1);
        let wait = (wait_ms > 0).then(|| Wait::start(wait_ms, now));
        self.tries.push(Try { id: self.last_id, settled_as_wrong: false, boot: now.boot, wait });
        self.refusal_is_noted = false;
        self.last_id
    }

    /// Whether the try still counts as a failure, and whether it is the one that wipes. `None` if the try is gone.
    pub(crate) fn settle(&mut self, policy: &LockoutPolicy, id: u64, verdict: Verdict) -> Option<(bool, bool)> {
        let place = self.tries.iter().position(|a_try| a_try.id == id && !a_try.settled_as_wrong)?;
        let counts = match verdict {
            Verdict::Right | Verdict::Repeated => false,
            Verdict::Wrong => true,
            Verdict::None => self.budget_is_spent(policy),
        };
        if counts {
            self.tries[place].settled_as_wrong = true;
        } else {
            self.tries.remove(place);
        }
        if verdict == Verdict::None && !counts {
            self.given_back += 1;
        }
        if verdict == Verdict::Right {
            self.tries.retain(|a_try| !a_try.settled_as_wrong);
            self.given_back = 0;
        }
        let wrong = self.tries.iter().filter(|a_try| a_try.settled_as_wrong).count();
        let wipes = verdict == Verdict::Wrong && policy.wipe_at.is_some_and(|wipe_at| wrong >= wipe_at as usize);
        Some((counts, wipes))
    }

    /// Settles as wrong the tries that the last process left open. Returns how many there were.
    ///
    /// They count from this opening on, so they belong to its boot.
    pub(crate) fn count_open_as_wrong(&mut self, now: Now) -> usize {
        self.boot = now.boot.max(self.boot);
        let open = self.tries.iter_mut().filter(|a_try| !a_try.settled_as_wrong);
        open.map(|a_try| {
            a_try.settled_as_wrong = true;
            a_try.boot = now.boot.or(a_try.boot);
        })
        .count()
    }

    pub(crate) fn open(&self) -> usize {
        self.tries.iter().filter(|a_try| !a_try.settled_as_wrong).count()
    }

    /// The wait of the last try, as it was last saved.
    pub(crate) fn wait(&self) -> Option<Wait> {
        self.tries.iter().find_map(|a_try| a_try.wait)
    }

    pub(crate) fn save_wait(&mut self, now: Now, every_ms: u64) {
        self.tries.iter_mut().filter_map(|a_try| a_try.wait.as_mut()).for_each(|wait| wait.save(now, every_ms));
    }

    /// Whether this refusal is the first during a cool-down.
    pub(crate) fn note_refusal(&mut self, now: Now) -> bool {
        self.left_ms(now) > 0 && !std::mem::replace(&mut self.refusal_is_noted, true)
    }

    fn in_boot(&self, now: Now) -> impl Iterator<Item = &Try> {
        // Only a boot count that grew proves a restart; a count that cannot be read proves nothing.
        let boot = now.boot.max(self.boot);
        self.tries.iter().filter(move |a_try| a_try.boot >= boot)
    }
}

fn stop_at(policy: &LockoutPolicy) -> Option<u32> {
    policy.lock_at.into_iter().chain(policy.wipe_at).min()
}

fn wait_ms(policy: &LockoutPolicy, failures: u32) -> u64 {
    let names_it = |from: u32, to: Option<u32>| from <= failures && failures <= to.unwrap_or(u32::MAX);
    policy.cooldowns.iter().find(|step| names_it(step.from, step.to)).map_or(0, |step| step.wait_s * 1000)
}
