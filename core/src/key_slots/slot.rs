//! The PIN slot: a self-describing record that opens to the data key or does not. There is no stored hash to compare with.

use zeroize::Zeroizing;

use crate::crypto::kdf::{KdfCost, SALT_BYTES};
use crate::crypto::{AEAD_OVERHEAD, DataKey, Purpose, Random, SlotBytes, aead_open, aead_seal, derive_key};

const FORMAT: u8 = 1;
const KIND_PIN: u8 = 1;
const KDF_ARGON2ID: u8 = 1;
const HEADER_BYTES: usize = 4 + 4 + 4 + 8 + SALT_BYTES;
const WRAPPED_BYTES: usize = AEAD_OVERHEAD + 32;
const SLOT_BYTES: usize = HEADER_BYTES + 2 * WRAPPED_BYTES;

/// A slot that a PIN opens. All numbers are big-endian:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | format version, 1 |
/// | 1 | 1 | kind: 1 PIN |
/// | 2 | 1 | key derivation: 1 Argon2id version 0x13 |
/// | 3 | 1 | its lanes |
/// | 4 | 4 | its memory in KiB |
/// | 8 | 4 | its passes |
/// | 12 | 8 | number of the device key's alias |
/// | 20 | 16 | salt |
/// | 36 | 60 | the data key: AES-256-GCM nonce, ciphertext, tag |
/// | 96 | 60 | random filler of the same shape, always tried too: room that nobody can tell from used; the wipe PIN is `WipeCheck` |
///
/// The header (bytes 0 to 35), the wallet id and the ciphertext's place are the associated data of both.
#[derive(Clone, PartialEq, Eq)]
pub struct PinSlot {
    bytes: [u8; SLOT_BYTES],
    header: Header,
}

#[derive(Clone, PartialEq, Eq)]
struct Header {
    cost: KdfCost,
    key_number: u64,
    salt: [u8; SALT_BYTES],
}

/// Why bytes are not a slot that this library opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key slot of this library")]
pub struct SlotError;

impl PinSlot {
    /// Wraps `data_key`. `kek` is [`derive_kek`]'s for the same cost and salt.
    pub(crate) fn make(
        random: &mut Random,
        wallet_id: &[u8; 16],
        cost: KdfCost,
        key_number: u64,
        salt: [u8; SALT_BYTES],
        kek: &[u8; 32],
        data_key: &DataKey,
    ) -> Option<Self> {
        let header = Header { cost, key_number, salt };
        let header_bytes = header.to_bytes();
        let wrapped = aead_seal(random, kek, &associated_data(&header_bytes, wallet_id, 0), data_key.bytes())?;
        let filler = random.bytes::<WRAPPED_BYTES>();
        let mut bytes = [0; SLOT_BYTES];
        let parts = header_bytes.iter().chain(&wrapped).chain(filler.iter());
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        Some(Self { bytes, header })
    }

    /// Reads a slot. Costs that this library does not accept are refused here, before any memory is reserved for them.
    pub fn parse(slot: &[u8]) -> Result<Self, SlotError> {
        let bytes: [u8; SLOT_BYTES] = slot.try_into().map_err(|_| SlotError)?;
        let header = Header::parse(&bytes).ok_or(SlotError)?;
        Ok(Self { bytes, header })
    }

    /// The slot as it is stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn to_stored(&self) -> SlotBytes {
        SlotBytes::new(&self.bytes)
    }

    /// What its Argon2id costs.
    pub fn cost(&self) -> KdfCost {
        self.header.cost
    }

    /// Its Argon2id salt.
    pub fn salt(&self) -> &[u8; SALT_BYTES] {
        &self.header.salt
    }

    /// The number of the device key's alias.
    pub fn key_number(&self) -> u64 {
        self.header.key_number
    }

    /// The data key, if `kek` opens one of the two ciphertexts. Both are tried in any case.
    pub(crate) fn open(&self, wallet_id: &[u8; 16], kek: &[u8; 32]) -> Option<DataKey> {
        let (header, wrapped) = self.bytes.split_at_checked(HEADER_BYTES)?;
        let (first, second) = wrapped.split_at_checked(WRAPPED_BYTES)?;
        let open = |place, ciphertext| aead_open(kek, &associated_data(header, wallet_id, place), ciphertext);
        let (first, second) = (open(0, first), open(1, second));
        first.or(second).and_then(|key| DataKey::from_bytes(&key))
    }
}

impl Header {
    fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let fields = [FORMAT, KIND_PIN, KDF_ARGON2ID, self.cost.lanes as u8]
            .into_iter()
            .chain(self.cost.memory_kib.to_be_bytes())
            .chain(self.cost.passes.to_be_bytes())
            .chain(self.key_number.to_be_bytes())
            .chain(self.salt);
        bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[FORMAT, KIND_PIN, KDF_ARGON2ID, lanes], rest) = bytes.split_first_chunk()? else { return None };
        let (memory_kib, rest) = rest.split_first_chunk()?;
        let (passes, rest) = rest.split_first_chunk()?;
        let (key_number, rest) = rest.split_first_chunk()?;
        let (salt, _) = rest.split_first_chunk()?;
        let cost = KdfCost {
            memory_kib: u32::from_be_bytes(*memory_kib),
            passes: u32::from_be_bytes(*passes),
            lanes: lanes.into(),
        };
        cost.is_accepted().then_some(Self { cost, key_number: u64::from_be_bytes(*key_number), salt: *salt })
    }
}

/// The input of the device key's HMAC: bound to its use and to this wallet, so that no answer serves another question.
pub(crate) fn device_key_input(wallet_id: &[u8; 16], kdf_output: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([b"walletlock v1 pin slot device key".as_slice(), wallet_id, kdf_output].concat())
}

/// The key-encryption key: from what the PIN gave and what the device key made of it. It takes both, so that neither a copied
/// database nor a device key that answers the same to everything is enough.
pub(crate) fn derive_kek(
    kdf_output: &[u8; 32],
    device_output: &[u8; 32],
    salt: &[u8; SALT_BYTES],
) -> Zeroizing<[u8; 32]> {
    derive_key(&[kdf_output, device_output], salt, Purpose::PinSlot)
}

fn associated_data(header: &[u8], wallet_id: &[u8; 16], place: u8) -> Vec<u8> {
    [header, wallet_id, &[place]].concat()
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;
