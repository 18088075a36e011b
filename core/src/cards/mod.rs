//! Cards: what the wallet knows of each, whether it may be used, and for how long a card that was removed can be brought
//! back.
//!
//! The token of a card, which pays, is an item of the vault. It is sealed once more under a key of the card's own, which
//! stands in the record. So a card is destroyed without the data key, also while the wallet is locked: its key goes.

mod card;
mod state;
#[cfg(test)]
mod tests;

pub use card::{CardInfo, CardState, MAX_CARD_TOKEN_BYTES, NewCard};
pub(crate) use card::{is_token_item, token_item};
pub(crate) use state::Cards;
pub use state::MAX_CARDS;
