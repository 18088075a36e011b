//! The biometric slot: it holds the data key, wrapped under a slot key that the phone's keystore unwraps only for a
//! recognised person.

use zeroize::Zeroizing;

use super::slot::SlotError;
use crate::crypto::{AEAD_OVERHEAD, DataKey, Purpose, Random, SlotBytes, aead_open, aead_seal, derive_key};
use crate::place::{Place, STORED_PLACE_BYTES};
use crate::platform::{SLOT_KEY_BYTES, WRAPPED_SLOT_KEY_BYTES};

const FORMAT: u8 = 2;
/// Slots of this format have no place and no second ciphertext. They are read; switching biometrics on again replaces
/// them.
const FORMAT_1: u8 = 1;
const KIND_BIOMETRIC: u8 = 2;
const WRAP_AES_GCM: u8 = 1;
const SALT_BYTES: usize = 16;
const HEADER_BYTES_1: usize = 4 + 8 + SALT_BYTES + WRAPPED_SLOT_KEY_BYTES;
const HEADER_BYTES: usize = HEADER_BYTES_1 + STORED_PLACE_BYTES;
const CIPHERTEXT_BYTES: usize = AEAD_OVERHEAD + 32;

/// A slot that a biometric opens. All numbers are big-endian:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | format version, 2 |
/// | 1 | 1 | kind: 2 biometric |
/// | 2 | 1 | how the slot key is wrapped: 1 AES-256-GCM in the phone's keystore |
/// | 3 | 1 | 0 |
/// | 4 | 8 | number of the keystore key's alias |
/// | 12 | 16 | salt |
/// | 28 | 60 | the slot key as the keystore wrapped it: nonce, ciphertext, tag |
/// | 88 | 9 | where the file was when the keystore key was made (the key's alias begins with it): the byte 1 and 8 bytes of a hash |
/// | 97 | 60 | the data key: AES-256-GCM nonce, ciphertext, tag |
/// | 157 | 60 | random filler of the same shape, always tried too. It leaves room for a second slot for use under duress, so that nobody can tell whether there is one |
///
/// The header (bytes 0 to 96), the wallet id and the ciphertext's index (one byte, 0 or 1) are the associated data of
/// both ciphertexts. Their key is HKDF-SHA256 of the slot key and the salt. Format 1 has no place, one ciphertext, and
/// no index in its associated data.
#[derive(Clone, PartialEq, Eq)]
pub struct BiometricSlot(Vec<u8>);

/// The keystore's key of a biometric slot, and the slot key that it wrapped.
pub(crate) struct WrappingKey<'a> {
    pub(crate) number: u64,
    /// Where the file is.
    pub(crate) place: Place,
    pub(crate) wrapped: &'a [u8; WRAPPED_SLOT_KEY_BYTES],
}

/// The random key of a biometric slot. It is stored only wrapped, so between two uses only the keystore can give it
/// back.
pub(crate) type SlotKey = Zeroizing<[u8; SLOT_KEY_BYTES]>;

impl BiometricSlot {
    /// Wraps `data_key` under `slot_key`. `key` tells which keystore key wrapped `slot_key`, and the result.
    pub(crate) fn make(
        random: &mut Random,
        wallet_id: &[u8; 16],
        key: &WrappingKey<'_>,
        slot_key: &SlotKey,
        data_key: &DataKey,
    ) -> Option<Self> {
        let salt = random.bytes::<SALT_BYTES>();
        let header: Vec<u8> = [FORMAT, KIND_BIOMETRIC, WRAP_AES_GCM, 0]
            .into_iter()
            .chain(key.number.to_be_bytes())
            .chain(*salt)
            .chain(*key.wrapped)
            .chain(Place::to_bytes(Some(key.place)))
            .collect();
        let kek = derive_biometric_kek(slot_key, salt.as_slice());
        let sealed = aead_seal(random, &kek, &associated_data(&header, wallet_id, 0), data_key.bytes())?;
        let filler = random.bytes::<CIPHERTEXT_BYTES>();
        Some(Self([&header, &sealed, filler.as_slice()].concat()))
    }

    /// Reads a slot.
    pub(crate) fn parse(slot: &SlotBytes) -> Result<Self, SlotError> {
        let bytes = slot.as_bytes();
        let (format, kind) = bytes.split_first().ok_or(SlotError)?;
        let length = match *format {
            FORMAT_1 => HEADER_BYTES_1 + CIPHERTEXT_BYTES,
            FORMAT => HEADER_BYTES + 2 * CIPHERTEXT_BYTES,
            _ => return Err(SlotError),
        };
        let slot = Self(bytes.to_vec());
        let is_one = kind.starts_with(&[KIND_BIOMETRIC, WRAP_AES_GCM, 0])
            && bytes.len() == length
            && (*format == FORMAT_1 || slot.place().is_some());
        if is_one { Ok(slot) } else { Err(SlotError) }
    }

    pub(crate) fn to_stored(&self) -> SlotBytes {
        SlotBytes::new(&self.0)
    }

    /// Where the file was when the keystore key was made. `None`: the key's alias begins with the file's name.
    pub(crate) fn place(&self) -> Option<Place> {
        if self.is_of_format_1() { None } else { Place::from_bytes(self.part(HEADER_BYTES_1)?)? }
    }

    fn is_of_format_1(&self) -> bool {
        self.0.first() == Some(&FORMAT_1)
    }

    /// The number of the keystore key's alias.
    pub fn key_number(&self) -> u64 {
        self.part::<8>(4).map_or(0, u64::from_be_bytes)
    }

    /// The slot key, as the keystore wrapped it.
    pub fn wrapped(&self) -> [u8; WRAPPED_SLOT_KEY_BYTES] {
        self.part(12 + SALT_BYTES).unwrap_or([0; WRAPPED_SLOT_KEY_BYTES])
    }

    /// The data key, if `slot_key` opens one of the two ciphertexts. Both are always tried. `slot_key` may be any bytes
    /// of any length: `None` if it is not the slot key.
    pub(crate) fn open(&self, wallet_id: &[u8; 16], slot_key: &[u8]) -> Option<DataKey> {
        let slot_key = Zeroizing::new(<[u8; SLOT_KEY_BYTES]>::try_from(slot_key).ok()?);
        let header_bytes = if self.is_of_format_1() { HEADER_BYTES_1 } else { HEADER_BYTES };
        let (header, ciphertexts) = self.0.split_at_checked(header_bytes)?;
        let kek = derive_biometric_kek(&slot_key, self.part::<SALT_BYTES>(12)?.as_slice());
        let mut opened = None;
        for (index, ciphertext) in (0..).zip(ciphertexts.as_chunks::<CIPHERTEXT_BYTES>().0) {
            let key = aead_open(&kek, &associated_data(header, wallet_id, index), ciphertext);
            opened = opened.or(key);
        }
        opened.and_then(|key| DataKey::from_bytes(&key))
    }

    fn part<const N: usize>(&self, from: usize) -> Option<[u8; N]> {
        self.0.get(from..)?.first_chunk().copied()
    }
}

impl std::fmt::Debug for BiometricSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BiometricSlot")
    }
}

fn derive_biometric_kek(slot_key: &SlotKey, salt: &[u8]) -> Zeroizing<[u8; 32]> {
    derive_key(&[slot_key.as_slice()], salt, Purpose::BiometricSlot)
}

fn associated_data(header: &[u8], wallet_id: &[u8; 16], index: u8) -> Vec<u8> {
    let index: &[u8] = if header.first() == Some(&FORMAT_1) { &[] } else { &[index] };
    [header, wallet_id, index].concat()
}

#[cfg(test)]
#[path = "biometric_slot_tests.rs"]
mod tests;
