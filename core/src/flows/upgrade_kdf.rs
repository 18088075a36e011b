//! Making the PIN slot as dear as `prepare` found that it should be.

use super::make_slot::{SlotRequest, derive, make_slot};
use crate::crypto::KdfCost;
use crate::crypto::kdf::CALIBRATION;
use crate::engine::{Engine, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::{PinSlot, WipeCheck};
use crate::pin::Pin;

/// Rewraps the slot, if that is pending. The PIN was right: if it cannot be done now, the next right PIN does it.
pub(super) fn upgrade_kdf(engine: &Engine, pin: &Pin, slot: &PinSlot, wipe_check: &WipeCheck, verified: &Verified) {
    if let Some(cost) = engine.attempts.take_pending_kdf_cost() {
        rewrap(engine, pin, slot, wipe_check, cost, verified).ok();
    }
}

fn rewrap(
    engine: &Engine,
    pin: &Pin,
    old: &PinSlot,
    wipe_check: &WipeCheck,
    cost: KdfCost,
    verified: &Verified,
) -> Result<(), LockError> {
    let mut random = engine.draw()?;
    // With a wipe PIN, whose check hangs on the cost, it waits until that is cleared.
    let slot = if cost == old.cost() || wipe_check.is_set() {
        old.clone()
    } else {
        let Verified { data_key, wallet_id, .. } = verified;
        let (salt, key_number) = (*random.bytes(), old.key_number());
        let kdf_output = &*derive(engine, pin, &salt, &cost)?;
        make_slot(engine, &mut random, &SlotRequest { kdf_output, salt, wallet_id, cost, key_number, data_key })?
    };
    // Until the old key is deleted an old copy brings back the cheaper slot; it is tried again before the next try.
    engine.ledger.commit_irrevocably(&mut random, verified.now, |work| {
        if work.record.pin_slot == Some(old.to_stored()) && work.record.wipe_check == *wipe_check {
            work.record.pin_slot = Some(slot.to_stored());
            work.record.calibration = CALIBRATION;
            if slot != *old {
                work.seal_details_with(&verified.data_key);
                let KdfCost { memory_kib, passes, lanes } = cost;
                work.note(&JournalEvent::KdfUpgraded { memory_kib, passes, lanes });
            }
        }
        Ok(())
    })?;
    Ok(())
}
