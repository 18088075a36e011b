//! What a recovery, and a change of the recovery code, may leave.

use crate::life::{NO_VERDICT, RECOVERED_AND_LOCKED};
use crate::payments::Till;
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
    /// The wallet after a right PIN, if changes of the code or of escrow are due then: they are made together.
    pub(crate) fn with_due_change(self) -> Option<Self> {
        let of_code = self.pending.filter(|pending| pending.is_due);
        let of_escrow = self.pending_escrow.filter(|pending| pending.is_due);
        let changes = u32::from(of_code.is_some()) + u32::from(of_escrow.is_some());
        let code = match of_code.map(|pending| pending.change) {
            Some(Due::Replaced(code)) => Some(code),
            Some(Due::Withdrawn) => None,
            None => self.code,
        };
        let pending = self.pending.filter(|pending| !pending.is_due);
        let pending_escrow = self.pending_escrow.filter(|pending| !pending.is_due);
        let escrow = of_escrow.map_or(self.escrow, |pending| pending.is_on);
        let noted = self.noted + changes;
        // Escrow has another slot then.
        let changed = Self { code, pending, escrow, pending_escrow, is_deposited: false, noted, ..self };
        (changes > 0).then_some(changed)
    }

    /// The wallet after a recovery. Escrow stays on, with another slot. The provider has to register the phone anew.
    pub(crate) fn rescued(self, code: &'static str, pin: &'static str) -> Self {
        // The journal tells that the changes that wait are void. A damaged record cannot tell which ones waited.
        let waiting = u32::from(self.pending.is_some()) + u32::from(self.pending_escrow.is_some());
        let cancelled = if self.is_damaged { 0 } else { waiting };
        // No recovery clears the provider's lock at once. Without the record only the order's mark tells of it.
        let (lock, last_order, is_marked) =
            if self.is_damaged { (None, 0, self.lock.is_some()) } else { (self.lock, self.last_order, false) };
        let rescued = Self {
            pin,
            failures: 0,
            finger: false,
            code: Some(code),
            pending: None,
            pending_escrow: None,
            is_deposited: false,
            is_damaged: false,
            is_registered: false,
            lock,
            last_order,
            is_marked,
            noted: self.noted + 1 + cancelled,
            back: self.back.recovered(),
            till: if self.is_damaged { Till::used_up() } else { self.till },
            ..self
        };
        rescued.opened()
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
        self.set_anew(state, wallet.rescued(to, pin))
    }

    /// The end of a recovery.
    pub(crate) fn set_anew(&self, state: &State, rescued: Wallet) -> Vec<State> {
        let told_so = if rescued.lock.is_some() { RECOVERED_AND_LOCKED } else { "recovered" };
        let done = World::Enrolled(rescued);
        match self.told() {
            // The file is opened again at once, so this process may already find the new wallet.
            Some(STORAGE_FAILED) if self.leaves_doubt => {
                let found = [state.live.clone(), state.flushed.clone(), done.clone()];
                found.into_iter().map(|live| State { live, ..state.with_maybe_done(done.clone()) }).collect()
            }
            Some(STORAGE_FAILED) => vec![state.clone()],
            Some(told) if told == told_so => vec![durable(done)],
            None => vec![state.clone(), durable(done)],
            _ => Vec::new(),
        }
    }
}
