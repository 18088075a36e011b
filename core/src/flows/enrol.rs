//! Setting the first PIN: makes the keys and an empty vault, and opens it.

use std::time::{Duration, Instant};

use super::judge_pin::{judge, too_short};
use super::make_slot::{NewKeys, derive, make_new_keys};
use super::remove::put_unfinished;
use crate::biometric::Biometric;
use crate::cards::Cards;
use crate::crypto::kdf::CALIBRATION;
use crate::crypto::{DataKey, Purpose, Random};
use crate::engine::{
    DeviceKeys, Engine, FirstCommit, FirstRecord, KeyLease, SealedStore, SessionEnd, SessionId, SessionTerms, State,
    Verified, WalletClaim,
};
use crate::error::LockError;
use crate::events::{Event, JournalEvent};
use crate::journal::{Head, derive_journal_key};
use crate::key_slots::WipeCheck;
use crate::lockout::Lockout;
use crate::locks::Locks;
use crate::payment::Payments;
use crate::payment::authorisation::OwnerKey;
use crate::pin::history::PinHistory;
use crate::pin::{Finding, Personal, Pin, PinEntry};
use crate::platform::{DeviceKeyFault, KeyPurpose, PlatformFault};
use crate::provider::Provider;
use crate::record::{FORMAT, Life, Record, RecordHeader};
use crate::recovery::Recovery;
use crate::reminders::Reminders;
use crate::stack::with_stack_wiped;
use crate::store::{SealedRow, Store, StoredRecord, Unfinished};
use crate::time::Now;
use crate::vault::{Index, Vault};

const FIRST_EPOCH: u64 = 0;

/// How setting the first PIN ended.
pub(crate) enum Enrolled {
    /// The PIN is set, and this session is open.
    Open(SessionId),
    /// The proposed PIN is not allowed, for these reasons.
    Forbidden(Vec<Finding>),
}

/// A wallet that was just made.
struct Made {
    header: RecordHeader,
    claim: WalletClaim,
    first: FirstRecord,
    key_number: u64,
    data_key: DataKey,
    events: Vec<Event>,
    is_protected: bool,
}

/// Sets the first PIN. The entry is emptied once the PIN is set.
pub(crate) fn enrol(engine: &Engine, entry: &PinEntry, personal: &[Personal]) -> Result<Enrolled, LockError> {
    with_stack_wiped(|| {
        let now = engine.platform.clock.now()?;
        if now.boot.is_none() {
            return Err(PlatformFault.into());
        }
        let policy = &engine.requested_policy;
        // The same copy of the PIN is judged and set, even if the entry changes meanwhile.
        let Some(pin) = entry.peek() else { return Ok(Enrolled::Forbidden(vec![too_short(policy)])) };
        let judgement = judge(&pin, personal, policy);
        if !judgement.allowed {
            return Ok(Enrolled::Forbidden(judgement.findings));
        }
        let mut random = engine.draw()?;
        if engine.ledger.with_state(|state| matches!(state, State::Working)) {
            return Err(LockError::WrongState);
        }
        let lease = engine.seal_keys.lease()?;
        let (mut store, was_wiped) = take_empty(engine)?;
        let generation = engine.sessions.end_all(SessionEnd::Replaced);
        let made = make_wallet(engine, &lease, &mut store, &pin, &mut random, now);
        let Made { header, claim, first, key_number, data_key, events, is_protected } = match made {
            Ok(made) => made,
            Err(fault) => {
                // If the unfinished row was written, the next enrolment or opening deletes the keys that the row names.
                // If it was not written, or the store cannot be read, a wiped wallet still reports that it was wiped.
                let is_wiped = store
                    .record()
                    .map_or(was_wiped, |row| matches!(row, Some(StoredRecord::Sealed(_) | StoredRecord::Wiped)));
                engine.ledger.put(if is_wiped { State::Wiped(store) } else { State::Unconfigured(store) });
                return Err(fault);
            }
        };
        if is_protected {
            lease.set_in_force(&header, false);
        }
        engine.ledger.put(State::Sealed(SealedStore::with(store, first, claim)));
        drop(lease);
        entry.clear();
        engine.listeners.tell(&events);
        engine.seal_keys.make_ahead();
        let (wallet_id, terms) = (header.wallet_id, SessionTerms::first(policy.session.clone()));
        let verified = Verified { data_key, data_key_number: 0, wallet_id, key_number, now, terms, generation };
        Ok(Enrolled::Open(engine.sessions.start_first(verified)))
    })
}

/// Takes the store of a wallet without a PIN, so that no other call sets a PIN meanwhile. Also returns whether the
/// wallet was wiped.
fn take_empty(engine: &Engine) -> Result<(Store, bool), LockError> {
    let taken = engine.ledger.take_if(|state| match state {
        State::Unconfigured(_) | State::Wiped(_) => Ok(true),
        State::Sealed(sealed) => Ok(!sealed.row()?.1.is_alive()),
        State::Working => Ok(false),
        State::Damaged { .. } => Err(LockError::DataDamaged),
        State::Failed(fault) => Err(fault.clone()),
    })?;
    match taken {
        Some(State::Unconfigured(store)) => Ok((store, false)),
        Some(State::Wiped(store) | State::Sealed(SealedStore { store, .. })) => Ok((store, true)),
        Some(State::Working | State::Damaged { .. } | State::Failed(_)) | None => Err(LockError::WrongState),
    }
}

fn make_wallet(
    engine: &Engine,
    lease: &KeyLease<'_>,
    store: &mut Store,
    pin: &Pin,
    random: &mut Random,
    now: Now,
) -> Result<Made, LockError> {
    let device_keys = &engine.device_keys;
    let policy = &engine.requested_policy;
    let place = device_keys.place();
    let header = RecordHeader { format: FORMAT, epoch: FIRST_EPOCH, wallet_id: *random.bytes(), place: Some(place) };
    let wallet_id = &header.wallet_id;
    let key_number = u64::from_be_bytes(*random.bytes());
    let (seal_key, pin_key) = (device_keys.seal(&header), device_keys.new_pin(wallet_id, key_number));
    clear_for_new(engine, lease, store, *wallet_id, [seal_key.clone(), pin_key.clone()])?;
    let rollback_protection = engine.anti_rollback.choose(|| measure_rotation(engine, &header))?;
    let NewKeys { epoch, cost, data_key, slot } = make_new_keys(engine, random, header, key_number, pin)?;
    let mut history = PinHistory::make(random, cost);
    let history_output = derive(engine, pin, &history.salt, &cost)?;
    history.push(&data_key.derive(Purpose::PinHistory), &history_output);
    let journal_key = derive_journal_key(&data_key).ok_or(LockError::Invalid("journal key"))?;
    let record = Record {
        policy: policy.clone(),
        lockout: Lockout::new(&policy.lockout),
        life: Life::Alive,
        pin_slot: Some(slot.to_stored()),
        reminders: Reminders::start(now),
        calibration: CALIBRATION,
        journal: Head::start(wallet_id),
        journal_key,
        vault_version: 1,
        rollback_protection,
        biometric: Biometric::new(now),
        wipe_check: WipeCheck::make_filler(random),
        data_key_number: 0,
        recovery: Recovery::default(),
        locks: Locks::default(),
        provider: Provider::default(),
        payments: Payments::new(OwnerKey::derive(&data_key).and_then(|key| key.public_key())),
        cards: Cards::default(),
        deleted: None,
        alerts_seen: 0,
    };
    let is_protected = record.is_protected();
    let device_key = device_keys.noted_security_level(&pin_key);
    let event = JournalEvent::Enrolled { device_key, policy: &policy.name };
    let commit = FirstCommit { now, data_key: &data_key };
    let (first, events) = FirstRecord::write(store, epoch, record, random, &commit, |rows, random, _| {
        let index = Vault::open(&data_key, wallet_id).seal_index(random, 1, &Index::new(history))?;
        rows.put_item(&index.id, &index.sealed)?;
        Ok(vec![(&event).into()])
    })?;
    let claim = WalletClaim::take(&engine.platform.device_key, wallet_id)?;
    Ok(Made { header, claim, first, key_number, data_key, events, is_protected })
}

/// Empties the database, except for the row that says that a wallet is being made, and deletes the keys of the wallet
/// that was here before.
fn clear_for_new(
    engine: &Engine,
    lease: &KeyLease<'_>,
    store: &mut Store,
    wallet_id: [u8; 16],
    new_keys: [String; 2],
) -> Result<(), LockError> {
    let device_keys = &engine.device_keys;
    let before = match store.record()? {
        // An enrolment or removal that failed or was cut short.
        Some(StoredRecord::Unfinished(Unfinished { wallet_id, aliases })) => {
            let mut aliases = DeviceKeys::of_wallets(aliases);
            // A removal that was cut short names only some of its keys. If a seal key were left here, an empty file
            // would look like one whose record was taken away.
            aliases.extend(device_keys.list_of_wallet_twice(&wallet_id, false)?);
            aliases
        }
        // A wallet that was wiped. The keystore may have failed when its mark was to be made. Once this row is gone
        // nothing else says whose code must not open an older file any more.
        Some(StoredRecord::Sealed(SealedRow { header, .. })) => {
            device_keys.mark_as_wiped(&header.wallet_id)?;
            let mut before = device_keys.list_of_wallet_twice(&header.wallet_id, header.place.is_none())?;
            before.push(device_keys.seal(&header));
            before
        }
        Some(StoredRecord::Wiped) | None => Vec::new(),
    };
    let aliases = new_keys.into_iter().chain(before.iter().cloned()).collect();
    put_unfinished(store, &Unfinished { wallet_id, aliases })?;
    device_keys.delete_all(&before)?;
    // Deleted before the new wallet exists: afterwards the mark would say that the new wallet was wiped.
    device_keys.delete_mark_of_place()?;
    device_keys.drop_old_marks();
    lease.forget_all();
    Ok(())
}

/// Measures how long it takes to make, use and delete a seal key. This key is deleted again; the first seal key, which
/// is made after it, gets the same alias.
pub(super) fn measure_rotation(engine: &Engine, header: &RecordHeader) -> Result<Duration, DeviceKeyFault> {
    let (device_keys, alias) = (&engine.device_keys, engine.device_keys.seal(header));
    let begin = Instant::now();
    device_keys.create(&alias, KeyPurpose::Seal)?;
    device_keys.seal_key(header)?;
    device_keys.delete(&alias)?;
    Ok(begin.elapsed())
}
