//! What the person is told now, and the policy in force.

use crate::engine::{Engine, State};
use crate::error::LockError;
use crate::policy::Policy;
use crate::record::{LockStatus, Record};
use crate::store::Durability;
use crate::time::{Now, Wait};

pub(crate) fn status(engine: &Engine) -> Result<LockStatus, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let seen = engine.ledger.read(|view| Ok((LockStatus::of(view.record, now), stale_wait(view.record, now))));
    let status = seen.and_then(|(status, stale)| match stale {
        Some(stale) => save_wait(engine, stale, LockStatus::of),
        None => Ok(status),
    });
    match status {
        Err(LockError::WrongState) => Ok(without_record(engine)),
        Err(LockError::DataDamaged) => Ok(LockStatus::damaged(&engine.requested_policy)),
        status => status,
    }
}

/// What a person is told while there is no record.
pub(super) fn without_record(engine: &Engine) -> LockStatus {
    engine.ledger.with_state(|state| match state {
        State::Wiped(_) => LockStatus::Wiped,
        State::Busy => LockStatus::Busy,
        _ => LockStatus::Unconfigured,
    })
}

/// The policy in force: the sealed one, or the requested one while there is none.
pub(crate) fn policy(engine: &Engine) -> Result<Policy, LockError> {
    match engine.ledger.read(|view| Ok(view.record.policy.clone())) {
        Err(LockError::WrongState | LockError::DataDamaged) => Ok(engine.requested_policy.clone()),
        policy => policy,
    }
}

/// A wait whose saving is due: without that, a restart of the phone would begin it again further back than need be.
pub(super) struct StaleWait(Option<Wait>);

/// The wait as it was last saved, if saving it again is due.
pub(super) fn stale_wait(record: &Record, now: Now) -> Option<StaleWait> {
    record.lockout.clone().save_wait(now).then(|| StaleWait(record.lockout.saved_wait()))
}

/// Saves what is left of a wait, unless another call did so meanwhile, and returns what `look` sees of the record then.
pub(super) fn save_wait<T>(
    engine: &Engine,
    StaleWait(seen): StaleWait,
    look: impl FnOnce(&Record, Now) -> T,
) -> Result<T, LockError> {
    // That wait may have begun long after the caller read the clock: taken for a clock that went backwards, the old reading would end it too
    // early. A clock reading taken after the wait was seen cannot predate it.
    let now = engine.sessions.read_clock()?.now;
    engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, |work| {
        if work.record.lockout.saved_wait() == seen {
            work.record.lockout.save_wait(now);
        }
        Ok(look(work.record, now))
    })
}
