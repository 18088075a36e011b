//! The record's formats: its open header, the key that seals it, and how it is sealed and opened.
//!
//! Records are always written in the newest format. Every older format stays readable: a file of its own reads it. A
//! record may hold values that this version would not let anybody set, so that a record of an older version still
//! opens.

use zeroize::Zeroizing;

use super::format_1;
use super::parts::{Life, Record};
use crate::binary;
use crate::crypto::{AEAD_OVERHEAD, Purpose, Random, aead_open, aead_seal, derive_key};
use crate::key_slots::{BiometricSlot, PinSlot, RescueRow};
use crate::place::Place;

/// The format in which records are written. A record of a later format was written by a newer version.
///
/// | format | what is new in it |
/// |---|---|
/// | 1 | JSON |
/// | 2 | bytes without names; `life` is a field and no longer follows from the PIN slot; the header has the place; the row has a copy under the previous key |
pub(crate) const FORMAT: u32 = 2;
/// Longest sealed record that is written and opened, in bytes. A real record has a few KiB.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// The open part of the sealed record. All of it is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    /// Format version of the sealed part.
    pub(crate) format: u32,
    /// Number of the seal key; it is part of the key's alias.
    pub(crate) epoch: u64,
    /// Random, made at enrolment: identifies this wallet in everything that is derived or signed.
    pub(crate) wallet_id: [u8; 16],
    /// Where the file was when the seal key was made; the key's alias begins with it. `None`: the alias begins with the
    /// file's name, as in format 1.
    pub(crate) place: Option<Place>,
}

impl RecordHeader {
    /// The header of the next epoch, with the file at `place`. So a file that was moved gets its new place with its
    /// next epoch.
    pub(crate) fn next(&self, place: Place) -> Self {
        Self { epoch: self.epoch.saturating_add(1), place: Some(place), ..self.as_written() }
    }

    /// The same header with the format in which records are written.
    pub(crate) fn as_written(&self) -> Self {
        Self { format: FORMAT, ..*self }
    }
}

/// Under which seal key a record is sealed. A row holds up to two sealed copies of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealedUnder {
    /// Under the key of the row's epoch.
    CurrentKey,
    /// Under the key of the previous epoch: this copy opens if the keystore loses the key that was just made.
    PreviousKey {
        /// The epoch of that key.
        epoch: u64,
    },
}

/// Why a sealed record does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsealError {
    /// It was not sealed with this key and header, or it holds a number that no version writes.
    Damaged,
    /// It was sealed with this key and holds something that this version does not know: a newer version wrote it.
    Newer,
}

/// The key that seals the record in one epoch. It is derived in advance and kept in memory as long as it may be needed.
pub(crate) struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// Derives the key from the device key's HMAC of [`seal_key_input`].
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
    /// Seals the record with AES-256-GCM, so that nobody can change it, and so that a copied database does not reveal
    /// it. `header` is the header of the row.
    pub(crate) fn seal(
        &self,
        random: &mut Random,
        key: &SealKey,
        header: &RecordHeader,
        under: SealedUnder,
    ) -> Option<Vec<u8>> {
        let bytes = binary::to_bytes(self, MAX_BYTES - AEAD_OVERHEAD)?;
        aead_seal(random, key.bytes(), &associated_data(header, under), &bytes)
    }

    /// Opens a sealed record of any format up to [`FORMAT`].
    pub(crate) fn unseal(
        sealed: &[u8],
        key: &SealKey,
        header: &RecordHeader,
        under: SealedUnder,
    ) -> Result<Self, UnsealError> {
        if sealed.len() > MAX_BYTES {
            return Err(UnsealError::Damaged);
        }
        let read = match header.format {
            1 => format_1::read,
            FORMAT => |bytes: &[u8]| binary::from_bytes(bytes),
            _ => return Err(UnsealError::Newer),
        };
        let bytes = aead_open(key.bytes(), &associated_data(header, under), sealed).ok_or(UnsealError::Damaged)?;
        // The bytes are authentic. So what this version cannot read is not damaged: another version wrote it.
        let record: Self = read(&bytes).ok_or(UnsealError::Newer)?;
        let slots_parse = record.pin_slot.as_ref().is_none_or(|slot| PinSlot::parse(slot.as_bytes()).is_ok())
            && record.biometric.slot().is_none_or(|slot| BiometricSlot::parse(slot).is_ok())
            && record.recovery.row().is_none_or(|row| RescueRow::parse(row.as_bytes()).is_some());
        if !slots_parse || (record.life == Life::Alive && record.pin_slot.is_none()) {
            return Err(UnsealError::Newer);
        }
        // No phone reaches 2^62 in its life, and counting up from less cannot overflow.
        let deleted = record.deleted.as_ref().map_or(0, |deleted| deleted.number);
        let numbers =
            [record.journal.number, record.vault_version, record.data_key_number, deleted, record.alerts_seen];
        let numbers = numbers.iter().all(|number| *number < 1 << 62);
        let parts = record.lockout.is_in_range() && record.biometric.is_in_range() && record.wipe_check.is_in_range();
        let parts =
            parts && record.locks.is_in_range() && record.provider.is_in_range() && record.recovery.is_in_range();
        let parts = parts && record.payments.is_in_range() && record.cards.is_in_range();
        if parts && numbers { Ok(record) } else { Err(UnsealError::Damaged) }
    }
}

pub(super) fn associated_data(header: &RecordHeader, under: SealedUnder) -> Vec<u8> {
    let RecordHeader { format, epoch, wallet_id, place } = header;
    let (format_bytes, epoch) = (format.to_be_bytes(), epoch.to_be_bytes());
    if *format == 1 {
        return [b"walletlock v1 record".as_slice(), &format_bytes, &epoch, wallet_id].concat();
    }
    let (role, sealing) = match under {
        SealedUnder::CurrentKey => (0, epoch),
        SealedUnder::PreviousKey { epoch } => (1, epoch.to_be_bytes()),
    };
    let place = Place::to_bytes(*place);
    [b"walletlock v2 record".as_slice(), &format_bytes, &[role], &epoch, &sealing, wallet_id, &place].concat()
}
