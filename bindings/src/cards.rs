//! Cards, and what was closed or switched off.

use walletlock_core as core;
use walletlock_core::cards::{self, NewCard};

use crate::error::LockError;
use crate::payments::PaymentChannel;
use crate::session::Session;
use crate::types::signed;

#[uniffi::remote(Record)]
pub struct NewCard {
    pub id: String,
    pub label: String,
    pub network: String,
    pub last4: String,
}

#[derive(uniffi::Record)]
pub struct Card {
    pub card: NewCard,
    pub state: CardState,
    pub has_token: bool,
    pub is_unused: bool,
}

#[derive(uniffi::Enum)]
pub enum CardState {
    Active,
    Frozen,
    Removed { left_ms: i64 },
    Destroyed,
}

#[derive(uniffi::Enum)]
pub enum CardChange {
    Unfreeze,
    Remove,
    Restore,
}

#[derive(uniffi::Record)]
pub struct SwitchedOff {
    pub what: Closed,
    pub left_ms: Option<i64>,
}

#[derive(uniffi::Enum)]
pub enum Closed {
    CardRemoved { id: String, label: String },
    CardFrozen { id: String, label: String },
    Payments,
    PaymentChannel { channel: PaymentChannel },
    CodeChannel { id: String, kind: walletlock_core::proof::ChannelKind, mask: String },
    Biometrics,
    SecondFactor,
    RecoveryCode,
    Escrow,
}

#[uniffi::export]
impl Session {
    pub fn cards(&self) -> Result<Vec<Card>, LockError> {
        Ok(self.core()?.cards().all()?.into_iter().map(Into::into).collect())
    }

    /// `token` is empty if the wallet keeps none. It is read as an item: [`Session::read_item`].
    pub fn add_card(&self, card: NewCard, token: &[u8]) -> Result<(), LockError> {
        Ok(self.core()?.cards().add(&card, Some(token).filter(|token| !token.is_empty()))?)
    }

    pub fn change_card(&self, card: &str, change: CardChange) -> Result<bool, LockError> {
        let session = self.core()?;
        let cards = session.cards();
        Ok(match change {
            CardChange::Unfreeze => cards.unfreeze(card)?,
            CardChange::Remove => cards.remove(card)?,
            CardChange::Restore => cards.restore(card)?,
        })
    }

    pub fn switched_off(&self) -> Result<Vec<SwitchedOff>, LockError> {
        Ok(self.core()?.access().switched_off()?.into_iter().map(Into::into).collect())
    }
}

impl From<cards::CardInfo> for Card {
    fn from(info: cards::CardInfo) -> Self {
        let cards::CardInfo { card, state, has_token, is_unused } = info;
        Self { card, state: state.into(), has_token, is_unused }
    }
}

impl From<cards::CardState> for CardState {
    fn from(state: cards::CardState) -> Self {
        match state {
            cards::CardState::Active => Self::Active,
            cards::CardState::Frozen => Self::Frozen,
            cards::CardState::Removed { left_ms } => Self::Removed { left_ms: signed(left_ms) },
            cards::CardState::Destroyed => Self::Destroyed,
        }
    }
}

impl From<core::SwitchedOff> for SwitchedOff {
    fn from(off: core::SwitchedOff) -> Self {
        let what = match off.what {
            core::Closed::CardRemoved { id, label } => Closed::CardRemoved { id, label },
            core::Closed::CardFrozen { id, label } => Closed::CardFrozen { id, label },
            core::Closed::Payments => Closed::Payments,
            core::Closed::PaymentChannel(channel) => Closed::PaymentChannel { channel },
            core::Closed::CodeChannel { id, kind, mask } => Closed::CodeChannel { id: id.to_string(), kind, mask },
            core::Closed::Biometrics => Closed::Biometrics,
            core::Closed::SecondFactor => Closed::SecondFactor,
            core::Closed::RecoveryCode => Closed::RecoveryCode,
            core::Closed::Escrow => Closed::Escrow,
        };
        Self { what, left_ms: off.left_ms.map(signed) }
    }
}
