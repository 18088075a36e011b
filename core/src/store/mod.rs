//! SQLite: one connection, one process, one flush for what must last.

mod log;
pub(crate) mod schema;

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::ffi::SQLITE_IOERR_FSYNC;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, ToSql, TransactionBehavior, params};

use crate::journal::{Line, SealedDetails};
use crate::place::{Place, STORED_PLACE_BYTES};
use crate::record::RecordHeader;
use crate::time::Now;

/// The database of one wallet.
pub(crate) struct Store {
    connection: Connection,
    /// Commits since the last one that was flushed.
    unflushed: u32,
    /// A flush failed. Nothing that is read here can be trusted any more, and nothing added would be safe.
    is_broken: bool,
}

/// What the record's row holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoredRecord {
    /// An enrolment or a removal was begun and not finished: there is no wallet.
    Unfinished(Unfinished),
    /// Everything was destroyed, the record with it.
    Wiped,
    /// A sealed record.
    Sealed(SealedRow),
}

/// A wallet that is being made or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// The wallet.
    pub(crate) wallet_id: [u8; 16],
    /// The aliases of its keys. They go before the row does, and by name: a keystore that lists nothing keeps none.
    pub(crate) aliases: Vec<String>,
}

/// A sealed record as it stands in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedRow {
    /// Its open part.
    pub(crate) header: RecordHeader,
    /// The record, under the key of its epoch.
    pub(crate) sealed: Vec<u8>,
    /// The same record once more, under the key of the epoch before. `None`: that key is gone.
    pub(crate) copy: Option<SealedCopy>,
}

/// A record sealed under the key of the epoch before its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedCopy {
    /// Where the file was when that key was made.
    pub(crate) place: Option<Place>,
    /// The record.
    pub(crate) sealed: Vec<u8>,
}

/// Whether a commit must reach the disk before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Flushed: it outlasts a power cut.
    Flushed,
    /// Ordered behind everything flushed before; a power cut may undo it, a killed process does not.
    Ordered,
}

/// Why the database did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another process has it open.
    #[error("in use")]
    InUse,
    /// Its schema is newer than this library.
    #[error("newer schema")]
    NewerVersion,
    /// It is not a database, or a broken one.
    #[error("damaged")]
    Damaged,
    /// Full, read-only, or the system failed.
    #[error("failed")]
    Failed,
}

impl Store {
    /// Opens the database, creating it if there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        // Refused at once: whoever has it keeps it until it is closed, so waiting would not help.
        connection.busy_timeout(std::time::Duration::ZERO)?;
        // We have neither: whoever added one to the file wants something done behind our back, such as a counter put back.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // Until what stands in the log is sure to reach the disk, closing must not move it into the database.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // EXCLUSIVE before WAL: no shared-memory file, and a second process cannot read an index that we do not see change.
        for (pragma, value) in [("locking_mode", "exclusive"), ("journal_mode", "wal")] {
            let now: String = connection.pragma_update_and_check(None, pragma, value, |row| row.get(0))?;
            if now != value {
                return Err(StoreError::Failed);
            }
        }
        connection.execute_batch(&format!(
            "PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA journal_size_limit = {};
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;",
            log::FULL_BYTES
        ))?;
        log::write_again(&connection)?;
        schema::upgrade(&mut connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self { connection, unflushed: 0, is_broken: false })
    }

    /// Begins a transaction. Dropping it undoes everything.
    pub(crate) fn begin(&mut self, durability: Durability) -> Result<Transaction<'_>, StoreError> {
        self.check_whole()?;
        // A checkpoint flushes the log too, and SQLite does not say when that fails: only where all of it was flushed just before. So
        // one must come now and then, or the log would grow for as long as someone watches a wait.
        let (level, checkpoint) = match durability {
            Durability::Ordered if self.unflushed < log::FULL_FRAMES => ("NORMAL", 0),
            Durability::Flushed | Durability::Ordered => ("FULL", log::FULL_FRAMES),
        };
        self.unflushed = if checkpoint == 0 { self.unflushed + 1 } else { 0 };
        self.connection.pragma_update(None, "synchronous", level)?;
        self.connection.pragma_update(None, "wal_autocheckpoint", checkpoint)?;
        let rows = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Transaction { rows, is_broken: &mut self.is_broken })
    }

    /// Flushes everything that was committed. Returns when it is on the disk, and what was deleted is no longer in the log beside it; only a
    /// power cut soon after may bring the log's old bytes back, which then hold nothing that is in force.
    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        self.check_whole()?;
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        let busy: i64 = busy.map_err(|error| notice_failed_flush(&self.connection, &mut self.is_broken, error))?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Failed) }
    }

    /// Whether a flush failed: only opening the file anew can help.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    fn check_whole(&self) -> Result<(), StoreError> {
        if self.is_broken { Err(StoreError::Failed) } else { Ok(()) }
    }

    /// The record's row, if there is one.
    pub(crate) fn record(&self) -> Result<Option<StoredRecord>, StoreError> {
        self.check_whole()?;
        read_record(&self.connection)
    }

    /// Whether there are items or journal lines.
    pub(crate) fn has_content(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM items) OR EXISTS (SELECT 1 FROM journal)";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// An item's sealed bytes.
    pub(crate) fn item(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT sealed FROM items WHERE id = ?1")?;
        Ok(select.query_row([id], |row| row.get(0)).optional()?)
    }

    /// Goes through the journal's lines after `number`, oldest first; after 0 are all.
    pub(crate) fn lines_after<T>(
        &self,
        number: u64,
        visit: impl FnOnce(&mut dyn Iterator<Item = Line>) -> T,
    ) -> Result<T, StoreError> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.select_lines("SELECT * FROM journal WHERE number > ?1 ORDER BY number", [number], visit)
    }

    /// Goes through the journal's lines below `number`, newest first.
    pub(crate) fn lines_below<T>(
        &self,
        number: u64,
        visit: impl FnOnce(&mut dyn Iterator<Item = Line>) -> T,
    ) -> Result<T, StoreError> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.select_lines(
            "SELECT * FROM journal WHERE number > 0 AND number < ?1 ORDER BY number DESC",
            [number],
            visit,
        )
    }

    fn select_lines<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        visit: impl FnOnce(&mut dyn Iterator<Item = Line>) -> T,
    ) -> Result<T, StoreError> {
        let mut select = self.connection.prepare_cached(sql)?;
        let mut failed = None;
        let mut rows = select
            .query_map(params, |row| Ok(read_line(row)))?
            .map_while(|line| line.map_err(|error| failed = Some(StoreError::from(error))).ok());
        let visited = visit(&mut rows);
        drop(rows);
        failed.map_or(Ok(visited), Err)
    }
}

/// A transaction under way.
pub(crate) struct Transaction<'a> {
    rows: rusqlite::Transaction<'a>,
    is_broken: &'a mut bool,
}

impl Transaction<'_> {
    pub(crate) fn record(&self) -> Result<Option<StoredRecord>, StoreError> {
        read_record(&self.rows)
    }

    /// Marks that a wallet is being made or removed.
    pub(crate) fn put_unfinished(&self, unfinished: &Unfinished) -> Result<(), StoreError> {
        let Unfinished { wallet_id, aliases } = unfinished;
        self.put(params![0, 0, wallet_id, None::<&[u8]>, None::<&[u8]>, None::<&[u8]>, aliases.join("\n"), 0])
    }

    /// Marks that everything was destroyed, the record with it.
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

    /// Leaves an empty database.
    pub(crate) fn clear(&self) -> Result<(), StoreError> {
        self.rows.execute_batch("DELETE FROM record; DELETE FROM items; DELETE FROM journal;")?;
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
            // SQLite's integers are signed. A clock beyond 292 million years keeps its bits and loses only its order.
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
        let Self { rows, is_broken } = self;
        rows.execute_batch("COMMIT").map_err(|error| notice_failed_flush(&rows, is_broken, error))
    }
}

/// A flush that failed may have lost what it was to flush: what SQLite reads in its log is then not what it wrote there. Closing must not
/// move that into the database; the next opening takes from the log what its checksums vouch for.
fn notice_failed_flush(connection: &Connection, is_broken: &mut bool, error: rusqlite::Error) -> StoreError {
    if error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_FSYNC) {
        *is_broken = true;
        // Every SQLite that this library is built with knows it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).ok();
    }
    error.into()
}

fn read_record(connection: &Connection) -> Result<Option<StoredRecord>, StoreError> {
    let sql = "SELECT format, epoch, wallet_id, sealed, place, copy, aliases, wiped FROM record WHERE id = 1";
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let wallet_id = row.get(2)?;
    let Some(sealed) = row.get(3)? else {
        if row.get(7)? {
            return Ok(Some(StoredRecord::Wiped));
        }
        let aliases: Option<String> = row.get(6)?;
        let aliases = aliases.unwrap_or_default().lines().map(str::to_owned).collect();
        return Ok(Some(StoredRecord::Unfinished(Unfinished { wallet_id, aliases })));
    };
    let epoch = u64::try_from(row.get::<_, i64>(1)?).map_err(|_| StoreError::Damaged)?;
    let place = match row.get(4)? {
        Some(bytes) => Place::from_bytes(bytes).ok_or(StoreError::Damaged)?,
        None => None,
    };
    let copy: Option<Vec<u8>> = row.get(5)?;
    let copy = copy.map(|copy| read_copy(&copy).ok_or(StoreError::Damaged)).transpose()?;
    let header = RecordHeader { format: row.get(0)?, epoch, wallet_id, place };
    Ok(Some(StoredRecord::Sealed(SealedRow { header, sealed, copy })))
}

fn read_copy(copy: &[u8]) -> Option<SealedCopy> {
    let (place, sealed) = copy.split_first_chunk::<STORED_PLACE_BYTES>()?;
    Some(SealedCopy { place: Place::from_bytes(*place)?, sealed: sealed.to_vec() })
}

/// A line with what we would never write in it is read as an empty one: the chain tells that it was changed, and one changed line is
/// no reason to lock the wallet.
fn read_line(row: &Row<'_>) -> Line {
    let line = || -> rusqlite::Result<Line> {
        let time =
            Now { boot: row.get(1)?, since_boot_ms: row.get::<_, i64>(2)?.cast_unsigned(), wall_ms: row.get(3)? };
        let details = SealedDetails { hash: row.get(5)?, ciphertext: row.get(6)? };
        Ok(Line { number: row.get::<_, i64>(0)?.cast_unsigned(), time, kind: row.get(4)?, details, link: row.get(7)? })
    };
    line().unwrap_or_else(|_| Line {
        number: row.get::<_, i64>(0).unwrap_or_default().cast_unsigned(),
        time: Now { boot: None, since_boot_ms: 0, wall_ms: 0 },
        kind: 0,
        details: SealedDetails::default(),
        link: [0; 32],
    })
}

impl From<std::io::Error> for StoreError {
    fn from(_: std::io::Error) -> Self {
        Self::Failed
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            // `Unknown` is SQLITE_ERROR: our statements are fixed, so tables are missing or different. No code at all: a value of
            // another type or size than we write.
            Some(
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::Unknown
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch,
            )
            | None => Self::Damaged,
            Some(_) => Self::Failed,
        }
    }
}
