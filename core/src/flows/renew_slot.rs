//! After a right PIN, makes the PIN slot anew if its Argon2id cost should be higher, if it is of an older format, or if
//! its keys are named after another place.

use super::make_slot::{SlotRequest, delete_unused_key, derive, make_slot};
use crate::crypto::KdfCost;
use crate::crypto::kdf::CALIBRATION;
use crate::engine::{Engine, UnitOfWork, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::{PinSlot, SlotParts, WipeCheck};
use crate::pin::Pin;
use crate::platform::KeyPurpose;
use crate::record::RecordHeader;

/// The slot that a right PIN opened, and the parts of the record that belong to it.
pub(super) struct OpenedSlot<'a> {
    pub(super) pin: &'a Pin,
    pub(super) slot: &'a PinSlot,
    pub(super) wipe_check: &'a WipeCheck,
    pub(super) header: &'a RecordHeader,
}

/// Makes the slot anew, if there is a reason. The PIN was right all the same: if this fails now, the next right PIN
/// tries again.
pub(super) fn renew_slot(engine: &Engine, opened: &OpenedSlot<'_>, verified: &mut Verified) {
    let measured = engine.attempts.take_pending_kdf_cost();
    let here = Some(engine.device_keys.place());
    let moves = opened.slot.place() != here || opened.header.place != here;
    let old_cost = opened.slot.cost();
    let cost = match measured.unwrap_or(old_cost).at_least_the_floor() {
        // The wipe PIN's check depends on the cost. So a higher cost waits until the wipe PIN is cleared.
        _ if opened.wipe_check.is_set() => old_cost,
        cost => cost,
    };
    if (moves || measured.is_some() || cost != old_cost)
        && let Ok(Some(key_number)) = renew(engine, opened, cost, moves, verified)
    {
        verified.key_number = key_number;
    }
}

/// Returns the number of the device key that the slot in force uses now, or `None` if another call replaced the slot or
/// the wipe PIN's check, or a lock came.
fn renew(
    engine: &Engine,
    opened: &OpenedSlot<'_>,
    cost: KdfCost,
    moves: bool,
    verified: &Verified,
) -> Result<Option<u64>, LockError> {
    let OpenedSlot { pin, slot: old, wipe_check, .. } = *opened;
    let Verified { data_key, wallet_id, .. } = verified;
    let mut random = engine.draw()?;
    let mut new_key = None;
    let slot = if cost == old.cost() && !moves {
        old.clone()
    } else {
        // The wipe PIN's check depends on the salt too.
        let salt = if wipe_check.is_set() { *old.salt() } else { *random.bytes() };
        let key_number = if moves { u64::from_be_bytes(*random.bytes()) } else { old.key_number() };
        if moves {
            let alias = engine.device_keys.new_pin(wallet_id, key_number);
            engine.device_keys.create(&alias, KeyPurpose::PinSlot)?;
            new_key = Some(alias);
        }
        let parts = SlotParts { wallet_id, cost, salt, key_number, place: engine.device_keys.place() };
        let made = derive(engine, pin, &salt, &cost).and_then(|kdf_output| {
            make_slot(engine, &mut random, &SlotRequest { kdf_output: &kdf_output, parts, data_key })
        });
        match made {
            Ok(slot) => slot,
            Err(fault) => {
                engine.device_keys.delete_all(new_key.as_slice()).ok();
                return Err(fault);
            }
        }
    };
    let change = |work: &mut UnitOfWork<'_>| {
        let is_in_force = work.record.pin_slot == Some(old.to_stored())
            && work.record.wipe_check == *wipe_check
            && !work.record.standing(verified.now).suspends_sessions();
        if is_in_force {
            work.record.pin_slot = Some(slot.to_stored());
            work.record.calibration = CALIBRATION;
            if cost != old.cost() {
                work.use_data_key(data_key);
                let KdfCost { memory_kib, passes, lanes } = cost;
                work.note(&JournalEvent::KdfUpgraded { memory_kib, passes, lanes });
            }
        }
        Ok(is_in_force)
    };
    // Until the old seal key is deleted, an old copy of the database brings back the cheaper slot. Deleting that key is
    // tried again before the next try.
    let renewed = if moves {
        engine.ledger.commit_with_new_key(&mut random, verified.now, change)
    } else {
        engine.ledger.commit_irrevocably(&mut random, verified.now, change)
    };
    let renewed = renewed.map(|renewed| renewed.value);
    if let Some(new_key) = new_key {
        delete_unused_key(engine, renewed.as_ref(), &engine.device_keys.pin(wallet_id, old), &new_key);
    }
    Ok(renewed?.then(|| slot.key_number()))
}
