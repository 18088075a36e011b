//! What the provider's words may leave.

use crate::backend::ORDER;
use crate::life::NO_REQUEST;
use crate::scenario::Step;
use crate::world::{LIMIT, Rules, STORAGE_FAILED, State, Wallet, World, durable};

/// How many tries a grant leaves at least.
const TRIES_AFTER_GRANT: u32 = 3;

/// A lock that the provider set. The one that is harder to clear comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OrdersLock {
    /// An order is missing.
    Missing,
    /// The phone is lost.
    Lost,
}

impl Wallet {
    /// The wallet as the next process finds it: an order that left only its mark locks, and so does a missing one.
    pub(crate) fn opened(self) -> Self {
        let marks = u32::from(self.is_marked) + u32::from(self.is_missing_marked);
        let missing = self.is_missing_marked.then_some(OrdersLock::Missing);
        let lost = self.is_marked.then_some(OrdersLock::Lost);
        let (is_marked, is_missing_marked) = (false, false);
        let (lock, is_missing) = (self.lock.max(missing).max(lost), self.is_missing || self.is_missing_marked);
        let back = if marks > 0 { self.back.voided_by_lock() } else { self.back };
        Self { lock, is_missing, is_marked, is_missing_marked, noted: self.noted + marks, back, ..self }
    }

    /// The wallet after the order.
    pub(crate) fn ordered(self) -> Self {
        if self.last_order == ORDER {
            return self;
        }
        let (noted, is_missing, is_missing_marked) = (self.noted + 1, false, false);
        let (lock, last_order, is_marked) = (Some(OrdersLock::Lost), ORDER, false);
        let back = self.back.voided_by_lock();
        Self { lock, last_order, is_marked, is_missing, is_missing_marked, noted, back, ..self }
    }

    /// The wallet after a grant.
    pub(crate) fn granted(self) -> Self {
        let noted = self.noted + 1 + u32::from(self.lock.is_some());
        let failures = self.failures.min(LIMIT - TRIES_AFTER_GRANT);
        Self { lock: None, is_marked: false, is_granted: true, failures, noted, ..self }
    }
}

impl Rules<'_> {
    pub(crate) fn told_by_provider(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let noted = wallet.noted + 1;
        match self.step {
            Step::Register => self.written(state, Wallet { is_registered: true, noted, ..*wallet }, "Registered"),
            Step::Order => self.ordered(state, wallet),
            // What was asked for is no part of the wallet.
            Step::Ask => self.unchanged(state, &["asked", STORAGE_FAILED]),
            Step::Grant if self.told() == Some(NO_REQUEST) => vec![state.clone()],
            // The same grant again: it counts once.
            Step::Grant if wallet.is_granted => self.unchanged(state, &["Unlocked"]),
            Step::Grant => self.written(state, wallet.granted(), "Unlocked"),
            Step::Beat => self.written(state, Wallet { is_silent: false, ..*wallet }, "HeartbeatTaken"),
            Step::BeatAlone => self.withheld(state, wallet),
            Step::Revoke if wallet.is_revoked => self.unchanged(state, &["KeysChanged"]),
            Step::Revoke => {
                let revoked =
                    Wallet { is_revoked: true, lock: None, last_order: 0, is_marked: false, noted, ..*wallet };
                self.written(state, revoked, "KeysChanged")
            }
            _ => Vec::new(),
        }
    }

    /// The request is written first, and then the mark of the missing order is made.
    fn withheld(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let lock = wallet.lock.max(Some(OrdersLock::Missing));
        let noted = wallet.noted + 1;
        let back = wallet.back.voided_by_lock();
        let done = World::Enrolled(Wallet { lock, is_missing: true, is_missing_marked: false, noted, back, ..*wallet });
        let marked = state.with_each(|wallet| Wallet { is_missing_marked: true, ..*wallet });
        match self.told() {
            Some("OrderWithheld") => vec![durable(done)],
            Some(STORAGE_FAILED) if self.leaves_doubt => {
                vec![state.clone(), marked.shut(), marked.with_maybe_done(done).shut()]
            }
            Some(STORAGE_FAILED) => vec![state.clone(), marked.shut()],
            None => vec![state.clone(), marked, durable(done)],
            _ => Vec::new(),
        }
    }

    /// The mark in the keystore comes before anything is written. So from the first write on, the next process finds
    /// the lock.
    fn ordered(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        if wallet.last_order == ORDER {
            return self.unchanged(state, &["Locked"]);
        }
        let (marked, done) = (state.marked(), World::Enrolled(wallet.ordered()));
        match self.told() {
            Some("Locked") => vec![durable(done)],
            Some(STORAGE_FAILED) if self.leaves_doubt => vec![marked.shut(), marked.with_maybe_done(done).shut()],
            Some(STORAGE_FAILED) => vec![marked.shut()],
            None => vec![marked, durable(done)],
            _ => Vec::new(),
        }
    }
}

impl State {
    /// The mark of the order is in the keystore, whatever becomes of the file.
    fn marked(&self) -> Self {
        self.with_each(|wallet| {
            let is_marked = wallet.last_order < ORDER && wallet.lock != Some(OrdersLock::Lost);
            Wallet { is_marked, ..*wallet }
        })
    }

    fn shut(&self) -> Self {
        Self { is_shut: true, ..self.clone() }
    }

    pub(crate) fn with_each(&self, mark: impl Fn(&Wallet) -> Wallet) -> Self {
        let mark = |world: &World| match world {
            World::Enrolled(wallet) => World::Enrolled(mark(wallet)),
            other => other.clone(),
        };
        let maybe_done = self.maybe_done.as_ref().map(mark);
        Self { live: mark(&self.live), flushed: mark(&self.flushed), maybe_done, is_shut: self.is_shut }
    }
}
