//! Reading, writing and deleting the vault's items.

use zeroize::Zeroizing;

use super::in_session::{modify, open_index, with_key};
use crate::engine::{Action, Engine, SessionId};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::vault::{self, Vault};

pub(crate) fn read(engine: &Engine, id: SessionId, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
    vault::check_id(item)?;
    with_key(engine, id, |data_key, view| {
        let index = open_index(&view, data_key)?;
        let Some(row) = Vault::row(&index, item) else { return Ok(None) };
        let bytes = view.store.item(&row)?.ok_or(LockError::DataDamaged)?;
        Vault::open(data_key, &view.header.wallet_id).open_item(&index, item, &bytes).map(Some)
    })
}

pub(crate) fn write(engine: &Engine, id: SessionId, item: &str, bytes: &[u8]) -> Result<(), LockError> {
    vault::check_item(item, bytes)?;
    modify(engine, id, Action::Write, |data_key, work| {
        let vault = Vault::open(data_key, work.wallet_id);
        let row = work.change_index(data_key, |random, index| vault.seal_item(random, index, item, bytes).map(Some))?;
        if let Some(row) = row {
            work.rows.put_item(&row.id, &row.sealed)?;
        }
        work.note(&JournalEvent::ItemWritten { item });
        Ok(())
    })
}

/// `false` if there was no such item.
pub(crate) fn delete(engine: &Engine, id: SessionId, item: &str) -> Result<bool, LockError> {
    vault::check_id(item)?;
    modify(engine, id, Action::Write, |data_key, work| {
        let removed = work.change_index(data_key, |_, index| Ok(index.remove(item)))?;
        let Some(row) = removed else { return Ok(false) };
        work.rows.delete_item(&row)?;
        work.note(&JournalEvent::ItemDeleted { item });
        Ok(true)
    })
}

/// The names of all items, in order.
pub(crate) fn names(engine: &Engine, id: SessionId) -> Result<Vec<String>, LockError> {
    with_key(engine, id, |data_key, view| Ok(open_index(&view, data_key)?.ids()))
}
