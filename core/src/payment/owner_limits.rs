//! The owner's own limits: lower at once, higher after a wait.

use serde::{Deserialize, Serialize};

use crate::binary::as_json;
use crate::policy::{Limit, MAX_LIMITS};
use crate::time::{Now, Wait};

/// The owner's limits, beside those of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct OwnerLimits(Vec<OwnLimit>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnLimit {
    #[serde(with = "as_json")]
    limit: Limit,
    raise: Option<Raise>,
}

/// A limit that is to be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raise {
    /// `None`: the limit is to go.
    to: Option<u64>,
    wait: Wait,
}

/// A limit of the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerLimit {
    /// The limit that holds.
    pub limit: Limit,
    /// What it becomes later.
    pub raise: Option<PendingRaise>,
}

/// A limit that is raised later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingRaise {
    /// The new maximum. `None`: the limit goes.
    pub to: Option<u64>,
    /// Milliseconds of time since boot until then.
    pub left_ms: u64,
}

/// What setting a limit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitChange {
    /// It holds from now on.
    Set,
    /// It will hold after so many milliseconds of time since boot.
    Pending {
        /// Milliseconds left.
        left_ms: u64,
    },
    /// It is so already. A raise that waited is cancelled.
    Unchanged,
}

impl OwnerLimits {
    /// The limits that hold at `now`, with the raises whose wait is over.
    pub(crate) fn in_force(&self, now: Now) -> impl Iterator<Item = Limit> {
        self.0.iter().filter_map(move |own| match own.raise.filter(|raise| raise.wait.left_ms(now) == 0) {
            None => Some(own.limit.clone()),
            Some(raise) => Some(Limit { max: raise.to?, ..own.limit.clone() }),
        })
    }

    /// The limits, and what waits.
    pub(crate) fn all(&self, now: Now) -> Vec<OwnerLimit> {
        let waits = |raise: Raise| PendingRaise { to: raise.to, left_ms: raise.wait.left_ms(now) };
        self.0.iter().map(|own| OwnerLimit { limit: own.limit.clone(), raise: own.raise.map(waits) }).collect()
    }

    /// Whether setting this would raise a limit, or take it away.
    pub(crate) fn is_raised_by(&self, limit: &Limit, max: Option<u64>) -> bool {
        let own = self.0.iter().find(|own| own.limit.is_same_but_max(limit));
        own.is_some_and(|own| max.is_none_or(|max| max > own.limit.max))
    }

    /// Sets a limit; or, with `max` `None`, has it go. `None`: with those of the policy there are as many as there may be.
    pub(crate) fn set(
        &mut self,
        limit: &Limit,
        max: Option<u64>,
        of_policy: usize,
        wait_ms: u64,
        now: Now,
    ) -> Option<LimitChange> {
        let Some(own) = self.0.iter_mut().find(|own| own.limit.is_same_but_max(limit)) else {
            let Some(max) = max else { return Some(LimitChange::Unchanged) };
            if self.0.len() + of_policy >= MAX_LIMITS {
                return None;
            }
            self.0.push(OwnLimit { limit: Limit { max, ..limit.clone() }, raise: None });
            return Some(LimitChange::Set);
        };
        match max.filter(|max| *max <= own.limit.max) {
            None => {
                own.raise = Some(Raise { to: max, wait: Wait::start(wait_ms, now) });
                Some(LimitChange::Pending { left_ms: wait_ms })
            }
            Some(max) => {
                own.raise = None;
                let before = std::mem::replace(&mut own.limit.max, max);
                Some(if before == max { LimitChange::Unchanged } else { LimitChange::Set })
            }
        }
    }

    /// Cancels a raise that waits. `false`: none does.
    pub(crate) fn cancel(&mut self, limit: &Limit) -> bool {
        let own = self.0.iter_mut().find(|own| own.limit.is_same_but_max(limit));
        own.is_some_and(|own| own.raise.take().is_some())
    }

    /// Cancels every raise that waits: whoever asked for it may be the one against whom the wallet is locked. `true` if
    /// one waited.
    pub(crate) fn cancel_all(&mut self) -> bool {
        self.0.iter_mut().map(|own| own.raise.take()).filter(Option::is_some).count() > 0
    }

    /// Raises the limits whose wait is over. Returns them as they are then; `max` `None`: it went.
    pub(crate) fn settle(&mut self, now: Now) -> Vec<(Limit, Option<u64>)> {
        let mut raised = Vec::new();
        self.0.retain_mut(|own| {
            let Some(Raise { to, .. }) = own.raise.filter(|raise| raise.wait.left_ms(now) == 0) else { return true };
            own.raise = None;
            own.limit.max = to.unwrap_or(own.limit.max);
            raised.push((own.limit.clone(), to));
            to.is_some()
        });
        raised
    }

    /// Whether [`Self::settle`] would raise one.
    pub(crate) fn has_due(&self, now: Now) -> bool {
        self.0.iter().any(|own| own.raise.is_some_and(|raise| raise.wait.left_ms(now) == 0))
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let waits = self.0.iter_mut().filter_map(|own| own.raise.as_mut());
        waits.fold(false, |changed, raise| raise.wait.save(now, every_ms) | changed)
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> impl Iterator<Item = Option<Wait>> {
        self.0.iter().map(|own| own.raise.map(|raise| raise.wait))
    }

    /// Whether the record could hold these.
    pub(crate) fn is_in_range(&self) -> bool {
        self.0.len() <= MAX_LIMITS
    }
}
