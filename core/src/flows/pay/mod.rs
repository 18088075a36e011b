//! Asking for a payment. `confirm.rs` confirms it, `settle.rs` says what became of it.

mod clocks;
mod confirm;
mod judge;
mod outcome;
mod reserve;
mod settle;
mod sign;

use std::cell::{Cell, RefCell};

use super::in_session;
use super::unlock_biometric::sensor_state;
use crate::engine::{Action, Engine, PaymentContext, SessionId};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::payment::authorisation::fingerprint;
use crate::payment::payment_lines;
use crate::request::{Payment, ProofLevel};
use crate::stack::with_stack_wiped;
use crate::store::Durability;
use clocks::Clocks;
pub(super) use clocks::Clocks as PaymentClocks;
pub(crate) use confirm::{confirm_biometrics, confirm_code, confirm_pin};
use judge::{Asked, Verdict, judge_now};
pub(super) use judge::{book_of, frozen};
use outcome::Notice;
pub use outcome::{Frozen, NeedsProof, PaymentOutcome, PaymentRefusal, Why};
use reserve::{ReserveEnd, Reserving, book_in, put_book};
pub(crate) use settle::{Settle, captured_by_app, settle_in};
use sign::sign_by_phone;

/// Most flags about the phone's integrity.
const MAX_FLAGS: usize = 16;

/// Asks for a payment, in a session or without one.
pub(crate) fn authorize(
    engine: &Engine,
    session: Option<SessionId>,
    payment: &Payment,
    context: &PaymentContext,
) -> Result<PaymentOutcome, LockError> {
    ask(engine, session, payment, context).or_else(|fault| PaymentOutcome::from_fault(engine, fault))
}

fn ask(
    engine: &Engine,
    session: Option<SessionId>,
    payment: &Payment,
    context: &PaymentContext,
) -> Result<PaymentOutcome, LockError> {
    let fingerprint = check(payment, context)?;
    if let Some(id) = session {
        in_session::check(engine, id, Action::Pay)?;
    }
    let clocks = Clocks::read(engine)?;
    let sensor = sensor_state(engine);
    let asked = Asked { payment, fingerprint, context, level: ProofLevel::Nothing, in_session: session.is_some() };
    match engine.ledger.read(|view| judge_now(&view, &asked, &clocks, sensor))? {
        Verdict::Refused(reasons) => Ok(refuse(engine, payment, reasons, &clocks, Notice::Counted)),
        Verdict::NeedsProof { any_of, why, shown } => {
            let mut lines = shown.map_or_else(|| payment_lines(payment, context.language), |shown| shown.lines);
            lines.extend(why.iter().map(|why| why.line(context.language)));
            let random = &mut engine.draw()?;
            let (payment, context) = (payment.clone(), context.clone());
            let handle = engine.payment_requests.add(random, payment, context, session, lines.clone(), clocks.now);
            let (has_biometrics, has_code) = (false, false);
            Ok(PaymentOutcome::NeedsProof(NeedsProof { handle, any_of, has_biometrics, has_code, why, lines }))
        }
        Verdict::Approved { .. } | Verdict::Again(_) => {
            let id = session.ok_or(LockError::WrongState)?;
            let lines = payment_lines(payment, context.language);
            let (clocks, end, lines) = (Cell::new(clocks), RefCell::default(), lines.as_slice());
            approve_without_proof(engine, id, Reserving { asked, clocks, sensor, lines, end })
        }
    }
}

/// Checks the payment and its circumstances.
fn check(payment: &Payment, context: &PaymentContext) -> Result<crate::payment::Fingerprint, LockError> {
    payment.validate()?;
    if payment.amount.currency().decimals().is_none() || payment.counted_currency().decimals().is_none() {
        return Err(LockError::Invalid("currency"));
    }
    if context.flags.len() > MAX_FLAGS || context.place.is_some_and(|cell| !cell.is_valid()) {
        return Err(LockError::Invalid("payment context"));
    }
    fingerprint(payment).ok_or(LockError::Invalid("payment"))
}

/// Approves a payment that needs no proof in an open session, in a commit of its own.
fn approve_without_proof(
    engine: &Engine,
    id: SessionId,
    reserving: Reserving<'_>,
) -> Result<PaymentOutcome, LockError> {
    let outcome = with_stack_wiped(|| {
        let session = engine.sessions.open(id, Action::Pay)?;
        let mut random = engine.draw()?;
        let committed = engine.ledger.commit_irrevocably(&mut random, reserving.clocks.get().now, |work| {
            if !in_session::is_open(&session, work.wallet_id, work.record) {
                return Err(LockError::SessionEnded);
            }
            work.use_data_key(&session.data_key);
            let mut end = reserving.reserve(work)?;
            let is_kept = match &mut end {
                ReserveEnd::Reserved(reserved) => reserving.keep(work, reserved, &session.data_key)?,
                _ => true,
            };
            Ok(if is_kept { end } else { ReserveEnd::NotTried })
        })?;
        let mut reserved = match committed.value {
            ReserveEnd::Reserved(reserved) => reserved,
            ReserveEnd::Refused(reasons) => {
                let clocks = reserving.clocks.get();
                return Ok(refuse(engine, reserving.asked.payment, reasons, &clocks, Notice::Counted));
            }
            // Another payment changed what is left meanwhile: asking again says what is needed.
            ReserveEnd::NeedsMore | ReserveEnd::NotTried => return Err(LockError::WrongState),
        };
        // Until the previous seal key is deleted, a copy from before still opens, and would count this not at all.
        committed.old_key_deleted?;
        let by_owner = reserved.by_owner.take().ok_or(LockError::WrongState)?;
        let signed = sign_by_phone(engine, reserving.asked.payment, &reserved, by_owner)?;
        Ok(PaymentOutcome::Approved(signed))
    });
    // After the signature: the keystore handles one call after the other.
    engine.seal_keys.make_ahead();
    outcome
}

/// Refuses a payment. `most`: the most that becomes of the refusal. If the journal cannot be written, the answer stays
/// the same.
fn refuse(
    engine: &Engine,
    payment: &Payment,
    reasons: Vec<PaymentRefusal>,
    clocks: &Clocks,
    most: Notice,
) -> PaymentOutcome {
    let notice = reasons.iter().map(PaymentRefusal::notice).max().unwrap_or(Notice::Nothing).min(most);
    note_refusal(engine, payment, &reasons, clocks, notice).ok();
    PaymentOutcome::Refused(reasons)
}

/// Journals a refusal, as long as not too many were within a day, and counts it for the risk rules.
fn note_refusal(
    engine: &Engine,
    payment: &Payment,
    reasons: &[PaymentRefusal],
    clocks: &Clocks,
    notice: Notice,
) -> Result<(), LockError> {
    if notice == Notice::Nothing {
        return Ok(());
    }
    let names: Vec<_> = reasons.iter().map(PaymentRefusal::name).collect();
    engine.ledger.commit(&mut engine.draw()?, clocks.now, Durability::Ordered, |work| {
        let estimate_ms = clocks.settle(&mut work.record.payments).estimate_ms;
        let mut book = book_in(work, clocks.now)?;
        let is_written = book.may_write_refusal(estimate_ms);
        // A wipe may have come since. Nothing is changed then, nor if there is nothing to write or to count.
        if !work.record.is_alive() || !is_written && notice == Notice::Written {
            return Err(LockError::WrongState);
        }
        if notice == Notice::Counted {
            book.note_refusal(estimate_ms);
        }
        if is_written {
            book.note_written(estimate_ms);
            work.note(&JournalEvent::PaymentRefused { payment, because: &names.join(", ") });
        }
        put_book(work, &book)
    })
}

/// Cancels a payment that waits for a proof. `false`: none does.
pub(crate) fn cancel(engine: &Engine, handle: crate::engine::PaymentHandle) -> bool {
    engine.payment_requests.take(handle)
}
