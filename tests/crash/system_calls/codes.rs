//! What a recovery, and a change of the recovery code, may leave.

use crate::life::NO_VERDICT;
use crate::scenario::Due;
use crate::world::{Rules, STORAGE_FAILED, State, Wallet, World, durable};

/// A change of the recovery code that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pending {
    pub(crate) change: Due,
    /// Its wait is over: the next right PIN makes it.
    pub(crate) is_due: bool,
}

impl Wallet {
    /// The wallet after a right PIN, if a change is due then.
    pub(crate) fn with_due_change(self) -> Option<Self> {
        let change = self.pending.filter(|pending| pending.is_due)?.change;
        let code = match change {
            Due::Replaced(code) => Some(code),
            Due::Withdrawn => None,
        };
        Some(Self { code, pending: None, noted: self.noted + 1, ..self })
    }
}

impl Rules<'_> {
    /// The first code counts at once. Another one waits.
    pub(crate) fn code_set(&self, state: &State, wallet: &Wallet, code: &'static str) -> Vec<State> {
        let noted = wallet.noted + 1;
        if wallet.code.is_none() {
            return self.written(state, Wallet { code: Some(code), noted, ..*wallet }, "set");
        }
        let pending = Some(Pending { change: Due::Replaced(code), is_due: false });
        self.written(state, Wallet { pending, noted, ..*wallet }, "waits")
    }

    /// New PIN, new code, and what the vault keeps: all of it or nothing.
    pub(crate) fn recovered(
        &self,
        state: &State,
        wallet: &Wallet,
        (from, to, pin): (&'static str, &'static str, &'static str),
    ) -> Vec<State> {
        // After a recovery that failed the file is opened again at once, and that may fail too.
        if self.is_disturbed && self.told() == Some(NO_VERDICT) {
            return vec![state.clone()];
        }
        if wallet.code != Some(from) {
            return self.unchanged(state, &["wrong code"]);
        }
        let done = World::Enrolled(Wallet {
            pin,
            failures: 0,
            finger: false,
            code: Some(to),
            pending: None,
            noted: wallet.noted + 1,
            ..*wallet
        });
        match self.told() {
            // The file is opened again at once, so this process may already find the new wallet.
            Some(STORAGE_FAILED) if self.leaves_doubt => {
                let found = [state.live.clone(), state.flushed.clone(), done.clone()];
                found.into_iter().map(|live| State { live, ..state.with_maybe_done(done.clone()) }).collect()
            }
            Some(STORAGE_FAILED) => vec![state.clone()],
            Some("recovered") => vec![durable(done)],
            None => vec![state.clone(), durable(done)],
            _ => Vec::new(),
        }
    }
}
