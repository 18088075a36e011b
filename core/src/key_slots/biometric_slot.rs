//! The biometric slot: what the phone's keystore unwraps for a recognised person opens it to the data key, or nothing does.

use zeroize::Zeroizing;

use super::slot::SlotError;
use crate::crypto::{AEAD_OVERHEAD, DataKey, Purpose, Random, SlotBytes, aead_open, aead_seal, derive_key};
use crate::platform::{SLOT_KEY_BYTES, WRAPPED_SLOT_KEY_BYTES};

const FORMAT: u8 = 1;
const KIND_BIOMETRIC: u8 = 2;
const WRAP_AES_GCM: u8 = 1;
const SALT_BYTES: usize = 16;
const HEADER_BYTES: usize = 4 + 8 + SALT_BYTES + WRAPPED_SLOT_KEY_BYTES;
const SLOT_BYTES: usize = HEADER_BYTES + AEAD_OVERHEAD + 32;

/// A slot that a biometric opens. All numbers are big-endian:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | format version, 1 |
/// | 1 | 1 | kind: 2 biometric |
/// | 2 | 1 | how the slot key is wrapped: 1 AES-256-GCM in the phone's keystore |
/// | 3 | 1 | 0 |
/// | 4 | 8 | number of the keystore key's alias |
/// | 12 | 16 | salt |
/// | 28 | 60 | the slot key as the keystore wrapped it: nonce, ciphertext, tag |
/// | 88 | 60 | the data key: AES-256-GCM nonce, ciphertext, tag |
///
/// The header (bytes 0 to 87) and the wallet id are the associated data of the last part. Its key is HKDF-SHA256 of the slot key and the salt.
#[derive(Clone, PartialEq, Eq)]
pub struct BiometricSlot([u8; SLOT_BYTES]);

/// The random key of a biometric slot. Between two uses only the keystore can give it back.
pub(crate) type SlotKey = Zeroizing<[u8; SLOT_KEY_BYTES]>;

impl BiometricSlot {
    /// Wraps `data_key` under `slot_key`, which the keystore's key of that number wrapped as `wrapped`.
    pub(crate) fn make(
        random: &mut Random,
        wallet_id: &[u8; 16],
        key_number: u64,
        wrapped: &[u8; WRAPPED_SLOT_KEY_BYTES],
        slot_key: &SlotKey,
        data_key: &DataKey,
    ) -> Option<Self> {
        let salt = random.bytes::<SALT_BYTES>();
        let header: Vec<u8> = [FORMAT, KIND_BIOMETRIC, WRAP_AES_GCM, 0]
            .into_iter()
            .chain(key_number.to_be_bytes())
            .chain(*salt)
            .chain(*wrapped)
            .collect();
        let kek = derive_biometric_kek(slot_key, salt.as_slice());
        let sealed = aead_seal(random, &kek, &associated_data(&header, wallet_id), data_key.bytes())?;
        Some(Self([header, sealed].concat().try_into().ok()?))
    }

    /// Reads a slot.
    pub(crate) fn parse(slot: &SlotBytes) -> Result<Self, SlotError> {
        let bytes: [u8; SLOT_BYTES] = slot.as_bytes().try_into().map_err(|_| SlotError)?;
        if bytes.starts_with(&[FORMAT, KIND_BIOMETRIC, WRAP_AES_GCM, 0]) { Ok(Self(bytes)) } else { Err(SlotError) }
    }

    pub(crate) fn to_stored(&self) -> SlotBytes {
        SlotBytes::new(&self.0)
    }

    /// Where the file was when the keystore key was made.
    pub(crate) fn place(&self) -> Option<crate::place::Place> {
        None
    }

    /// The number of the keystore key's alias.
    pub fn key_number(&self) -> u64 {
        self.part::<8>(4).map_or(0, u64::from_be_bytes)
    }

    /// The slot key, as the keystore wrapped it.
    pub fn wrapped(&self) -> [u8; WRAPPED_SLOT_KEY_BYTES] {
        self.part(12 + SALT_BYTES).unwrap_or([0; WRAPPED_SLOT_KEY_BYTES])
    }

    /// The data key, if this is the slot key. Anything else, of any length, is not.
    pub(crate) fn open(&self, wallet_id: &[u8; 16], slot_key: &[u8]) -> Option<DataKey> {
        let slot_key = Zeroizing::new(<[u8; SLOT_KEY_BYTES]>::try_from(slot_key).ok()?);
        let (header, sealed) = self.0.split_at_checked(HEADER_BYTES)?;
        let kek = derive_biometric_kek(&slot_key, self.part::<SALT_BYTES>(12)?.as_slice());
        aead_open(&kek, &associated_data(header, wallet_id), sealed).and_then(|key| DataKey::from_bytes(&key))
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

fn associated_data(header: &[u8], wallet_id: &[u8; 16]) -> Vec<u8> {
    [header, wallet_id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    const WALLET: [u8; 16] = [0x11; 16];

    fn slot() -> (BiometricSlot, SlotKey, Vec<u8>) {
        let mut random = testing::random(5);
        let (data_key, slot_key) = (DataKey::make(&mut random), random.bytes());
        let slot = BiometricSlot::make(&mut random, &WALLET, 7, &[0x77; 60], &slot_key, &data_key).expect("short");
        (slot, slot_key, data_key.bytes().to_vec())
    }

    #[test]
    fn it_opens_with_its_key_for_its_wallet_and_not_otherwise() {
        let (slot, key, data_key) = slot();
        assert_eq!(slot.open(&WALLET, key.as_slice()).expect("its key").bytes().to_vec(), data_key);
        assert_eq!((slot.key_number(), slot.wrapped()), (7, [0x77; 60]));
        assert!(slot.open(&[0x12; 16], key.as_slice()).is_none(), "another wallet");
        for other in [&[][..], &[0; 32], &[1; 32], &key[..31], &[key.as_slice(), &[0]].concat()] {
            assert!(slot.open(&WALLET, other).is_none(), "{} bytes", other.len());
        }
    }

    #[test]
    fn no_bit_of_it_can_be_changed() {
        let (slot, key, _) = slot();
        for bit in 0..8 * SLOT_BYTES {
            let mut flipped = slot.clone();
            flipped.0[bit / 8] ^= 1 << (bit % 8);
            assert!(flipped.open(&WALLET, key.as_slice()).is_none(), "bit {bit}");
        }
    }

    #[test]
    fn other_formats_and_kinds_are_refused_when_read() {
        let (slot, ..) = slot();
        assert!(BiometricSlot::parse(&slot.to_stored()).expect("a slot") == slot);
        for (place, byte) in [(0, 2), (1, 1), (2, 2), (3, 1)] {
            let mut other = slot.clone();
            other.0[place] = byte;
            assert!(BiometricSlot::parse(&other.to_stored()).is_err(), "byte {place}");
        }
        for length in [0, SLOT_BYTES - 1] {
            assert!(BiometricSlot::parse(&SlotBytes::new(&slot.0[..length])).is_err(), "{length} bytes");
        }
        let longer = [&slot.0[..], &[0]].concat();
        assert!(BiometricSlot::parse(&SlotBytes::new(&longer)).is_err(), "a byte too many");
    }
}
