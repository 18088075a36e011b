//! Removing everything, once the PIN is proven. After that a first PIN can be set again.

use super::outcome::{Refusal, Removal};
use super::unlock_pin::prove_pin;
use crate::engine::{DeviceKeys, Engine, KeyLease, SealedStore, SessionEnd, State};
use crate::error::LockError;
use crate::pin::PinEntry;
use crate::record::LockStatus;
use crate::store::{Durability, Store, StoredRecord, Unfinished};

/// Destroys the PIN, the keys, the vault and the journal.
pub(crate) fn remove(engine: &Engine, entry: &PinEntry) -> Result<Removal, LockError> {
    let verified = match prove_pin(engine, entry) {
        Ok(verified) => verified,
        Err(refusal) => return Ok(Removal::Refused(refusal)),
    };
    let lease = engine.seal_keys.lease()?;
    let mut locked = None;
    let taken = engine.ledger.take_if(|state| {
        let State::Sealed(sealed) = state else { return Ok(false) };
        let record = sealed.row()?.1;
        if record.is_alive() && record.standing(verified.now).suspends_sessions() {
            // A lock came since the PIN was checked.
            locked = Some(LockStatus::of(record, verified.now));
        }
        Ok(locked.is_none() && sealed.header.wallet_id == verified.wallet_id)
    })?;
    if let Some(status) = locked {
        return Ok(Removal::Refused(Refusal::Locked(status)));
    }
    let Some(State::Sealed(mut sealed)) = taken else { return Err(LockError::WrongState) };
    engine.sessions.end_all(SessionEnd::Locked);
    let removed = clear(engine, &lease, &mut sealed);
    let is_gone = matches!(sealed.store.record(), Ok(None | Some(StoredRecord::Unfinished(_))));
    engine.ledger.put(if is_gone { State::Unconfigured(sealed.store) } else { State::Sealed(sealed) });
    removed.map(|()| Removal::Removed)
}

/// Empties the database and destroys the keys. Until both are done, an `Unfinished` row in the database names the keys.
fn clear(engine: &Engine, lease: &KeyLease<'_>, sealed: &mut SealedStore) -> Result<(), LockError> {
    let device_keys = &engine.device_keys;
    let (header, record) = sealed.row()?;
    let wallet_id = header.wallet_id;
    let aliases = [
        Some(device_keys.seal(header)),
        Some(device_keys.seal(&header.next(device_keys.place()))),
        record.slot().map(|slot| device_keys.pin(&wallet_id, &slot)),
        record.biometric_slot().map(|slot| device_keys.biometric(&wallet_id, &slot)),
    ];
    let unfinished = Unfinished { wallet_id, aliases: aliases.into_iter().flatten().collect() };
    put_unfinished(&mut sealed.store, &unfinished)?;
    finish_unfinished(engine, &unfinished)?;
    lease.forget_all();
    let rows = sealed.store.begin(Durability::Flushed)?;
    rows.clear()?;
    rows.commit()?;
    Ok(sealed.store.flush()?)
}

/// Empties the database, except for the row that says that a wallet is being made or removed.
pub(super) fn put_unfinished(store: &mut Store, unfinished: &Unfinished) -> Result<(), LockError> {
    let rows = store.begin(Durability::Flushed)?;
    rows.clear()?;
    rows.put_unfinished(unfinished)?;
    Ok(rows.commit()?)
}

/// Destroys the keys of a wallet that was being made or removed: first the keys that the row names, because a
/// keystore's list may be incomplete, and then the keys that the keystore lists.
pub(super) fn finish_unfinished(engine: &Engine, unfinished: &Unfinished) -> Result<(), LockError> {
    let Unfinished { wallet_id, aliases } = unfinished;
    let device_keys = &engine.device_keys;
    device_keys.delete_all(&DeviceKeys::of_wallets(aliases.clone()))?;
    Ok(device_keys.delete_all(&device_keys.list_of_wallet_twice(wallet_id, unfinished.is_of_format_1())?)?)
}
