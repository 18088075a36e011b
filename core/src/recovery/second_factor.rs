//! The second factor as a setting: which one is asked for, and a change of it that waits.

use serde::{Deserialize, Serialize};

use super::authenticator::Authenticator;
use crate::time::{Now, Wait};

/// The record's part about the second factor. Whoever changes it calls [`SecondFactor::settle`] first, and journals
/// what that returns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SecondFactor {
    in_force: Option<Factor>,
    pending: Option<PendingFactor>,
}

/// A second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Factor {
    /// An authenticator app (RFC 6238). The phone checks it, also offline.
    Authenticator(Box<Authenticator>),
    /// A code by SMS, which the provider checks.
    Sms,
}

/// Which second factor there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorKind {
    /// An authenticator app (RFC 6238). The phone checks it, also offline.
    Authenticator,
    /// A code by SMS, which the provider checks.
    Sms,
}

/// A change that waits, so that the owner can see and cancel it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PendingFactor {
    wait: Wait,
    /// `None`: the second factor is removed.
    to: Option<Factor>,
}

impl Factor {
    pub(crate) fn kind(&self) -> FactorKind {
        match self {
            Self::Authenticator(_) => FactorKind::Authenticator,
            Self::Sms => FactorKind::Sms,
        }
    }
}

impl FactorKind {
    /// The name in the journal and in a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::Sms => "sms",
        }
    }
}

impl SecondFactor {
    /// The second factor that is asked for now. A change counts from the moment at which its wait is over.
    pub(crate) fn now(&self, now: Now) -> Option<&Factor> {
        match &self.pending {
            Some(pending) if pending.wait.left_ms(now) == 0 => pending.to.as_ref(),
            _ => self.in_force.as_ref(),
        }
    }

    /// Whether only the provider can check it.
    pub(crate) fn is_checked_by_provider(&self, now: Now) -> bool {
        self.now(now).map(Factor::kind) == Some(FactorKind::Sms)
    }

    /// Whether only the provider can check it, or the one that comes when a change that waits holds.
    pub(crate) fn is_or_becomes_sms(&self) -> bool {
        let factors = self.in_force.iter().chain(self.pending_factor());
        factors.into_iter().any(|factor| *factor == Factor::Sms)
    }

    /// Drops what only the provider could check, because nobody is left who could: in force, or about to be. Returns
    /// which of both there was.
    pub(crate) fn drop_sms(&mut self) -> (bool, bool) {
        let was_in_force = self.in_force.take_if(|factor| *factor == Factor::Sms).is_some();
        let is_sms = |pending: &mut PendingFactor| pending.to == Some(Factor::Sms);
        (was_in_force, self.pending.take_if(is_sms).is_some())
    }

    /// Makes the change whose wait is over. `Some`: the factor after it, or none.
    pub(crate) fn settle(&mut self, now: Now) -> Option<Option<FactorKind>> {
        let due = self.pending.take_if(|pending| pending.wait.left_ms(now) == 0)?;
        self.in_force = due.to;
        Some(self.in_force.as_ref().map(Factor::kind))
    }

    /// The authenticator in force. The caller has settled what was due.
    pub(crate) fn authenticator(&mut self) -> Option<&mut Authenticator> {
        match &mut self.in_force {
            Some(Factor::Authenticator(authenticator)) => Some(authenticator),
            _ => None,
        }
    }

    /// Puts a factor in force, or none.
    pub(crate) fn put(&mut self, to: Option<Factor>) {
        (self.in_force, self.pending) = (to, None);
    }

    /// Has a change wait. It takes the place of one that waited before.
    pub(crate) fn plan(&mut self, to: Option<Factor>, wait_ms: u64, now: Now) {
        self.pending = Some(PendingFactor { wait: Wait::start(wait_ms, now), to });
    }

    /// Drops the change that waits. `false`: none did.
    pub(crate) fn cancel(&mut self) -> bool {
        self.pending.take().is_some()
    }

    /// The change that waits: milliseconds left, and what there is after it.
    pub(crate) fn pending(&self, now: Now) -> Option<(u64, Option<FactorKind>)> {
        let pending = self.pending.as_ref()?;
        let left_ms = pending.wait.left_ms(now);
        (left_ms > 0).then_some((left_ms, pending.to.as_ref().map(Factor::kind)))
    }

    /// The factor that comes when the change that waits holds. `None`: none comes.
    pub(crate) fn pending_factor(&self) -> Option<&Factor> {
        self.pending.as_ref().and_then(|pending| pending.to.as_ref())
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let mut is_changed = self.authenticator().is_some_and(|authenticator| authenticator.save_waits(now, every_ms));
        if let Some(pending) = &mut self.pending {
            is_changed |= pending.wait.save(now, every_ms);
        }
        is_changed
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> [Option<Wait>; 3] {
        let [session, recovery] = match &self.in_force {
            Some(Factor::Authenticator(authenticator)) => authenticator.saved_waits(),
            _ => [None, None],
        };
        [session, recovery, self.pending.as_ref().map(|pending| pending.wait)]
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { in_force, pending } = self;
        let factors = in_force.iter().chain(pending.iter().filter_map(|pending| pending.to.as_ref()));
        factors.into_iter().all(|factor| match factor {
            Factor::Authenticator(authenticator) => authenticator.is_in_range(),
            Factor::Sms => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(since_boot_ms: u64) -> Now {
        Now { boot: Some(1), since_boot_ms, wall_ms: 0 }
    }

    #[test]
    fn a_change_counts_when_its_wait_is_over_and_can_be_cancelled_until_then() {
        let mut factor = SecondFactor::default();
        assert_eq!((factor.now(at(0)), factor.pending(at(0))), (None, None));
        assert!(!factor.cancel());
        factor.plan(Some(Factor::Sms), 1_000, at(0));
        assert_eq!(factor.now(at(999)), None);
        assert_eq!(factor.settle(at(999)), None);
        assert_eq!(factor.pending(at(999)), Some((1, Some(FactorKind::Sms))));
        assert_eq!((factor.now(at(1_000)), factor.pending(at(1_000))), (Some(&Factor::Sms), None));
        let mut cancelled = factor.clone();
        assert!(cancelled.cancel());
        assert_eq!(cancelled.now(at(1_000)), None);
        assert_eq!(factor.settle(at(1_000)), Some(Some(FactorKind::Sms)));
        assert_eq!(factor.settle(at(1_000)), None);
        factor.plan(None, 1_000, at(1_000));
        assert_eq!(factor.now(at(1_999)), Some(&Factor::Sms), "what it replaces holds until then");
        assert_eq!(factor.now(at(2_000)), None);
        assert_eq!(factor.settle(at(2_000)), Some(None));
        factor.plan(None, 1_000, at(1_000));
        factor.put(Some(Factor::Sms));
        assert_eq!(factor.now(at(9_000)), Some(&Factor::Sms));
        assert!(!factor.cancel());
    }

    #[test]
    fn what_waits_goes_on_after_a_restart() {
        let mut factor = SecondFactor::default();
        factor.plan(Some(Factor::Sms), 100_000, at(0));
        assert!(factor.save_waits(at(60_000), 60_000) && !factor.save_waits(at(60_001), 60_000));
        let restarted = Now { boot: Some(2), ..at(0) };
        assert_eq!(factor.pending(restarted), Some((40_000, Some(FactorKind::Sms))));
        let json = serde_json::to_string(&factor).expect("JSON");
        assert_eq!(serde_json::from_str::<SecondFactor>(&json).expect("a state"), factor);
    }
}
