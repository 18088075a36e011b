//! The record's format: its open header, the key that seals it, and how it is sealed and opened.

use zeroize::Zeroizing;

use super::parts::Record;
use crate::crypto::{Purpose, Random, aead_open, aead_seal, derive_key};
use crate::key_slots::{BiometricSlot, PinSlot};

/// The record's format. A later one is refused; an earlier one is brought up to date when it is read.
pub(crate) const FORMAT: u32 = 1;
/// A record is a few KiB. Anything near this is not one.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

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

impl RecordHeader {
    /// Of the epoch after this one.
    pub(crate) fn next(&self) -> Self {
        Self { epoch: self.epoch.saturating_add(1), ..*self }
    }
}

/// The key that seals the record in one epoch. Derived before it is needed, and kept in memory while it may be.
pub(crate) struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// From the device key's answer to [`seal_key_input`].
    pub(crate) fn derive(device_output: &[u8; 32]) -> Self {
        Self(derive_key(&[device_output], &[], Purpose::RecordSeal))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The input of the device key's HMAC for the seal.
pub(crate) fn seal_key_input(header: &RecordHeader) -> Vec<u8> {
    [b"walletlock v1 record seal device key".as_slice(), &header.wallet_id, &header.epoch.to_be_bytes()].concat()
}

impl Record {
    /// Seals the record with AES-256-GCM: nobody changes it, and a copied database does not tell what it holds.
    pub(crate) fn seal(&self, random: &mut Random, key: &SealKey, header: &RecordHeader) -> Option<Vec<u8>> {
        let json = Zeroizing::new(serde_json::to_vec(self).ok()?);
        aead_seal(random, key.bytes(), &associated_data(header), &json)
    }

    /// Opens a sealed record. `None` if it is not exactly what was sealed, or holds a number that this code would not write.
    pub(crate) fn unseal(sealed: &[u8], key: &SealKey, header: &RecordHeader) -> Option<Self> {
        if sealed.len() > MAX_BYTES || header.format != FORMAT {
            return None;
        }
        let json = aead_open(key.bytes(), &associated_data(header), sealed)?;
        let record: Self = serde_json::from_slice(&json).ok()?;
        let slots_parse = record.pin_slot.as_ref().is_none_or(|slot| PinSlot::parse(slot.as_bytes()).is_ok())
            && record.biometric.slot().is_none_or(|slot| BiometricSlot::parse(slot).is_ok());
        // Neither is reached in the life of a phone; below it, counting on never overflows.
        let numbers = [record.journal.number, record.vault_version].iter().all(|number| *number < 1 << 62);
        let parts = record.lockout.is_in_range() && record.biometric.is_in_range() && record.wipe_check.is_in_range();
        (record.policy.validate().is_ok() && parts && slots_parse && numbers).then_some(record)
    }
}

pub(super) fn associated_data(header: &RecordHeader) -> Vec<u8> {
    [b"walletlock v1 record".as_slice(), &header.format.to_be_bytes(), &header.epoch.to_be_bytes(), &header.wallet_id]
        .concat()
}
