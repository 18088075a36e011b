//! The record's part about cards.

use serde::{Deserialize, Serialize};

use super::card::{Card, CardInfo, CardKey, CardState, NewCard};
use crate::crypto::{Random, sha256};
use crate::hex;
use crate::time::{Now, Wait};

/// Most cards, those among them that were removed and can be brought back.
pub const MAX_CARDS: usize = 20;
/// How many destroyed cards are remembered: payments with them are refused.
const MAX_DESTROYED: usize = 32;
/// A card that was not used for so long is one to be removed.
const UNUSED_MS: i64 = 365 * 86_400_000;

/// The cards of a wallet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Cards {
    /// In the order in which they were added.
    list: Vec<Card>,
    /// Cards that were destroyed, the latest last.
    destroyed: Vec<CardHash>,
}

/// The first eight bytes of SHA-256 of a card's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct CardHash(#[serde(with = "hex::array")] [u8; 8]);

impl CardHash {
    fn of(id: &str) -> Self {
        let mut short = [0; 8];
        short.iter_mut().zip(sha256(&[id.as_bytes()])).for_each(|(to, from)| *to = from);
        Self(short)
    }
}

impl Cards {
    /// All cards. `estimate_ms`: the time, as it is estimated.
    pub(crate) fn all(&self, now: Now, estimate_ms: i64) -> Vec<CardInfo> {
        let info = |card: &Card| CardInfo {
            card: NewCard {
                id: card.id.clone(),
                label: card.label.clone(),
                network: card.network.clone(),
                last4: card.last4.clone(),
            },
            state: card.state(now),
            has_token: card.has_token,
            is_unused: is_unused(card, estimate_ms),
        };
        self.list.iter().map(info).collect()
    }

    /// Whether this card may be used. `None`: the wallet does not know it.
    pub(crate) fn state_of(&self, id: &str, now: Now) -> Option<CardState> {
        let kept = self.find(id).map(|card| card.state(now));
        kept.or_else(|| self.destroyed.contains(&CardHash::of(id)).then_some(CardState::Destroyed))
    }

    /// Whether there is room for one more.
    pub(crate) fn has_room(&self) -> bool {
        self.list.len() < MAX_CARDS
    }

    /// Adds a card. The caller has checked it, that there is room, and that no card has its id.
    pub(crate) fn add(&mut self, random: &mut Random, new: &NewCard, has_token: bool, estimate_ms: i64) -> CardKey {
        let NewCard { id, label, network, last4 } = new.clone();
        let key = CardKey::make(random);
        self.destroyed.retain(|gone| *gone != CardHash::of(&id));
        self.list.push(Card {
            id,
            label,
            network,
            last4,
            key: key.clone(),
            has_token,
            is_frozen: false,
            leaves: None,
            used_ms: estimate_ms,
        });
        key
    }

    /// The key of a card that may be used and has a token.
    pub(crate) fn key_of_usable(&self, id: &str, now: Now) -> Option<&CardKey> {
        let card = self.find(id).filter(|card| card.state(now) == CardState::Active && card.has_token);
        card.map(|card| &card.key)
    }

    /// Stops payments with a card. `false`: there is no such card, or they are stopped.
    pub(crate) fn freeze(&mut self, id: &str) -> bool {
        self.change(id, |card| !std::mem::replace(&mut card.is_frozen, true))
    }

    /// Allows payments with a card again. `false`: there is no such card, or they are allowed.
    pub(crate) fn unfreeze(&mut self, id: &str) -> bool {
        self.change(id, |card| std::mem::replace(&mut card.is_frozen, false))
    }

    /// Removes a card: it is destroyed after `wait_ms`. `false`: there is no such card, or it was removed.
    pub(crate) fn remove(&mut self, id: &str, wait_ms: u64, now: Now) -> bool {
        self.change(id, |card| {
            let is_new = card.leaves.is_none();
            card.leaves = card.leaves.or(Some(Wait::start(wait_ms, now)));
            is_new
        })
    }

    /// Brings a card back that was removed. `false`: there is no such card, or it is too late.
    pub(crate) fn restore(&mut self, id: &str, now: Now) -> bool {
        self.change(id, |card| {
            let is_late = card.state(now) == CardState::Destroyed;
            !is_late && card.leaves.take().is_some()
        })
    }

    /// Notes that a payment was made with a card.
    pub(crate) fn note_used(&mut self, id: &str, estimate_ms: i64) {
        self.change(id, |card| {
            card.used_ms = estimate_ms;
            true
        });
    }

    /// Whether a card is to be destroyed now.
    pub(crate) fn has_due(&self, now: Now) -> bool {
        self.list.iter().any(|card| card.state(now) == CardState::Destroyed)
    }

    /// Destroys the cards whose time is over: their keys go. Returns their ids.
    pub(crate) fn settle(&mut self, now: Now) -> Vec<String> {
        self.destroy(&mut |card| card.state(now) == CardState::Destroyed)
    }

    /// What survives damage of the record: a card that was removed does not. Its key would outlive the card there, because
    /// a wallet that is locked cannot write the survivors.
    pub(crate) fn surviving(&self) -> Self {
        let mut surviving = self.clone();
        surviving.destroy(&mut |card| card.leaves.is_some());
        surviving
    }

    fn destroy(&mut self, is_gone: &mut dyn FnMut(&Card) -> bool) -> Vec<String> {
        let gone: Vec<_> = self.list.extract_if(.., |card| is_gone(card)).map(|card| card.id).collect();
        self.destroyed.extend(gone.iter().map(|id| CardHash::of(id)));
        let too_many = self.destroyed.len().saturating_sub(MAX_DESTROYED);
        self.destroyed.drain(..too_many);
        gone
    }

    /// The ids of the frozen cards.
    pub(crate) fn frozen(&self) -> impl Iterator<Item = &str> {
        self.list.iter().filter(|card| card.is_frozen).map(|card| card.id.as_str())
    }

    /// The ids of the cards that were not used for a year.
    pub(crate) fn unused(&self, estimate_ms: i64) -> impl Iterator<Item = &str> {
        self.list.iter().filter(move |card| is_unused(card, estimate_ms)).map(|card| card.id.as_str())
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let waits = self.list.iter_mut().filter_map(|card| card.leaves.as_mut());
        waits.fold(false, |changed, wait| changed | wait.save(now, every_ms))
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> impl Iterator<Item = Option<Wait>> {
        self.list.iter().map(|card| card.leaves)
    }

    /// Whether the record could hold these.
    pub(crate) fn is_in_range(&self) -> bool {
        let Self { list, destroyed } = self;
        list.len() <= MAX_CARDS && destroyed.len() <= MAX_DESTROYED
    }

    fn find(&self, id: &str) -> Option<&Card> {
        self.list.iter().find(|card| card.id == id)
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Card) -> bool) -> bool {
        self.list.iter_mut().find(|card| card.id == id).is_some_and(change)
    }
}

/// A card that was removed is no card to be removed.
fn is_unused(card: &Card, estimate_ms: i64) -> bool {
    card.leaves.is_none() && estimate_ms.saturating_sub(card.used_ms) >= UNUSED_MS
}
