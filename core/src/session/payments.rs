//! Payments and limits, as an open wallet uses them.

use super::Session;
use crate::engine::PaymentContext;
use crate::error::LockError;
use crate::flows::{LimitState, PaymentOutcome, limits, panic, pay};
use crate::payment::LimitChange;
use crate::policy::Limit;
use crate::request::Payment;

/// Payments of an open wallet. Confirming one is with [`PaymentsHandle`](crate::PaymentsHandle).
#[derive(Clone, Copy, Debug)]
pub struct SessionPaymentsHandle<'a>(pub(super) &'a Session);

/// The limits of an open wallet.
#[derive(Clone, Copy, Debug)]
pub struct LimitsHandle<'a>(pub(super) &'a Session);

impl SessionPaymentsHandle<'_> {
    /// Asks for a payment. In an open session the policy may allow small ones without a proof.
    ///
    /// [`LockError::Invalid`] names the field that is wrong.
    pub fn authorize(&self, payment: &Payment, context: &PaymentContext) -> Result<PaymentOutcome, LockError> {
        pay::authorize(&self.0.engine, Some(self.0.id), payment, context)
    }

    /// Stops everything in a panic: payments are frozen and sessions end, this one too.
    pub fn panic_freeze(&self) -> Result<(), LockError> {
        panic::in_session(&self.0.engine, self.0.id)
    }
}

impl LimitsHandle<'_> {
    /// All limits that hold, with what is left of them: those of the policy first.
    pub fn all(&self) -> Result<Vec<LimitState>, LockError> {
        limits::all(&self.0.engine, self.0.id)
    }

    /// Sets a limit of the owner. A new or lower one holds at once. A higher one waits, needs a PIN that was entered
    /// within [`crate::FRESH_PIN_MS`] ([`LockError::PinNeeded`]), and can be cancelled.
    ///
    /// [`LockError::LimitReached`]: there are as many limits as there may be.
    pub fn set(&self, limit: &Limit) -> Result<LimitChange, LockError> {
        limits::set(&self.0.engine, self.0.id, limit, Some(limit.max))
    }

    /// Takes a limit of the owner away, as raising it does: after a wait.
    pub fn remove(&self, limit: &Limit) -> Result<LimitChange, LockError> {
        limits::set(&self.0.engine, self.0.id, limit, None)
    }

    /// Cancels the raise of a limit that waits. `false`: none does.
    pub fn cancel_raise(&self, limit: &Limit) -> Result<bool, LockError> {
        limits::cancel(&self.0.engine, self.0.id, limit)
    }
}
