//! Payments, as an app reaches them. Each method is one line; what a call does is written in `flows/`.

use crate::engine::{PaymentContext, PaymentHandle};
use crate::error::LockError;
use crate::flows::{PanicOutcome, PaymentOutcome, PaymentsState, cards, freeze, panic, pay, payment_state};
use crate::payment::PaymentState;
use crate::pin::PinEntry;
use crate::request::{Channel, Payment, PromptId};
use crate::wallet_lock::WalletLock;

/// Asks for payments and confirms them, also while no session is open.
///
/// A payment is asked for with [`Self::authorize`]. The person reads the lines that this returns, and confirms. The same
/// lines are in what is signed. What a payment may cost is set aside before its proof is known to be right, and counts
/// until the provider says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct PaymentsHandle<'a>(pub(crate) &'a WalletLock);

impl WalletLock {
    /// Payments: what may be paid, and what has to be proven for it.
    pub fn payments(&self) -> PaymentsHandle<'_> {
        PaymentsHandle(self)
    }
}

impl PaymentsHandle<'_> {
    /// Asks for a payment. The same id and content gets the same answer. Without a session every payment needs a proof.
    ///
    /// [`LockError::Invalid`] names the field that is wrong.
    pub fn authorize(&self, payment: &Payment, context: &PaymentContext) -> Result<PaymentOutcome, LockError> {
        pay::authorize(self.0.engine(), None, payment, context)
    }

    /// Confirms a payment with the PIN, which leaves the entry empty. Opens no session. Wrong PINs count as everywhere.
    pub fn confirm_pin(&self, handle: PaymentHandle, entry: &PinEntry) -> Result<PaymentOutcome, LockError> {
        pay::confirm_pin(self.0.engine(), handle, entry)
    }

    /// Shows the biometric prompt with the payment and blocks until the phone answers. Opens no session.
    pub fn confirm_biometrics(&self, handle: PaymentHandle, prompt: PromptId) -> Result<PaymentOutcome, LockError> {
        pay::confirm_biometrics(self.0.engine(), handle, prompt)
    }

    /// Tries a code of the authenticator for a payment. The PIN has to follow.
    pub fn confirm_code(&self, handle: PaymentHandle, entry: &PinEntry) -> Result<PaymentOutcome, LockError> {
        pay::confirm_code(self.0.engine(), handle, entry)
    }

    /// Cancels a payment that waits for a proof. `false`: none does.
    pub fn cancel(&self, handle: PaymentHandle) -> bool {
        pay::cancel(self.0.engine(), handle)
    }

    /// The app was told that so many minor units were charged: all that was set aside, or more. `None`: no such payment
    /// is known. [`LockError::Invalid`]: it is less; only the provider's signed word says so.
    pub fn captured(&self, payment: &str, minor: u64) -> Result<Option<PaymentState>, LockError> {
        pay::captured_by_app(self.0.engine(), payment, minor)
    }

    /// What became of a payment. `None`: it is not known, or its end was forgotten.
    pub fn state_of(&self, payment: &str) -> Result<Option<PaymentState>, LockError> {
        payment_state::state_of(self.0.engine(), payment)
    }

    /// What stands between the wallet and a payment.
    pub fn state(&self) -> Result<PaymentsState, LockError> {
        payment_state::state(self.0.engine())
    }

    /// Stops all payments, or those through one channel, without any proof.
    /// [`AccessHandle::unfreeze`](crate::AccessHandle::unfreeze) ends that.
    pub fn freeze(&self, channel: Option<Channel>) -> Result<(), LockError> {
        freeze::freeze(self.0.engine(), channel)
    }

    /// Stops payments with one card, without any proof. `false`: there is no such card, or they are stopped.
    /// [`CardsHandle::unfreeze`](crate::CardsHandle::unfreeze) ends that.
    pub fn freeze_card(&self, card: &str) -> Result<bool, LockError> {
        cards::freeze(self.0.engine(), card)
    }

    /// Stops everything in a panic, with the PIN: payments are frozen and sessions end. From then on the PIN alone does
    /// not undo it: a second factor is needed too, or a wait, or a grant of the provider.
    pub fn panic_freeze(&self, entry: &PinEntry) -> Result<PanicOutcome, LockError> {
        panic::with_pin(self.0.engine(), entry)
    }
}
