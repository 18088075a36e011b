//! Taking a heartbeat: the provider's time, and the orders that this phone missed.

use super::accept::accept;
use super::carry_out::{Judged, carry_out, commit_tightening, judge};
use super::lock_now::lock_now;
use super::pay::PaymentClocks;
use super::{lost_marks, open};
use crate::engine::{Engine, MarkedEffect, MarkedOrder, SessionEnd};
use crate::error::LockError;
use crate::provider::{Call, Claims, Heartbeat, WordDone, WordOutcome};
use crate::time::Now;

/// Takes a heartbeat. The orders that came with it are carried out first. If the provider sent an order that is not
/// among them, the wallet is locked.
pub(crate) fn heartbeat(engine: &Engine, text: &str, orders: &[&str]) -> Result<WordOutcome, LockError> {
    open::open_if_broken(engine).ok();
    let now = engine.sessions.read_clock()?.now;
    let judged = engine.ledger.read(|view| judge(view.record, &view.header.wallet_id, Call::Heartbeat, text, now));
    if matches!(judged, Err(LockError::DataDamaged | LockError::Storage | LockError::DeviceKey(_))) {
        // A heartbeat needs the record. The orders that came with it become marks.
        orders.iter().for_each(|order| drop(accept(engine, order)));
    }
    let word = match judged? {
        Judged::Settled(outcome) => return Ok(outcome),
        Judged::New(word) => word,
    };
    let mut taken = Ok(());
    for order in orders {
        // An order that is refused, as old for example, or that fails does not stop the others.
        match accept(engine, order) {
            // Nothing is left.
            Ok(outcome @ WordOutcome::Done(WordDone::Wiped)) => return Ok(outcome),
            Ok(_) => {}
            Err(fault) => taken = Err(fault),
        }
    }
    taken?;
    let Claims::Heartbeat(Heartbeat { last_order, time_s, .. }) = word.claims else {
        return Err(LockError::WrongState);
    };
    let (wallet_id, is_withheld) =
        engine.ledger.read(|view| Ok((view.header.wallet_id, last_order > view.record.provider.last_order())))?;
    let taken = if is_withheld {
        // As for an order: the mark first, so that a damaged record does not shed the lock. Without it the record
        // locks.
        let mark = MarkedOrder { kid: word.kid, seq: last_order, effect: MarkedEffect::Withheld };
        engine.device_keys.mark_order(&wallet_id, &mark).ok();
        let taken = commit_tightening(engine, Call::Heartbeat, text, now);
        if taken.is_err() {
            engine.ledger.distrust();
        }
        if matches!(taken, Err(_) | Ok(WordOutcome::Done(WordDone::OrderWithheld))) {
            // As for an order, also if the commit failed. Otherwise the order came meanwhile.
            lock_now(engine, SessionEnd::Locked);
        }
        taken
    } else {
        take(engine, text, time_s, now)
    };
    engine.seal_keys.make_ahead();
    if taken.is_ok() {
        lost_marks::drop_stale(engine);
    }
    taken
}

/// How often the time is put into the windows of payments, if other calls change them meanwhile.
const TRIES: u32 = 3;

/// Takes the heartbeat, and puts its time into the windows in which the limits on payments count. A phone that cannot
/// tell its zone takes the heartbeat without.
fn take(engine: &Engine, text: &str, time_s: u64, now: Now) -> Result<WordOutcome, LockError> {
    for nth in 1..=TRIES {
        let clocks = PaymentClocks::trusted(engine, time_s, now).ok();
        let taken = engine.ledger.commit_irrevocably(&mut engine.draw()?, now, |work| {
            let taken = carry_out(engine, work, Call::Heartbeat, text, now, false)?;
            let is_taken = taken == WordOutcome::Done(WordDone::HeartbeatTaken);
            let is_put = !is_taken || clocks.is_none_or(|clocks| clocks.put(&mut work.record.payments));
            // Undone, and tried once more.
            if is_put || nth == TRIES { Ok(taken) } else { Err(LockError::WrongState) }
        });
        match taken {
            Err(LockError::WrongState) if nth < TRIES => {}
            taken => return taken.map(|taken| taken.value),
        }
    }
    Err(LockError::WrongState)
}
