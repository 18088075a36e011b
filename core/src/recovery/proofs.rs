//! Getting back in by proofs: which proofs are enough for a new PIN, when, and who may cancel that. One function takes
//! the state and an event and gives the next state; nothing here knows how a proof came.
//!
//! Enough are two methods, of which one is proven elsewhere than on this phone; or two methods on this phone, and a
//! wait. The recovery code is enough alone, and takes another way (`flows/enter_code.rs`). The wait is there because a
//! thief with the unlocked phone has everything that is proven on it; the owner hears of the wait, and cancels it.

use serde::{Deserialize, Serialize};

use crate::proof::{Proof, ProofMethod, Rank};
use crate::time::{Now, Wait};

/// Most proofs that are kept: one of each method fits.
const MAX_GIVEN: usize = 8;
/// How often a proof of the same rank as the waiting ones may cancel them. After that a higher one is needed: otherwise
/// a thief and an owner who hold the same channels could cancel each other for ever, and the owner would stay outside.
/// DESIGN 8.
const MOST_CANCELLED_BY_EQUALS: u32 = 2;

/// What was proven, and the wait that follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Proofs {
    /// One of each method. They hold until something voids them: a right PIN, a lock that is set, a cancellation. A
    /// recovery begins with none.
    given: Vec<Proof>,
    /// Runs from the moment at which two methods were proven on this phone.
    wait: Option<Wait>,
    /// How often proofs of the same rank cancelled what waited, since the last right PIN or recovery.
    cancelled_by_equals: u32,
}

/// Something that happens to a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecoveryEvent {
    /// Something was proven now. `wait_ms`: the policy's wait after proofs on this phone.
    Proven { proof: Proof, wait_ms: u64, now: Now },
    /// Somebody who proved this rank wants it to end.
    Cancelled(Rank),
    /// The PIN was right, which it can be only while the wallet is ready.
    PinRight,
    /// A lock was set: whoever proved something may be the one against whom it was set.
    LockSet,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecoveryStep {
    /// Nothing.
    None,
    /// The proof counts.
    Noted,
    /// The proof counts, and the wait begins.
    WaitBegan,
    /// What was proven is void. `waited`: a wait ended with it.
    Voided { waited: bool },
    /// Only somebody who proves more may cancel this.
    NeedsHigherRank,
}

/// Whether what was proven is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enough {
    /// A new PIN may be set.
    Now,
    /// When this many milliseconds have passed, or at once with a proof from elsewhere.
    After {
        /// Milliseconds left, at least 1.
        left_ms: u64,
    },
    /// Another method is needed.
    OneMore,
    /// Two methods are needed.
    TwoMore,
}

impl Proofs {
    /// The state after `event`, and what it did.
    pub(crate) fn after(&self, event: RecoveryEvent) -> (Self, RecoveryStep) {
        match event {
            RecoveryEvent::Proven { proof, wait_ms, now } => self.after_proof(proof, wait_ms, now),
            RecoveryEvent::Cancelled(rank) => self.after_cancel(rank),
            RecoveryEvent::PinRight => self.voided(0),
            RecoveryEvent::LockSet => self.voided(self.cancelled_by_equals),
        }
    }

    fn after_proof(&self, proof: Proof, wait_ms: u64, now: Now) -> (Self, RecoveryStep) {
        if self.given.contains(&proof) {
            // The same answer to the same question, told again.
            return (self.clone(), RecoveryStep::None);
        }
        let mut next = self.clone();
        // A place elsewhere is not lost when the same method is proven again on this phone.
        let was_elsewhere = |given: &Proof| given.method.is_same_as(proof.method) && given.is_elsewhere;
        if next.given.iter().any(was_elsewhere) && !proof.is_elsewhere {
            return (next, RecoveryStep::None);
        }
        next.given.retain(|given| !given.method.is_same_as(proof.method));
        if next.given.len() < MAX_GIVEN {
            next.given.push(proof);
        }
        if next.wait.is_none() && matches!(next.enough(&[], wait_ms, now), Enough::After { .. }) {
            next.wait = Some(Wait::start(wait_ms, now));
            return (next, RecoveryStep::WaitBegan);
        }
        (next, RecoveryStep::Noted)
    }

    fn after_cancel(&self, rank: Rank) -> (Self, RecoveryStep) {
        let Some(highest) = self.rank() else { return (self.clone(), RecoveryStep::None) };
        let is_equal = rank == highest;
        if rank < highest || (is_equal && self.cancelled_by_equals >= MOST_CANCELLED_BY_EQUALS) {
            return (self.clone(), RecoveryStep::NeedsHigherRank);
        }
        // Nothing is used up where nothing waited.
        self.voided(self.cancelled_by_equals + u32::from(is_equal && self.wait.is_some()))
    }

    fn voided(&self, cancelled_by_equals: u32) -> (Self, RecoveryStep) {
        let step = match (self.given.is_empty(), self.wait) {
            (true, None) => RecoveryStep::None,
            (_, wait) => RecoveryStep::Voided { waited: wait.is_some() },
        };
        (Self { given: Vec::new(), wait: None, cancelled_by_equals }, step)
    }

    /// Whether what was proven is enough, together with `also`, which the provider says it has verified.
    pub(crate) fn enough(&self, also: &[Proof], wait_ms: u64, now: Now) -> Enough {
        let mut methods: Vec<ProofMethod> = Vec::new();
        let mut is_one_elsewhere = false;
        // A recovery code takes another way: no provider sees one.
        let also = also.iter().filter(|proof| proof.method != ProofMethod::Code);
        for proof in self.given.iter().chain(also) {
            is_one_elsewhere |= proof.is_elsewhere;
            if !methods.iter().any(|method| method.is_same_as(proof.method)) {
                methods.push(proof.method);
            }
        }
        match (methods.len(), self.wait.map(|wait| wait.left_ms(now))) {
            (0, _) => Enough::TwoMore,
            (1, _) => Enough::OneMore,
            _ if is_one_elsewhere => Enough::Now,
            (_, Some(0)) => Enough::Now,
            (_, Some(left_ms)) => Enough::After { left_ms },
            (_, None) => Enough::After { left_ms: wait_ms },
        }
    }

    /// What was proven, in this order.
    pub(crate) fn given(&self) -> &[Proof] {
        &self.given
    }

    /// Milliseconds until the wait is over. `None`: nothing waits.
    pub(crate) fn wait_left_ms(&self, now: Now) -> Option<u64> {
        self.wait.map(|wait| wait.left_ms(now))
    }

    /// Whether somebody who proves this rank may cancel what was proven.
    pub(crate) fn may_cancel(&self, rank: Rank) -> bool {
        !matches!(self.after_cancel(rank).1, RecoveryStep::NeedsHigherRank | RecoveryStep::None)
    }

    /// The highest rank of what was proven.
    fn rank(&self) -> Option<Rank> {
        self.given.iter().map(Proof::rank).max()
    }

    /// Saves what is left of the wait, unless that was done within `every_ms`. `true` if it changed.
    pub(crate) fn save_wait(&mut self, now: Now, every_ms: u64) -> bool {
        self.wait.as_mut().is_some_and(|wait| wait.save(now, every_ms))
    }

    /// The wait as it was last saved.
    pub(crate) fn saved_wait(&self) -> Option<Wait> {
        self.wait
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { given, wait: _, cancelled_by_equals } = self;
        given.len() <= MAX_GIVEN && *cancelled_by_equals <= MOST_CANCELLED_BY_EQUALS
    }
}

#[cfg(test)]
mod tests;
