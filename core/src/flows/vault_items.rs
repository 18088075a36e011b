//! Reading, writing and deleting the vault's items: those of the app, and hidden ones, in which the wallet itself keeps
//! what only the open wallet may read.

use zeroize::Zeroizing;

use super::in_session::{modify, open_index, with_key};
use crate::crypto::DataKey;
use crate::engine::{Action, Engine, SessionId, UnitOfWork, View};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::vault::{self, Vault};

pub(crate) fn read(engine: &Engine, id: SessionId, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
    vault::check_id(item)?;
    with_key(engine, id, |data_key, view| read_item(&view, data_key, item))
}

pub(crate) fn write(engine: &Engine, id: SessionId, item: &str, bytes: &[u8]) -> Result<(), LockError> {
    vault::check_item(item, bytes)?;
    modify(engine, id, Action::Write, |data_key, work| {
        write_item(work, data_key, item, bytes)?;
        work.note(&JournalEvent::ItemWritten { item });
        Ok(())
    })
}

/// `false` if there was no such item.
pub(crate) fn delete(engine: &Engine, id: SessionId, item: &str) -> Result<bool, LockError> {
    vault::check_id(item)?;
    modify(engine, id, Action::Write, |data_key, work| {
        let was_there = delete_item(work, data_key, item)?;
        if was_there {
            work.note(&JournalEvent::ItemDeleted { item });
        }
        Ok(was_there)
    })
}

/// The names of the app's items, in order.
pub(crate) fn names(engine: &Engine, id: SessionId) -> Result<Vec<String>, LockError> {
    with_key(engine, id, |data_key, view| {
        Ok(open_index(&view, data_key)?.ids().into_iter().filter(|item| !vault::is_hidden(item)).collect())
    })
}

/// Reads an item, also a hidden one.
pub(super) fn read_item(
    view: &View<'_>,
    data_key: &DataKey,
    item: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
    let index = open_index(view, data_key)?;
    let Some(row) = Vault::row(&index, item) else { return Ok(None) };
    let bytes = view.store.item(&row)?.ok_or(LockError::DataDamaged)?;
    Vault::open(data_key, &view.header.wallet_id).open_item(&index, item, &bytes).map(Some)
}

/// Reads an item, also a hidden one, in a transaction.
pub(super) fn read_item_in(
    work: &UnitOfWork<'_>,
    data_key: &DataKey,
    item: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
    let index = work.index(data_key)?;
    let Some(row) = Vault::row(&index, item) else { return Ok(None) };
    let bytes = work.rows.item(&row)?.ok_or(LockError::DataDamaged)?;
    Vault::open(data_key, work.wallet_id).open_item(&index, item, &bytes).map(Some)
}

/// Writes an item, also a hidden one.
pub(super) fn write_item(
    work: &mut UnitOfWork<'_>,
    data_key: &DataKey,
    item: &str,
    bytes: &[u8],
) -> Result<(), LockError> {
    let vault = Vault::open(data_key, work.wallet_id);
    let row = work.change_index(data_key, |random, index| vault.seal_item(random, index, item, bytes).map(Some))?;
    if let Some(row) = row {
        work.rows.put_item(&row.id, &row.sealed)?;
    }
    Ok(())
}

/// Deletes an item, also a hidden one. `false` if there was none.
pub(super) fn delete_item(work: &mut UnitOfWork<'_>, data_key: &DataKey, item: &str) -> Result<bool, LockError> {
    let removed = work.change_index(data_key, |_, index| Ok(index.remove(item)))?;
    let Some(row) = removed else { return Ok(false) };
    work.rows.delete_item(&row)?;
    Ok(true)
}
