//! The one sealed record: everything that decides, small, versioned, sealed as one and written as one.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::anti_rollback::RollbackProtection;
use crate::biometric::Biometric;
use crate::crypto::{Purpose, aead_open, aead_seal, derive_key};
use crate::hex;
use crate::journal::Head;
use crate::key_slots::{PinSlot, WipeCheck};
use crate::lockout::{Lockout, Policy};
use crate::pin::Reminders;
use crate::platform::{DeviceKey, DeviceKeyFault, Random};

/// The record's format. A later one is refused; an earlier one is brought up to date when it is read.
pub(crate) const FORMAT: u32 = 1;
/// A record is a few KiB. Anything near this is not one.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Everything that decides. Each capability owns its part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) policy: Policy,
    pub(crate) lockout: Lockout,
    pub(crate) pin_slot: Option<Slot>,
    pub(crate) reminders: Reminders,
    /// Version of the calibration that chose the slot's cost.
    pub(crate) calibration: u32,
    pub(crate) journal: Head,
    #[serde(with = "hex::array")]
    pub(crate) journal_key: [u8; 32],
    /// Version of the vault's index. An older index does not open.
    pub(crate) vault_version: u64,
    /// Whether the epoch moves on with each change that must not be taken back.
    #[serde(default)]
    pub(crate) rollback_protection: RollbackProtection,
    /// Biometrics: their slot, and how far they reach until the next PIN.
    #[serde(default)]
    pub(crate) biometric: Biometric,
    /// Always there, and compared with every try, whether a wipe PIN is set or not.
    pub(crate) wipe_check: WipeCheck,
}

/// A PIN slot in its stored bytes. A wiped wallet has none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Slot(#[serde(with = "hex::vec")] Vec<u8>);

/// The open part of the sealed record. All of it is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    /// Format version of what is sealed.
    pub(crate) format: u32,
    /// Which seal key; its alias carries this number.
    pub(crate) epoch: u64,
    /// Random, made at enrolment: names this wallet in everything that is derived or signed.
    pub(crate) wallet_id: [u8; 16],
}

/// The key that seals the record in one epoch. Derived before it is needed, and kept in memory while it may be.
pub(crate) struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// From the device key's answer to [`seal_key_input`].
    pub(crate) fn derive(device_output: &[u8; 32]) -> Self {
        Self(derive_key(&[device_output], &[], Purpose::RecordSeal))
    }
}

/// The seal's key of an epoch, from the device key of that alias.
pub(crate) fn derive_seal_key(
    device_key: &dyn DeviceKey,
    alias: &str,
    header: &RecordHeader,
) -> Result<SealKey, DeviceKeyFault> {
    Ok(SealKey::derive(&*device_mac(device_key, alias, &seal_key_input(header))?))
}

/// A device key's HMAC, checked to be one.
pub(crate) fn device_mac(
    device_key: &dyn DeviceKey,
    alias: &str,
    input: &[u8],
) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
    let output = device_key.hmac(alias, input)?;
    let bytes: &[u8; 32] = output.as_slice().try_into().map_err(|_| DeviceKeyFault::Failed)?;
    Ok(Zeroizing::new(*bytes))
}

/// The input of the device key's HMAC for the seal.
pub(crate) fn seal_key_input(header: &RecordHeader) -> Vec<u8> {
    [b"walletlock v1 record seal device key".as_slice(), &header.wallet_id, &header.epoch.to_be_bytes()].concat()
}

impl RecordHeader {
    /// Of the epoch after this one.
    pub(crate) fn next(&self) -> Self {
        Self { epoch: self.epoch.saturating_add(1), ..*self }
    }
}

impl Record {
    /// Seals the record with AES-256-GCM: nobody changes it, and a copied database does not tell what it holds.
    pub(crate) fn seal(&self, random: &mut Random, key: &SealKey, header: &RecordHeader) -> Option<Vec<u8>> {
        let json = Zeroizing::new(serde_json::to_vec(self).ok()?);
        aead_seal(random, &key.0, &associated_data(header), &json)
    }

    /// Opens a sealed record. `None` if it is not exactly what was sealed, or holds a number that this code would not write.
    pub(crate) fn unseal(sealed: &[u8], key: &SealKey, header: &RecordHeader) -> Option<Self> {
        if sealed.len() > MAX_BYTES || header.format != FORMAT {
            return None;
        }
        let json = aead_open(&key.0, &associated_data(header), sealed)?;
        let record: Self = serde_json::from_slice(&json).ok()?;
        let slot_is_one = record.pin_slot.as_ref().is_none_or(|slot| slot.parse().is_some());
        // Neither is reached in the life of a phone; below it, counting on never overflows.
        let numbers = [record.journal.number, record.vault_version].iter().all(|number| *number < 1 << 62);
        let parts = record.lockout.is_in_range() && record.biometric.is_in_range() && record.wipe_check.is_in_range();
        (record.policy.validate().is_ok() && parts && slot_is_one && numbers).then_some(record)
    }

    /// Whether its epoch moves on. With nothing left to take back it does not.
    pub(crate) fn is_protected(&self) -> bool {
        self.rollback_protection == RollbackProtection::On && self.pin_slot.is_some()
    }

    /// The PIN slot; `None` once it was wiped.
    pub(crate) fn slot(&self) -> Option<PinSlot> {
        self.pin_slot.as_ref().and_then(Slot::parse)
    }
}

impl Slot {
    pub(crate) fn parse(&self) -> Option<PinSlot> {
        PinSlot::parse(&self.0).ok()
    }
}

impl From<&PinSlot> for Slot {
    fn from(slot: &PinSlot) -> Self {
        Self(slot.as_bytes().to_vec())
    }
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot")
    }
}

fn associated_data(header: &RecordHeader) -> Vec<u8> {
    [b"walletlock v1 record".as_slice(), &header.format.to_be_bytes(), &header.epoch.to_be_bytes(), &header.wallet_id]
        .concat()
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
