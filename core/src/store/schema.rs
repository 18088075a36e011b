//! The tables, and how an older database is upgraded to them.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// The newest schema version. It is stored in `PRAGMA user_version`.
pub(crate) const VERSION: u32 = 3;

/// Step n upgrades a database from version n to n + 1. A step that was released is never changed.
const STEPS: [&str; VERSION as usize] = [
    "
    -- One row. `sealed` is null from the moment enrolment begins until the keys exist, and while a removal is under way.
    CREATE TABLE record (
        id        INTEGER PRIMARY KEY CHECK (id = 1),
        format    INTEGER NOT NULL,
        epoch     INTEGER NOT NULL,
        wallet_id BLOB NOT NULL CHECK (length(wallet_id) = 16),
        sealed    BLOB
    ) STRICT;
    -- The index (empty id) and one row an item. Names and versions stand in the index, sealed.
    CREATE TABLE items (
        id     BLOB PRIMARY KEY,
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE journal (
        number        INTEGER PRIMARY KEY,
        boot          INTEGER,
        since_boot_ms INTEGER NOT NULL,
        wall_ms       INTEGER NOT NULL,
        kind          INTEGER NOT NULL,
        details_hash  BLOB NOT NULL,
        details       BLOB NOT NULL,
        link          BLOB NOT NULL CHECK (length(link) = 32)
    ) STRICT;
",
    "
    -- The row moves into a table with more columns: the SQLite in the library for Android has no ALTER TABLE.
    CREATE TABLE earlier AS SELECT * FROM record;
    DROP TABLE record;
    CREATE TABLE record (
        id        INTEGER PRIMARY KEY CHECK (id = 1),
        format    INTEGER NOT NULL,
        epoch     INTEGER NOT NULL,
        wallet_id BLOB NOT NULL CHECK (length(wallet_id) = 16),
        sealed    BLOB,
        -- Where the file was when the seal key was made; null in format 1.
        place     BLOB,
        -- The record once more, under the key of the epoch before. Null once that is gone.
        copy      BLOB,
        -- While `sealed` is null: the aliases of the keys that go before the row does, one a line.
        aliases   TEXT,
        -- While `sealed` is null: 1 if everything was destroyed, and nothing is left that could say so.
        wiped     INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO record (id, format, epoch, wallet_id, sealed) SELECT id, format, epoch, wallet_id, sealed FROM earlier;
    DROP TABLE earlier;
",
    "
    -- One row while there is a recovery code: its slot, and what a rescue needs of a record that cannot be read any more.
    CREATE TABLE rescue (
        id        INTEGER PRIMARY KEY CHECK (id = 1),
        slot      BLOB NOT NULL,
        survivors BLOB
    ) STRICT;
",
];

/// Refuses a newer schema, before anything of the database or its log is written.
pub(super) fn refuse_newer(connection: &Connection) -> Result<(), StoreError> {
    if version(connection)? > VERSION { Err(StoreError::NewerVersion) } else { Ok(()) }
}

/// Upgrades the database, with all steps in one transaction.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    if found < VERSION {
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
