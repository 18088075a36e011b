//! Taking what the provider says unasked: orders, which only tighten, and words about its keys.

use super::carry_out::{Judged, carry_out, commit_tightening, judge, marked_order};
use super::lock_now::lock_now;
use super::{lost_marks, open, wipe};
use crate::engine::{Engine, MarkedOrder, SessionEnd};
use crate::error::LockError;
use crate::provider::{Call, Claims, Order, OrderAct, WordDone, WordError, WordOutcome, read};
use crate::time::Now;

/// Takes an order, a word about keys, or what became of a payment. An order is carried out even if it cannot be made irrevocable.
///
/// A lock or a freeze goes this way: first the mark in the keystore, then the record, with which the sessions of a
/// locked wallet end, then the prompt is cancelled. So whatever is killed or fails on the way, the next opening finds
/// the order in one of the two places. If the commit fails, this process opens nothing until the file is opened anew.
/// Only if the keystore fails too is there no trace: the error tells the app to deliver the order again.
pub(crate) fn accept(engine: &Engine, text: &str) -> Result<WordOutcome, LockError> {
    // If this fails, the read below fails too, and the order becomes a mark.
    open::open_if_broken(engine).ok();
    let now = engine.sessions.read_clock()?.now;
    let judged = engine.ledger.read(|view| {
        let judged = judge(view.record, &view.header.wallet_id, Call::Accept, text, now)?;
        Ok((judged, view.header.wallet_id, view.record.provider.allows_wipe()))
    });
    let (word, wallet_id, allows_wipe) = match judged {
        Err(LockError::DataDamaged) => return mark_without_record(engine, text),
        Err(error @ (LockError::Storage | LockError::DeviceKey(_))) => {
            // The record cannot be read now. The mark counts at the next opening; if it locks, what is open ends here.
            // The error says that the order is to be delivered again.
            if let Ok(WordOutcome::Done(done)) = mark_without_record(engine, text) {
                engine.ledger.distrust();
                if done == WordDone::Locked {
                    lock_now(engine, SessionEnd::Locked);
                }
            }
            return Err(error);
        }
        Err(error) => return Err(error),
        Ok((Judged::Settled(outcome), ..)) => return Ok(outcome),
        Ok((Judged::New(word), wallet_id, allows_wipe)) => (word, wallet_id, allows_wipe),
    };
    let is_wipe = matches!(&word.claims, Claims::Order(Order { act: OrderAct::Wipe, .. }));
    if is_wipe && allows_wipe {
        return wipe_by_order(engine, text, now);
    }
    let mark = marked_order(&word, allows_wipe);
    let marked = mark.as_ref().map_or(Ok(()), |mark| engine.device_keys.mark_order(&wallet_id, mark));
    let taken = match &word.claims {
        // It may loosen, so nobody may take it for undone and do it twice.
        Claims::Settle(_) => commit_irrevocably(engine, text, now),
        _ => commit_tightening(engine, Call::Accept, text, now),
    };
    if mark.is_some() && taken.is_err() {
        engine.ledger.distrust();
    }
    if mark.is_some_and(|mark| mark.effect.locks()) {
        // Also if the commit failed: the order is authentic, and the mark locks at the next opening.
        lock_now(engine, SessionEnd::Locked);
    }
    if taken.is_ok() {
        // Of what the word voided, and of earlier orders in whose place it stands.
        lost_marks::drop_stale(engine);
    }
    engine.seal_keys.make_ahead();
    match (taken, mark) {
        // Found damaged on the way: the mark is all that can be made.
        (Err(LockError::DataDamaged), Some(mark)) => marked.map(|()| done_by(&mark)).map_err(LockError::from),
        (taken, _) => taken,
    }
}

/// Commits a word that may loosen. If the keystore can make no key for that now, nothing changes.
fn commit_irrevocably(engine: &Engine, text: &str, now: Now) -> Result<WordOutcome, LockError> {
    let taken = engine
        .ledger
        .commit_irrevocably(&mut engine.draw()?, now, |work| carry_out(engine, work, Call::Accept, text, now, false));
    taken.map(|taken| taken.value)
}

/// What is answered if the mark is all that can be made.
fn done_by(mark: &MarkedOrder) -> WordOutcome {
    WordOutcome::Done(if mark.effect.locks() { WordDone::Locked } else { WordDone::Frozen })
}

/// Destroys everything, with the order's line and number in the same transaction.
fn wipe_by_order(engine: &Engine, text: &str, now: Now) -> Result<WordOutcome, LockError> {
    wipe::wipe_and(engine, &|work| {
        // Whatever this answers, the keys are destroyed already.
        carry_out(engine, work, Call::Accept, text, now, true).ok();
    })?;
    engine.prompts.cancel_any();
    Ok(WordOutcome::Done(WordDone::Wiped))
}

/// Carries out an order on a wallet whose record cannot be read: as a mark, which locks or freezes whatever is rescued.
/// A wipe locks too, because nobody knows whether the owner allowed it.
fn mark_without_record(engine: &Engine, text: &str) -> Result<WordOutcome, LockError> {
    let policy = engine.requested_policy.provider.as_ref().ok_or(LockError::DataDamaged)?;
    // Which keys were revoked stood in the record.
    let keys = crate::provider::Provider::default().keys(policy);
    let word = match read(Call::Accept, &keys, text) {
        Ok(word) => word,
        Err(error) => return Ok(error.into()),
    };
    let here = engine.device_keys.wallets_here()?.ids;
    // Whoever emptied the keystore took away which wallets are here. The word itself names its wallet.
    if !here.is_empty() && !here.contains(&word.wallet_id) {
        return Ok(WordError::WrongWallet.into());
    }
    // A word about keys cannot be kept without a record. It is sent again after the rescue.
    let mark = marked_order(&word, false).ok_or(LockError::DataDamaged)?;
    engine.device_keys.mark_only_order(&word.wallet_id, &mark)?;
    Ok(done_by(&mark))
}
