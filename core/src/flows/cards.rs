//! The owner's cards: adding, freezing, removing, bringing back, and the tokens that pay.

use zeroize::Zeroizing;

use super::freeze::tighten;
use super::in_session::{modify, with_key};
use super::vault_items::{delete_item, read_item, write_item};
use crate::cards::{CardInfo, MAX_CARD_TOKEN_BYTES, NewCard, is_token_item, token_item};
use crate::crypto::DataKey;
use crate::engine::{Action, Engine, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::time::Now;

/// All cards, in the order in which they were added.
pub(crate) fn all(engine: &Engine, id: SessionId) -> Result<Vec<CardInfo>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    with_key(engine, id, |_, view| Ok(view.record.cards.all(now, view.record.payments.estimate_ms(now))))
}

/// Adds a card. [`LockError::Invalid`] names the field that is wrong. [`LockError::WrongState`]: a card has this id.
/// [`LockError::LimitReached`]: there are as many cards as there may be.
pub(crate) fn add(engine: &Engine, id: SessionId, card: &NewCard, token: Option<&[u8]>) -> Result<(), LockError> {
    card.validate()?;
    if token.is_some_and(|token| token.is_empty() || token.len() > MAX_CARD_TOKEN_BYTES) {
        return Err(LockError::Invalid("card token"));
    }
    change(engine, id, Action::Write, |data_key, work, now| {
        if work.record.cards.all(now, 0).iter().any(|kept| kept.card.id == card.id) {
            return Err(LockError::WrongState);
        }
        if !work.record.cards.has_room() {
            return Err(LockError::LimitReached("cards"));
        }
        let estimate_ms = work.record.payments.estimate_ms(now);
        let key = work.record.cards.add(work.random, card, token.is_some(), estimate_ms);
        if let Some(token) = token {
            let sealed = key.seal(work.random, work.wallet_id, &card.id, token);
            write_item(work, data_key, &token_item(&card.id), &sealed.ok_or(LockError::Invalid("card token"))?)?;
        }
        work.note(&JournalEvent::CardAdded { card: &card.id, label: &card.label });
        Ok(())
    })
}

/// The token of a card. `None`: there is no such card, it has no token, it is frozen or removed, all payments are frozen,
/// or its token was lost in a recovery.
pub(crate) fn token(engine: &Engine, id: SessionId, card: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    with_key(engine, id, |data_key, view| {
        if view.record.locks.is_frozen() || view.record.payments.is_in_panic() {
            return Ok(None);
        }
        let Some(key) = view.record.cards.key_of_usable(card, now) else { return Ok(None) };
        // Lost in a recovery. That shuts no vault.
        let Some(sealed) = read_item(&view, data_key, &token_item(card))? else { return Ok(None) };
        Ok(key.open(&view.header.wallet_id, card, &sealed))
    })
}

/// Stops payments with a card, without any proof. `false`: there is no such card, or they are stopped.
pub(crate) fn freeze(engine: &Engine, card: &str) -> Result<bool, LockError> {
    tighten(engine, |work, _| {
        let is_new = work.record.cards.freeze(card);
        if is_new {
            work.note(&JournalEvent::CardFrozen { card });
        }
        Ok(is_new)
    })
}

/// Allows payments with a card again. `false`: there is no such card, or they are allowed.
pub(crate) fn unfreeze(engine: &Engine, id: SessionId, card: &str) -> Result<bool, LockError> {
    change(engine, id, Action::Unfreeze, |_, work, _| {
        let was_frozen = work.record.cards.unfreeze(card);
        if was_frozen {
            work.note(&JournalEvent::CardUnfrozen { card });
        }
        Ok(was_frozen)
    })
}

/// Removes a card: it is destroyed after the policy's wait. `false`: there is no such card, or it was removed.
pub(crate) fn remove(engine: &Engine, id: SessionId, card: &str) -> Result<bool, LockError> {
    change(engine, id, Action::Write, |_, work, now| {
        let wait_h = work.record.policy.payment.card_grace_h;
        let is_new = work.record.cards.remove(card, u64::from(wait_h) * 3_600_000, now);
        if is_new {
            work.note(&JournalEvent::CardRemoved { card, wait_h });
        }
        Ok(is_new)
    })
}

/// Brings a card back that was removed. `false`: there is no such card, or it is too late.
pub(crate) fn restore(engine: &Engine, id: SessionId, card: &str) -> Result<bool, LockError> {
    change(engine, id, Action::Unfreeze, |_, work, now| {
        let is_back = work.record.cards.restore(card, now);
        if is_back {
            work.note(&JournalEvent::CardRestored { card });
        }
        Ok(is_back)
    })
}

/// Makes a change, after destroying the cards whose time is over, with what is left of their tokens.
fn change<T>(
    engine: &Engine,
    id: SessionId,
    action: Action,
    change: impl FnOnce(&DataKey, &mut UnitOfWork<'_>, Now) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let now = engine.sessions.read_clock()?.now;
    modify(engine, id, action, |data_key, work| {
        work.settle_cards(now);
        delete_tokens_without_card(work, data_key, now)?;
        change(data_key, work, now)
    })
}

/// Deletes the tokens of destroyed cards. Their keys are gone, so nothing opens them.
fn delete_tokens_without_card(work: &mut UnitOfWork<'_>, data_key: &DataKey, now: Now) -> Result<(), LockError> {
    let cards = work.record.cards.all(now, 0);
    for item in work.index(data_key)?.ids() {
        let is_left = |card| cards.iter().all(|kept| kept.card.id != card);
        if is_token_item(&item).is_some_and(is_left) {
            delete_item(work, data_key, &item)?;
        }
    }
    Ok(())
}
