//! The beginning and the end of a wallet: setting the first PIN, and removing everything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::epochs::Turn;
use super::outcome::{Enrolment, Refusal, Removal};
use super::sealed::{Sealed, write_first};
use super::session::{AuthMethod, Session};
use super::transaction::draw;
use super::verify_pin::Proof;
use super::{State, WalletLock, judge, lock};
use crate::biometric::Biometric;
use crate::error::LockError;
use crate::journal::{Event, Head, Kind, derive_private_key, derive_public_key};
use crate::key_slots::kdf::{CALIBRATION, SALT_BYTES};
use crate::key_slots::{DataKey, KdfCost, PinSlot, WipeCheck, derive_kek, device_key_input};
use crate::lockout::Lockout;
use crate::pin::history::PinHistory;
use crate::pin::{Finding, Personal, Pin, PinEntry, Reminders};
use crate::platform::{DeviceKeyFault, KeyPurpose, PlatformFault, Random};
use crate::record::{FORMAT, Record, RecordHeader, SealKey};
use crate::stack::with_stack_wiped;
use crate::store::{Durability, Store, StoredRecord};
use crate::time::Now;
use crate::vault::{Index, Vault};

const FIRST_EPOCH: u64 = 0;

/// What [`WalletLock::make_slot`] wraps, for whom, under what the PIN gave with this salt and cost, and under which device key.
pub(super) struct SlotRequest<'a> {
    pub(super) kdf_output: &'a [u8; 32],
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) wallet_id: &'a [u8; 16],
    pub(super) cost: KdfCost,
    pub(super) key_number: u64,
    pub(super) data_key: &'a DataKey,
}

/// A wallet just made.
struct Made {
    header: RecordHeader,
    key: SealKey,
    sealed: Vec<u8>,
    key_number: u64,
    data_key: DataKey,
    event: Event,
    is_protected: bool,
}

impl WalletLock {
    /// Sets the first PIN: makes the keys and an empty vault, and opens it. The entry is left empty once the PIN is set.
    ///
    /// Only while [`super::LockStatus::Unconfigured`] or [`super::LockStatus::Wiped`], else [`LockError::WrongState`]. Cut short at any
    /// point, it leaves an unconfigured wallet; only after a flush that failed may the next opening find the wallet that was being made.
    pub fn enrol(self: &Arc<Self>, entry: &PinEntry, personal: &[Personal]) -> Result<Enrolment, LockError> {
        with_stack_wiped(|| {
            let now = self.platform.clock.now()?;
            if now.boot.is_none() {
                return Err(PlatformFault.into());
            }
            // One copy is judged and set, whatever happens to the entry meanwhile.
            let Some(pin) = entry.peek() else { return Ok(Enrolment::Forbidden(vec![too_short(&self.offered)])) };
            let judgement = judge(&pin, personal, &self.offered);
            if !judgement.allowed {
                return Ok(Enrolment::Forbidden(judgement.findings));
            }
            let mut random = draw(&self.platform)?;
            if matches!(*lock(&self.state), State::Busy) {
                return Err(LockError::WrongState);
            }
            let turn = self.epochs.take_turn()?;
            let mut store = self.take_empty()?;
            let generation = lock(&self.sessions).end_all();
            let (state, made) = match self.make_wallet(&turn, &mut store, &pin, &mut random, now) {
                Ok(Made { header, key, sealed, key_number, data_key, event, is_protected }) => {
                    if is_protected {
                        turn.begin(&header, false);
                    }
                    let made = (data_key, header.wallet_id, key_number, event);
                    (State::Sealed(Sealed::new(store, header, key, sealed)), Ok(made))
                }
                // The unfinished row stands; the next enrolment or opening clears what is there.
                Err(error) => (State::Unconfigured(store), Err(error)),
            };
            *lock(&self.state) = state;
            drop(turn);
            let (data_key, wallet_id, key_number, event) = made?;
            entry.clear();
            self.tell(vec![event]);
            self.epochs.make_ahead();
            let session = self.offered.session.clone();
            let proof = Proof { data_key, wallet_id, key_number, now, session, generation };
            Ok(Enrolment::Enrolled(Session::start(self, proof, AuthMethod::Pin)))
        })
    }

    /// Destroys the PIN, the keys, the vault and the journal, once the PIN is proven. The lock is as new after it.
    ///
    /// If the storage or the device key fails halfway, what is left is destroyed at the next opening or enrolment.
    pub fn remove(&self, entry: &PinEntry) -> Result<Removal, LockError> {
        let proof = match self.prove(entry) {
            Ok(proof) => proof,
            Err(refusal) => return Ok(Removal::Refused(refusal)),
        };
        let turn = self.epochs.take_turn()?;
        let mut sealed = {
            let mut state = lock(&self.state);
            match std::mem::replace(&mut *state, State::Busy) {
                State::Sealed(sealed) if sealed.header.wallet_id == proof.wallet_id => sealed,
                other => {
                    *state = other;
                    return Err(LockError::WrongState);
                }
            }
        };
        lock(&self.sessions).end_all();
        let removed = self.clear(&turn, &mut sealed.store, &proof.wallet_id);
        let is_gone = matches!(sealed.store.record(), Ok(None | Some(StoredRecord::Unfinished)));
        *lock(&self.state) = if is_gone { State::Unconfigured(sealed.store) } else { State::Sealed(sealed) };
        removed.map(|()| Removal::Removed)
    }

    /// Takes the store of a wallet without a PIN, so that nobody else begins one meanwhile.
    fn take_empty(&self) -> Result<Store, LockError> {
        let mut state = lock(&self.state);
        let is_empty = match &*state {
            State::Unconfigured(_) | State::Wiped(_) => true,
            State::Sealed(sealed) => sealed.record()?.pin_slot.is_none(),
            State::Busy => false,
            State::Damaged => return Err(LockError::DataDamaged),
        };
        match std::mem::replace(&mut *state, State::Busy) {
            State::Unconfigured(store) | State::Wiped(store) | State::Sealed(Sealed { store, .. }) if is_empty => {
                Ok(store)
            }
            other => {
                *state = other;
                Err(LockError::WrongState)
            }
        }
    }

    /// Empties the database and destroys the keys. The unfinished row stands until both are done.
    fn clear(&self, turn: &Turn<'_>, store: &mut Store, wallet_id: &[u8; 16]) -> Result<(), LockError> {
        self.begin_unfinished(turn, store, wallet_id)?;
        let rows = store.begin(Durability::Flushed)?;
        rows.clear()?;
        rows.commit()?;
        Ok(store.flush()?)
    }

    /// Leaves nothing in the database but the row that says so, then destroys the keys.
    fn begin_unfinished(&self, turn: &Turn<'_>, store: &mut Store, wallet_id: &[u8; 16]) -> Result<(), LockError> {
        let rows = store.begin(Durability::Flushed)?;
        rows.clear()?;
        rows.put_unfinished(wallet_id)?;
        rows.commit()?;
        let left = self.platform.device_key.aliases(&self.scope)?;
        self.delete_keys(&left)?;
        turn.forget_all();
        Ok(())
    }

    /// How long a seal key takes to be made, used and deleted. It is the first one's alias; the key is another.
    fn measure_rotation(&self, header: &RecordHeader) -> Result<Duration, DeviceKeyFault> {
        let (device_key, alias) = (&self.platform.device_key, self.seal_alias(header.epoch));
        let begin = Instant::now();
        device_key.create(&alias, KeyPurpose::Seal)?;
        self.seal_key(header)?;
        device_key.delete(&alias)?;
        Ok(begin.elapsed())
    }

    fn make_wallet(
        &self,
        turn: &Turn<'_>,
        store: &mut Store,
        pin: &Pin,
        random: &mut Random,
        now: Now,
    ) -> Result<Made, LockError> {
        let header = RecordHeader { format: FORMAT, epoch: FIRST_EPOCH, wallet_id: *random.bytes() };
        let wallet_id = &header.wallet_id;
        self.begin_unfinished(turn, store, wallet_id)?;
        let rollback_protection = self.anti_rollback.choose(|| self.measure_rotation(&header))?;
        let key_number = u64::from_be_bytes(*random.bytes());
        self.platform.device_key.create(&self.seal_alias(FIRST_EPOCH), KeyPurpose::Seal)?;
        self.platform.device_key.create(&self.pin_alias(key_number), KeyPurpose::PinSlot)?;
        let key = self.seal_key(&header)?;
        let cost = self.calibration.choose(&mut lock(&self.memory)).ok_or(LockError::Invalid("Argon2id cost"))?;
        let data_key = DataKey::make(random);
        let salt = *random.bytes();
        let kdf_output = &*self.derive(pin, &salt, &cost)?;
        let request = SlotRequest { kdf_output, salt, wallet_id, cost, key_number, data_key: &data_key };
        let slot = self.make_slot(random, &request)?;
        let mut history = PinHistory::make(random, cost);
        let history_output = self.derive(pin, &history.salt, &cost)?;
        history.push(&data_key, &history_output);
        let journal_key = derive_public_key(&derive_private_key(&data_key)).ok_or(LockError::Invalid("journal key"))?;
        let record = Record {
            policy: self.offered.clone(),
            lockout: Lockout::new(&self.offered.lockout),
            pin_slot: Some((&slot).into()),
            reminders: Reminders::start(now.wall_ms),
            calibration: CALIBRATION,
            journal: Head::start(wallet_id),
            journal_key,
            vault_version: 1,
            rollback_protection,
            biometric: Biometric::new(now),
            wipe_check: WipeCheck::make_filler(random),
        };
        let is_protected = record.is_protected();
        let details = self.level_details(&self.pin_alias(key_number)).and("policy", &self.offered.name);
        let (sealed, event) = write_first(store, &header, &key, record, random, now, |rows, random| {
            let index = Vault::open(&data_key, wallet_id).seal_index(random, 1, &Index::new(history))?;
            rows.put_item(&index.id, &index.sealed)?;
            Ok((Kind::Enrolled, details))
        })?;
        Ok(Made { header, key, sealed, key_number, data_key, event, is_protected })
    }

    /// Wraps the data key under a PIN and a device key. No lock on the record is held: the device key takes its time.
    pub(super) fn make_slot(&self, random: &mut Random, request: &SlotRequest<'_>) -> Result<PinSlot, LockError> {
        let SlotRequest { kdf_output, salt, wallet_id, cost, key_number, data_key } = *request;
        let input = device_key_input(wallet_id, kdf_output);
        let device_output = self.device_mac(&self.pin_alias(key_number), &input)?;
        let kek = derive_kek(kdf_output, &device_output, &salt);
        PinSlot::make(random, wallet_id, cost, key_number, salt, &kek, data_key).ok_or(LockError::Invalid("key slot"))
    }

    pub(super) fn derive(&self, pin: &Pin, salt: &[u8], cost: &KdfCost) -> Result<Zeroizing<[u8; 32]>, LockError> {
        lock(&self.memory).derive_from_pin(pin, salt, cost).map_err(|_| LockError::Invalid("Argon2id cost"))
    }
}

/// An entry holds digits only, and not more than a PIN may have: what is no PIN can only be too short.
pub(super) fn too_short(policy: &crate::lockout::Policy) -> Finding {
    Finding::TooShort { min: policy.pin.min_digits as u8 }
}

impl Removal {
    /// Why nothing was removed, if so.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Removed => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }
}
