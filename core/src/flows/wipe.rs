//! A wipe destroys first the keys that open the vault, and then the vault's content. If it is cut short, the next
//! opening completes it.
//!
//! A mark in the keystore says that the wallet was wiped: a key that opens nothing, with an alias for that purpose.
//! Whatever the database holds, lost or put back, the next opening that sees the mark completes the wipe and reports
//! `Wiped`. The mark stays after a new wallet is begun.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::open;
use super::status::without_record;
use crate::engine::{AliasKind, DeviceKeys, Engine, SessionEnd, State, UnitOfWork};
use crate::error::LockError;
use crate::key_slots::RescueRow;
use crate::platform::DeviceKeyFault;
use crate::record::{LockStatus, Record, RecordHeader};
use crate::store::{Durability, Store, StoreError, StoredRecord};

/// Destroys the PIN, its keys, and everything that is kept, at once and without asking for the PIN.
pub(crate) fn wipe(engine: &Engine) -> Result<(), LockError> {
    wipe_and(engine, &|_| {})
}

/// [`wipe`], and makes `also` part of the transaction that empties the record.
pub(super) fn wipe_and(engine: &Engine, also: &dyn Fn(&mut UnitOfWork<'_>)) -> Result<(), LockError> {
    let found = engine.ledger.read(|view| {
        let keys = view.record.is_alive().then(|| SlotKeys::of(engine, view.header, view.record));
        Ok((*view.header, keys))
    });
    let (header, keys) = match found {
        Err(LockError::DataDamaged | LockError::DeviceKey(_)) => return wipe_what_does_not_open(engine),
        Err(LockError::Storage) => return wipe_what_is_unreadable(engine),
        Err(LockError::WrongState) if without_record(engine) == LockStatus::Wiped => {
            return destroy_what_is_left_of_row(engine);
        }
        found => found?,
    };
    let Some(keys) = keys else { return destroy_what_is_left(engine) };
    engine.sessions.end_all(SessionEnd::Locked);
    engine.seal_keys.stop();
    let marked = engine.device_keys.mark_as_wiped(&header.wallet_id);
    let destroyed = keys.destroy(engine);
    let written = write_wipe(engine, &header, &keys, also);
    if written == Err(LockError::DataDamaged) {
        return wipe_what_does_not_open(engine);
    }
    if let Err(error) = written {
        if destroyed.is_ok() || marked.is_ok() {
            // Until the next opening the database keeps a slot. Its keys are gone, or the mark says that it is to be
            // destroyed.
            engine.ledger.take_for_wiped(&header.wallet_id);
        }
        return Err(error);
    }
    destroyed?;
    Ok(marked?)
}

/// The aliases of the keys that open a wallet's vault: the PIN slot's and the biometric slot's. Either key, with its
/// slot, opens the vault.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SlotKeys {
    header: RecordHeader,
    aliases: Vec<String>,
}

impl SlotKeys {
    /// The keys that a record names.
    pub(super) fn of(engine: &Engine, header: &RecordHeader, record: &Record) -> Self {
        let (device_keys, id) = (&engine.device_keys, &header.wallet_id);
        let pin = record.slot().map(|slot| device_keys.pin(id, &slot));
        let biometric = record.biometric_slot().map(|slot| device_keys.biometric(id, &slot));
        Self { header: *header, aliases: pin.into_iter().chain(biometric).collect() }
    }

    /// Deletes these keys, and every other PIN or biometric key of this wallet that the keystore lists: another call
    /// may be making such a key at this moment.
    pub(super) fn destroy(&self, engine: &Engine) -> Result<(), DeviceKeyFault> {
        let device_keys = &engine.device_keys;
        device_keys.delete_all(&self.aliases)?;
        let mut listed = device_keys.list_of_wallet(&self.header.wallet_id, self.header.place.is_none())?;
        listed.retain(|alias| matches!(DeviceKeys::kind_of(alias), Some(AliasKind::Pin | AliasKind::Biometric)));
        listed.retain(|alias| !self.aliases.contains(alias));
        device_keys.delete_all(&listed)
    }
}

/// Removes slots and items from this wallet's record and rows: irrevocably if the keystore can make the next seal key,
/// else as a flushed change.
fn write_wipe(
    engine: &Engine,
    header: &RecordHeader,
    keys: &SlotKeys,
    also: &dyn Fn(&mut UnitOfWork<'_>),
) -> Result<(), LockError> {
    let now = engine.platform.clock.now()?;
    let mut random = engine.draw()?;
    let wipe = |work: &mut UnitOfWork<'_>| {
        if *work.wallet_id != header.wallet_id {
            return Ok(None);
        }
        let others = Some(SlotKeys::of(engine, header, work.record)).filter(|others| others != keys);
        also(work);
        work.wipe()?;
        // The sessions end once more: one may have begun while the keystore was asked.
        engine.sessions.end_all(SessionEnd::Locked);
        Ok(others)
    };
    let others = match engine.ledger.commit_irrevocably(&mut random, now, wipe) {
        Ok(written) => written.value,
        Err(LockError::DeviceKey(_)) => engine.ledger.commit(&mut random, now, Durability::Flushed, wipe)?,
        Err(error) => return Err(error),
    };
    // These slots were set while the keys of the earlier ones were being destroyed.
    match others {
        Some(others) => Ok(engine.device_keys.delete_all(&others.aliases)?),
        None => Ok(()),
    }
}

/// Marks a wallet whose record says that it is wiped, and destroys its keys. What fails is left to the next opening.
pub(super) fn destroy_keys(engine: &Engine, keys: &SlotKeys) {
    engine.seal_keys.stop();
    engine.device_keys.mark_as_wiped(&keys.header.wallet_id).ok();
    keys.destroy(engine).ok();
}

/// Destroys what an earlier wipe left because the keystore failed.
fn destroy_what_is_left(engine: &Engine) -> Result<(), LockError> {
    let _lease = engine.seal_keys.lease()?;
    let wiped = engine
        .ledger
        .read(|view| Ok((!view.record.is_alive()).then(|| SlotKeys::of(engine, view.header, view.record))))?;
    wiped.map_or(Ok(()), |keys| mark_and_destroy(engine, &keys))
}

/// Like [`destroy_what_is_left`], for a wallet whose record is not open any more but whose row still exists: a PIN
/// could not be set after the wipe, or the wipe could not be written.
fn destroy_what_is_left_of_row(engine: &Engine) -> Result<(), LockError> {
    let _lease = engine.seal_keys.lease()?;
    let header = engine.ledger.with_state(|state| match state {
        State::Wiped(store) => match store.record() {
            Ok(Some(StoredRecord::Sealed(row))) => Some(row.header),
            _ => None,
        },
        _ => None,
    });
    header.map_or(Ok(()), |header| mark_and_destroy(engine, &SlotKeys { header, aliases: Vec::new() }))
}

fn mark_and_destroy(engine: &Engine, keys: &SlotKeys) -> Result<(), LockError> {
    let marked = engine.device_keys.mark_as_wiped(&keys.header.wallet_id);
    keys.destroy(engine)?;
    Ok(marked?)
}

/// Wipes after the storage failed: the record can be neither read nor changed until the next opening.
fn wipe_what_is_unreadable(engine: &Engine) -> Result<(), LockError> {
    // The lease makes this call wait for a PIN that is being set at this moment: that PIN has a key too.
    let _lease = engine.seal_keys.lease()?;
    let keys = engine.ledger.with_state(|state| match state {
        State::Sealed(sealed) => Ok(SlotKeys::of(engine, &sealed.header, sealed.last_record()?)),
        _ => Err(LockError::WrongState),
    })?;
    engine.sessions.end_all(SessionEnd::Locked);
    engine.seal_keys.stop();
    let marked = engine.device_keys.mark_as_wiped(&keys.header.wallet_id);
    let destroyed = keys.destroy(engine);
    if destroyed.is_ok() || marked.is_ok() {
        engine.ledger.take_for_wiped(&keys.header.wallet_id);
    }
    Err(LockError::Storage)
}

/// Wipes a wallet that is damaged, or about which the keystore gives no answer.
fn wipe_what_does_not_open(engine: &Engine) -> Result<(), LockError> {
    let lease = engine.seal_keys.lease()?;
    let is_expected = |state: &State| Ok(state.is_rescued_from_file());
    let Some(before) = engine.ledger.take_if(is_expected)? else { return Err(LockError::WrongState) };
    // The wallet's id may not be known any more, so the place gets a mark.
    let marked = engine.device_keys.mark_place_as_wiped().map_err(LockError::from);
    let finished = marked.and_then(|()| finish_wipe(engine));
    lease.forget_all();
    let (state, result) = match finished {
        Ok(store) => (State::Wiped(store), Ok(())),
        Err(error) => (before, Err(error)),
    };
    engine.ledger.put(state);
    result
}

/// Destroys the rest of a wallet that is marked as wiped: its keys, except for the mark, and then everything in the
/// database.
pub(super) fn finish_wipe(engine: &Engine) -> Result<Store, LockError> {
    let (device_keys, path) = (&engine.device_keys, &engine.path);
    let here = device_keys.wallets_here()?;
    let mut wallets: Vec<_> = here.ids.iter().map(|id| (*id, false)).collect();
    let stored = stored_at(path);
    let mut named = Vec::new();
    match &stored {
        Ok(Some(StoredRecord::Sealed(row))) => wallets.push((row.header.wallet_id, row.header.place.is_none())),
        Ok(Some(StoredRecord::Unfinished(unfinished))) => {
            wallets.push((unfinished.wallet_id, unfinished.is_of_format_1()));
            named = DeviceKeys::of_wallets(unfinished.aliases.clone());
        }
        Ok(Some(StoredRecord::Wiped) | None) | Err(_) => {}
    }
    // Without a record that can be read, the rescue row tells whose wallet it was: its code must not open it any more.
    let rescued = open::read_rescue(engine).ok().flatten().and_then(|(rescue, ..)| RescueRow::parse(&rescue.row));
    wallets.extend(rescued.map(|row| (*row.wallet_id(), false)).filter(|rescued| !wallets.contains(rescued)));
    if here.has_seal_key_of_format_1 {
        wallets.push(([0; 16], true));
    }
    for (wallet_id, named_after_file) in &wallets {
        // The mark is made first: if the process is killed after that, only the mark says that the wallet was wiped.
        let marked = if *named_after_file { Ok(()) } else { device_keys.mark_as_wiped(wallet_id) };
        device_keys.delete_all(&device_keys.list_of_wallet_twice(wallet_id, *named_after_file)?)?;
        marked?;
    }
    device_keys.delete_all(&named)?;
    // If the row could not be read it stays: the next attempt reads from it which wallet's keys are left.
    stored?;
    Ok(match open_emptied(path) {
        Err(StoreError::Damaged) => {
            remove_files(path)?;
            open_emptied(path)?
        }
        store => store?,
    })
}

/// The record's row. `None` also if the file is not a readable database.
fn stored_at(path: &Path) -> Result<Option<StoredRecord>, LockError> {
    if !path.try_exists().map_err(|_| LockError::Storage)? {
        return Ok(None);
    }
    match Store::open(path).and_then(|store| store.record()) {
        Err(StoreError::Damaged) => Ok(None),
        stored => Ok(stored?),
    }
}

/// Empties the database, except for the row that says that everything was wiped.
fn open_emptied(path: &Path) -> Result<Store, StoreError> {
    let mut store = Store::open(path)?;
    let rows = store.begin(Durability::Flushed)?;
    rows.clear()?;
    rows.put_wiped()?;
    rows.commit()?;
    store.flush()?;
    Ok(store)
}

/// Deletes the file and its log: a file that is not a database, or a broken one, cannot be emptied as one.
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
