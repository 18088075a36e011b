//! What a change of escrow, and a recovery by escrow, may leave.

use crate::life::{NO_REQUEST, NO_VERDICT};
use crate::ways_back::NOT_ENOUGH;
use crate::world::{Rules, STORAGE_FAILED, State, WRONG_STATE, Wallet};

/// A change of escrow that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PendingEscrow {
    pub(crate) is_on: bool,
    /// Its wait is over: the next right PIN makes it.
    pub(crate) is_due: bool,
}

impl Rules<'_> {
    /// In a wallet that was just set up escrow counts at once. Otherwise every change of it waits.
    pub(crate) fn escrow_switched(&self, state: &State, wallet: &Wallet, is_on: bool) -> Vec<State> {
        let noted = wallet.noted + 1;
        // The session that set the wallet up is open, because nobody entered the PIN since.
        let is_first = wallet.tried == 0;
        if is_first && is_on {
            return self.written(state, Wallet { escrow: true, is_deposited: false, noted, ..*wallet }, "set");
        }
        let pending_escrow = Some(PendingEscrow { is_on, is_due: false });
        self.written(state, Wallet { pending_escrow, noted, ..*wallet }, "waits")
    }

    /// The provider's note of the slot is no part of the phone.
    pub(crate) fn deposited(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        if !(wallet.is_registered && wallet.escrow) {
            return self.unchanged(state, &[WRONG_STATE, STORAGE_FAILED]);
        }
        let deposited = state.with_each(|wallet| Wallet { is_deposited: wallet.escrow, ..*wallet });
        match self.told() {
            Some("deposited") => vec![deposited],
            Some(STORAGE_FAILED) => vec![state.clone()],
            None => vec![state.clone(), deposited],
            _ => Vec::new(),
        }
    }

    /// The request is in memory only. The provider opens the slot that it knows.
    pub(crate) fn escrow_asked(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let answer = match wallet {
            Wallet { escrow: false, .. } => "NotSetUp",
            Wallet { is_deposited: false, .. } => "not deposited",
            _ => "granted",
        };
        let fails = if self.is_disturbed { NO_VERDICT } else { answer };
        self.unchanged(state, &[answer, fails])
    }

    /// As with the code. The grant holds the data key of the slot that was deposited, and opens the wallet once.
    pub(crate) fn recovered_by_escrow(
        &self,
        state: &State,
        wallet: &Wallet,
        (to, pin): (&'static str, &'static str),
    ) -> Vec<State> {
        if self.told() == Some(NO_REQUEST) || self.is_disturbed && self.told() == Some(NO_VERDICT) {
            return vec![state.clone()];
        }
        // The recovery is finished. Or the record has not been read again since the storage failed.
        let is_over = !(wallet.escrow && wallet.is_deposited);
        if is_over || self.is_disturbed && self.told() == Some(WRONG_STATE) {
            return self.unchanged(state, &[WRONG_STATE]);
        }
        if self.asked_by_proofs && !wallet.back.is_enough_with_sms() {
            return self.unchanged(state, &[NOT_ENOUGH]);
        }
        self.set_anew(state, wallet.rescued(to, pin))
    }
}
