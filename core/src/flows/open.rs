//! Opening the lock: what is in the database, do the keys fit, and what did a killed process leave behind.

use std::sync::Arc;

use super::wipe::finish_wipe;
use crate::crypto::Random;
use crate::engine::{AliasKind, Engine, EpochKey, KeyLease, Options, SealedStore, State, UNKNOWN_WALLET, draw};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::platform::DeviceKeyFault;
use crate::record::{FORMAT, RecordHeader};
use crate::store::{Durability, Store, StoredRecord};
use crate::time::{Now, WATCHED_MS};

/// Opens the engine on what the file and the keystore hold.
pub(crate) fn open(options: Options) -> Result<Engine, LockError> {
    options.policy.validate()?;
    let mut random = draw(&options.platform)?;
    let now = options.platform.clock.now()?;
    let engine = Engine::new(options, &mut random)?;
    let state = match examine(&engine, &mut random, now) {
        Err(LockError::DataDamaged) => State::Damaged,
        state => state?,
    };
    engine.ledger.put(state);
    Ok(engine)
}

fn examine(engine: &Engine, random: &mut Random, now: Now) -> Result<State, LockError> {
    let keys = engine.device_keys.list()?;
    let found = match find_record(engine, &keys) {
        Err(LockError::DataDamaged) => None,
        found => Some(found?),
    };
    let is_wiped = is_marked_as_wiped(engine, &keys, found.as_ref().and_then(|(_, row)| row.as_ref()));
    let state = match found {
        Some((store, row)) => take_in(engine, store, row, keys, random, now),
        None => Err(LockError::DataDamaged),
    };
    match state {
        Ok(State::Sealed(sealed)) if is_wiped && sealed.row()?.1.pin_slot.is_some() => drop(sealed),
        Err(LockError::DataDamaged) if is_wiped => {}
        state => return state,
    }
    // What was written of the wipe was lost, or something older was put in its place.
    Ok(State::Wiped(finish_wipe(engine)?))
}

/// The database, and what stands in it for the record.
fn find_record(engine: &Engine, keys: &[String]) -> Result<(Store, Option<StoredRecord>), LockError> {
    // Keys whose database is gone. Looked at first: opening would make a new one, and throw away what may lie beside it.
    if !keys.is_empty() && std::fs::metadata(&engine.path).map_or(true, |file| file.len() == 0) {
        return Err(LockError::DataDamaged);
    }
    let store = Store::open(&engine.path)?;
    let row = store.record()?;
    Ok((store, row))
}

/// Whether the keystore says of this wallet, or of one whose record is gone, that it was wiped.
fn is_marked_as_wiped(engine: &Engine, keys: &[String], row: Option<&StoredRecord>) -> bool {
    let is_marked = |wallet_id| keys.contains(&engine.device_keys.wipe_mark(wallet_id));
    match row {
        Some(StoredRecord::Sealed(header, _)) => is_marked(&header.wallet_id) || is_marked(&UNKNOWN_WALLET),
        // A PIN was being set after the wipe.
        Some(StoredRecord::Unfinished) => false,
        None => keys.iter().any(|key| engine.device_keys.kind_of(key) == Some(AliasKind::WipeMark)),
    }
}

fn take_in(
    engine: &Engine,
    mut store: Store,
    row: Option<StoredRecord>,
    keys: Vec<String>,
    random: &mut Random,
    now: Now,
) -> Result<State, LockError> {
    let is_biometric = |alias: &String| engine.device_keys.kind_of(alias) == Some(AliasKind::Biometric);
    match row {
        // A key whose record is gone, or a record's rest without it: someone took the record away.
        None if !keys.iter().all(is_biometric) || store.has_content()? => Err(LockError::DataDamaged),
        None => {
            // No wallet has that kind alone: made for a finger while everything was being removed. What fails is deleted before a PIN is set.
            engine.device_keys.delete_all(&keys).ok();
            Ok(State::Unconfigured(store))
        }
        // This row stands alone; beside anything else someone put it there.
        Some(StoredRecord::Unfinished) if store.has_content()? => Err(LockError::DataDamaged),
        Some(StoredRecord::Unfinished) => {
            // Keys first: while one is left, the row says why. But not before the row is on the disk: a killed process may have
            // written it without, and a power cut would bring back the wallet whose keys these are.
            store.flush()?;
            engine.device_keys.delete_all(&keys)?;
            let rows = store.begin(Durability::Flushed)?;
            rows.clear()?;
            rows.commit()?;
            Ok(State::Unconfigured(store))
        }
        Some(StoredRecord::Sealed(header, _)) if header.format > FORMAT => Err(LockError::NewerVersion),
        Some(StoredRecord::Sealed(header, sealed)) => take_in_sealed(engine, store, header, sealed, keys, random, now),
    }
}

fn take_in_sealed(
    engine: &Engine,
    store: Store,
    header: RecordHeader,
    sealed: Vec<u8>,
    keys: Vec<String>,
    random: &mut Random,
    now: Now,
) -> Result<State, LockError> {
    let device_keys = &engine.device_keys;
    let key = match device_keys.seal_key(&header) {
        // The record is here and its key is not: a copied database, an older one put back, or a keystore that was cleared.
        Err(DeviceKeyFault::Gone) => return Err(LockError::DataDamaged),
        key => key?,
    };
    let mut sealed = SealedStore::open(store, EpochKey { header, key: Arc::new(key) }, sealed)?;
    let record = sealed.row()?.1;
    let has_pin = record.pin_slot.is_some();
    let pin_key = record.slot().map(|slot| device_keys.pin(slot.key_number()));
    let in_use = [Some(device_keys.seal(header.epoch)), pin_key];
    if !in_use.iter().flatten().all(|alias| keys.contains(alias)) {
        return Err(LockError::DataDamaged);
    }
    let biometric = record.biometric_slot().map(|slot| device_keys.biometric(slot.key_number()));
    let next = record.is_protected().then(|| device_keys.seal(header.next().epoch));
    let lease = engine.seal_keys.lease()?;
    if let Some(next) = &next {
        lease.begin(&header, keys.contains(next));
    }
    take_over(engine, &mut sealed, &lease, random, now)?;
    let mark = device_keys.wipe_mark(&header.wallet_id);
    if !has_pin && !keys.contains(&mark) {
        // Killed between the one and the other. Before the keys go: whatever is put back then is none to be rescued. If the mark cannot be
        // made, nothing opens all the same.
        device_keys.mark_as_wiped(&header.wallet_id).ok();
    }
    let stays = |key: &String| {
        // The next epoch's: made ahead, and by whom is not asked. It goes before another is made, not while someone waits.
        in_use.iter().chain([&next, &biometric]).flatten().chain([&mark]).any(|alias| alias == key)
    };
    let left: Vec<_> = keys.into_iter().filter(|key| !stays(key)).collect();
    if !left.is_empty() {
        // Left by a change that was cut short, before or after its commit. What was read may not have reached the disk
        // yet; it must before the other key goes. If deleting fails, it is tried again at the next opening, and before the next try.
        sealed.store.flush()?;
        lease.retire(left).ok();
    }
    Ok(State::Sealed(sealed))
}

/// Counts what a killed process left open, lets a wait go on after a restart, and takes the requested policy if it eases nothing.
///
/// A stricter change rotates the seal key. If no key can be made now, the change still applies; if someone rolls it back, the next opening
/// applies it again.
fn take_over(
    engine: &Engine,
    sealed: &mut SealedStore,
    lease: &KeyLease<'_>,
    random: &mut Random,
    now: Now,
) -> Result<(), LockError> {
    let requested = &engine.requested_policy;
    let record = sealed.row()?.1;
    let adopts = record.adopts(requested, now);
    let tightens = record.lockout.open_tries() > 0 || (adopts && record.policy != *requested);
    let next = if tightens && record.is_protected() { lease.next(&sealed.header).ok() } else { None };
    let durability = if next.is_some() { Durability::Flushed } else { Durability::Ordered };
    let committed = sealed.commit(random, now, durability, next.as_ref(), &mut |work| {
        let record = &mut *work.record;
        record.lockout.save_wait(now, WATCHED_MS);
        let tries = record.lockout.count_open_as_wrong(now);
        if tries > 0 {
            let standing = record.standing(now);
            work.note(&JournalEvent::OpenTriesCounted { tries });
            work.note_lock(standing);
        }
        if adopts {
            work.adopt(requested, now);
        }
        Ok(())
    })?;
    if let (Some(over), Some(next)) = (committed.over, next) {
        // What cannot be deleted now is deleted before the next try.
        lease.rotated(&next.header, &over).ok();
    }
    Ok(())
}
