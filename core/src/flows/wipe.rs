//! A wipe: first what opens the vault, then what it holds. Half a wipe is a wipe.
//!
//! The keystore says that a wallet was wiped, by a key of that name which opens nothing: whatever is found in the database, lost or put
//! back, it is finished and told as that. It stands until another PIN is set.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::status::without_record;
use crate::engine::{AliasKind, Engine, SessionEnd, State, UNKNOWN_WALLET, UnitOfWork};
use crate::error::LockError;
use crate::platform::DeviceKeyFault;
use crate::record::{LockStatus, RecordHeader};
use crate::store::{Durability, Store, StoreError};

/// The kinds of keys that open the vault.
const SLOT_KEYS: [AliasKind; 2] = [AliasKind::Pin, AliasKind::Biometric];

/// Destroys the PIN, its keys, and everything that is kept, at once and without the PIN.
pub(crate) fn wipe(engine: &Engine) -> Result<(), LockError> {
    let found = engine.ledger.read(|view| Ok((*view.header, view.record.slot().map(|slot| slot.key_number()))));
    let (header, key_number) = match found {
        Err(LockError::DataDamaged) => return wipe_what_is_damaged(engine),
        Err(LockError::Storage) => return wipe_what_is_unreadable(engine),
        Err(LockError::WrongState) if without_record(engine) == LockStatus::Wiped => return Ok(()),
        found => found?,
    };
    let Some(key_number) = key_number else { return destroy_what_is_left(engine) };
    engine.sessions.end_all(SessionEnd::Locked);
    engine.seal_keys.stop();
    let marked = engine.device_keys.mark_as_wiped(&header.wallet_id);
    // Either key opens the vault.
    let pin_key = engine.device_keys.pin(key_number);
    let destroyed = engine.device_keys.delete(&pin_key).and(delete_biometric_keys(engine));
    let written = write_wipe(engine, &header, key_number);
    if written == Err(LockError::DataDamaged) {
        return wipe_what_is_damaged(engine);
    }
    if let Err(error) = written {
        if destroyed.is_ok() || marked.is_ok() {
            // The database keeps a slot that nothing opens, or that the mark dooms, until the next opening.
            engine.ledger.take_for_wiped(&header.wallet_id);
        }
        return Err(error);
    }
    destroyed?;
    Ok(marked?)
}

/// Takes slot and items out of the record of this wallet: irrevocably if the keystore has a next key, else all the same.
fn write_wipe(engine: &Engine, header: &RecordHeader, key_number: u64) -> Result<(), LockError> {
    let now = engine.platform.clock.now()?;
    let mut random = engine.draw()?;
    let wipe = |work: &mut UnitOfWork<'_>| {
        if *work.wallet_id != header.wallet_id {
            return Ok(None);
        }
        let of_new_pin = work.record.slot().map(|slot| slot.key_number()).filter(|number| *number != key_number);
        work.wipe()?;
        // Again: one may have begun while the keystore was asked.
        engine.sessions.end_all(SessionEnd::Locked);
        Ok(of_new_pin)
    };
    let of_new_pin = match engine.ledger.commit_irrevocably(&mut random, now, wipe) {
        Ok(written) => written.value,
        Err(LockError::DeviceKey(_)) => engine.ledger.commit(&mut random, now, Durability::Flushed, wipe)?,
        Err(error) => return Err(error),
    };
    // Set while this one was being destroyed.
    if let Some(number) = of_new_pin {
        engine.device_keys.delete(&engine.device_keys.pin(number))?;
    }
    Ok(())
}

/// What destroys the keys of a wallet whose record says that it is wiped. What fails is left to the next opening.
pub(super) fn destroy_keys(engine: &Engine, wallet_id: &[u8; 16], key_number: u64) {
    engine.seal_keys.stop();
    engine.device_keys.mark_as_wiped(wallet_id).ok();
    engine.device_keys.delete(&engine.device_keys.pin(key_number)).ok();
    delete_biometric_keys(engine).ok();
}

/// All of them: one may be being made at this moment.
fn delete_biometric_keys(engine: &Engine) -> Result<(), DeviceKeyFault> {
    let keys = engine.device_keys.list_of(&[AliasKind::Biometric])?;
    engine.device_keys.delete_all(&keys)
}

/// What an earlier wipe left because the keystore did not do it.
fn destroy_what_is_left(engine: &Engine) -> Result<(), LockError> {
    let _lease = engine.seal_keys.lease()?;
    let wiped = engine.ledger.read(|view| Ok(view.record.pin_slot.is_none().then_some(view.header.wallet_id)))?;
    let Some(wallet_id) = wiped else { return Ok(()) };
    let (marked, destroyed) = destroy_every_slot_key(engine, &wallet_id);
    destroyed?;
    Ok(marked?)
}

/// The storage failed, and the record can be neither read nor changed until the next opening.
fn wipe_what_is_unreadable(engine: &Engine) -> Result<(), LockError> {
    let _lease = engine.seal_keys.lease()?;
    let wallet_id = engine.ledger.with_state(|state| match state {
        State::Sealed(sealed) => Ok(sealed.header.wallet_id),
        _ => Err(LockError::WrongState),
    })?;
    engine.sessions.end_all(SessionEnd::Locked);
    engine.seal_keys.stop();
    let (marked, destroyed) = destroy_every_slot_key(engine, &wallet_id);
    if destroyed.is_ok() || marked.is_ok() {
        engine.ledger.take_for_wiped(&wallet_id);
    }
    Err(LockError::Storage)
}

/// Marks the wallet, and destroys the keys of whatever PIN and biometrics are set. Under the lease: a PIN that is being set has a key too.
fn destroy_every_slot_key(
    engine: &Engine,
    wallet_id: &[u8; 16],
) -> (Result<(), DeviceKeyFault>, Result<(), DeviceKeyFault>) {
    let marked = engine.device_keys.mark_as_wiped(wallet_id);
    let keys = engine.device_keys.list_of(&SLOT_KEYS);
    (marked, keys.and_then(|keys| engine.device_keys.delete_all(&keys)))
}

fn wipe_what_is_damaged(engine: &Engine) -> Result<(), LockError> {
    let lease = engine.seal_keys.lease()?;
    if engine.ledger.take_if(|state| Ok(matches!(state, State::Damaged)))?.is_none() {
        return Err(LockError::WrongState);
    }
    // Whose it was may not be known any more.
    let marked = engine.device_keys.mark_as_wiped(&UNKNOWN_WALLET).map_err(LockError::from);
    let finished = marked.and_then(|()| finish_wipe(engine));
    lease.forget_all();
    let (state, result) = match finished {
        Ok(store) => (State::Wiped(store), Ok(())),
        Err(error) => (State::Damaged, Err(error)),
    };
    engine.ledger.put(state);
    result
}

/// Destroys what is left of a wallet that is marked as wiped: its keys, but for the mark, and then everything in the database.
pub(super) fn finish_wipe(engine: &Engine) -> Result<Store, LockError> {
    let mut left = engine.device_keys.list()?;
    left.retain(|alias| engine.device_keys.kind_of(alias) != Some(AliasKind::WipeMark));
    engine.device_keys.delete_all(&left)?;
    let path = &engine.path;
    Ok(match open_emptied(path) {
        Err(StoreError::Damaged) => {
            remove_files(path)?;
            open_emptied(path)?
        }
        store => store?,
    })
}

fn open_emptied(path: &Path) -> Result<Store, StoreError> {
    let mut store = Store::open(path)?;
    let rows = store.begin(Durability::Flushed)?;
    rows.clear()?;
    rows.commit()?;
    store.flush()?;
    Ok(store)
}

/// A file that is no database, or a broken one, cannot be emptied as one.
fn remove_files(path: &Path) -> Result<(), LockError> {
    let log =
        path.with_file_name(format!("{}-wal", path.file_name().and_then(|name| name.to_str()).unwrap_or_default()));
    for file in [log.as_path(), path] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(LockError::Storage),
            _ => {}
        }
    }
    Ok(())
}
