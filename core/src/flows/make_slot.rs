//! Wrapping the data key under a PIN and a device key.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::{DataKey, KdfCost, Random};
use crate::engine::{Engine, EpochKey};
use crate::error::LockError;
use crate::key_slots::{PinSlot, SlotParts, derive_kek, device_key_input};
use crate::pin::Pin;
use crate::platform::{DeviceKeyFault, KeyPurpose};
use crate::record::RecordHeader;

/// What [`make_slot`] needs: the data key that it wraps, and the PIN's Argon2id output for the salt and the cost in
/// `parts`.
pub(super) struct SlotRequest<'a> {
    pub(super) kdf_output: &'a [u8; 32],
    pub(super) parts: SlotParts<'a>,
    pub(super) data_key: &'a DataKey,
}

/// The keys of a wallet that is enrolled or recovered: nothing of an earlier record is used.
pub(super) struct NewKeys {
    pub(super) epoch: EpochKey,
    pub(super) cost: KdfCost,
    pub(super) data_key: DataKey,
    pub(super) slot: PinSlot,
}

/// Makes the seal key of this header's epoch, the PIN's device key with this number, a data key, and the PIN slot that
/// wraps it. The keystore must hold no key with these aliases.
pub(super) fn make_new_keys(
    engine: &Engine,
    random: &mut Random,
    header: RecordHeader,
    key_number: u64,
    pin: &Pin,
) -> Result<NewKeys, LockError> {
    let (device_keys, wallet_id) = (&engine.device_keys, &header.wallet_id);
    device_keys.create(&device_keys.seal(&header), KeyPurpose::Seal)?;
    device_keys.create(&device_keys.new_pin(wallet_id, key_number), KeyPurpose::PinSlot)?;
    let epoch = EpochKey { header, key: Arc::new(device_keys.seal_key(&header)?) };
    let cost = engine.attempts.with_memory(|memory| engine.calibration.choose(memory));
    let cost = cost.ok_or(LockError::Invalid("Argon2id cost"))?;
    let data_key = DataKey::make(random);
    let salt = *random.bytes();
    let kdf_output = &*derive(engine, pin, &salt, &cost)?;
    let parts = SlotParts { wallet_id, cost, salt, key_number, place: device_keys.place() };
    let slot = make_slot(engine, random, &SlotRequest { kdf_output, parts, data_key: &data_key })?;
    Ok(NewKeys { epoch, cost, data_key, slot })
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
