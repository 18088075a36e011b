//! The owner stops everything in a panic: somebody saw the PIN, or forced it. Payments are frozen, every session ends,
//! and from then on the PIN alone does not undo it.

use super::freeze::{freeze_in, tighten};
use super::in_session::check;
use super::lock_now::lock_now;
use super::outcome::Refusal;
use super::unlock_pin::prove_pin;
use crate::engine::{Action, Engine, SessionEnd, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::pin::PinEntry;
use crate::time::Now;

/// How a panic ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanicOutcome {
    /// Payments are frozen, and every session has ended.
    Frozen,
    /// The PIN was not accepted. [`crate::PaymentsHandle::freeze`] needs none.
    Refused(Refusal),
}

/// In an open session.
pub(crate) fn in_session(engine: &Engine, id: SessionId) -> Result<(), LockError> {
    check(engine, id, Action::Pay)?;
    stop(engine)
}

/// With the PIN.
pub(crate) fn with_pin(engine: &Engine, entry: &PinEntry) -> Result<PanicOutcome, LockError> {
    match prove_pin(engine, entry) {
        Ok(_) => stop(engine).map(|()| PanicOutcome::Frozen),
        Err(refusal) => Ok(PanicOutcome::Refused(refusal)),
    }
}

fn stop(engine: &Engine) -> Result<(), LockError> {
    tighten(engine, |work, now| {
        panic_in(work, now);
        Ok(())
    })?;
    lock_now(engine, SessionEnd::Locked);
    Ok(())
}

fn panic_in(work: &mut UnitOfWork<'_>, now: Now) {
    let wait_h = work.record.policy.payment.raise_after_h;
    freeze_in(work);
    work.settle_limits(now);
    work.record.payments.panic(u64::from(wait_h) * 3_600_000, now);
    work.record.recovery.checklist.begin_after_panic();
    work.note(&JournalEvent::PanicFrozen { wait_h });
}
