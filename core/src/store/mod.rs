//! SQLite: one connection, one process, one flush for each commit that must last.

mod log;
pub(crate) mod schema;
mod transaction;

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::ffi::SQLITE_IOERR_FSYNC;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, TransactionBehavior};

use crate::journal::{Line, SealedDetails};
use crate::place::{Place, STORED_PLACE_BYTES};
use crate::record::RecordHeader;
use crate::time::Now;
pub(crate) use transaction::Transaction;

/// The database of one wallet.
pub(crate) struct Store {
    connection: Connection,
    /// The number of commits since the last flushed commit.
    unflushed: u32,
    /// The record is neither read nor changed any more: a flush failed, so what this connection holds cannot be
    /// trusted, or [`Self::distrust`] was called.
    is_broken: bool,
}

/// The content of the record's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoredRecord {
    /// An enrolment or a removal was begun and not finished: there is no wallet.
    Unfinished(Unfinished),
    /// Everything was destroyed, including the record.
    Wiped,
    /// A sealed record.
    Sealed(SealedRow),
}

/// A wallet that is being made or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// The wallet's id.
    pub(crate) wallet_id: [u8; 16],
    /// The aliases of its keys. They are deleted before the row, and by name, because a keystore's list may be
    /// incomplete.
    pub(crate) aliases: Vec<String>,
}

impl Unfinished {
    /// Whether format 1 wrote the row: such a row names no alias, and the keys are named after the file.
    pub(crate) fn is_of_format_1(&self) -> bool {
        self.aliases.is_empty()
    }
}

/// A sealed record as the row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedRow {
    /// The header: the part that is not encrypted.
    pub(crate) header: RecordHeader,
    /// The record, sealed under the key of its epoch.
    pub(crate) sealed: Vec<u8>,
    /// A copy of the record, sealed under the previous epoch's key. `None`: that key is deleted, or there was none.
    pub(crate) copy: Option<SealedCopy>,
}

/// A copy of a record, sealed under the previous epoch's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedCopy {
    /// Where the file was when that key was made.
    pub(crate) place: Option<Place>,
    /// The sealed record.
    pub(crate) sealed: Vec<u8>,
}

/// What a recovery code needs when the record cannot be read any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRescue {
    /// The rescue row.
    pub(crate) row: Vec<u8>,
    /// The sealed survivors. `None`: the row was put right since they were written last.
    pub(crate) survivors: Option<Vec<u8>>,
}

/// Whether a commit must reach the disk before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Flushed: the commit survives a power cut.
    Flushed,
    /// Ordered after all earlier commits: a power cut may undo it, killing the process does not.
    Ordered,
}

/// Why an operation of the database failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another process has the database open.
    #[error("in use")]
    InUse,
    /// Its schema is newer than this library.
    #[error("newer schema")]
    NewerVersion,
    /// The file is not a database, or is a broken one.
    #[error("damaged")]
    Damaged,
    /// The disk is full, the file is read-only, or the system failed.
    #[error("failed")]
    Failed,
}

impl Store {
    /// Opens the database; creates it if there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        // Fail at once instead of waiting: a process that has the database open keeps it until it closes it.
        connection.busy_timeout(std::time::Duration::ZERO)?;
        // This library uses no triggers and no views. Someone who added one to the file wants it to change something
        // unseen, such as restoring a counter.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // Until it is certain that the log's content reaches the disk, closing must not checkpoint it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // EXCLUSIVE before WAL: then there is no shared-memory file, so no second process can change the log's index
        // without our seeing it.
        for (pragma, value) in [("locking_mode", "exclusive"), ("journal_mode", "wal")] {
            let now: String = connection.pragma_update_and_check(None, pragma, value, |row| row.get(0))?;
            if now != value {
                return Err(StoreError::Failed);
            }
        }
        connection.execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA secure_delete = ON;",
        )?;
        schema::refuse_newer(&connection)?;
        log::write_again(&connection)?;
        // A killed process may have left commits that it had not flushed. They must not be read, reported and built
        // upon, and then be lost in a power cut. After them the log may also hold the rest of a commit that a power cut
        // tore.
        match log::checkpoint_and_truncate(&connection) {
            Ok(true) => {}
            Ok(false) => return Err(StoreError::Failed),
            // A full disk must not keep the owner from opening the wallet: the log was flushed before that error
            // appears, and stays as it is.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {}
            Err(error) => return Err(error.into()),
        }
        schema::upgrade(&mut connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self { connection, unflushed: 0, is_broken: false })
    }

    /// Begins a transaction. Dropping it undoes everything.
    pub(crate) fn begin(&mut self, durability: Durability) -> Result<Transaction<'_>, StoreError> {
        self.check_whole()?;
        // The log is moved only after a flushed commit, because a move that fails then loses nothing. So a flushed
        // commit must come now and then, or the log would grow for as long as someone watches a wait.
        let is_flushed = durability == Durability::Flushed || self.unflushed >= log::FULL_FRAMES;
        self.connection.pragma_update(None, "synchronous", if is_flushed { "FULL" } else { "NORMAL" })?;
        let rows = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Transaction { rows, is_flushed, unflushed: &mut self.unflushed, is_broken: &mut self.is_broken })
    }

    /// Flushes everything that was committed, and moves the log into the database. After it returns, deleted content is
    /// no longer in the log. Only a power cut soon after may bring back the log's old bytes; they hold nothing that is
    /// in force.
    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        self.check_whole()?;
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        let is_moved = log::checkpoint_and_truncate(&self.connection)
            .map_err(|error| notice_failed_flush(&self.connection, &mut self.is_broken, error))?;
        if is_moved { Ok(()) } else { Err(StoreError::Failed) }
    }

    /// Refuses every read and commit of the record from now on.
    pub(crate) fn distrust(&mut self) {
        self.is_broken = true;
    }

    /// Whether only opening the file anew can help.
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

    /// Whether there are items, journal lines or a rescue row.
    pub(crate) fn has_content(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM items) OR EXISTS (SELECT 1 FROM journal) \
                   OR EXISTS (SELECT 1 FROM rescue)";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// The sealed bytes of an item or of the index.
    pub(crate) fn item(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT sealed FROM items WHERE id = ?1")?;
        Ok(select.query_row([id], |row| row.get(0)).optional()?)
    }

    /// What a rescue needs. `None`: there is no recovery code.
    pub(crate) fn rescue(&self) -> Result<Option<StoredRescue>, StoreError> {
        self.check_whole()?;
        let mut select = self.connection.prepare_cached("SELECT slot, survivors FROM rescue WHERE id = 1")?;
        let rescue = select.query_row([], |row| Ok(StoredRescue { row: row.get(0)?, survivors: row.get(1)? }));
        Ok(rescue.optional()?)
    }

    /// Calls `visit` with the journal's lines after `number`, oldest first; 0 means all lines.
    pub(crate) fn lines_after<T>(
        &self,
        number: u64,
        visit: impl FnOnce(&mut dyn Iterator<Item = Line>) -> T,
    ) -> Result<T, StoreError> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.select_lines("SELECT * FROM journal WHERE number > ?1 ORDER BY number", [number], visit)
    }

    /// Calls `visit` with the journal's lines below `number`, newest first.
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

/// A failed flush may have lost what it should have written: then SQLite does not read from its log what it wrote
/// there. Closing must not checkpoint such a log. The next opening takes from the log only frames whose checksums are
/// right.
fn notice_failed_flush(connection: &Connection, is_broken: &mut bool, error: rusqlite::Error) -> StoreError {
    if error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_FSYNC) {
        *is_broken = true;
        // This cannot fail: every SQLite that this library is built with has this setting.
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

/// Reads a journal line. A line with values that this library never writes is read as an empty line: verifying the
/// chain shows that it was changed, and one changed line is no reason to lock the wallet.
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
            // `Unknown` is SQLITE_ERROR: our statements are fixed, so tables are missing or different. No code at all
            // means that a value has another type or size than we write.
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
