//! Putting a change of the ways back in (recovery code and escrow) in force.
//!
//! Whoever merely knows the PIN must not get a way in that outlives the PIN. So a change waits for a time that the
//! policy gives, the owner can see and cancel it, and it takes effect when the PIN next opens the wallet after that
//! time. Until then what is in force stays. Only what adds a way back counts at once, in the session that set the
//! wallet up: with its first PIN, or by a recovery.

use super::in_session::modify;
use super::make_slot::{SlotRequest, delete_unused_key, derive, make_slot};
use super::rekey::{DataKeys, reseal};
use super::switch_biometrics::alias_in_force;
use crate::crypto::{DataKey, Random, SlotBytes};
use crate::engine::{Action, DeviceKeys, Engine, SessionEnd, SessionId, UnitOfWork, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::{PinSlot, RescueRow, RowKeys, SlotParts, WipeCheck};
use crate::pin::Pin;
use crate::platform::KeyPurpose;
use crate::policy::EscrowKey;
use crate::record::Record;
use crate::recovery::{Change, WayBack, WaysBack};
use crate::request::BiometricDenial;
use crate::time::Now;

/// How a change of a way back in, or of the second factor, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryChange {
    /// The change is in force.
    InForce,
    /// The change waits. A channel or the second factor changes when this time is over; the recovery code and escrow
    /// change when the PIN next opens the wallet after it.
    Pending {
        /// Milliseconds of time since boot.
        left_ms: u64,
    },
    /// The groups of the new code that were asked back were not all typed, or no code of the new authenticator was
    /// right. Nothing was changed.
    NotConfirmed,
}

/// Makes a change: at once if it only adds a way back to a new wallet, in the session in which it was set up; otherwise
/// after the policy's wait. [`LockError::WrongState`] if there is nothing to withdraw, or nothing to add.
pub(super) fn request_change(engine: &Engine, id: SessionId, change: &Change) -> Result<RecoveryChange, LockError> {
    let session = engine.sessions.open(id, Action::ChangeRecovery)?;
    let (adds, version) = engine.ledger.read(|view| {
        if !may_change(view.record, change) {
            return Err(LockError::WrongState);
        }
        let recovery = &view.record.recovery;
        let adds = match change {
            Change::SetCode(_) => !recovery.has_code(),
            Change::EscrowOn => true,
            Change::WithdrawCode | Change::EscrowOff => false,
        };
        Ok((adds, recovery.version()))
    })?;
    if !session.is_first || !adds {
        return plan(engine, id, change);
    }
    // The mark comes first: if the process is killed between the two, a mark without a row harms nobody.
    engine.device_keys.mark_rescue_row(&session.wallet_id, version + 1)?;
    modify(engine, id, Action::ChangeRecovery, |data_key, work| {
        // The version shows that no other change came meanwhile.
        if work.record.recovery.version() != version || !may_change(work.record, change) {
            return Err(LockError::WrongState);
        }
        let mut ways = work.record.recovery.ways().clone();
        change.apply(&mut ways, work.record.policy.escrow_key());
        put_in_force(work, data_key, ways, session.now)
    })?;
    drop_mark(engine, &session.wallet_id, version);
    Ok(RecoveryChange::InForce)
}

/// Deletes the mark of an earlier row. If that fails now, the next opening deletes it.
fn drop_mark(engine: &Engine, wallet_id: &[u8; 16], version: u64) {
    if version > 0 {
        engine.device_keys.delete(&DeviceKeys::rescue_mark(wallet_id, version)).ok();
    }
}

fn plan(engine: &Engine, id: SessionId, change: &Change) -> Result<RecoveryChange, LockError> {
    let now = engine.platform.clock.now()?;
    modify(engine, id, Action::ChangeRecovery, |_, work| {
        if !may_change(work.record, change) {
            return Err(LockError::WrongState);
        }
        let wait_h = work.record.policy.recovery.pending_change_h;
        let left_ms = work.record.policy.recovery.pending_change_ms();
        work.record.recovery.plan(change.clone(), left_ms, now);
        work.note(&match change {
            Change::SetCode(_) | Change::WithdrawCode => {
                JournalEvent::CodePending { withdraws: change.withdraws(), wait_h }
            }
            Change::EscrowOn | Change::EscrowOff => JournalEvent::EscrowPending { is_on: !change.withdraws(), wait_h },
        });
        Ok(RecoveryChange::Pending { left_ms })
    })
}

/// Whether there is something to change. A code may take the place of another one; escrow is on or off.
fn may_change(record: &Record, change: &Change) -> bool {
    let recovery = &record.recovery;
    match change {
        Change::SetCode(_) => true,
        Change::WithdrawCode => recovery.has_code(),
        Change::EscrowOn => record.policy.escrow_key().is_some() && recovery.ways().escrow.is_none(),
        Change::EscrowOff => recovery.ways().escrow.is_some(),
    }
}

/// Cancels the change about this way that waits. `false` if none does.
pub(super) fn cancel(engine: &Engine, id: SessionId, way: WayBack) -> Result<bool, LockError> {
    modify(engine, id, Action::Write, |_, work| {
        let was_pending = work.record.recovery.cancel(way);
        if was_pending {
            work.note(&way.cancelled());
        }
        Ok(was_pending)
    })
}

/// The slot that a right PIN opened, and the parts of the record that belong to it.
pub(super) struct ProvenSlot<'a> {
    pub(super) pin: &'a Pin,
    pub(super) wipe_check: &'a WipeCheck,
}

/// After a right PIN, makes the changes whose wait is over, and has escrow follow the key that the policy names. The
/// PIN was right all the same: if this fails now, the next right PIN tries again.
pub(super) fn make_due_change(engine: &Engine, proven: &ProvenSlot<'_>, verified: &mut Verified) {
    let due = engine.ledger.read(|view| {
        let recovery = &view.record.recovery;
        let due = recovery.due(view.record.policy.escrow_key(), verified.now);
        let due = due.filter(|_| view.record.data_key_number == verified.data_key_number);
        let slot = view.record.slot().filter(|slot| slot.key_number() == verified.key_number);
        Ok(due.zip(slot).map(|(ways, slot)| {
            let loses_one = recovery.ways().loses_one(&ways);
            (DueChange { ways, version: recovery.version(), slot }, loses_one)
        }))
    });
    match due {
        Ok(Some((due, true))) => replace(engine, proven, &due, verified).ok(),
        Ok(Some((due, false))) => add(engine, &due, verified).ok(),
        Ok(None) | Err(_) => None,
    };
}

/// Changes whose wait is over.
struct DueChange {
    /// The ways back after them.
    ways: WaysBack,
    /// The version of the rescue row that they replace.
    version: u64,
    /// The PIN slot in force.
    slot: PinSlot,
}

impl DueChange {
    /// Whether this is still what waits, the slot still in force, and no lock stands.
    fn is_due(&self, work: &UnitOfWork<'_>, now: Now) -> bool {
        let record = &*work.record;
        record.recovery.version() == self.version
            && record.recovery.due(record.policy.escrow_key(), now).as_ref() == Some(&self.ways)
            && record.pin_slot == Some(self.slot.to_stored())
            && !record.standing(now).suspends_sessions()
    }
}

/// Puts a way back in force beside those that there are. The data key stays: nothing opens it that must not any more.
fn add(engine: &Engine, due: &DueChange, verified: &Verified) -> Result<(), LockError> {
    let Verified { data_key, wallet_id, now, .. } = verified;
    engine.device_keys.mark_rescue_row(wallet_id, due.version + 1)?;
    engine.ledger.commit_irrevocably(&mut engine.draw()?, *now, |work| {
        if due.is_due(work, *now) {
            work.use_data_key(data_key);
            // Written anew in the format in which it states its version: without the record nothing else does.
            work.change_index(data_key, |_, _| Ok(Some(())))?;
            put_in_force(work, data_key, due.ways.clone(), *now)?;
        }
        Ok(())
    })?;
    drop_mark(engine, wallet_id, due.version);
    Ok(())
}

/// Takes a way back away, or puts another code in its place, and with that a new data key: what the earlier slot gave
/// must not open what is kept from now on. Biometrics are switched off, because their slot holds the earlier data key.
fn replace(
    engine: &Engine,
    proven: &ProvenSlot<'_>,
    due: &DueChange,
    verified: &mut Verified,
) -> Result<(), LockError> {
    let ProvenSlot { pin, wipe_check } = *proven;
    let DueChange { ways, version, slot: old_slot } = due;
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
            put_in_force(work, &new, ways.clone(), verified.now)?;
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
        drop_mark(engine, wallet_id, *version);
        (verified.data_key, verified.key_number) = (new, key_number);
        verified.data_key_number += 1;
    }
    Ok(())
}

/// Puts these ways back in force, or none, under the next version of the rescue row.
fn put_in_force(work: &mut UnitOfWork<'_>, data_key: &DataKey, ways: WaysBack, now: Now) -> Result<(), LockError> {
    let version = work.record.recovery.version() + 1;
    let row = make_row(work.random, work.wallet_id, version, &ways, data_key)?;
    match &row {
        Some(row) => work.rows.put_rescue_row(row.as_bytes())?,
        None => work.rows.delete_rescue()?,
    }
    let before = work.record.recovery.ways().clone();
    if before.code != ways.code {
        work.note(if ways.code.is_some() { &JournalEvent::CodeSet } else { &JournalEvent::CodeWithdrawn });
    }
    if before.escrow != ways.escrow {
        work.note(if ways.escrow.is_some() { &JournalEvent::EscrowOn } else { &JournalEvent::EscrowOff });
    }
    work.record.recovery.replace(version, row, ways, now);
    Ok(())
}

/// The rescue row for these ways back; `None` if there are none.
pub(super) fn make_row(
    random: &mut Random,
    wallet_id: &[u8; 16],
    version: u64,
    ways: &WaysBack,
    data_key: &DataKey,
) -> Result<Option<SlotBytes>, LockError> {
    let keys = RowKeys { code: ways.code.as_ref(), escrow: ways.escrow.as_ref().map(|EscrowKey(key)| key) };
    if keys.code.is_none() && keys.escrow.is_none() {
        return Ok(None);
    }
    let row = RescueRow::make(random, wallet_id, version, keys, data_key);
    Ok(Some(row.ok_or(LockError::Invalid("recovery code"))?.to_stored()))
}
