//! What an app shows of payments, also while the wallet is locked.

use super::pay::{Frozen, PaymentClocks, frozen};
use crate::engine::Engine;
use crate::error::LockError;
use crate::payment::PaymentState;
use crate::request::Channel;

/// What stands between the wallet and a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentsState {
    /// Who has frozen all payments.
    pub frozen: Frozen,
    /// The channels that the owner has frozen.
    pub frozen_channels: Vec<Channel>,
    /// In a panic: milliseconds until the PIN alone ends it.
    pub panic_left_ms: Option<u64>,
    /// Milliseconds of powered-on time until the next day begins.
    pub next_day_ms: u64,
    /// Milliseconds by which the wall clock is ahead of the time that the wallet believes. If it is hours, days begin
    /// late, and a heartbeat of the provider helps.
    pub behind_ms: u64,
}

/// Reads it.
pub(crate) fn state(engine: &Engine) -> Result<PaymentsState, LockError> {
    let clocks = PaymentClocks::read(engine)?;
    let windows = clocks.windows();
    engine.ledger.read(|view| {
        let payments = &view.record.payments;
        Ok(PaymentsState {
            frozen: frozen(view.record, None, clocks.now),
            frozen_channels: payments.frozen_channels().to_vec(),
            panic_left_ms: payments.panic_left_ms(clocks.now),
            next_day_ms: clocks.moment().opens_in_ms,
            behind_ms: windows.behind_ms(clocks.now),
        })
    })
}

/// What became of the payment with this id. `None`: it is not known, or its end was forgotten.
pub(crate) fn state_of(engine: &Engine, payment: &str) -> Result<Option<PaymentState>, LockError> {
    let clocks = PaymentClocks::read(engine)?;
    engine.ledger.read(|view| {
        let mut book = super::pay::book_of(&view)?;
        book.reservations.expire(clocks.moment().estimate_ms);
        Ok(book.reservations.state_of(payment))
    })
}
