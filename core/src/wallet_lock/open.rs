//! Opening the lock: what is in the database, do the keys fit, and what did a killed process leave behind.

use std::path::PathBuf;
use std::sync::Mutex;

use zeroize::Zeroizing;

use super::epochs::{Epochs, Turn};
use super::sealed::{Changing, Sealed};
use super::session::Sessions;
use super::transaction::draw;
use super::wrong_guesses::WrongGuesses;
use super::{State, WalletLock};
use crate::anti_rollback::AntiRollback;
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::{Calibration, KdfMemory};
use crate::lockout::{AttemptGate, Policy};
use crate::platform::{DeviceKeyFault, Platform, Random};
use crate::record::{FORMAT, Record, RecordHeader, SealKey, derive_seal_key, device_mac};
use crate::store::{Durability, Store, StoredRecord};
use crate::time::Now;

/// What a lock is opened with.
pub struct Options {
    /// The database, created if there is none. Its file name names the device keys: unique within the app, and kept.
    pub path: PathBuf,
    /// What the app asks for. One easier than the policy in force takes effect at the next right PIN.
    pub policy: Policy,
    /// The phone.
    pub platform: Platform,
    /// How the cost of Argon2id is chosen.
    pub calibration: Calibration,
    /// How a new wallet's protection against older copies is chosen.
    pub anti_rollback: AntiRollback,
}

impl WalletLock {
    /// Opens the lock. Tries that a killed process left unsettled count as wrong from here on.
    ///
    /// Damage is no error here: the lock opens and says that it is locked. Errors are what may be gone at the next attempt (the
    /// device key or the storage does not answer), another process, a newer version, or a policy that is not valid.
    pub fn open(options: Options) -> Result<Self, LockError> {
        let Options { path, policy, platform, calibration, anti_rollback } = options;
        policy.validate()?;
        let name = path.file_name().and_then(|name| name.to_str()).ok_or(LockError::Invalid("path"))?;
        let scope = format!("{name}/");
        let mut random = draw(&platform)?;
        let now = platform.clock.now()?;
        let wrong_guesses = WrongGuesses::new(&mut random);
        let epochs = Epochs::new(platform.device_key.clone(), scope.clone(), anti_rollback.has_thread());
        let mut lock = Self {
            platform,
            calibration,
            path,
            scope,
            anti_rollback,
            epochs,
            offered: policy,
            state: Mutex::new(State::Damaged),
            memory: Mutex::new(KdfMemory::default()),
            chosen_again: Mutex::new(None),
            sessions: Mutex::new(Sessions::default()),
            wrong_guesses: Mutex::new(wrong_guesses),
            unsettled: Mutex::default(),
            listeners: Mutex::default(),
            prompt: Mutex::default(),
        };
        lock.state = Mutex::new(match lock.examine(&mut random, now) {
            Err(LockError::DataDamaged) => State::Damaged,
            state => state?,
        });
        Ok(lock)
    }

    fn examine(&self, random: &mut Random, now: Now) -> Result<State, LockError> {
        let keys = self.platform.device_key.aliases(&self.scope)?;
        let found = match self.find_record(&keys) {
            Err(LockError::DataDamaged) => None,
            found => Some(found?),
        };
        let is_wiped = self.is_marked_as_wiped(&keys, found.as_ref().and_then(|(_, row)| row.as_ref()));
        let state = match found {
            Some((store, row)) => self.take_in(store, row, keys, random, now),
            None => Err(LockError::DataDamaged),
        };
        match state {
            Ok(State::Sealed(sealed)) if is_wiped && sealed.record()?.pin_slot.is_some() => drop(sealed),
            Err(LockError::DataDamaged) if is_wiped => {}
            state => return state,
        }
        // What was written of the wipe was lost, or something older was put in its place.
        Ok(State::Wiped(self.finish_wipe()?))
    }

    /// The database, and what stands in it for the record.
    fn find_record(&self, keys: &[String]) -> Result<(Store, Option<StoredRecord>), LockError> {
        // Keys whose database is gone. Looked at first: opening would make a new one, and throw away what may lie beside it.
        if !keys.is_empty() && std::fs::metadata(&self.path).map_or(true, |file| file.len() == 0) {
            return Err(LockError::DataDamaged);
        }
        let store = Store::open(&self.path)?;
        let row = store.record()?;
        Ok((store, row))
    }

    fn take_in(
        &self,
        mut store: Store,
        row: Option<StoredRecord>,
        keys: Vec<String>,
        random: &mut Random,
        now: Now,
    ) -> Result<State, LockError> {
        match row {
            // A key whose record is gone, or a record's rest without it: someone took the record away.
            None if !keys.iter().all(|key| self.is_biometric_alias(key)) || store.has_content()? => {
                Err(LockError::DataDamaged)
            }
            None => {
                // No wallet has that kind alone: made for a finger while everything was being removed.
                let _before_a_pin_is_set = self.delete_keys(&keys);
                Ok(State::Unconfigured(store))
            }
            // This row stands alone; beside anything else someone put it there.
            Some(StoredRecord::Unfinished) if store.has_content()? => Err(LockError::DataDamaged),
            Some(StoredRecord::Unfinished) => {
                // Keys first: while one is left, the row says why. But not before the row is on the disk: a killed process may have
                // written it without, and a power cut would bring back the wallet whose keys these are.
                store.flush()?;
                self.delete_keys(&keys)?;
                let rows = store.begin(Durability::Flushed)?;
                rows.clear()?;
                rows.commit()?;
                Ok(State::Unconfigured(store))
            }
            Some(StoredRecord::Sealed(header, _)) if header.format > FORMAT => Err(LockError::NewerVersion),
            Some(StoredRecord::Sealed(header, sealed)) => {
                let key = match self.seal_key(&header) {
                    // The record is here and its key is not: a copied database, an older one put back, or a keystore that was cleared.
                    Err(DeviceKeyFault::Gone) => return Err(LockError::DataDamaged),
                    key => key?,
                };
                let mut sealed = Sealed::new(store, header, key, sealed);
                let record = sealed.record()?;
                let pin_key = record.slot().map(|slot| self.pin_alias(slot.key_number()));
                let in_use = [Some(self.seal_alias(header.epoch)), pin_key];
                if !in_use.iter().flatten().all(|alias| keys.contains(alias)) {
                    return Err(LockError::DataDamaged);
                }
                let biometric = record.biometric.slot().map(|slot| self.biometric_alias(slot.key_number()));
                let turn = self.epochs.take_turn()?;
                let next = Some(self.seal_alias(header.next().epoch)).filter(|_| record.is_protected());
                if let Some(next) = &next {
                    turn.begin(&header, keys.contains(next));
                }
                self.take_over(&mut sealed, &record, &turn, random, now)?;
                let mark = self.wiped_alias(&header.wallet_id);
                if record.pin_slot.is_none() && !keys.contains(&mark) {
                    // Killed between the one and the other. Before the keys go: whatever is put back then is none to be rescued.
                    let _opens_nothing_either_way = self.mark_as_wiped(&header.wallet_id);
                }
                let stays = |key: &String| {
                    // The next epoch's: made ahead, and by whom is not asked. It goes before another is made, not while someone waits.
                    in_use.iter().chain([&next, &biometric]).flatten().chain([&mark]).any(|alias| alias == key)
                };
                let left: Vec<_> = keys.into_iter().filter(|key| !stays(key)).collect();
                if !left.is_empty() {
                    // Left by a change that was cut short, before or after its commit. What was read may not have reached the disk
                    // yet; it must before the other key goes. Tried again at the next opening if that fails, and before the next try.
                    sealed.store.flush()?;
                    let _at_the_next_try = turn.delete_with(left);
                }
                Ok(State::Sealed(sealed))
            }
        }
    }

    /// Counts what a killed process left open, lets a wait go on after a restart, and takes the offered policy if it eases nothing.
    ///
    /// What tightens moves the epoch on. If the keystore makes no key now it holds all the same: whoever takes it back finds it done
    /// again at the next opening.
    fn take_over(
        &self,
        sealed: &mut Sealed,
        found: &Record,
        turn: &Turn<'_>,
        random: &mut Random,
        now: Now,
    ) -> Result<(), LockError> {
        let adopts = self.offered.is_at_least_as_strict_as(&found.policy);
        let tightens = found.lockout.open_tries() > 0 || (adopts && found.policy != self.offered);
        let next = if tightens && found.is_protected() { turn.next(&sealed.header).ok() } else { None };
        let durability = if next.is_some() { Durability::Flushed } else { Durability::Ordered };
        let committed = sealed.commit(random, now, durability, next.as_ref(), &mut |changes| {
            let record = &mut *changes.record;
            record.lockout.save_wait(now);
            let open = record.lockout.count_open_as_wrong(now);
            if open > 0 {
                let standing = record.lockout.evaluate(&record.policy.lockout, now);
                changes.note(Kind::OpenTriesCounted, Details::of("tries", open));
                changes.note_lock(standing);
            }
            if adopts {
                changes.adopt(&self.offered);
            }
            Ok(())
        })?;
        if let (Some(over), Some(next)) = (committed.over, next) {
            let _at_the_next_try = turn.rotated(&next.header, &over);
        }
        Ok(())
    }

    /// The seal's key, from the device key.
    pub(super) fn seal_key(&self, header: &RecordHeader) -> Result<SealKey, DeviceKeyFault> {
        derive_seal_key(&*self.platform.device_key, &self.seal_alias(header.epoch), header)
    }

    /// The device key's HMAC, checked to be one.
    pub(super) fn device_mac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        device_mac(&*self.platform.device_key, alias, input)
    }

    pub(super) fn delete_keys(&self, aliases: &[String]) -> Result<(), DeviceKeyFault> {
        aliases.iter().try_for_each(|alias| self.platform.device_key.delete(alias))
    }
}

impl Changing<'_> {
    /// Writes a lock that begins into the journal.
    pub(super) fn note_lock(&mut self, standing: AttemptGate) {
        match standing {
            AttemptGate::TooManyAttempts => self.note(Kind::Locked, Details::of("reason", "too many attempts")),
            AttemptGate::UntilRestart => self.note(Kind::Locked, Details::of("reason", "until restart")),
            _ => {}
        }
    }

    /// Puts another policy in force.
    pub(super) fn adopt(&mut self, policy: &Policy) {
        if self.record.policy != *policy {
            self.note(Kind::PolicyChanged, Details::of("from", &self.record.policy.name).and("to", &policy.name));
            self.record.lockout.change_policy(&self.record.policy.lockout, &policy.lockout);
            self.record.policy = policy.clone();
        }
    }
}
