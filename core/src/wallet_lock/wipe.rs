//! A wipe: first what opens the vault, then what it holds. Half a wipe is a wipe.
//!
//! The keystore says that a wallet was wiped, by a key of that name which opens nothing: whatever is found in the database, lost or put
//! back, it is finished and told as that. It stands until another PIN is set.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::sealed::Changing;
use super::transaction::draw;
use super::{State, WalletLock, lock};
use crate::biometric::Biometric;
use crate::error::LockError;
use crate::hex;
use crate::journal::{Details, Kind};
use crate::key_slots::WipeCheck;
use crate::platform::{DeviceKeyFault, KeyPurpose};
use crate::record::RecordHeader;
use crate::store::{Durability, Store, StoreError, StoredRecord};

impl WalletLock {
    /// Destroys the PIN, its keys, and everything that is kept, at once and without the PIN: for an order of the provider, or when the
    /// phone is lost. Whoever runs the app can do that anyway, by deleting the app's data.
    ///
    /// Every session ends. From the first step on nothing opens the vault any more; cut short, the rest goes at the next opening. An
    /// error says that something is left to that. [`super::LockStatus::Wiped`] is what remains, and the journal. A damaged wallet is
    /// wiped too. [`LockError::WrongState`]: no PIN was set yet, or one is being set.
    pub fn wipe(&self) -> Result<(), LockError> {
        let found = match self.read(|sealed, record| Ok((sealed.header, record.slot().map(|slot| slot.key_number())))) {
            Err(LockError::DataDamaged) => return self.wipe_what_is_damaged(),
            Err(LockError::Storage) => return self.wipe_what_is_unreadable(),
            Err(LockError::WrongState) if self.without_record() == super::LockStatus::Wiped => return Ok(()),
            found => found?,
        };
        let (header, Some(key_number)) = found else { return self.destroy_what_is_left() };
        lock(&self.sessions).end_all();
        self.epochs.stop();
        let marked = self.mark_as_wiped(&header.wallet_id);
        // Either key opens the vault.
        let destroyed = self.platform.device_key.delete(&self.pin_alias(key_number)).and(self.delete_biometric_keys());
        let written = self.write_wipe(&header, key_number);
        if written == Err(LockError::DataDamaged) {
            return self.wipe_what_is_damaged();
        }
        if let Err(error) = written {
            if destroyed.is_ok() || marked.is_ok() {
                // The database keeps a slot that nothing opens, or that the mark dooms, until the next opening.
                self.take_for_wiped(&header.wallet_id);
            }
            return Err(error);
        }
        destroyed?;
        marked
    }

    /// Takes slot and items out of the record of this wallet. Under the next epoch's key if there is one: what cannot be done for good is
    /// done all the same.
    fn write_wipe(&self, header: &RecordHeader, key_number: u64) -> Result<(), LockError> {
        let now = self.platform.clock.now()?;
        let mut random = draw(&self.platform)?;
        let wipe = |changes: &mut Changing<'_>| {
            if *changes.wallet_id != header.wallet_id {
                return Ok(None);
            }
            let of_new_pin = changes.record.slot().map(|slot| slot.key_number()).filter(|number| *number != key_number);
            changes.wipe()?;
            // Again: one may have begun while the keystore was asked.
            lock(&self.sessions).end_all();
            Ok(of_new_pin)
        };
        let of_new_pin = match self.transact_for_good(&mut random, now, wipe) {
            Ok((of_new_pin, _)) => of_new_pin,
            Err(LockError::DeviceKey(_)) => self.transact_with(&mut random, now, Durability::Flushed, wipe)?,
            Err(error) => return Err(error),
        };
        // Set while this one was being destroyed.
        if let Some(number) = of_new_pin {
            self.platform.device_key.delete(&self.pin_alias(number))?;
        }
        Ok(())
    }

    /// What destroys the keys of a wallet whose record says that it is wiped. What fails is left to the next opening.
    pub(super) fn destroy_keys(&self, wallet_id: &[u8; 16], key_number: u64) {
        self.epochs.stop();
        let _opens_nothing_any_more = self.mark_as_wiped(wallet_id);
        let _next_time = self.platform.device_key.delete(&self.pin_alias(key_number));
        let _next_time = self.delete_biometric_keys();
    }

    /// All of them: one may be being made at this moment.
    fn delete_biometric_keys(&self) -> Result<(), DeviceKeyFault> {
        let keys = self.platform.device_key.aliases(&self.scope)?;
        let of_biometrics: Vec<_> = keys.into_iter().filter(|key| self.is_biometric_alias(key)).collect();
        self.delete_keys(&of_biometrics)
    }

    /// What an earlier wipe left because the keystore did not do it.
    fn destroy_what_is_left(&self) -> Result<(), LockError> {
        let _turn = self.epochs.take_turn()?;
        let wiped = self.read(|sealed, record| Ok(record.pin_slot.is_none().then_some(sealed.header.wallet_id)))?;
        let Some(wallet_id) = wiped else { return Ok(()) };
        let (marked, destroyed) = self.destroy_every_slot_key(&wallet_id);
        destroyed?;
        marked
    }

    /// The storage failed, and the record can be neither read nor changed until the next opening.
    fn wipe_what_is_unreadable(&self) -> Result<(), LockError> {
        let _turn = self.epochs.take_turn()?;
        let wallet_id = match &*lock(&self.state) {
            State::Sealed(sealed) => sealed.header.wallet_id,
            _ => return Err(LockError::WrongState),
        };
        lock(&self.sessions).end_all();
        self.epochs.stop();
        let (marked, destroyed) = self.destroy_every_slot_key(&wallet_id);
        if destroyed.is_ok() || marked.is_ok() {
            self.take_for_wiped(&wallet_id);
        }
        Err(LockError::Storage)
    }

    /// Marks the wallet, and destroys the keys of whatever PIN and biometrics are set. In a turn: a PIN that is being set has a key too.
    fn destroy_every_slot_key(&self, wallet_id: &[u8; 16]) -> (Result<(), LockError>, Result<(), DeviceKeyFault>) {
        let marked = self.mark_as_wiped(wallet_id);
        let keys = self.platform.device_key.aliases(&self.scope);
        let destroyed = keys.and_then(|mut keys| {
            keys.retain(|key| self.is_pin_alias(key) || self.is_biometric_alias(key));
            self.delete_keys(&keys)
        });
        (marked, destroyed)
    }

    pub(super) fn mark_as_wiped(&self, wallet_id: &[u8; 16]) -> Result<(), LockError> {
        let (keys, alias) = (&self.platform.device_key, self.wiped_alias(wallet_id));
        // It stands there already if an earlier wipe was cut short.
        Ok(keys.create(&alias, KeyPurpose::Seal).or_else(|fault| keys.ready(&alias).map_err(|_| fault))?)
    }

    fn take_for_wiped(&self, wallet_id: &[u8; 16]) {
        let mut state = lock(&self.state);
        let is_it = matches!(&*state, State::Sealed(sealed) if sealed.header.wallet_id == *wallet_id);
        if is_it && let State::Sealed(sealed) = std::mem::replace(&mut *state, State::Busy) {
            *state = State::Wiped(sealed.store);
        }
    }

    fn wipe_what_is_damaged(&self) -> Result<(), LockError> {
        let turn = self.epochs.take_turn()?;
        {
            let mut state = lock(&self.state);
            if !matches!(&*state, State::Damaged) {
                return Err(LockError::WrongState);
            }
            *state = State::Busy;
        }
        // Whose it was may not be known any more.
        let marked = self.mark_as_wiped(&[0; 16]);
        let finished = marked.and_then(|()| self.finish_wipe());
        turn.forget_all();
        let (state, result) = match finished {
            Ok(store) => (State::Wiped(store), Ok(())),
            Err(error) => (State::Damaged, Err(error)),
        };
        *lock(&self.state) = state;
        result
    }

    /// Whether the keystore says of this wallet, or of one whose record is gone, that it was wiped.
    pub(super) fn is_marked_as_wiped(&self, keys: &[String], row: Option<&StoredRecord>) -> bool {
        match row {
            Some(StoredRecord::Sealed(header, _)) => {
                keys.contains(&self.wiped_alias(&header.wallet_id)) || keys.contains(&self.wiped_alias(&[0; 16]))
            }
            // A PIN was being set after the wipe.
            Some(StoredRecord::Unfinished) => false,
            None => keys.iter().any(|key| self.is_wiped_alias(key)),
        }
    }

    /// Destroys what is left of a wallet that is marked as wiped: its keys, but for the mark, and then everything in the database.
    pub(super) fn finish_wipe(&self) -> Result<Store, LockError> {
        let path = &self.path;
        let keys = self.platform.device_key.aliases(&self.scope)?;
        let left: Vec<_> = keys.into_iter().filter(|key| !self.is_wiped_alias(key)).collect();
        self.delete_keys(&left)?;
        Ok(match open_emptied(path) {
            Err(StoreError::Damaged) => {
                remove_files(path)?;
                open_emptied(path)?
            }
            store => store?,
        })
    }

    pub(super) fn wiped_alias(&self, wallet_id: &[u8; 16]) -> String {
        format!("{}wiped/{}", self.scope, hex::encode(wallet_id))
    }

    pub(super) fn is_wiped_alias(&self, alias: &str) -> bool {
        alias.strip_prefix(&self.scope).is_some_and(|alias| alias.starts_with("wiped/"))
    }

    fn is_pin_alias(&self, alias: &str) -> bool {
        alias.strip_prefix(&self.scope).is_some_and(|alias| alias.starts_with("pin/"))
    }
}

impl Changing<'_> {
    /// Takes the slot and every item away.
    pub(super) fn wipe(&mut self) -> Result<(), LockError> {
        if self.record.pin_slot.take().is_some() {
            self.record.biometric = Biometric::default();
            self.record.wipe_check = WipeCheck::make_filler(self.random);
            self.rows.delete_all_items()?;
            self.note(Kind::Wiped, Details::default());
            self.flush();
        }
        Ok(())
    }
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
