//! The disputes of an open wallet.

use super::Session;
use crate::disputes::{Dispute, DisputeEnd, DisputeReason};
use crate::error::LockError;
use crate::flows::disputes;

/// The payments that the owner of an open wallet disputes. Whom to tell stands in the policy: its `contacts`.
#[derive(Clone, Copy, Debug)]
pub struct DisputesHandle<'a>(pub(super) &'a Session);

impl DisputesHandle<'_> {
    /// All disputes, the oldest first.
    pub fn all(&self) -> Result<Vec<Dispute>, LockError> {
        disputes::all(&self.0.engine, self.0.id)
    }

    /// Disputes the payment that a line of the journal is about. The card that it was paid with is frozen; or all payments
    /// are, if it was not by a card that the wallet keeps. The provider gets a signed notice of that from the app:
    /// [`Dispute::freeze_notice`]. A payment whose dispute is open gets that one.
    ///
    /// `text`: what the owner says, up to [`MAX_DISPUTE_TEXT_BYTES`](crate::disputes::MAX_DISPUTE_TEXT_BYTES), without a
    /// card's full number. [`LockError::Invalid`]: the text is not allowed, or the line is about no payment.
    /// [`LockError::LimitReached`]: [`MAX_DISPUTES`](crate::disputes::MAX_DISPUTES) are open.
    pub fn open(&self, line: u64, reason: DisputeReason, text: &str) -> Result<Dispute, LockError> {
        disputes::open(&self.0.engine, self.0.id, line, reason, text)
    }

    /// The evidence: one signed file of JSON lines, which `tests/verifier` checks. It holds the lines about the payment
    /// with their part of the chain, the authorisation with what was shown, the provider's receipts, the freeze notice
    /// and the times, and no details of other lines. `None`: there is no such dispute.
    pub fn evidence(&self, number: u32) -> Result<Option<String>, LockError> {
        disputes::evidence(&self.0.engine, self.0.id, number)
    }

    /// Notes who was told of a dispute; the time is noted too. `false`: there is no such dispute, or it was reported
    /// before: the first report counts.
    pub fn report(&self, number: u32, to: &str) -> Result<bool, LockError> {
        disputes::report(&self.0.engine, self.0.id, number, to)
    }

    /// Ends a dispute. What was frozen stays frozen until the owner ends that. `false`: there is no such dispute, or it
    /// ended before.
    pub fn end(&self, number: u32, how: DisputeEnd) -> Result<bool, LockError> {
        disputes::end(&self.0.engine, self.0.id, number, how)
    }
}
