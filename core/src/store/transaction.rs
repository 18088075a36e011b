//! A running transaction: the rows that a commit writes.

use rusqlite::{OptionalExtension, ToSql, params};

use super::{SealedRow, StoreError, StoredRecord, Unfinished, log, notice_failed_flush, read_record};
use crate::journal::Line;
use crate::place::Place;
use crate::record::RecordHeader;

/// A running transaction.
pub(crate) struct Transaction<'a> {
    pub(super) rows: rusqlite::Transaction<'a>,
    pub(super) is_flushed: bool,
    pub(super) unflushed: &'a mut u32,
    pub(super) is_broken: &'a mut bool,
}

impl Transaction<'_> {
    pub(crate) fn record(&self) -> Result<Option<StoredRecord>, StoreError> {
        read_record(&self.rows)
    }

    /// Writes the row that says that a wallet is being made or removed.
    pub(crate) fn put_unfinished(&self, unfinished: &Unfinished) -> Result<(), StoreError> {
        let Unfinished { wallet_id, aliases } = unfinished;
        self.put(params![0, 0, wallet_id, None::<&[u8]>, None::<&[u8]>, None::<&[u8]>, aliases.join("\n"), 0])
    }

    /// Writes the row that says that everything was destroyed, including the record.
    pub(crate) fn put_wiped(&self) -> Result<(), StoreError> {
        let nothing = None::<&[u8]>;
        self.put(params![0, 0, [0_u8; 16], nothing, nothing, nothing, None::<&str>, 1])
    }

    pub(crate) fn put_record(&self, row: &SealedRow) -> Result<(), StoreError> {
        let SealedRow { header: RecordHeader { format, epoch, wallet_id, place }, sealed, copy } = row;
        let epoch = i64::try_from(*epoch).map_err(|_| StoreError::Failed)?;
        let place = Place::to_bytes(*place);
        let copy = copy.as_ref().map(|copy| [&Place::to_bytes(copy.place), copy.sealed.as_slice()].concat());
        self.put(params![format, epoch, wallet_id, sealed, place, copy, None::<&str>, 0])
    }

    fn put(&self, row: &[&dyn ToSql]) -> Result<(), StoreError> {
        self.rows
            .prepare_cached(
                "INSERT OR REPLACE INTO record (id, format, epoch, wallet_id, sealed, place, copy, aliases, wiped)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(row)?;
        Ok(())
    }

    /// Deletes everything: the record, the rescue row, all items and the journal.
    pub(crate) fn clear(&self) -> Result<(), StoreError> {
        self.rows.execute_batch("DELETE FROM record; DELETE FROM rescue; DELETE FROM items; DELETE FROM journal;")?;
        Ok(())
    }

    /// Writes the rescue row, and leaves the survivors as they are.
    pub(crate) fn put_rescue_row(&self, row: &[u8]) -> Result<(), StoreError> {
        self.rows
            .prepare_cached("INSERT INTO rescue (id, slot) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET slot = ?1")?
            .execute([row])?;
        Ok(())
    }

    /// Writes the survivors beside the rescue row.
    pub(crate) fn put_survivors(&self, sealed: &[u8]) -> Result<(), StoreError> {
        self.rows.prepare_cached("UPDATE rescue SET survivors = ?1 WHERE id = 1")?.execute([sealed])?;
        Ok(())
    }

    /// Deletes the rescue row and the survivors.
    pub(crate) fn delete_rescue(&self) -> Result<(), StoreError> {
        self.rows.execute("DELETE FROM rescue", [])?;
        Ok(())
    }

    /// Deletes the journal's lines after `number`.
    pub(crate) fn delete_lines_after(&self, number: u64) -> Result<(), StoreError> {
        let number = i64::try_from(number).map_err(|_| StoreError::Failed)?;
        self.rows.execute("DELETE FROM journal WHERE number > ?1", [number])?;
        Ok(())
    }

    /// Deletes the journal's lines up to `number`.
    pub(crate) fn delete_lines_up_to(&self, number: u64) -> Result<(), StoreError> {
        let number = i64::try_from(number).map_err(|_| StoreError::Failed)?;
        self.rows.execute("DELETE FROM journal WHERE number <= ?1", [number])?;
        Ok(())
    }

    pub(crate) fn item(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut select = self.rows.prepare_cached("SELECT sealed FROM items WHERE id = ?1")?;
        Ok(select.query_row([id], |row| row.get(0)).optional()?)
    }

    pub(crate) fn put_item(&self, id: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
        self.rows
            .prepare_cached("INSERT OR REPLACE INTO items (id, sealed) VALUES (?1, ?2)")?
            .execute(params![id, sealed])?;
        Ok(())
    }

    pub(crate) fn delete_item(&self, id: &[u8]) -> Result<(), StoreError> {
        self.rows.prepare_cached("DELETE FROM items WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    pub(crate) fn delete_all_items(&self) -> Result<(), StoreError> {
        self.rows.execute("DELETE FROM items", [])?;
        Ok(())
    }

    pub(crate) fn append(&self, line: &Line) -> Result<(), StoreError> {
        let number = |number: u64| i64::try_from(number).map_err(|_| StoreError::Failed);
        self.rows.prepare_cached("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            number(line.number)?,
            line.time.boot,
            // SQLite's integers are signed. A clock value beyond 292 million years keeps its bits and loses only its
            // order.
            line.time.since_boot_ms.cast_signed(),
            line.time.wall_ms,
            line.kind,
            line.details.hash,
            line.details.ciphertext,
            line.link,
        ])?;
        Ok(())
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        let Self { rows, is_flushed, unflushed, is_broken } = self;
        rows.execute_batch("COMMIT").map_err(|error| notice_failed_flush(&rows, is_broken, error))?;
        *unflushed = if is_flushed { 0 } else { *unflushed + 1 };
        // The change is committed and flushed, even if moving the log fails: until it is moved, the log holds
        // everything.
        if is_flushed {
            log::checkpoint_if_full(&rows).ok();
        }
        Ok(())
    }
}
