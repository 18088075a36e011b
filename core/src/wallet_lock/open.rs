//! Opening the lock: what is in the database, do the keys fit, and what did a killed process leave behind.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use zeroize::Zeroizing;

use super::sealed::{Changing, Sealed};
use super::session::Sessions;
use super::transaction::draw;
use super::wrong_guesses::WrongGuesses;
use super::{State, WalletLock};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::{Calibration, KdfMemory};
use crate::lockout::{Policy, Standing};
use crate::platform::{DeviceKeyFault, Platform, Random};
use crate::record::{FORMAT, RecordHeader, SealKey, seal_key_input};
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
}

impl WalletLock {
    /// Opens the lock. Tries that a killed process left unsettled count as wrong from here on.
    ///
    /// Damage is no error here: the lock opens and says that it is locked. Errors are what may be gone at the next attempt (the
    /// device key or the storage does not answer), another process, a newer version, or a policy that is not valid.
    pub fn open(options: Options) -> Result<Self, LockError> {
        let Options { path, policy, platform, calibration } = options;
        policy.validate()?;
        let name = path.file_name().and_then(|name| name.to_str()).ok_or(LockError::Invalid("path"))?;
        let scope = format!("{name}/");
        let mut random = draw(&platform)?;
        let now = platform.clock.now()?;
        let wrong_guesses = WrongGuesses::new(&mut random);
        let mut lock = Self {
            platform,
            calibration,
            scope,
            offered: policy,
            state: Mutex::new(State::Damaged),
            memory: Mutex::new(KdfMemory::default()),
            chosen_again: Mutex::new(None),
            sessions: Mutex::new(Sessions::default()),
            wrong_guesses: Mutex::new(wrong_guesses),
            unsettled: Mutex::default(),
            listeners: Mutex::default(),
        };
        lock.state = Mutex::new(match lock.examine(&path, &mut random, now) {
            Err(LockError::DataDamaged) => State::Damaged,
            state => state?,
        });
        Ok(lock)
    }

    fn examine(&self, path: &Path, random: &mut Random, now: Now) -> Result<State, LockError> {
        let keys = self.platform.device_key.aliases(&self.scope)?;
        // Keys whose database is gone. Looked at first: opening would make a new one, and throw away what may lie beside it.
        if !keys.is_empty() && std::fs::metadata(path).map_or(true, |file| file.len() == 0) {
            return Err(LockError::DataDamaged);
        }
        let mut store = Store::open(path)?;
        match store.record()? {
            // A key whose record is gone, or a record's rest without it: someone took the record away.
            None if !keys.is_empty() || store.has_content()? => Err(LockError::DataDamaged),
            None => Ok(State::Unconfigured(store)),
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
                    // The record is here and its key is not: a copied database, or a keystore that was cleared.
                    Err(DeviceKeyFault::Gone) => return Err(LockError::DataDamaged),
                    key => key?,
                };
                let mut sealed = Sealed::new(store, header, key, sealed);
                let pin_key = sealed.record()?.slot().map(|slot| self.pin_alias(slot.key_number()));
                let in_use = [Some(self.seal_alias(header.epoch)), pin_key];
                if !in_use.iter().flatten().all(|alias| keys.contains(alias)) {
                    return Err(LockError::DataDamaged);
                }
                self.take_over(&mut sealed, random, now)?;
                let left: Vec<_> = keys.into_iter().filter(|alias| !in_use.contains(&Some(alias.clone()))).collect();
                if !left.is_empty() {
                    // Left by a change that was cut short, before or after its commit. What was read may not have reached the disk
                    // yet; it must before the other key goes. Tried again at the next opening if that fails.
                    sealed.store.flush()?;
                    let _next_time = self.delete_keys(&left);
                }
                Ok(State::Sealed(sealed))
            }
        }
    }

    /// Counts what a killed process left open, lets a wait go on after a restart, and takes the offered policy if it eases nothing.
    fn take_over(&self, sealed: &mut Sealed, random: &mut Random, now: Now) -> Result<(), LockError> {
        sealed.commit(random, now, Durability::Ordered, |changes| {
            let record = &mut *changes.record;
            record.lockout.save_wait(now);
            let open = record.lockout.count_open_as_wrong(now);
            if open > 0 {
                let standing = record.lockout.evaluate(&record.policy.lockout, now);
                changes.note(Kind::OpenTriesCounted, Details::of("tries", open));
                changes.note_lock(standing);
            }
            if self.offered.is_at_least_as_strict_as(&changes.record.policy) {
                changes.adopt(&self.offered);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The seal's key, from the device key. It is asked for here only, so that no later call waits for it.
    pub(super) fn seal_key(&self, header: &RecordHeader) -> Result<SealKey, DeviceKeyFault> {
        let output = self.device_mac(&self.seal_alias(header.epoch), &seal_key_input(header))?;
        Ok(SealKey::derive(&output))
    }

    /// The device key's HMAC, checked to be one.
    pub(super) fn device_mac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        let output = self.platform.device_key.hmac(alias, input)?;
        let bytes: &[u8; 32] = output.as_slice().try_into().map_err(|_| DeviceKeyFault::Failed)?;
        Ok(Zeroizing::new(*bytes))
    }

    pub(super) fn delete_keys(&self, aliases: &[String]) -> Result<(), DeviceKeyFault> {
        aliases.iter().try_for_each(|alias| self.platform.device_key.delete(alias))
    }
}

impl Changing<'_> {
    /// Writes a lock that begins into the journal.
    pub(super) fn note_lock(&mut self, standing: Standing) {
        match standing {
            Standing::TooManyAttempts => self.note(Kind::Locked, Details::of("reason", "too many attempts")),
            Standing::UntilRestart => self.note(Kind::Locked, Details::of("reason", "until restart")),
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
