//! Wrapping the data key under a PIN and a device key.

use zeroize::Zeroizing;

use crate::crypto::kdf::SALT_BYTES;
use crate::crypto::{DataKey, KdfCost, Random};
use crate::engine::Engine;
use crate::error::LockError;
use crate::key_slots::{PinSlot, derive_kek, device_key_input};
use crate::pin::Pin;

/// What [`make_slot`] wraps, for whom, under what the PIN gave with this salt and cost, and under which device key.
pub(super) struct SlotRequest<'a> {
    pub(super) kdf_output: &'a [u8; 32],
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) wallet_id: &'a [u8; 16],
    pub(super) cost: KdfCost,
    pub(super) key_number: u64,
    pub(super) data_key: &'a DataKey,
}

/// Wraps the data key under a PIN and a device key. No lock on the record is held: the device key takes its time.
pub(super) fn make_slot(engine: &Engine, random: &mut Random, request: &SlotRequest<'_>) -> Result<PinSlot, LockError> {
    let SlotRequest { kdf_output, salt, wallet_id, cost, key_number, data_key } = *request;
    let input = device_key_input(wallet_id, kdf_output);
    let device_output = engine.device_keys.mac(&engine.device_keys.pin(key_number), &input)?;
    let kek = derive_kek(kdf_output, &device_output, &salt);
    PinSlot::make(random, wallet_id, cost, key_number, salt, &kek, data_key).ok_or(LockError::Invalid("key slot"))
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
