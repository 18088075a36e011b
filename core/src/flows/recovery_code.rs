//! Making, replacing and withdrawing the recovery code.
//!
//! Whoever merely knows the PIN must not get a way in that outlives the PIN. So a change waits for a time that the policy
//! gives, the owner can see and cancel it, and it takes effect with the first right PIN after that time. Until then the
//! code in force stays. Only the first code of a new wallet counts at once, in the session in which the first PIN was
//! set.

use super::in_session::modify;
use super::make_slot::{SlotRequest, delete_unused_key, derive, make_slot};
use super::rekey::{DataKeys, reseal};
use super::switch_biometrics::alias_in_force;
use crate::crypto::DataKey;
use crate::engine::{Action, DeviceKeys, Engine, SessionEnd, SessionId, State, UnitOfWork, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::{PinSlot, RescueRow, SlotParts, WipeCheck};
use crate::pin::Pin;
use crate::platform::KeyPurpose;
use crate::recovery::{CodeKey, PendingCode, RecoveryCode};
use crate::request::BiometricDenial;
use crate::stack::with_stack_wiped;
use crate::time::Now;

const HOUR_MS: u64 = 3_600_000;

/// How a change of the recovery code ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeChange {
    /// The new code is in force.
    InForce,
    /// The change waits. It takes effect with the first right PIN after this time.
    Pending {
        /// Milliseconds of time since boot.
        left_ms: u64,
    },
    /// The groups that were asked back were not all typed. Nothing was changed.
    NotConfirmed,
}

/// What is known about the recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryStatus {
    /// Whether there is a code. `None`: it is not known now, because the keystore does not answer.
    pub has_code: Option<bool>,
    /// A change that waits.
    pub pending: Option<PendingChange>,
}

/// A change of the recovery code that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingChange {
    /// Milliseconds until it takes effect with the next right PIN; 0: with the next one.
    pub left_ms: u64,
    /// The code is withdrawn, and no other takes its place.
    pub withdraws: bool,
}

/// Makes a code. It counts for nothing until [`set`] has put it in force.
pub(crate) fn create(engine: &Engine, id: SessionId) -> Result<RecoveryCode, LockError> {
    engine.sessions.check(id, Action::ChangeRecoveryCode)?;
    Ok(RecoveryCode::make(&mut engine.draw()?))
}

/// Puts a confirmed code in force: at once if it is the first one of a new wallet, otherwise after the policy's wait.
pub(crate) fn set(engine: &Engine, id: SessionId, code: &RecoveryCode) -> Result<CodeChange, LockError> {
    if !code.is_confirmed() {
        return Ok(CodeChange::NotConfirmed);
    }
    with_stack_wiped(|| {
        let session = engine.sessions.open(id, Action::ChangeRecoveryCode)?;
        let code_key = CodeKey::make(&mut engine.draw()?, code.bytes()).ok_or(LockError::Invalid("recovery code"))?;
        let (has_code, version) =
            engine.ledger.read(|view| Ok((view.record.recovery.row().is_some(), view.record.recovery.version())))?;
        if !session.is_first || has_code {
            return plan(engine, id, Some(code_key));
        }
        // The mark comes first: if the process is killed between the two, a mark without a row harms nobody.
        engine.device_keys.mark_rescue_row(&session.wallet_id, version + 1)?;
        modify(engine, id, Action::ChangeRecoveryCode, |data_key, work| {
            if work.record.recovery.version() != version {
                return Err(LockError::WrongState);
            }
            put_in_force(work, data_key, Some(&code_key))?;
            Ok(CodeChange::InForce)
        })
    })
}

/// Has the code in force withdrawn, after the policy's wait. [`LockError::WrongState`] if there is none.
pub(crate) fn withdraw(engine: &Engine, id: SessionId) -> Result<CodeChange, LockError> {
    plan(engine, id, None)
}

fn plan(engine: &Engine, id: SessionId, code_key: Option<CodeKey>) -> Result<CodeChange, LockError> {
    let now = engine.platform.clock.now()?;
    modify(engine, id, Action::ChangeRecoveryCode, |_, work| {
        let record = &mut *work.record;
        if code_key.is_none() && record.recovery.row().is_none() {
            return Err(LockError::WrongState);
        }
        let wait_h = record.policy.recovery.pending_change_h;
        let withdraws = code_key.is_none();
        let left_ms = u64::from(wait_h) * HOUR_MS;
        record.recovery.plan(code_key, left_ms, now);
        work.note(&JournalEvent::CodePending { withdraws, wait_h });
        Ok(CodeChange::Pending { left_ms })
    })
}

/// Cancels the change that waits. `false` if none does.
pub(crate) fn cancel(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    modify(engine, id, Action::Write, |_, work| {
        let was_pending = work.record.recovery.cancel();
        if was_pending {
            work.note(&JournalEvent::CodeCancelled);
        }
        Ok(was_pending)
    })
}

/// What is known about the recovery code, whether or not the wallet is open.
pub(crate) fn status(engine: &Engine) -> Result<RecoveryStatus, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let read = engine.ledger.read(|view| {
        let recovery = &view.record.recovery;
        let pending = recovery
            .pending()
            .map(|pending| PendingChange { left_ms: pending.left_ms(now), withdraws: pending.code_key.is_none() });
        Ok(RecoveryStatus { has_code: Some(recovery.row().is_some()), pending })
    });
    match read {
        Err(LockError::WrongState | LockError::DataDamaged | LockError::DeviceKey(_)) => {
            Ok(RecoveryStatus { has_code: engine.ledger.with_state(State::has_code), pending: None })
        }
        status => status,
    }
}

/// The slot that a right PIN opened, and the parts of the record that belong to it.
pub(super) struct ProvenSlot<'a> {
    pub(super) pin: &'a Pin,
    pub(super) wipe_check: &'a WipeCheck,
}

/// After a right PIN, makes the change whose wait is over. The PIN was right all the same: if this fails now, the next
/// right PIN tries again.
pub(super) fn make_due_change(engine: &Engine, proven: &ProvenSlot<'_>, verified: &mut Verified) {
    let due = engine.ledger.read(|view| {
        let recovery = &view.record.recovery;
        let due = recovery.due(verified.now).filter(|_| view.record.data_key_number == verified.data_key_number);
        let slot = view.record.slot().filter(|slot| slot.key_number() == verified.key_number);
        Ok(due.cloned().zip(slot).map(|(change, slot)| (change, slot, recovery.version(), recovery.row().is_some())))
    });
    let Ok(Some((change, slot, version, replaces))) = due else { return };
    let request = DueChange { change, version, slot };
    if replaces {
        replace(engine, proven, &request, verified).ok();
    } else {
        make_first(engine, &request, verified).ok();
    }
}

/// A change whose wait is over.
struct DueChange {
    change: PendingCode,
    /// The version of the rescue row that it replaces.
    version: u64,
    /// The PIN slot in force.
    slot: PinSlot,
}

impl DueChange {
    /// Whether this is still what waits, the slot still in force, and no lock stands.
    fn is_due(&self, work: &UnitOfWork<'_>, now: Now) -> bool {
        let record = &*work.record;
        record.recovery.pending() == Some(&self.change)
            && record.pin_slot == Some(self.slot.to_stored())
            && !record.standing(now).suspends_sessions()
    }
}

/// Puts the first code in force. The data key stays: no earlier code opens it.
fn make_first(engine: &Engine, due: &DueChange, verified: &Verified) -> Result<(), LockError> {
    let Verified { data_key, wallet_id, now, .. } = verified;
    engine.device_keys.mark_rescue_row(wallet_id, due.version + 1)?;
    engine.ledger.commit_irrevocably(&mut engine.draw()?, *now, |work| {
        if due.is_due(work, *now) {
            work.use_data_key(data_key);
            // Written anew in the format in which it states its version: without the record nothing else does.
            work.change_index(data_key, |_, _| Ok(Some(())))?;
            put_in_force(work, data_key, due.change.code_key.as_ref())?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Puts another code in force, or none, and with it a new data key: the earlier code must not open what is kept from now
/// on. Biometrics are switched off, because their slot holds the earlier data key.
fn replace(
    engine: &Engine,
    proven: &ProvenSlot<'_>,
    due: &DueChange,
    verified: &mut Verified,
) -> Result<(), LockError> {
    let ProvenSlot { pin, wipe_check } = *proven;
    let DueChange { change, version, slot: old_slot } = due;
    let (device_keys, wallet_id) = (&engine.device_keys, &verified.wallet_id);
    let mut random = engine.draw()?;
    let new = DataKey::make(&mut random);
    let key_number = u64::from_be_bytes(*random.bytes());
    let new_key = device_keys.new_pin(wallet_id, key_number);
    // The wipe PIN's check depends on the salt.
    let salt = if wipe_check.is_set() { *old_slot.salt() } else { *random.bytes() };
    let cost = old_slot.cost();
    let parts = SlotParts { wallet_id, cost, salt, key_number, place: device_keys.place() };
    let marked = device_keys.mark_rescue_row(wallet_id, version + 1);
    let made = marked.and_then(|()| device_keys.create(&new_key, KeyPurpose::PinSlot)).map_err(LockError::from);
    let made = made.and_then(|()| {
        let kdf_output = &*derive(engine, pin, &salt, &cost)?;
        make_slot(engine, &mut random, &SlotRequest { kdf_output, parts, data_key: &new })
    });
    // The sessions' generation after they were ended.
    let mut ended = None;
    let replaced = made.and_then(|slot| {
        engine.ledger.commit_with_new_key(&mut random, verified.now, |work| {
            if !due.is_due(work, verified.now) || work.record.wipe_check != *wipe_check {
                return Ok(None);
            }
            work.use_data_key(&new);
            let keys = DataKeys { old: &verified.data_key, new: &new };
            let lost = reseal(work.rows, work.random, work.wallet_id, work.record, &keys, None)?;
            lost.iter().for_each(|item| work.note(&JournalEvent::ItemLost { item }));
            work.record.pin_slot = Some(slot.to_stored());
            let biometric_key = alias_in_force(engine, work);
            if work.record.biometric.switch_off() {
                work.note(&JournalEvent::BiometricsOff { because: BiometricDenial::SwitchedOff });
            }
            put_in_force(work, &new, change.code_key.as_ref())?;
            // The sessions have the earlier data key. They end here, together with the change.
            ended = Some(engine.sessions.end_all(SessionEnd::Replaced));
            Ok(Some(biometric_key))
        })
    });
    let replaced = replaced.map(|replaced| replaced.value);
    let is_in_force = replaced.as_ref().map(Option::is_some);
    let old_key = device_keys.pin(wallet_id, old_slot);
    delete_unused_key(engine, is_in_force.as_ref().map_err(|fault| *fault), &old_key, &new_key);
    // Also if the commit failed: the PIN was right, and its session opens, unless another lock event came meanwhile.
    if ended == Some(verified.generation + 1) {
        verified.generation += 1;
    }
    if let Some(biometric_key) = replaced? {
        // What cannot be deleted now is deleted at the next opening.
        device_keys.delete_all(biometric_key.as_slice()).ok();
        device_keys.delete(&DeviceKeys::rescue_mark(wallet_id, *version)).ok();
        (verified.data_key, verified.key_number) = (new, key_number);
        verified.data_key_number += 1;
    }
    Ok(())
}

/// Puts a code in force, or none, under the next version of the rescue row.
fn put_in_force(work: &mut UnitOfWork<'_>, data_key: &DataKey, code_key: Option<&CodeKey>) -> Result<(), LockError> {
    let version = work.record.recovery.version() + 1;
    let row = match code_key {
        Some(code_key) => {
            let row = RescueRow::make(work.random, work.wallet_id, version, code_key, data_key);
            let row = row.ok_or(LockError::Invalid("recovery code"))?.to_stored();
            work.rows.put_rescue_row(row.as_bytes())?;
            work.note(&JournalEvent::CodeSet);
            Some(row)
        }
        None => {
            work.rows.delete_rescue()?;
            work.note(&JournalEvent::CodeWithdrawn);
            None
        }
    };
    work.record.recovery.replace(version, row);
    Ok(())
}
