//! What the calls that take a word of the provider share: judging the word, and carrying it out in one transaction.

use super::pay::{Settle, settle_in};
use super::take_proofs::{Proven, is_allowed, take_proofs};
use crate::engine::{Engine, MarkedEffect, MarkedOrder, SessionEnd, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::locks::{Finder, LockReason, SetBy, SetLock, Way};
use crate::payment::{Settled, Settlement};
use crate::policy::{KeyId, ProviderPolicy};
use crate::provider::{Call, Claims, Effect, GrantAct, Order, OrderAct, OrderReason, Reading, Scene, Word, WordDone};
use crate::provider::{WordError, WordOutcome};
use crate::record::Record;
use crate::store::Durability;
use crate::time::Now;

/// How many tries a grant leaves at least to someone who had fewer. DESIGN 3.
const TRIES_AFTER_GRANT: u32 = 3;

/// A word that was judged, and not carried out yet.
pub(super) enum Judged {
    /// It is to be carried out.
    New(Word),
    /// It needs nothing more: it was refused, or its text was answered before.
    Settled(WordOutcome),
}

/// Judges a word by the record as it is now. [`LockError::WrongState`]: the policy has no provider, or there is nothing
/// left to lock or open.
pub(super) fn judge(
    record: &Record,
    wallet_id: &[u8; 16],
    call: Call,
    text: &str,
    now: Now,
) -> Result<Judged, LockError> {
    let policy = record.policy.provider.as_ref().ok_or(LockError::WrongState)?;
    let scene = scene(record, policy, wallet_id, now);
    let word = match record.provider.read(call, &scene, text) {
        Err(error) => return Ok(Judged::Settled(WordOutcome::Refused(error))),
        Ok(Reading::Again(done)) => return Ok(Judged::Settled(WordOutcome::Done(done))),
        Ok(Reading::New(word, _)) => word,
    };
    if !record.is_alive() {
        return Err(LockError::WrongState);
    }
    Ok(match record.provider.take(&word, &scene) {
        Err(error) => Judged::Settled(WordOutcome::Refused(error)),
        Ok((_, effect)) if !is_allowed(record, &effect, now) => {
            Judged::Settled(WordOutcome::Refused(WordError::NotAllowed))
        }
        Ok(_) => Judged::New(word),
    })
}

fn scene<'a>(record: &Record, policy: &'a ProviderPolicy, wallet_id: &'a [u8; 16], now: Now) -> Scene<'a> {
    let last = record.provider.last_order();
    let setters = record.locks.all().iter().map(|lock| lock.by).chain(record.locks.freezes().iter().copied());
    let order_is_missing = setters.filter_map(SetBy::order).any(|(_, seq)| seq > last);
    Scene { policy, wallet_id, order_is_missing, has_code: record.recovery.has_code(), now }
}

/// The order that this word's mark tells of. `None`: the word has no mark, because it is no order, or destroys
/// everything.
pub(super) fn marked_order(word: &Word, allows_wipe: bool) -> Option<MarkedOrder> {
    let Claims::Order(Order { seq, act }) = &word.claims else { return None };
    let effect = match act {
        OrderAct::Lock { reason, .. } => MarkedEffect::Lock(*reason),
        OrderAct::Freeze => MarkedEffect::Freeze,
        OrderAct::Wipe if !allows_wipe => MarkedEffect::Lock(OrderReason::Order),
        OrderAct::Wipe => return None,
    };
    Some(MarkedOrder { kid: word.kid, seq: *seq, effect })
}

/// Carries out a word in a transaction: the record's part, the effect and the journal lines together. A refusal changes
/// nothing.
///
/// What locks ends every session here, together with the change, and not only after the listeners were called. `wipes`:
/// the caller destroys everything in this transaction; otherwise an order to wipe locks.
pub(super) fn carry_out(
    engine: &Engine,
    work: &mut UnitOfWork<'_>,
    call: Call,
    text: &str,
    now: Now,
    wipes: bool,
) -> Result<WordOutcome, LockError> {
    let policy = work.record.policy.provider.clone().ok_or(LockError::WrongState)?;
    // Judged again: another call may have changed the record since.
    let scene = scene(work.record, &policy, work.wallet_id, now);
    let (word, hash) = match work.record.provider.read(call, &scene, text) {
        Err(error) => return Ok(WordOutcome::Refused(error)),
        Ok(Reading::Again(done)) => return Ok(WordOutcome::Done(done)),
        Ok(Reading::New(word, hash)) => (word, hash),
    };
    if !work.record.is_alive() {
        return Err(LockError::WrongState);
    }
    let (next, effect) = match work.record.provider.take(&word, &scene) {
        Err(error) => return Ok(WordOutcome::Refused(error)),
        Ok(taken) => taken,
    };
    if !is_allowed(work.record, &effect, now) {
        return Ok(WordOutcome::Refused(WordError::NotAllowed));
    }
    work.record.provider = next;
    let done = match effect {
        Effect::Settled(word) => {
            let settlement = word.captured_minor.map_or(Settlement::Declined, Settlement::Captured);
            let (jti, receipt) = (Some(&word.jti), Some(text));
            let said = Settle { payment: &word.payment, settlement, jti, receipt };
            match settle_in(work, &said, now)? {
                // Nothing was changed.
                Settled::Unknown | Settled::NotAllowed => return Ok(WordOutcome::Refused(WordError::NotAsked)),
                Settled::Changed(_) | Settled::Unchanged(_) => WordDone::PaymentSettled,
            }
        }
        effect => apply(work, word.kid, effect, wipes, now),
    };
    work.record.locks.note_last_order(work.record.provider.last_order());
    work.record.provider.note_answer(hash, done);
    if matches!(done, WordDone::Locked | WordDone::OrderWithheld) {
        engine.sessions.end_all(SessionEnd::Locked);
    }
    Ok(WordOutcome::Done(done))
}

fn apply(work: &mut UnitOfWork<'_>, kid: KeyId, effect: Effect, wipes: bool, now: Now) -> WordDone {
    match effect {
        Effect::Order(order) => apply_order(work, kid, order, wipes, now),
        Effect::Proven { purpose, channel, is_first, proofs } => {
            take_proofs(work, &Proven { purpose, channel, is_first, proofs: &proofs }, now)
        }
        Effect::KeyRevoked { revoked, added } => {
            work.record.locks.void(revoked);
            let (kid, added) = (revoked.to_string(), added.map(|added| added.to_string()));
            work.note(&JournalEvent::ProviderKeyRevoked { kid: &kid, added: added.as_deref() });
            WordDone::KeysChanged
        }
        // `carry_out` does it: it may fail.
        Effect::Settled(_) => WordDone::PaymentSettled,
        Effect::Heartbeat { withheld: None } => WordDone::HeartbeatTaken,
        Effect::Heartbeat { withheld: Some(seq) } => {
            let by = SetBy::Missing { kid, seq };
            work.set_lock(SetLock { reason: LockReason::ProviderOrder, by }, now);
            work.note(&JournalEvent::OrderWithheld { seq });
            WordDone::OrderWithheld
        }
        Effect::Registered => {
            work.note(&JournalEvent::ProviderRegistered);
            WordDone::Registered
        }
        Effect::Unlock(grant) => {
            let proofs: Vec<_> = grant.proofs.iter().map(|proof| proof.name()).collect();
            work.note(&JournalEvent::UnlockGranted { proofs: &proofs.join(", "), after: grant.after });
            let unusual = work.record.clears_unusual();
            for lock in work.record.locks.clear(Way::Grant, unusual, |_| true) {
                work.note(&JournalEvent::LockCleared { reason: lock.reason.name(), by: "provider" });
            }
            let record = &mut *work.record;
            record.lockout.leave_tries(&record.policy.lockout, TRIES_AFTER_GRANT);
            // The grant is one proof, and the PIN is the other. A finger is neither.
            record.biometric.ask_for_pin();
            WordDone::Unlocked
        }
        Effect::Unfreeze => {
            if work.record.locks.unfreeze(false) | work.record.payments.end_panic() {
                work.note(&JournalEvent::Unfrozen { by: "provider" });
            }
            WordDone::Unfrozen
        }
    }
}

fn apply_order(work: &mut UnitOfWork<'_>, kid: KeyId, order: Order, wipes: bool, now: Now) -> WordDone {
    let Order { seq, act } = order;
    let (by, name) = (SetBy::Provider { kid, seq }, kid.to_string());
    match act {
        OrderAct::Lock { reason, message } => {
            let reason = lock_reason(reason);
            work.set_lock(SetLock { reason, by }, now);
            if let Some(words) = message {
                let contact = words.contact.and_then(|place| work.record.policy.contacts.get(place).cloned());
                work.record.locks.set_finder(Finder { kid, message: words.message, contact });
            }
            work.note(&JournalEvent::LockOrdered { reason: reason.name(), kid: &name, seq });
            WordDone::Locked
        }
        OrderAct::Freeze => {
            work.record.locks.freeze(by);
            work.note(&JournalEvent::Frozen { by: "provider", seq: Some(seq) });
            WordDone::Frozen
        }
        OrderAct::Wipe => {
            work.note(&JournalEvent::WipeOrdered { kid: &name, seq, is_allowed: wipes });
            if wipes {
                // The flow of the wipe does the rest in this transaction.
                return WordDone::Wiped;
            }
            work.set_lock(SetLock { reason: LockReason::ProviderOrder, by }, now);
            WordDone::Locked
        }
    }
}

/// The lock that an order with this reason sets.
pub(super) fn lock_reason(reason: OrderReason) -> LockReason {
    match reason {
        OrderReason::Lost => LockReason::LostOrStolen,
        OrderReason::Unusual => LockReason::UnusualActivity,
        OrderReason::Order => LockReason::ProviderOrder,
    }
}

/// The reason that an order with such a lock gave. `None`: no order sets it.
pub(super) fn order_reason(reason: LockReason) -> Option<OrderReason> {
    [OrderReason::Lost, OrderReason::Unusual, OrderReason::Order]
        .into_iter()
        .find(|order| lock_reason(*order) == reason)
}

/// Commits a word that only tightens: irrevocably if the keystore can make the next seal key, else as a flushed change.
pub(super) fn commit_tightening(engine: &Engine, call: Call, text: &str, now: Now) -> Result<WordOutcome, LockError> {
    let mut random = engine.draw()?;
    let change = |work: &mut UnitOfWork<'_>| carry_out(engine, work, call, text, now, false);
    match engine.ledger.commit_irrevocably(&mut random, now, change) {
        Ok(committed) => Ok(committed.value),
        Err(LockError::DeviceKey(_)) => engine.ledger.commit(&mut random, now, Durability::Flushed, change),
        Err(error) => Err(error),
    }
}

/// Whether the word is a grant that clears locks, or a freeze.
pub(super) fn clears(word: &Word) -> bool {
    matches!(&word.claims, Claims::Grant(grant) if matches!(grant.act, GrantAct::Unlock | GrantAct::Unfreeze))
}
