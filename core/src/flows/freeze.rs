//! What the owner may do at once and without proof: stop payments, or lock the wallet. And the way back.

use super::in_session::modify;
use super::lock_now::lock_now;
use crate::engine::{Action, Engine, SessionEnd, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::locks::{LockReason, SetBy, SetLock};
use crate::store::Durability;
use crate::time::Now;

/// What the owner's lock did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerLock {
    /// The wallet is locked, until the provider has verified the owner in another way than by the PIN, or the recovery
    /// code is entered, or the provider opens the wallet by escrow.
    Locked,
    /// Payments are frozen. A lock was not set, because nothing that was set up could clear it.
    Frozen,
}

/// Stops payments.
pub(crate) fn freeze(engine: &Engine) -> Result<(), LockError> {
    tighten(engine, |work, _| {
        note_freeze(work);
        Ok(())
    })
}

/// Locks the wallet; or, if nothing that was set up could clear that lock, stops payments.
pub(crate) fn lock_as_owner(engine: &Engine) -> Result<OwnerLock, LockError> {
    let locked = tighten(engine, |work, now| {
        let record = &*work.record;
        let has_provider = record.is_registered();
        if !has_provider && !record.recovery.has_code() && !record.has_escrow() {
            note_freeze(work);
            return Ok(OwnerLock::Frozen);
        }
        work.set_lock(SetLock { reason: LockReason::LockedByOwner, by: SetBy::Owner }, now);
        work.note(&JournalEvent::LockSet { reason: LockReason::LockedByOwner.name() });
        engine.sessions.end_all(SessionEnd::Locked);
        Ok(OwnerLock::Locked)
    });
    if locked == Ok(OwnerLock::Locked) {
        lock_now(engine, SessionEnd::Locked);
    }
    locked
}

/// Ends the owner's freeze. The provider's needs its grant. `false`: there was none.
pub(crate) fn unfreeze(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    modify(engine, id, Action::Unfreeze, |_, work| {
        let was_frozen = work.record.locks.unfreeze(true);
        if was_frozen {
            work.note(&JournalEvent::Unfrozen { by: "owner" });
        }
        Ok(was_frozen)
    })
}

/// Allows, or no longer allows, that an order of the provider destroys everything.
pub(crate) fn allow_remote_wipe(engine: &Engine, id: SessionId, is_allowed: bool) -> Result<(), LockError> {
    modify(engine, id, Action::AllowRemoteWipe, |_, work| {
        if work.record.policy.provider.is_none() {
            return Err(LockError::WrongState);
        }
        if work.record.provider.allows_wipe() != is_allowed {
            work.record.provider.allow_wipe(is_allowed);
            work.note(&JournalEvent::RemoteWipeAllowed { is_allowed });
        }
        Ok(())
    })
}

fn note_freeze(work: &mut UnitOfWork<'_>) {
    work.record.locks.freeze(SetBy::Owner);
    work.note(&JournalEvent::Frozen { by: "owner", seq: None });
}

/// A change that only tightens: irrevocable if the keystore can make the next seal key, else flushed.
fn tighten<T>(
    engine: &Engine,
    change: impl Fn(&mut UnitOfWork<'_>, Now) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let mut random = engine.draw()?;
    let change = |work: &mut UnitOfWork<'_>| {
        if !work.record.is_alive() {
            return Err(LockError::WrongState);
        }
        change(work, now)
    };
    let tightened = match engine.ledger.commit_irrevocably(&mut random, now, change) {
        Ok(committed) => Ok(committed.value),
        Err(LockError::DeviceKey(_)) => engine.ledger.commit(&mut random, now, Durability::Flushed, change),
        Err(error) => Err(error),
    };
    engine.seal_keys.make_ahead();
    tightened
}
