//! What the owner may do at once and without proof: stop payments, or lock the wallet. And the way back.

use super::in_session::modify;
use super::lock_now::lock_now;
use crate::engine::{Action, Engine, SessionEnd, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::locks::{LockReason, SetBy, SetLock};
use crate::request::Channel;
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

/// How ending the owner's freeze ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfreezing {
    /// It is over. A freeze of the provider may still stand.
    Done,
    /// The owner had frozen nothing.
    NothingFrozen,
    /// The owner had stopped everything in a panic: after so many milliseconds the PIN alone ends that, and before with
    /// a second factor, or by a grant of the provider.
    Waits {
        /// Milliseconds left.
        left_ms: u64,
    },
}

/// Stops all payments, or those through one channel.
pub(crate) fn freeze(engine: &Engine, channel: Option<Channel>) -> Result<(), LockError> {
    tighten(engine, |work, _| {
        match channel {
            None => freeze_in(work),
            Some(channel) => {
                if work.record.payments.freeze_channel(channel) {
                    work.note(&JournalEvent::ChannelFrozen { channel: channel.name() });
                }
            }
        }
        Ok(())
    })
}

/// Locks the wallet; or, if nothing that was set up could clear that lock, stops payments.
pub(crate) fn lock_as_owner(engine: &Engine) -> Result<OwnerLock, LockError> {
    let locked = tighten(engine, |work, now| {
        let record = &*work.record;
        let has_provider = record.is_registered();
        if !has_provider && !record.recovery.has_code() && !record.has_escrow() {
            freeze_in(work);
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

/// Ends the owner's freeze of everything, and of every channel; or of one channel. The provider's needs its grant.
pub(crate) fn unfreeze(engine: &Engine, id: SessionId, channel: Option<Channel>) -> Result<Unfreezing, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let has_factor = engine.sessions.has_proven_factor(id)?;
    modify(engine, id, Action::Unfreeze, |_, work| {
        let payments = &mut work.record.payments;
        if let Some(left_ms) = payments.panic_left_ms(now).filter(|left_ms| *left_ms > 0 && !has_factor) {
            return Ok(Unfreezing::Waits { left_ms });
        }
        let was_frozen = match channel {
            Some(_) => payments.unfreeze_channels(channel),
            None => payments.unfreeze_channels(None) | payments.end_panic() | work.record.locks.unfreeze(true),
        };
        if !was_frozen {
            return Ok(Unfreezing::NothingFrozen);
        }
        work.note(&JournalEvent::Unfrozen { by: "owner" });
        Ok(Unfreezing::Done)
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

/// Stops all payments for the owner.
pub(super) fn freeze_in(work: &mut UnitOfWork<'_>) {
    work.record.locks.freeze(SetBy::Owner);
    work.note(&JournalEvent::Frozen { by: "owner", seq: None });
}

/// A change that only tightens: irrevocable if the keystore can make the next seal key, else flushed.
pub(super) fn tighten<T>(
    engine: &Engine,
    change: impl Fn(&mut UnitOfWork<'_>, Now) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let mut value = None;
    tighten_once(engine, &mut |work, now| {
        value = Some(change(work, now)?);
        Ok(())
    })?;
    value.ok_or(LockError::WrongState)
}

/// [`tighten`] without type parameters, so that it is compiled once for all callers.
fn tighten_once(
    engine: &Engine,
    change: &mut dyn FnMut(&mut UnitOfWork<'_>, Now) -> Result<(), LockError>,
) -> Result<(), LockError> {
    let now = engine.sessions.read_clock()?.now;
    let mut random = engine.draw()?;
    let mut change = |work: &mut UnitOfWork<'_>| {
        if !work.record.is_alive() {
            return Err(LockError::WrongState);
        }
        change(work, now)
    };
    let tightened = match engine.ledger.commit_irrevocably(&mut random, now, &mut change) {
        Ok(_) => Ok(()),
        Err(LockError::DeviceKey(_)) => engine.ledger.commit(&mut random, now, Durability::Flushed, change),
        Err(error) => Err(error),
    };
    engine.seal_keys.make_ahead();
    tightened
}
