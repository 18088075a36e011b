//! The rescue row: a copy of the slots that the recovery code and the provider open, outside the sealed record. With it
//! they open a wallet whose record cannot be read any more: because the keystore lost its keys, because the record was
//! damaged or taken away, or because the file is on another phone.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::{
    DataKey, Purpose, Random, SEALING_OVERHEAD, SlotBytes, hmac_sha256, open_with_private_key, seal_to_public_key,
};
use crate::provider::escrow;
use crate::recovery::{CodeBytes, CodeKey};

const FORMAT: u8 = 1;
const MAC_BYTES: usize = 32;
const SLOT_BYTES: usize = SEALING_OVERHEAD + 32;
const INFO: &[u8] = b"walletlock v1 recovery slot";
/// Bits of the byte that names the slots.
const HAS_CODE: u8 = 1;
const HAS_ESCROW: u8 = 2;

/// The data key, sealed to the key of a recovery code or of the provider with HPKE: encapsulated key (32 bytes),
/// ciphertext (32), tag (16).
type Slot = [u8; SLOT_BYTES];

/// The slots that the recovery code and the provider open. All numbers are big-endian:
///
/// | bytes | what |
/// |---|---|
/// | 1 | format version, 1 |
/// | 16 | wallet id |
/// | 8 | version of the row |
/// | 1 | which slots follow: 1 the code's, 2 the provider's, 3 both |
/// | 16 | only with a code: salt of the code's key |
/// | 80 | only with a code: the data key, sealed to the code's key. The associated data is the wallet id |
/// | 80 | only with escrow: the data key, sealed to the provider's key (`provider/escrow.rs`) |
/// | 32 | HMAC-SHA256 of everything before it, under a subkey of the data key |
///
/// The code's private key (X25519) is HKDF-SHA256 of the code and the salt. It does not depend on the phone. Because
/// the slots are sealed to public keys, a new data key can be sealed without the code.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RescueRow {
    bytes: Vec<u8>,
    wallet_id: [u8; 16],
    version: u64,
    code: Option<CodeSlot>,
    escrow: Option<Slot>,
}

#[derive(Clone, PartialEq, Eq)]
struct CodeSlot {
    salt: [u8; 16],
    slot: Slot,
}

/// The public keys to which a row's slots are sealed.
#[derive(Clone, Copy)]
pub(crate) struct RowKeys<'a> {
    /// The recovery code's key. `None`: there is no code.
    pub(crate) code: Option<&'a CodeKey>,
    /// The provider's key. `None`: there is no escrow.
    pub(crate) escrow: Option<&'a [u8; 32]>,
}

/// Which slots a row has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowSlots {
    pub(crate) code: bool,
    pub(crate) escrow: bool,
}

impl RescueRow {
    /// Seals the data key to these keys. `None` if there is none, or one is not a valid X25519 key.
    pub(crate) fn make(
        random: &mut Random,
        wallet_id: &[u8; 16],
        version: u64,
        keys: RowKeys<'_>,
        data_key: &DataKey,
    ) -> Option<Self> {
        let mut row = [&[FORMAT], wallet_id.as_slice(), &version.to_be_bytes()].concat();
        row.push(keys.code.map_or(0, |_| HAS_CODE) | keys.escrow.map_or(0, |_| HAS_ESCROW));
        if let Some(code) = keys.code {
            row.extend(code.salt);
            row.extend(seal_to_public_key(random, &code.public_key, INFO, wallet_id, data_key.bytes())?);
        }
        if let Some(key) = keys.escrow {
            row.extend(escrow::seal_slot(random, key, wallet_id, data_key)?);
        }
        let mac = mac(data_key, &row);
        row.extend(mac.as_slice());
        Self::parse(&row)
    }

    /// Reads a row. `None`: this version does not write such a row.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&FORMAT, rest) = bytes.split_first()? else { return None };
        let (wallet_id, rest) = rest.split_first_chunk()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (&slots, mut rest) = rest.split_first()?;
        let (mut code, mut escrow) = (None, None);
        if slots & HAS_CODE != 0 {
            let (salt, after) = rest.split_first_chunk()?;
            let (slot, after) = after.split_first_chunk()?;
            code = Some(CodeSlot { salt: *salt, slot: *slot });
            rest = after;
        }
        if slots & HAS_ESCROW != 0 {
            let (slot, after) = rest.split_first_chunk()?;
            escrow = Some(*slot);
            rest = after;
        }
        let version = u64::from_be_bytes(*version);
        let is_known = (1..=HAS_CODE | HAS_ESCROW).contains(&slots) && rest.len() == MAC_BYTES;
        let row = Self { bytes: bytes.to_vec(), wallet_id: *wallet_id, version, code, escrow };
        // As in the record: counting up from less than 2^62 cannot overflow.
        (is_known && version < 1 << 62).then_some(row)
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

    /// Which slots the row has.
    pub(crate) fn slots(&self) -> RowSlots {
        RowSlots { code: self.code.is_some(), escrow: self.escrow.is_some() }
    }

    /// The slot that the provider opens.
    pub(crate) fn escrow(&self) -> Option<&[u8; SLOT_BYTES]> {
        self.escrow.as_ref()
    }

    /// The data key that the code opens. Nothing else in the row is proven until [`Self::is_of`] says so.
    pub(crate) fn open(&self, code: &CodeBytes) -> Option<DataKey> {
        let CodeSlot { salt, slot } = self.code.as_ref()?;
        let private_key = CodeKey::private_key(code, salt);
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
    use crate::crypto::derive_public_key;
    use crate::hex;
    use crate::platform::testing;

    const WALLET: [u8; 16] = [0x11; 16];
    /// The provider's private key.
    const PROVIDER: [u8; 32] = [0x77; 32];

    struct Made {
        code: CodeBytes,
        data_key: DataKey,
        row: RescueRow,
    }

    fn made(slots: RowSlots) -> Made {
        let mut random = testing::random(21);
        let mut code = CodeBytes::default();
        code.copy_from_slice(&[0x42; 16]);
        let data_key = DataKey::make(&mut random);
        let key = CodeKey::make(&mut random, &code).expect("a key");
        let provider = derive_public_key(&PROVIDER).expect("a key");
        let keys =
            RowKeys { code: Some(&key).filter(|_| slots.code), escrow: Some(&provider).filter(|_| slots.escrow) };
        let row = RescueRow::make(&mut random, &WALLET, 7, keys, &data_key).expect("sealed");
        Made { code, data_key, row }
    }

    /// Every set of slots that a row can have.
    const ALL: [RowSlots; 3] = [
        RowSlots { code: true, escrow: false },
        RowSlots { code: false, escrow: true },
        RowSlots { code: true, escrow: true },
    ];

    #[test]
    fn the_code_opens_it_and_no_other_does() {
        for slots in ALL {
            let Made { mut code, data_key, row } = made(slots);
            let read = RescueRow::parse(row.to_stored().as_bytes()).expect("its own bytes");
            assert_eq!((read.wallet_id(), read.version(), read.slots()), (&WALLET, 7, slots));
            let opened = read.open(&code);
            assert_eq!(opened.as_ref().map(DataKey::bytes), Some(data_key.bytes()).filter(|_| slots.code));
            assert_eq!(read.escrow().is_some(), slots.escrow);
            assert!(read.is_of(&data_key));
            assert!(!read.is_of(&DataKey::make(&mut testing::random(22))));
            code[15] ^= 1;
            assert!(read.open(&code).is_none());
        }
    }

    #[test]
    fn a_row_without_a_slot_is_none() {
        let mut random = testing::random(21);
        let data_key = DataKey::make(&mut random);
        let keys = RowKeys { code: None, escrow: None };
        assert!(RescueRow::make(&mut random, &WALLET, 7, keys, &data_key).is_none());
    }

    /// Files on phones hold such rows.
    #[test]
    fn the_rows_are_frozen() {
        let frozen = include_str!("../../vectors/rescue_row_v1.txt");
        let rows: Vec<_> = ALL.map(|slots| hex::encode(made(slots).row.to_stored().as_bytes())).to_vec();
        assert_eq!(frozen.lines().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn every_flipped_bit_and_every_other_length_is_noticed() {
        for slots in ALL {
            let Made { data_key, row, .. } = made(slots);
            let is_ours = |bytes: &[u8]| RescueRow::parse(bytes).is_some_and(|row| row.is_of(&data_key));
            assert!(is_ours(&row.bytes), "the control");
            for bit in 0..8 * row.bytes.len() {
                let mut bytes = row.bytes.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                assert!(!is_ours(&bytes), "bit {bit}");
            }
            for length in 0..row.bytes.len() {
                assert!(RescueRow::parse(&row.bytes[..length]).is_none(), "cut to {length}");
            }
            assert!(RescueRow::parse(&[row.bytes.as_slice(), &[0]].concat()).is_none());
        }
    }

    mod fuzz {
        use super::*;
        use crate::fuzz::{inputs, mutate};

        #[test]
        fn a_mutated_row_is_never_authentic() {
            let rows = ALL.map(made);
            let mut parsed = 0;
            for (place, mut rng) in inputs() {
                let Made { data_key, row, .. } = &rows[rng.below(rows.len())];
                let mut bytes = row.bytes.clone();
                if rng.one_in(2) {
                    mutate(&mut bytes, &mut rng);
                } else {
                    let at = rng.below(bytes.len());
                    bytes[at] ^= 1 << rng.below(8);
                }
                let Some(read) = RescueRow::parse(&bytes) else { continue };
                parsed += 1;
                assert_eq!(read.to_stored().as_bytes(), bytes, "{place}");
                assert!(rows.iter().any(|made| made.row.bytes.len() == bytes.len()), "{place}: {bytes:02x?}");
                assert_eq!(read.is_of(data_key), bytes == row.bytes, "{place}: {bytes:02x?}");
            }
            assert!(parsed > 100, "hardly any row is read: {parsed}");
        }
    }
}
