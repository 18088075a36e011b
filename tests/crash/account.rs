//! What the disk may hold: every state that was committed since the last flush, and no other.
//!
//! A call changes the wallet in steps. The test knows from outside which of them must be on the disk: when the device
//! key is asked about a PIN, or when the call returns, everything before that must be flushed. What comes after a flush
//! may be lost or not, but it is lost only from the end: the order of writing is kept.

use std::collections::BTreeMap;

/// The items of a wallet, by id.
pub(crate) type Items = BTreeMap<&'static str, Vec<u8>>;

/// What a wallet holds, as far as its owner can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Unconfigured,
    Wiped,
    Live(Holding),
}

/// A wallet with a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) pin: &'static str,
    pub(crate) failures: u32,
    /// When the last failure was charged, on the wall clock. Its wait began then.
    pub(crate) charged_ms: i64,
    pub(crate) items: Items,
    /// Journal lines about biometrics: uses, failures, and switching on and off.
    pub(crate) biometric: u32,
    /// The digits of the recovery code, if there is one.
    pub(crate) code: Option<String>,
}

/// What a call does to a wallet, in this order.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The call commits this state.
    Commit(State),
    /// If this was seen, everything so far is flushed.
    FlushedIf(Seen),
}

/// What can be seen of a call from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    /// Nothing more than its beginning.
    Begun,
    /// The device key was asked about a PIN. From here on a verdict may be known.
    KeyAsked,
    /// The call returned.
    Returned,
}

/// The states that the disk may hold, oldest first. The first of them is flushed.
#[derive(Clone, Debug)]
pub(crate) struct Account(Vec<State>);

impl Account {
    pub(crate) fn new(state: State) -> Self {
        Self(vec![state])
    }

    /// What the wallet is while the power stays on.
    pub(crate) fn now(&self) -> &State {
        &self.0[self.0.len() - 1]
    }

    pub(crate) fn possible(&self) -> &[State] {
        &self.0
    }

    /// Adds the steps of a call, as far as the call got.
    pub(crate) fn enter(&mut self, steps: Vec<Step>, seen: Seen) {
        for step in steps {
            match step {
                Step::Commit(state) => self.0.push(state),
                Step::FlushedIf(sign) if sign <= seen => drop(self.0.drain(..self.0.len() - 1)),
                Step::FlushedIf(_) => return,
            }
        }
    }

    /// A killed process left the `nth` of the possible states: those after it were never written. A later power cut may
    /// still bring back those before it.
    pub(crate) fn found_after_kill(&mut self, nth: usize) {
        self.0.truncate(nth + 1);
    }

    /// After a power cut the disk held the `nth` state: everything on a disk after a cut is flushed.
    pub(crate) fn found_after_cut(&mut self, nth: usize) {
        self.0 = vec![self.0.swap_remove(nth)];
    }
}

impl Holding {
    pub(crate) fn new(pin: &'static str, now_ms: i64) -> Self {
        Self { pin, failures: 0, charged_ms: now_ms, items: Items::new(), biometric: 0, code: None }
    }

    fn charged(&self, now_ms: i64) -> Self {
        Self { failures: self.failures + 1, charged_ms: now_ms, ..self.clone() }
    }

    /// The steps of a right PIN: a charge before the device key is asked, then a count of zero.
    pub(crate) fn right(&self, now_ms: i64) -> Vec<Step> {
        let right = Self { failures: 0, ..self.clone() };
        vec![
            Step::Commit(State::Live(self.charged(now_ms))),
            Step::FlushedIf(Seen::KeyAsked),
            Step::Commit(State::Live(right)),
        ]
    }

    /// The steps of a wrong PIN: a charge before the device key is asked. It stays, or the wallet is wiped.
    pub(crate) fn wrong(&self, now_ms: i64, wipe_at: Option<u32>) -> Vec<Step> {
        let charged = self.charged(now_ms);
        let wipes = wipe_at.is_some_and(|limit| charged.failures >= limit);
        let mut steps = vec![Step::Commit(State::Live(charged)), Step::FlushedIf(Seen::KeyAsked)];
        if wipes {
            steps.extend([Step::Commit(State::Wiped), Step::FlushedIf(Seen::Returned)]);
        }
        steps
    }

    /// The steps of a wrong PIN that was entered before: charged like any other, then given back.
    pub(crate) fn repeated(&self, now_ms: i64) -> Vec<Step> {
        let charged = Step::Commit(State::Live(self.charged(now_ms)));
        vec![charged, Step::FlushedIf(Seen::KeyAsked), Step::Commit(State::Live(self.clone()))]
    }

    /// The steps of the right PIN, then of a commit that is flushed when the call returns.
    pub(crate) fn right_then(&self, now_ms: i64, then: State) -> Vec<Step> {
        let mut steps = self.right(now_ms);
        steps.extend([Step::Commit(then), Step::FlushedIf(Seen::Returned)]);
        steps
    }

    /// The steps of a change that is flushed when the call returns.
    pub(crate) fn changed(change: Self) -> Vec<Step> {
        vec![Step::Commit(State::Live(change)), Step::FlushedIf(Seen::Returned)]
    }
}
