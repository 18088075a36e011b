//! SQLite's write-ahead log, a file beside the database: when it is checkpointed (its frames moved into the database),
//! and what is done with the log of an earlier process.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use rusqlite::Connection;

use super::StoreError;

/// The number of frames, each with one page, after which the log is moved into the database. A try writes about four
/// frames, so about every 25th try moves the log. The move takes three flushes.
pub(super) const FULL_FRAMES: u32 = 100;

/// Bytes of a full log: a header of 32 bytes, and 24 bytes before each page (sqlite.org, "WAL-mode File Format").
const FULL_BYTES: usize = 32 + FULL_FRAMES as usize * (24 + 4096);

/// Moves the log into the database if it is full, and fills the room of the next log with zeros: overwriting them is
/// cheaper than growing the file with each commit. The zeros reach the disk with the header of the next log, which
/// SQLite flushes before the first frame.
pub(super) fn checkpoint_if_full(connection: &Connection) -> Result<(), StoreError> {
    let frames: u32 = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?.query_row([], |row| row.get(1))?;
    if frames >= FULL_FRAMES && checkpoint_and_truncate(connection)? {
        OpenOptions::new().write(true).open(path(connection)?)?.write_all(&vec![0; FULL_BYTES])?;
    }
    Ok(())
}

/// Moves the log into the database, flushes both, and truncates the log.
///
/// SQLite by default leaves the old log in place and writes the next log over it. If the power fails then, the header
/// of a new frame may stand before the page of an old frame. SQLite detects that by a checksum, which is a running sum
/// (sqlite.org, "WAL-mode File Format", section 4.2). But two lists of free pages may have the same sum, as the words
/// 3, 5, 6 and 2, 6, 7 do; then a page that is in use counts as free. That happened in 2 of 1,000,020 power cuts
/// (`tests/crash`). After a truncation there are no old frames to mix with. Two cases remain in which frames are
/// written over: the frames of a commit that failed half-way, and a commit's own frames if it is larger than SQLite's
/// cache of 2 MB, as the removal of a long journal is.
pub(super) fn checkpoint_and_truncate(connection: &Connection) -> rusqlite::Result<bool> {
    let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!is_busy)
}

/// Writes the log's own bytes over it once more. To be called only after SQLite has locked the database.
///
/// A flush of an earlier process may have failed. Linux then treats the pages that it could not write as written: we
/// read them, but no later flush would bring them to the disk. A power cut would end the log there, and lose every
/// charge that we add behind. Written again, these bytes are covered by the next flush, which writes them or fails.
pub(super) fn write_again(connection: &Connection) -> Result<(), StoreError> {
    let path = path(connection)?;
    let log = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        log => log?,
    };
    // SQLite's locks are on the database file, so opening and closing the log's file releases none of them.
    Ok(OpenOptions::new().write(true).open(&path)?.write_all(&log)?)
}

fn path(connection: &Connection) -> Result<String, StoreError> {
    connection.path().map(|database| format!("{database}-wal")).ok_or(StoreError::Failed)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::Path;

    use super::FULL_BYTES;
    use crate::store::{Durability, Store};

    fn log_in(folder: &Path) -> Vec<u8> {
        fs::read(folder.join("wallet.db-wal")).expect("a log")
    }

    fn write_an_item(store: &mut Store, bytes: u8, durability: Durability) {
        let rows = store.begin(durability).expect("begun");
        rows.put_item(b"an item", &[bytes; 1_000]).expect("put");
        rows.commit().expect("committed");
    }

    #[test]
    fn a_full_log_is_moved_and_the_next_one_begins_on_zeros() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open(&folder.path().join("wallet.db")).expect("opened");
        let mut moves = 0;
        for nth in 0..250 {
            write_an_item(&mut store, nth, Durability::Flushed);
            let log = log_in(folder.path());
            assert!(log.len() <= FULL_BYTES, "{} after {nth} commits", log.len());
            moves += u32::from(log.iter().all(|byte| *byte == 0));
        }
        assert!(moves >= 2, "{moves}");
    }

    /// After a hundred commits without a flush the next one is flushed, however many transactions were undone meanwhile.
    #[test]
    fn a_log_of_unflushed_commits_is_moved_also_if_others_are_undone_between_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open(&folder.path().join("wallet.db")).expect("opened");
        for nth in 0..250 {
            write_an_item(&mut store, nth, Durability::Ordered);
            (0..100).for_each(|_| drop(store.begin(Durability::Ordered).expect("begun")));
            let log = log_in(folder.path());
            assert!(log.len() <= 3 * FULL_BYTES, "{} after {nth} commits", log.len());
        }
    }

    #[test]
    fn what_a_killed_process_left_in_the_log_is_moved_and_cut_off_with_the_rest_of_a_torn_commit() {
        let (folder, left) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let mut store = Store::open(&folder.path().join("wallet.db")).expect("opened");
        write_an_item(&mut store, 7, Durability::Flushed);
        for name in ["wallet.db", "wallet.db-wal"] {
            fs::copy(folder.path().join(name), left.path().join(name)).expect("copied");
        }
        let mut log = OpenOptions::new().append(true).open(left.path().join("wallet.db-wal")).expect("a log");
        log.write_all(&[1; 5_000]).expect("written");
        let store = Store::open(&left.path().join("wallet.db")).expect("opened");
        assert!(log_in(left.path()).is_empty());
        assert_eq!(store.item(b"an item"), Ok(Some(vec![7; 1_000])));
    }
}
