//! The record's part about locks, and the operations that change it.

use serde::{Deserialize, Serialize};

use super::reason::{LockReason, WhoLocked};
use super::table::{Way, ways};
use crate::binary::as_json;
use crate::policy::{ClearsUnusual, Contact, KeyId};
use crate::time::{Now, Wait};

/// Most locks at once: one for each reason and setter. Ten keys of the provider may count, and four reasons are set.
const MAX_LOCKS: usize = 40;

/// The locks that were set, and the freezes, which stop payments only and are no locks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Locks {
    set: Vec<SetLock>,
    freezes: Vec<SetBy>,
    /// What whoever finds the phone is to read.
    finder: Option<Finder>,
    /// The recovery code was entered while a lock of the provider stood. When this wait is over, entering the code
    /// again clears that lock.
    opening: Option<Wait>,
}

/// A lock that somebody set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetLock {
    pub(crate) reason: LockReason,
    pub(crate) by: SetBy,
}

/// Who set a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SetBy {
    /// The owner, on this phone.
    Owner,
    /// The provider, by the order with this number of this key.
    Provider { kid: KeyId, seq: u64 },
    /// The provider, by an order with this number that this phone has not seen. This key signed the heartbeat that told
    /// of it.
    Missing { kid: KeyId, seq: u64 },
}

/// A message of the provider for whoever finds the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finder {
    pub(crate) kid: KeyId,
    pub(crate) message: String,
    #[serde(with = "as_json")]
    pub(crate) contact: Option<Contact>,
}

impl Locks {
    /// Sets a lock. That needs no proof. It replaces an earlier lock of the same reason and setter.
    ///
    /// A new lock ends the wait of a recovery that was begun: the provider knows more now than when it began.
    pub(crate) fn set(&mut self, lock: SetLock) {
        self.opening = None;
        let is_same = |other: &SetLock| other.reason == lock.reason && other.by.is_same_setter(lock.by);
        self.set.retain(|other| !is_same(other));
        if self.set.len() >= MAX_LOCKS {
            // Cannot happen with the keys that a policy may name. A lock of the same reason takes its place.
            let place = self.set.iter().position(|other| other.reason == lock.reason).unwrap_or(0);
            self.set.remove(place);
        }
        self.set.push(lock);
    }

    /// Stops payments. That needs no proof.
    pub(crate) fn freeze(&mut self, by: SetBy) {
        self.freezes.retain(|other| !other.is_same_setter(by));
        self.freezes.push(by);
    }

    pub(crate) fn set_finder(&mut self, finder: Finder) {
        self.finder = Some(finder);
    }

    /// Clears the locks that this way clears, as far as `may_go` selects them. Returns them.
    pub(crate) fn clear(
        &mut self,
        way: Way,
        unusual: ClearsUnusual,
        may_go: impl Fn(&SetLock) -> bool,
    ) -> Vec<SetLock> {
        let goes = |lock: &SetLock| ways(lock.reason, unusual).contains(&way) && may_go(lock);
        let (gone, stay) = self.set.iter().partition(|lock| goes(lock));
        self.set = stay;
        if self.set.is_empty() {
            self.opening = None;
        }
        self.drop_finder_without_lock();
        gone
    }

    /// Clears what the recovery code clears: most locks at once, those of the provider only after the wait. If one of
    /// them stands then, the wait begins, unless it runs already. Returns the locks that went.
    pub(crate) fn clear_by_code(&mut self, unusual: ClearsUnusual, wait_ms: u64, now: Now) -> Vec<SetLock> {
        let mut gone = self.clear(Way::RecoveryCode, unusual, |_| true);
        if self.opening_left_ms(now) == Some(0) {
            gone.extend(self.clear(Way::RecoveryCodeAndWait, unusual, |_| true));
        }
        self.opening = match self.opening {
            _ if self.set.is_empty() => None,
            Some(wait) => Some(wait),
            None => Some(Wait::start(wait_ms, now)),
        };
        gone
    }

    /// Milliseconds until the recovery code clears the locks of the provider. `None`: it was not entered yet.
    pub(crate) fn opening_left_ms(&self, now: Now) -> Option<u64> {
        self.opening.map(|wait| wait.left_ms(now))
    }

    /// Saves what is left of the wait, unless that was done within `every_ms`. `true` if it changed.
    pub(crate) fn save_wait(&mut self, now: Now, every_ms: u64) -> bool {
        self.opening.as_mut().is_some_and(|wait| wait.save(now, every_ms))
    }

    /// The same locks, as if no recovery had begun.
    pub(crate) fn without_wait(&self) -> Self {
        Self { opening: None, ..self.clone() }
    }

    /// The wait as it was last saved.
    pub(crate) fn saved_wait(&self) -> Option<Wait> {
        self.opening
    }

    /// Ends the freezes of the provider; or, with `of_owner`, the owner's. `false`: there was none.
    pub(crate) fn unfreeze(&mut self, of_owner: bool) -> bool {
        let before = self.freezes.len();
        self.freezes.retain(|by| (*by == SetBy::Owner) != of_owner);
        self.freezes.len() < before
    }

    /// Clears the locks that stand for orders up to `last_order`, which are not missing any more.
    pub(crate) fn note_last_order(&mut self, last_order: u64) {
        self.set.retain(|lock| !matches!(lock.by, SetBy::Missing { seq, .. } if seq <= last_order));
    }

    /// Drops what this key of the provider did: its locks, freezes and message.
    pub(crate) fn void(&mut self, kid: KeyId) {
        self.set.retain(|lock| !lock.by.is_of(kid));
        self.freezes.retain(|by| !by.is_of(kid));
        self.finder = self.finder.take().filter(|finder| finder.kid != kid);
        self.drop_finder_without_lock();
    }

    /// The locks that stand, in the order in which they were set.
    pub(crate) fn all(&self) -> &[SetLock] {
        &self.set
    }

    /// What whoever finds the phone is to read.
    pub(crate) fn finder(&self) -> Option<&Finder> {
        self.finder.as_ref()
    }

    /// Who has frozen payments.
    pub(crate) fn freezes(&self) -> &[SetBy] {
        &self.freezes
    }

    /// Whether payments are frozen.
    pub(crate) fn is_frozen(&self) -> bool {
        !self.freezes.is_empty()
    }

    /// Whether the record could hold these locks.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { set, freezes, finder: _, opening: _ } = self;
        set.len() <= MAX_LOCKS && freezes.len() <= MAX_LOCKS && set.iter().all(|lock| lock.reason.is_set())
    }

    /// The message is shown with a lock of the provider only.
    fn drop_finder_without_lock(&mut self) {
        if !self.set.iter().any(|lock| lock.by.who() == WhoLocked::Provider) {
            self.finder = None;
        }
    }
}

impl SetBy {
    pub(crate) fn who(self) -> WhoLocked {
        match self {
            Self::Owner => WhoLocked::Owner,
            Self::Provider { .. } | Self::Missing { .. } => WhoLocked::Provider,
        }
    }

    /// The number of the provider's order.
    pub(crate) fn order(self) -> Option<(KeyId, u64)> {
        match self {
            Self::Owner => None,
            Self::Provider { kid, seq } | Self::Missing { kid, seq } => Some((kid, seq)),
        }
    }

    /// Whether what this one sets takes the place of what the other one sets, if both set the same: the setter is the
    /// same, and its order is not an earlier one.
    pub(crate) fn replaces(self, other: Self) -> bool {
        self.is_same_setter(other) && self.order() >= other.order()
    }

    fn is_of(self, id: KeyId) -> bool {
        matches!(self, Self::Provider { kid, .. } | Self::Missing { kid, .. } if kid == id)
    }

    fn is_same_setter(self, other: Self) -> bool {
        match (self, other) {
            (Self::Owner, Self::Owner) => true,
            (Self::Provider { kid, .. }, Self::Provider { kid: other, .. })
            | (Self::Missing { kid, .. }, Self::Missing { kid: other, .. }) => kid == other,
            _ => false,
        }
    }
}
