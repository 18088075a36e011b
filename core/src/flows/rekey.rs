//! A new data key: everything that is sealed under the old one is sealed again, in the transaction that puts the new
//! one in force.

use crate::crypto::{DataKey, Random};
use crate::error::LockError;
use crate::journal::derive_journal_key;
use crate::payment::authorisation::OwnerKey;
use crate::pin::history::PinHistory;
use crate::record::Record;
use crate::store::Transaction;
use crate::vault::{self, EARLIER_KEYS_ROW, EarlierKeys, INDEX_ROW, Vault};

/// The data key that is replaced, and the one that replaces it.
pub(super) struct DataKeys<'a> {
    pub(super) old: &'a DataKey,
    pub(super) new: &'a DataKey,
}

/// Seals the vault's index and items under the new data key, and keeps the keys with which the journal's earlier lines
/// open. The index must have the version that the record names. An item that does not open is dropped: nobody can open
/// it any more. Returns the names of the dropped items. `history`: what the index keeps of earlier PINs, if that
/// changes.
///
/// The record gets the number of the new data key, the journal's key, and the public key of the owner's signatures:
/// until the provider knows that one, it registers the phone again, and nothing is paid. Slots and the rescue row are the caller's.
pub(super) fn reseal(
    rows: &Transaction<'_>,
    random: &mut Random,
    wallet_id: &[u8; 16],
    record: &mut Record,
    keys: &DataKeys<'_>,
    history: Option<PinHistory>,
) -> Result<Vec<String>, LockError> {
    let DataKeys { old, new } = keys;
    let (before, after) = (Vault::open(old, wallet_id), Vault::open(new, wallet_id));
    let sealed = rows.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
    let mut index = before.open_index(record.vault_version, &sealed)?;
    if let Some(history) = history {
        index.pin_history = history;
    }
    let mut lost = Vec::new();
    for id in index.ids() {
        let Some(row) = Vault::row(&index, &id) else { continue };
        let sealed = rows.item(&row)?;
        match sealed.and_then(|sealed| before.reseal_item(&after, random, &index, &id, &sealed)) {
            Some(resealed) => rows.put_item(&row, &resealed)?,
            None => {
                rows.delete_item(&row)?;
                index.remove(&id);
                lost.push(vault::shown(&id).to_owned());
            }
        }
    }
    let mut earlier = earlier_keys(rows.item(EARLIER_KEYS_ROW)?, &before, record.data_key_number, old);
    earlier.add(old, record.journal.number);
    record.data_key_number += 1;
    record.vault_version += 1;
    record.journal_key = derive_journal_key(new).ok_or(LockError::Invalid("journal key"))?;
    record.payments.owner_key = OwnerKey::derive(new).and_then(|key| key.public_key());
    let sealed = after.seal_earlier_keys(random, record.data_key_number, &earlier);
    rows.put_item(EARLIER_KEYS_ROW, &sealed.ok_or(LockError::Invalid("earlier keys"))?)?;
    let row = after.seal_index(random, record.vault_version, &index)?;
    rows.put_item(&row.id, &row.sealed)?;
    Ok(lost)
}

/// The keys of the data keys before `data_key`, whose number is given. If their row was damaged, they are lost like an
/// item: the journal's lines from their time are proven as before, and their details are not readable any more.
pub(super) fn earlier_keys(row: Option<Vec<u8>>, vault: &Vault<'_>, number: u64, data_key: &DataKey) -> EarlierKeys {
    let opened = row.and_then(|row| vault.open_earlier_keys(number, &row));
    opened.unwrap_or_else(|| EarlierKeys::none(data_key))
}
