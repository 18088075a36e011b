//! One card.

use serde::{Deserialize, Serialize};

use crate::crypto::{Random, aead_open, aead_seal};
use crate::error::LockError;
use crate::hex;
use crate::request::{holds_card_number, is_id, shows_what_it_says};
use crate::time::{Now, Wait};
use zeroize::Zeroizing;

/// Longest label and longest network, in bytes of UTF-8.
const MAX_TEXT_BYTES: usize = 36;
/// The longest token of a card, in bytes.
pub const MAX_CARD_TOKEN_BYTES: usize = 4 * 1024;
/// What the names of the vault's items for tokens begin with. Apps cannot name such an item.
const TOKEN_ITEM: &str = "\0card/";

/// A card to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCard {
    /// The app's own name for it, 1 to 36 printable ASCII characters: payments and limits name it so. It is never a
    /// card's full number.
    pub id: String,
    /// What the owner calls it, 1 to 36 bytes of UTF-8. It never holds a card's full number.
    pub label: String,
    /// The network, such as `Visa`, 1 to 36 bytes of UTF-8.
    pub network: String,
    /// The last four digits.
    pub last4: String,
}

/// A card, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardInfo {
    /// What was said when it was added.
    pub card: NewCard,
    /// Whether it may be used.
    pub state: CardState,
    /// The wallet keeps a token for it.
    pub has_token: bool,
    /// It was not used for a year.
    pub is_unused: bool,
}

/// Whether a card may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardState {
    /// It may.
    Active,
    /// The owner stopped payments with it.
    Frozen,
    /// The owner removed it. It can be brought back.
    Removed {
        /// Milliseconds of time since boot until it is destroyed.
        left_ms: u64,
    },
    /// It was removed, and the time in which it could be brought back is over.
    Destroyed,
}

/// The key of a card: it opens the card's token, together with the data key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CardKey(#[serde(with = "hex::array")] [u8; 32]);

/// A card that the wallet keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) network: String,
    pub(super) last4: String,
    pub(super) key: CardKey,
    pub(super) has_token: bool,
    pub(super) is_frozen: bool,
    /// It was removed, and is destroyed when this is over.
    pub(super) leaves: Option<Wait>,
    /// When it was added or last used, by the estimate of the time, in milliseconds since 1970.
    pub(super) used_ms: i64,
}

impl NewCard {
    /// Checks every field. [`LockError::Invalid`] names the one that is wrong.
    pub fn validate(&self) -> Result<(), LockError> {
        let Self { id, label, network, last4 } = self;
        let is_text = |text: &str| text.len() <= MAX_TEXT_BYTES && shows_what_it_says(text) && !holds_card_number(text);
        for (what, is_right) in [
            ("card id", is_id(id, MAX_TEXT_BYTES) && !holds_card_number(id)),
            ("card label", is_text(label)),
            ("card network", is_text(network)),
            ("card digits", last4.len() == 4 && last4.bytes().all(|digit| digit.is_ascii_digit())),
        ] {
            if !is_right {
                return Err(LockError::Invalid(what));
            }
        }
        Ok(())
    }
}

impl Card {
    pub(super) fn state(&self, now: Now) -> CardState {
        match self.leaves.map(|wait| wait.left_ms(now)) {
            Some(0) => CardState::Destroyed,
            Some(left_ms) => CardState::Removed { left_ms },
            None if self.is_frozen => CardState::Frozen,
            None => CardState::Active,
        }
    }
}

impl std::fmt::Debug for CardKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardKey")
    }
}

impl CardKey {
    pub(crate) fn make(random: &mut Random) -> Self {
        Self(*random.bytes())
    }

    /// Seals a token, for the vault's item of the card.
    pub(crate) fn seal(&self, random: &mut Random, wallet_id: &[u8; 16], id: &str, token: &[u8]) -> Option<Vec<u8>> {
        aead_seal(random, &self.0, &associated_data(wallet_id, id), token)
    }

    /// Opens a token. `None`: it is another card's, or another key sealed it.
    pub(crate) fn open(&self, wallet_id: &[u8; 16], id: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        aead_open(&self.0, &associated_data(wallet_id, id), sealed)
    }
}

fn associated_data(wallet_id: &[u8; 16], id: &str) -> Vec<u8> {
    [b"walletlock v1 card token".as_slice(), wallet_id, id.as_bytes()].concat()
}

/// The vault's item that holds a card's token.
pub(crate) fn token_item(id: &str) -> String {
    format!("{TOKEN_ITEM}{id}")
}

/// The card whose token this item of the vault holds. `None`: it holds none.
pub(crate) fn is_token_item(item: &str) -> Option<&str> {
    item.strip_prefix(TOKEN_ITEM)
}
