//! Wrapping the data key under a PIN and a device key.

use zeroize::Zeroizing;

use crate::crypto::{DataKey, KdfCost, Random};
use crate::engine::Engine;
use crate::error::LockError;
use crate::key_slots::{PinSlot, SlotParts, derive_kek, device_key_input};
use crate::pin::Pin;
use crate::platform::DeviceKeyFault;

/// What [`make_slot`] wraps, and under what the PIN gave with this salt and cost.
pub(super) struct SlotRequest<'a> {
    pub(super) kdf_output: &'a [u8; 32],
    pub(super) parts: SlotParts<'a>,
    pub(super) data_key: &'a DataKey,
}

/// Wraps the data key under a PIN and a device key, and opens it again: only what opens goes into a record. No lock on the record is held: the device key takes its time.
pub(super) fn make_slot(engine: &Engine, random: &mut Random, request: &SlotRequest<'_>) -> Result<PinSlot, LockError> {
    let SlotRequest { kdf_output, parts, data_key } = request;
    let SlotParts { wallet_id, salt, key_number, .. } = parts;
    let alias = engine.device_keys.new_pin(wallet_id, *key_number);
    let input = device_key_input(wallet_id, kdf_output);
    let kek = || engine.device_keys.mac(&alias, &input).map(|answer| derive_kek(kdf_output, &answer, salt));
    let slot = PinSlot::make(random, parts, &*kek()?, data_key).ok_or(LockError::Invalid("key slot"))?;
    // With a second answer: what the first one alone makes would open to nobody, if it was wrong.
    match slot.open(wallet_id, &*kek()?) {
        Some(opened) if opened.bytes() == data_key.bytes() => Ok(slot),
        _ => Err(DeviceKeyFault::Busy.into()),
    }
}

/// Argon2id of a PIN that a slot, the history or the wipe PIN's check is made from.
pub(super) fn derive(
    engine: &Engine,
    pin: &Pin,
    salt: &[u8],
    cost: &KdfCost,
) -> Result<Zeroizing<[u8; 32]>, LockError> {
    Ok(engine.attempts.derive(pin, salt, cost)?)
}

/// After a commit that was to put a new slot in force, in place of an old one: deletes the device key of the one that is not. After a failed commit
/// nobody knows which one that is: the next opening does. It also deletes what cannot be deleted now.
pub(super) fn delete_unused_key(engine: &Engine, is_new_in_force: Result<&bool, &LockError>, old: &str, new: &str) {
    let unused = match is_new_in_force {
        Ok(true) => old,
        Err(LockError::Storage) => return,
        Ok(false) | Err(_) => new,
    };
    engine.device_keys.delete(unused).ok();
}
