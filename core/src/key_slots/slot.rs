//! The PIN slot: it holds the data key wrapped under the PIN, and all parameters that are needed to open it. No hash of
//! the PIN is stored: a PIN is right if it opens the slot.

use zeroize::Zeroizing;

use crate::crypto::kdf::{KdfCost, SALT_BYTES};
use crate::crypto::{AEAD_OVERHEAD, DataKey, Purpose, Random, SlotBytes, aead_open, aead_seal, derive_key};
use crate::place::{Place, STORED_PLACE_BYTES};

/// The format in which slots are made.
const FORMAT: u8 = 2;
/// Slots of this format have no place, and pass Argon2id's output itself to the keystore. They are read; the next right
/// PIN makes a new slot.
const FORMAT_1: u8 = 1;
const KIND_PIN: u8 = 1;
const KDF_ARGON2ID: u8 = 1;
const HEADER_BYTES_1: usize = 4 + 4 + 4 + 8 + SALT_BYTES;
const HEADER_BYTES: usize = HEADER_BYTES_1 + STORED_PLACE_BYTES;
const WRAPPED_BYTES: usize = AEAD_OVERHEAD + 32;

/// A slot that a PIN opens. All numbers are big-endian:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | format version, 2 |
/// | 1 | 1 | kind: 1 PIN |
/// | 2 | 1 | key derivation: 1 Argon2id version 0x13 |
/// | 3 | 1 | its lanes |
/// | 4 | 4 | its memory in KiB |
/// | 8 | 4 | its passes |
/// | 12 | 8 | number of the device key's alias |
/// | 20 | 16 | salt |
/// | 36 | 9 | where the file was when the device key was made (the key's alias begins with it): the byte 1 and 8 bytes of a hash |
/// | 45 | 60 | the data key: AES-256-GCM nonce, ciphertext, tag |
/// | 105 | 60 | random filler of the same shape, always tried too. It leaves room for a duress PIN, so that nobody can tell whether there is one. The wipe PIN is not kept here but in `WipeCheck` |
///
/// The header (bytes 0 to 44), the wallet id and the ciphertext's index (0 or 1) are the associated data of both
/// ciphertexts. Format 1 has no place.
#[derive(Clone, PartialEq, Eq)]
pub struct PinSlot {
    bytes: Vec<u8>,
    header: Header,
}

#[derive(Clone, PartialEq, Eq)]
struct Header {
    cost: KdfCost,
    key_number: u64,
    salt: [u8; SALT_BYTES],
    /// `None` in format 1.
    place: Option<Place>,
}

/// What a slot is made from, besides the data key.
pub(crate) struct SlotParts<'a> {
    pub(crate) wallet_id: &'a [u8; 16],
    pub(crate) cost: KdfCost,
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) key_number: u64,
    /// Where the file is.
    pub(crate) place: Place,
}

/// Why bytes are not a slot that this library opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key slot of this library")]
pub struct SlotError;

impl PinSlot {
    /// Wraps `data_key` under `kek`, which [`derive_kek`] derived for the same cost and salt.
    pub(crate) fn make(random: &mut Random, parts: &SlotParts<'_>, kek: &[u8; 32], data_key: &DataKey) -> Option<Self> {
        let SlotParts { wallet_id, cost, salt, key_number, place } = *parts;
        let header = Header { cost, key_number, salt, place: Some(place) };
        let header_bytes = header.to_bytes();
        let wrapped = aead_seal(random, kek, &associated_data(&header_bytes, wallet_id, 0), data_key.bytes())?;
        let filler = random.bytes::<WRAPPED_BYTES>();
        Some(Self { bytes: [header_bytes, wrapped, filler.to_vec()].concat(), header })
    }

    /// Reads a slot. A cost outside the readable range is refused here, before any memory is reserved for it.
    pub fn parse(slot: &[u8]) -> Result<Self, SlotError> {
        let header = Header::parse(slot).ok_or(SlotError)?;
        if slot.len() != header.length() + 2 * WRAPPED_BYTES {
            return Err(SlotError);
        }
        Ok(Self { bytes: slot.to_vec(), header })
    }

    /// The slot as it is stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn to_stored(&self) -> SlotBytes {
        SlotBytes::new(&self.bytes)
    }

    /// The cost of the slot's Argon2id.
    pub fn cost(&self) -> KdfCost {
        self.header.cost
    }

    /// The salt of the slot's Argon2id.
    pub fn salt(&self) -> &[u8; SALT_BYTES] {
        &self.header.salt
    }

    /// The number of the device key's alias.
    pub fn key_number(&self) -> u64 {
        self.header.key_number
    }

    /// Where the file was when the device key was made. `None`: the key's alias begins with the file's name.
    pub(crate) fn place(&self) -> Option<Place> {
        self.header.place
    }

    /// The input of the device key's HMAC for this slot.
    pub(crate) fn device_key_input(&self, wallet_id: &[u8; 16], kdf_output: &[u8; 32]) -> Zeroizing<Vec<u8>> {
        match self.header.place {
            Some(_) => device_key_input(wallet_id, kdf_output),
            None => device_key_input_1(wallet_id, kdf_output),
        }
    }

    /// The data key, if `kek` opens one of the two ciphertexts. Both are always tried.
    pub(crate) fn open(&self, wallet_id: &[u8; 16], kek: &[u8; 32]) -> Option<DataKey> {
        let (header, wrapped) = self.bytes.split_at_checked(self.header.length())?;
        let (first, second) = wrapped.split_at_checked(WRAPPED_BYTES)?;
        let open = |index, ciphertext| aead_open(kek, &associated_data(header, wallet_id, index), ciphertext);
        let (first, second) = (open(0, first), open(1, second));
        first.or(second).and_then(|key| DataKey::from_bytes(&key))
    }
}

impl Header {
    /// The header in the format in which slots are made.
    fn to_bytes(&self) -> Vec<u8> {
        [FORMAT, KIND_PIN, KDF_ARGON2ID, self.cost.lanes as u8]
            .into_iter()
            .chain(self.cost.memory_kib.to_be_bytes())
            .chain(self.cost.passes.to_be_bytes())
            .chain(self.key_number.to_be_bytes())
            .chain(self.salt)
            .chain(Place::to_bytes(self.place))
            .collect()
    }

    fn length(&self) -> usize {
        if self.place.is_some() { HEADER_BYTES } else { HEADER_BYTES_1 }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[format, KIND_PIN, KDF_ARGON2ID, lanes], rest) = bytes.split_first_chunk()? else { return None };
        let (memory_kib, rest) = rest.split_first_chunk()?;
        let (passes, rest) = rest.split_first_chunk()?;
        let (key_number, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let place = match format {
            FORMAT_1 => None,
            FORMAT => Some(Place::from_bytes(*rest.first_chunk()?)??),
            _ => return None,
        };
        let cost = KdfCost {
            memory_kib: u32::from_be_bytes(*memory_kib),
            passes: u32::from_be_bytes(*passes),
            lanes: lanes.into(),
        };
        cost.is_readable().then_some(Self { cost, key_number: u64::from_be_bytes(*key_number), salt: *salt, place })
    }
}

/// The input of the device key's HMAC. It names its purpose and this wallet, so that the HMAC is useless for any other
/// purpose or wallet.
///
/// It contains a one-way HKDF of Argon2id's output, not the output itself, from which the key-encryption key is
/// derived. The reason: Android's framework leaves copies of the input on the Java heap, and nobody wipes them. A thief
/// who finds a copy and can use the keystore has only half of what opens the slot.
pub(crate) fn device_key_input(wallet_id: &[u8; 16], kdf_output: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    let derived = derive_key(&[kdf_output], wallet_id, Purpose::DeviceKeyInput);
    Zeroizing::new([b"walletlock v2 pin slot device key".as_slice(), wallet_id, derived.as_slice()].concat())
}

/// The input of the device key's HMAC in format 1.
fn device_key_input_1(wallet_id: &[u8; 16], kdf_output: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([b"walletlock v1 pin slot device key".as_slice(), wallet_id, kdf_output].concat())
}

/// Derives the key-encryption key from Argon2id's output and the device key's HMAC. It needs both, so that neither a
/// copied database nor a device key that answers the same to every input is enough to open the slot.
pub(crate) fn derive_kek(
    kdf_output: &[u8; 32],
    device_output: &[u8; 32],
    salt: &[u8; SALT_BYTES],
) -> Zeroizing<[u8; 32]> {
    derive_key(&[kdf_output, device_output], salt, Purpose::PinSlot)
}

fn associated_data(header: &[u8], wallet_id: &[u8; 16], index: u8) -> Vec<u8> {
    [header, wallet_id, &[index]].concat()
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;
