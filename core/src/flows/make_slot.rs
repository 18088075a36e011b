//! Wrapping the data key under a PIN and a device key.

use zeroize::Zeroizing;

use crate::crypto::{DataKey, KdfCost, Random};
use crate::engine::Engine;
use crate::error::LockError;
use crate::key_slots::{PinSlot, SlotParts, derive_kek, device_key_input};
use crate::pin::Pin;
use crate::platform::DeviceKeyFault;

/// What [`make_slot`] needs: the data key that it wraps, and the PIN's Argon2id output for the salt and the cost in
/// `parts`.
pub(super) struct SlotRequest<'a> {
    pub(super) kdf_output: &'a [u8; 32],
    pub(super) parts: SlotParts<'a>,
    pub(super) data_key: &'a DataKey,
}

/// Wraps the data key under a PIN and a device key, and opens the new slot again: only a slot that opens goes into a
/// record. No mutex on the record is held meanwhile, because the device key can be slow.
pub(super) fn make_slot(engine: &Engine, random: &mut Random, request: &SlotRequest<'_>) -> Result<PinSlot, LockError> {
    let SlotRequest { kdf_output, parts, data_key } = request;
    let SlotParts { wallet_id, salt, key_number, .. } = parts;
    let alias = engine.device_keys.new_pin(wallet_id, *key_number);
    let input = device_key_input(wallet_id, kdf_output);
    let kek = || engine.device_keys.mac(&alias, &input).map(|answer| derive_kek(kdf_output, &answer, salt));
    let slot = PinSlot::make(random, parts, &*kek()?, data_key).ok_or(LockError::Invalid("key slot"))?;
    // Opened with a second HMAC: if the first one was wrong, a slot made from it would never open again.
    match slot.open(wallet_id, &*kek()?) {
        Some(opened) if opened.bytes() == data_key.bytes() => Ok(slot),
        _ => Err(DeviceKeyFault::Busy.into()),
    }
}

/// Argon2id of a PIN, for a slot, the PIN history or the wipe PIN's check.
pub(super) fn derive(
    engine: &Engine,
    pin: &Pin,
    salt: &[u8],
    cost: &KdfCost,
) -> Result<Zeroizing<[u8; 32]>, LockError> {
    Ok(engine.attempts.derive(pin, salt, cost)?)
}

/// Called after a commit that puts a new slot in force in place of an old one: deletes the device key of the slot that
/// is not in force. If the commit failed, or the record cannot be read, nobody knows which slot that is; then the next
/// opening deletes the unused key. The next opening also deletes a key that cannot be deleted now.
pub(super) fn delete_unused_key(engine: &Engine, is_new_in_force: Result<&bool, &LockError>, old: &str, new: &str) {
    let unused = match is_new_in_force {
        Ok(true) => old,
        Err(LockError::Storage | LockError::DataDamaged) => return,
        Ok(false) | Err(_) => new,
    };
    engine.device_keys.delete(unused).ok();
}
