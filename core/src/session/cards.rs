//! The cards of an open wallet.

use zeroize::Zeroizing;

use super::Session;
use crate::cards::{CardInfo, NewCard};
use crate::error::LockError;
use crate::flows::cards;

/// The cards of an open wallet. Freezing one is with [`PaymentsHandle`](crate::PaymentsHandle): it needs no session.
#[derive(Clone, Copy, Debug)]
pub struct CardsHandle<'a>(pub(super) &'a Session);

impl CardsHandle<'_> {
    /// All cards, in the order in which they were added; those too that were removed and can be brought back.
    pub fn all(&self) -> Result<Vec<CardInfo>, LockError> {
        cards::all(&self.0.engine, self.0.id)
    }

    /// Adds a card, with the token that pays, 1 to [`MAX_CARD_TOKEN_BYTES`](crate::cards::MAX_CARD_TOKEN_BYTES) bytes,
    /// if the wallet is to keep it. A full card number is refused in every text, but not in the token: the tokens of
    /// networks have the same check digit.
    ///
    /// [`LockError::Invalid`] names the field that is wrong. [`LockError::WrongState`]: a card has this id, or can be
    /// brought back. [`LockError::LimitReached`]: there are [`MAX_CARDS`](crate::cards::MAX_CARDS).
    /// [`LockError::PinNeeded`] in a session that biometrics opened.
    pub fn add(&self, card: &NewCard, token: Option<&[u8]>) -> Result<(), LockError> {
        cards::add(&self.0.engine, self.0.id, card, token)
    }

    /// The token of a card. `None`: there is no such card, it has no token, it is frozen or removed, or its token was lost
    /// in a recovery.
    pub fn token(&self, card: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
        cards::token(&self.0.engine, self.0.id, card)
    }

    /// Allows payments with a card again. `false`: there is no such card, or they are allowed.
    /// [`LockError::PinNeeded`] in a session that biometrics opened.
    pub fn unfreeze(&self, card: &str) -> Result<bool, LockError> {
        cards::unfreeze(&self.0.engine, self.0.id, card)
    }

    /// Removes a card. Nothing can be paid with it any more. It can be brought back for the policy's `card_grace_h`
    /// hours of time since boot; then its key is destroyed, also while the wallet is locked. `false`: there is no such
    /// card, or it was removed. [`LockError::PinNeeded`] in a session that biometrics opened.
    pub fn remove(&self, card: &str) -> Result<bool, LockError> {
        cards::remove(&self.0.engine, self.0.id, card)
    }

    /// Brings a card back that was removed. `false`: there is no such card, or it is too late.
    /// [`LockError::PinNeeded`] in a session that biometrics opened.
    pub fn restore(&self, card: &str) -> Result<bool, LockError> {
        cards::restore(&self.0.engine, self.0.id, card)
    }
}
