//! The log that a process before us left: SQLite's write-ahead log, a file beside the database.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use rusqlite::Connection;

use super::StoreError;

/// Frames, each with a page, after which SQLite moves the log into the database. A try takes about four, and the move three flushes: every
/// 25th try or so has them.
pub(super) const FULL_FRAMES: u32 = 100;
/// Bytes of a full log: a header of 32, and one of 24 before each page (sqlite.org, "WAL-mode File Format").
pub(super) const FULL_BYTES: u32 = 32 + FULL_FRAMES * (24 + 4096);

/// Writes again what stands in the log. Only once SQLite has locked the database.
///
/// A flush of the process before us may have failed. Linux then takes what it could not write for written: we read it, and no flush of ours
/// would bring it to the disk. A power cut would cut the log off there, and with it every charge that we add behind. Written again, it is the
/// next flush's to bring to the disk, or to fail.
pub(super) fn write_again(connection: &Connection) -> Result<(), StoreError> {
    let Some(database) = connection.path() else { return Err(StoreError::Failed) };
    let path = format!("{database}-wal");
    let log = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        log => log?,
    };
    // SQLite's locks are on the database, so opening and closing the log takes none of them away.
    Ok(OpenOptions::new().write(true).open(&path)?.write_all(&log)?)
}
