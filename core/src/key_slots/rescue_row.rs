//! The rescue row: a copy of the slot that the recovery code opens, outside the sealed record. With it the code opens a
//! wallet whose record cannot be read any more: because the keystore lost its keys, because the record was damaged or
//! taken away, or because the file is on another phone.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::{
    DataKey, Purpose, Random, SEALING_OVERHEAD, SlotBytes, hmac_sha256, open_with_private_key, seal_to_public_key,
};
use crate::recovery::{CodeBytes, CodeKey};

const FORMAT: u8 = 1;
const MAC_BYTES: usize = 32;
const SLOT_BYTES: usize = SEALING_OVERHEAD + 32;
const BYTES: usize = 1 + 16 + 8 + 16 + SLOT_BYTES + MAC_BYTES;
const INFO: &[u8] = b"walletlock v1 recovery slot";

/// The slot that the recovery code opens. All numbers are big-endian:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | format version, 1 |
/// | 1 | 16 | wallet id |
/// | 17 | 8 | version of the row |
/// | 25 | 16 | salt of the code's key |
/// | 41 | 80 | the data key, sealed to the code's key with HPKE: encapsulated key (32), ciphertext (32), tag (16). The associated data is the wallet id |
/// | 121 | 32 | HMAC-SHA256 of bytes 0 to 120, under a subkey of the data key |
///
/// The code's private key (X25519) is HKDF-SHA256 of the code and the salt. It does not depend on the phone. Because the
/// slot is sealed to a public key, a new data key can be sealed without the code.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RescueRow {
    bytes: Vec<u8>,
    wallet_id: [u8; 16],
    version: u64,
    salt: [u8; 16],
}

impl RescueRow {
    /// Seals the data key to the code's key. `None` if that key is not a valid X25519 key.
    pub(crate) fn make(
        random: &mut Random,
        wallet_id: &[u8; 16],
        version: u64,
        code_key: &CodeKey,
        data_key: &DataKey,
    ) -> Option<Self> {
        let slot = seal_to_public_key(random, &code_key.public_key, INFO, wallet_id, data_key.bytes())?;
        let row = [&[FORMAT], wallet_id.as_slice(), &version.to_be_bytes(), &code_key.salt, &slot].concat();
        let mac = mac(data_key, &row);
        Self::parse(&[row.as_slice(), mac.as_slice()].concat())
    }

    /// Reads a row. `None`: this version does not write such a row.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&FORMAT, rest) = bytes.split_first()? else { return None };
        let (wallet_id, rest) = rest.split_first_chunk()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (salt, _) = rest.split_first_chunk()?;
        let version = u64::from_be_bytes(*version);
        let row = Self { bytes: bytes.to_vec(), wallet_id: *wallet_id, version, salt: *salt };
        // As in the record: counting up from less than 2^62 cannot overflow.
        (bytes.len() == BYTES && version < 1 << 62).then_some(row)
    }

    /// The row as it is stored.
    pub(crate) fn to_stored(&self) -> SlotBytes {
        SlotBytes::new(&self.bytes)
    }

    /// The wallet that the row says it belongs to.
    pub(crate) fn wallet_id(&self) -> &[u8; 16] {
        &self.wallet_id
    }

    /// The version that the row says it has.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The data key that the code opens. Nothing else in the row is proven until [`Self::is_of`] says so.
    pub(crate) fn open(&self, code: &CodeBytes) -> Option<DataKey> {
        let slot = self.bytes.get(BYTES - MAC_BYTES - SLOT_BYTES..BYTES - MAC_BYTES)?;
        let private_key = CodeKey::private_key(code, &self.salt);
        open_with_private_key(&private_key, INFO, &self.wallet_id, slot).and_then(|key| DataKey::from_bytes(&key))
    }

    /// Whether someone who had this data key wrote the row.
    pub(crate) fn is_of(&self, data_key: &DataKey) -> bool {
        let Some((row, tag)) = self.bytes.split_last_chunk::<MAC_BYTES>() else { return false };
        bool::from(mac(data_key, row).ct_eq(tag))
    }
}

fn mac(data_key: &DataKey, row: &[u8]) -> Zeroizing<[u8; MAC_BYTES]> {
    hmac_sha256(data_key.derive(Purpose::RescueRow).as_slice(), &[row])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;
    use crate::platform::testing;

    const WALLET: [u8; 16] = [0x11; 16];

    struct Made {
        code: CodeBytes,
        data_key: DataKey,
        row: RescueRow,
    }

    fn made() -> Made {
        let mut random = testing::random(21);
        let mut code = CodeBytes::default();
        code.copy_from_slice(&[0x42; 16]);
        let data_key = DataKey::make(&mut random);
        let key = CodeKey::make(&mut random, &code).expect("a key");
        let row = RescueRow::make(&mut random, &WALLET, 7, &key, &data_key).expect("sealed");
        Made { code, data_key, row }
    }

    #[test]
    fn the_code_opens_it_and_no_other_does() {
        let Made { mut code, data_key, row } = made();
        let read = RescueRow::parse(row.to_stored().as_bytes()).expect("its own bytes");
        assert_eq!((read.wallet_id(), read.version()), (&WALLET, 7));
        assert_eq!(read.open(&code).expect("its code").bytes(), data_key.bytes());
        assert!(read.is_of(&data_key));
        assert!(!read.is_of(&DataKey::make(&mut testing::random(22))));
        code[15] ^= 1;
        assert!(read.open(&code).is_none());
    }

    /// Files on phones hold such rows.
    #[test]
    fn the_row_is_frozen() {
        let frozen = include_str!("../../vectors/rescue_row_v1.hex").trim();
        let Made { code, data_key, row } = made();
        assert_eq!(hex::encode(row.to_stored().as_bytes()), frozen);
        assert_eq!(row.open(&code).expect("its code").bytes(), data_key.bytes());
    }

    #[test]
    fn every_flipped_bit_and_every_other_length_is_noticed() {
        let Made { code, row, .. } = made();
        let opens = |bytes: &[u8]| {
            let row = RescueRow::parse(bytes)?;
            row.open(&code).filter(|data_key| row.is_of(data_key))
        };
        assert!(opens(&row.bytes).is_some(), "the control");
        for bit in 0..8 * BYTES {
            let mut bytes = row.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(opens(&bytes).is_none(), "bit {bit}");
        }
        for length in 0..BYTES {
            assert!(RescueRow::parse(&row.bytes[..length]).is_none(), "cut to {length}");
        }
        assert!(RescueRow::parse(&[row.bytes.as_slice(), &[0]].concat()).is_none());
    }

    mod fuzz {
        use super::*;
        use crate::fuzz::{inputs, mutate};

        #[test]
        fn a_mutated_row_is_never_authentic() {
            let Made { data_key, row, .. } = made();
            let mut parsed = 0;
            for (place, mut rng) in inputs() {
                let mut bytes = row.bytes.clone();
                if rng.one_in(2) {
                    mutate(&mut bytes, &mut rng);
                } else {
                    let at = rng.below(BYTES);
                    bytes[at] ^= 1 << rng.below(8);
                }
                let Some(read) = RescueRow::parse(&bytes) else { continue };
                parsed += 1;
                assert_eq!(
                    (bytes.len(), bytes[0], read.to_stored().as_bytes()),
                    (BYTES, FORMAT, bytes.as_slice()),
                    "{place}"
                );
                assert_eq!(read.is_of(&data_key), bytes == row.bytes, "{place}: {bytes:02x?}");
            }
            assert!(parsed > 100, "hardly any row is read: {parsed}");
        }
    }
}
