//! Removing everything, once the PIN is proven. The lock is as new after it.

use super::outcome::Removal;
use super::unlock_pin::prove_pin;
use crate::engine::{Engine, KeyLease, SessionEnd, State};
use crate::error::LockError;
use crate::pin::PinEntry;
use crate::store::{Durability, Store, StoredRecord};

/// Destroys the PIN, the keys, the vault and the journal.
pub(crate) fn remove(engine: &Engine, entry: &PinEntry) -> Result<Removal, LockError> {
    let verified = match prove_pin(engine, entry) {
        Ok(verified) => verified,
        Err(refusal) => return Ok(Removal::Refused(refusal)),
    };
    let lease = engine.seal_keys.lease()?;
    let taken = engine
        .ledger
        .take_if(|state| Ok(matches!(state, State::Sealed(sealed) if sealed.header.wallet_id == verified.wallet_id)))?;
    let Some(State::Sealed(mut sealed)) = taken else { return Err(LockError::WrongState) };
    engine.sessions.end_all(SessionEnd::Locked);
    let removed = clear(engine, &lease, &mut sealed.store, &verified.wallet_id);
    let is_gone = matches!(sealed.store.record(), Ok(None | Some(StoredRecord::Unfinished)));
    engine.ledger.put(if is_gone { State::Unconfigured(sealed.store) } else { State::Sealed(sealed) });
    removed.map(|()| Removal::Removed)
}

/// Empties the database and destroys the keys. The unfinished row stands until both are done.
fn clear(engine: &Engine, lease: &KeyLease<'_>, store: &mut Store, wallet_id: &[u8; 16]) -> Result<(), LockError> {
    begin_unfinished(engine, lease, store, wallet_id)?;
    let rows = store.begin(Durability::Flushed)?;
    rows.clear()?;
    rows.commit()?;
    Ok(store.flush()?)
}

/// Leaves nothing in the database but the row that says so, then destroys the keys.
pub(super) fn begin_unfinished(
    engine: &Engine,
    lease: &KeyLease<'_>,
    store: &mut Store,
    wallet_id: &[u8; 16],
) -> Result<(), LockError> {
    let rows = store.begin(Durability::Flushed)?;
    rows.clear()?;
    rows.put_unfinished(wallet_id)?;
    rows.commit()?;
    let left = engine.device_keys.list()?;
    engine.device_keys.delete_all(&left)?;
    lease.forget_all();
    Ok(())
}
