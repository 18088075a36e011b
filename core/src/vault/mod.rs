//! The vault: named items, encrypted under a key that is derived from the data key. Names and versions are kept in one
//! sealed index, so that a copied database does not reveal what a wallet keeps, and an old item cannot be put back in
//! place of a newer one.

mod earlier_keys;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::{DataKey, Purpose, Random, aead_open, aead_seal};
use crate::error::LockError;
use crate::hex;
use crate::json;
use crate::pin::history::PinHistory;
use crate::recovery::PasswordHistory;
pub(crate) use earlier_keys::{EARLIER_KEYS_ROW, EarlierKeys};

/// The longest item id, in bytes of UTF-8.
pub const MAX_ID_BYTES: usize = 128;
/// The largest item, in bytes.
pub const MAX_ITEM_BYTES: usize = 64 * 1024;
/// The largest number of items.
pub const MAX_ITEMS: usize = 1000;

/// The row id of the index. The row ids of items are 16 random bytes.
pub(crate) const INDEX_ROW: &[u8] = &[];

/// Length of the version, which stands unencrypted in front of the sealed index.
const VERSION_BYTES: usize = 8;

/// The vault's items and the rows that hold them. It is sealed as one piece; the record holds its version.
///
/// Its row is the version (8 bytes, big-endian) and the index, sealed with AES-256-GCM; version and wallet id are the
/// associated data. So an older index that was put back can be distinguished from a damaged one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    items: BTreeMap<String, Place>,
    pub(crate) pin_history: PinHistory,
    #[serde(default, skip_serializing_if = "PasswordHistory::is_empty")]
    pub(crate) passwords: PasswordHistory,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    #[serde(with = "hex::array")]
    row: [u8; 16],
    version: u64,
}

/// The vault of one wallet, opened by its data key.
pub(crate) struct Vault<'a> {
    key: Zeroizing<[u8; 32]>,
    wallet_id: &'a [u8; 16],
}

/// Why the index's row is not the index that the record names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndexFault {
    /// An authentic index of this wallet, but of another version than the record names: someone put it there.
    OtherVersion {
        /// The version of that index.
        found: u64,
    },
    /// The row is not what this library wrote.
    Damaged,
}

/// A row to be written.
pub(crate) struct SealedRow {
    pub(crate) id: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

impl<'a> Vault<'a> {
    pub(crate) fn open(data_key: &DataKey, wallet_id: &'a [u8; 16]) -> Self {
        Self { key: data_key.derive(Purpose::Vault), wallet_id }
    }

    /// Opens the index's row, which must have the version that the record names.
    pub(crate) fn open_index(&self, version: u64, row: &[u8]) -> Result<Index, IndexFault> {
        match self.open_index_of_any_version(row) {
            Some((found, index)) if found == version => Ok(index),
            Some((found, _)) => Err(IndexFault::OtherVersion { found }),
            // In format 1 the version did not stand in front of the sealed index.
            None => aead_open(&self.key, &self.index_data(version), row)
                .and_then(|json| json::from_slice(&json).ok())
                .ok_or(IndexFault::Damaged),
        }
    }

    /// Opens the index's row when it is not known which version it should have. Returns the version that it has.
    pub(crate) fn open_index_of_any_version(&self, row: &[u8]) -> Option<(u64, Index)> {
        let (version, sealed) = row.split_first_chunk::<VERSION_BYTES>()?;
        let version = u64::from_be_bytes(*version);
        let json = aead_open(&self.key, &self.index_data(version), sealed)?;
        Some((version, json::from_slice(&json).ok()?))
    }

    /// Opens the row of the keys of earlier data keys. `number`: the number of the present data key.
    pub(crate) fn open_earlier_keys(&self, number: u64, row: &[u8]) -> Option<EarlierKeys> {
        EarlierKeys::from_bytes(&aead_open(&self.key, &self.earlier_keys_data(number), row)?)
    }

    /// Seals the keys of earlier data keys.
    pub(crate) fn seal_earlier_keys(&self, random: &mut Random, number: u64, keys: &EarlierKeys) -> Option<Vec<u8>> {
        aead_seal(random, &self.key, &self.earlier_keys_data(number), &keys.to_bytes())
    }

    pub(crate) fn seal_index(&self, random: &mut Random, version: u64, index: &Index) -> Result<SealedRow, LockError> {
        let json = Zeroizing::new(serde_json::to_vec(index).map_err(|_| LockError::Invalid("vault index"))?);
        let sealed = aead_seal(random, &self.key, &self.index_data(version), &json);
        let sealed = sealed.ok_or(LockError::Invalid("vault index"))?;
        Ok(SealedRow { id: INDEX_ROW.to_vec(), sealed: [version.to_be_bytes().as_slice(), &sealed].concat() })
    }

    /// The id of the row that holds the item `id`.
    pub(crate) fn row(index: &Index, id: &str) -> Option<[u8; 16]> {
        index.items.get(id).map(|place| place.row)
    }

    pub(crate) fn open_item(&self, index: &Index, id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, LockError> {
        let place = index.items.get(id).ok_or(LockError::DataDamaged)?;
        aead_open(&self.key, &self.item_data(id, place), sealed).ok_or(LockError::DataDamaged)
    }

    /// Enters `id` into the index with its next version, and seals `bytes` for it. The caller has checked `id`.
    pub(crate) fn seal_item(
        &self,
        random: &mut Random,
        index: &mut Index,
        id: &str,
        bytes: &[u8],
    ) -> Result<SealedRow, LockError> {
        let place = match index.items.get(id) {
            Some(place) => Place { version: place.version + 1, ..place.clone() },
            None if index.items.len() >= MAX_ITEMS => return Err(LockError::LimitReached("items")),
            None => Place { row: *random.bytes(), version: 1 },
        };
        let sealed =
            aead_seal(random, &self.key, &self.item_data(id, &place), bytes).ok_or(LockError::Invalid("item size"))?;
        let row = SealedRow { id: place.row.to_vec(), sealed };
        index.items.insert(id.to_owned(), place);
        Ok(row)
    }

    /// Opens an item's row with this vault's key and seals it with `next`, the vault under another data key. `None` if
    /// the row is not the item's.
    pub(crate) fn reseal_item(
        &self,
        next: &Self,
        random: &mut Random,
        index: &Index,
        id: &str,
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let place = index.items.get(id)?;
        let data = self.item_data(id, place);
        aead_seal(random, &next.key, &data, &aead_open(&self.key, &data, sealed)?)
    }

    fn earlier_keys_data(&self, number: u64) -> Vec<u8> {
        [b"walletlock v1 earlier keys".as_slice(), self.wallet_id, &number.to_be_bytes()].concat()
    }

    fn index_data(&self, version: u64) -> Vec<u8> {
        [b"walletlock v1 vault index".as_slice(), self.wallet_id, &version.to_be_bytes()].concat()
    }

    fn item_data(&self, id: &str, place: &Place) -> Vec<u8> {
        let version = place.version.to_be_bytes();
        [b"walletlock v1 vault item".as_slice(), self.wallet_id, &place.row, &version, id.as_bytes()].concat()
    }
}

impl Index {
    /// An index without items.
    pub(crate) fn new(pin_history: PinHistory) -> Self {
        Self { items: BTreeMap::new(), pin_history, passwords: PasswordHistory::default() }
    }

    /// The items' ids, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.items.keys().cloned().collect()
    }

    /// Removes `id` from the index. Returns the id of its row.
    pub(crate) fn remove(&mut self, id: &str) -> Option<[u8; 16]> {
        self.items.remove(id).map(|place| place.row)
    }
}

/// Whether the wallet itself keeps something in this item. Apps neither see nor name such items.
pub(crate) fn is_hidden(id: &str) -> bool {
    id.starts_with('\0')
}

/// The name under which an item that was lost is told: a hidden one is named too.
pub(crate) fn shown(id: &str) -> &str {
    id.trim_start_matches('\0')
}

/// Checks that an app's item may have this id.
pub(crate) fn check_id(id: &str) -> Result<(), LockError> {
    if id.is_empty() || id.len() > MAX_ID_BYTES || is_hidden(id) { Err(LockError::Invalid("item id")) } else { Ok(()) }
}

/// Checks that an item may have this id and these bytes. Called before the keystore is asked.
pub(crate) fn check_item(id: &str, bytes: &[u8]) -> Result<(), LockError> {
    check_id(id)?;
    if bytes.len() > MAX_ITEM_BYTES { Err(LockError::Invalid("item size")) } else { Ok(()) }
}

/// Such an index is not used: an index of another version would bring back old items and an old PIN history.
impl From<IndexFault> for LockError {
    fn from(fault: IndexFault) -> Self {
        match fault {
            IndexFault::OtherVersion { .. } | IndexFault::Damaged => Self::DataDamaged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::KdfCost;
    use crate::platform::testing;

    const WALLET: [u8; 16] = [0x11; 16];

    fn data_key() -> DataKey {
        DataKey::from_bytes(&[0x22; 32]).expect("32 bytes")
    }

    fn row(version: u64) -> Vec<u8> {
        let mut random = testing::random(5);
        let index = Index::new(PinHistory::make(&mut random, KdfCost::FLOOR));
        Vault::open(&data_key(), &WALLET).seal_index(&mut random, version, &index).expect("short").sealed
    }

    fn fault(version: u64, row: &[u8]) -> Option<IndexFault> {
        Vault::open(&data_key(), &WALLET).open_index(version, row).err()
    }

    #[test]
    fn an_index_of_another_version_is_told_apart_from_damage() {
        assert_eq!(fault(7, &row(7)), None);
        assert_eq!(fault(7, &row(6)), Some(IndexFault::OtherVersion { found: 6 }), "an older one put back");
        assert_eq!(
            fault(7, &row(8)),
            Some(IndexFault::OtherVersion { found: 8 }),
            "one that an older record does not know"
        );
    }

    #[test]
    fn nobody_can_change_what_version_it_says_it_is() {
        let mut renamed = row(6);
        renamed[..VERSION_BYTES].copy_from_slice(&7_u64.to_be_bytes());
        assert_eq!(fault(7, &renamed), Some(IndexFault::Damaged), "an older one that says it is the present one");
        let whole = row(7);
        for bit in 0..8 * whole.len() {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(fault(7, &flipped), Some(IndexFault::Damaged), "bit {bit}");
        }
        for length in 0..whole.len() {
            assert_eq!(fault(7, &whole[..length]), Some(IndexFault::Damaged), "cut to {length}");
        }
        let other = Vault::open(&data_key(), &[0x12; 16]).open_index(7, &whole).err();
        assert_eq!(other, Some(IndexFault::Damaged), "another wallet's");
    }
}
