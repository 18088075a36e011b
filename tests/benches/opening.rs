//! Opening the lock and asking for its status, against opening its database and reading the record's row. Each runs in
//! a process of its own, as at the start of an app: both include what code and caches cost at their first use.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use aes_gcm::{Aes256Gcm, KeyInit};
use anyhow::{Context, Result, bail};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use walletlock_core::WalletLock;

use crate::pairs::paired;
use crate::report::Report;
use crate::wallet::{Keys, LEAST, Wallet, options};

/// The first argument of a child process: what it opens. The path of the database and the aliases of the keys follow.
pub(crate) const CHILD: [&str; 2] = ["open-lock", "open-sqlite"];

pub(crate) fn run(report: &mut Report) -> Result<()> {
    let mut wallet = Wallet::enrolled(LEAST)?;
    // The database as it is after some use.
    for _ in 0..10 {
        wallet.try_wrong_and_right()?;
    }
    let place = wallet.closed();
    let (database, aliases) = (place.database(), place.aliases());
    let [lock, sqlite] = CHILD;
    let figure = paired(51, || in_child(lock, &database, &aliases), || in_child(sqlite, &database, &aliases))?;
    report.ratio("open_over_sqlite", &figure, 1.7);
    report.remark("the first thing that a process does");
    Ok(())
}

fn in_child(what: &str, database: &Path, aliases: &[String]) -> Result<Duration> {
    let output = Command::new(std::env::current_exe()?).arg(what).arg(database).args(aliases).output()?;
    if !output.status.success() {
        bail!("{what} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Duration::from_nanos(String::from_utf8(output.stdout)?.trim().parse()?))
}

/// What a child process does. It prints how many nanoseconds that took.
pub(crate) fn child(what: &str, mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let database = arguments.next().context("which database?")?;
    let options = options(database.clone().into(), Keys::named(arguments), LEAST)?;
    ask_processor();
    let begin = Instant::now();
    let took = if what == "open-lock" {
        let lock = WalletLock::open(options)?;
        black_box(lock.status()?);
        begin.elapsed()
    } else {
        let _open = open_sqlite(database.as_ref())?;
        begin.elapsed()
    };
    println!("{}", took.as_nanos());
    Ok(())
}

/// Detects the processor's features before the clock starts; otherwise the cipher and the hashes do it at their first
/// use. On x86 in a virtual machine each of these twenty queries takes microseconds, and all of them make half of the
/// figure. On ARM they read a word that the kernel provides.
fn ask_processor() {
    black_box(Aes256Gcm::new(&[0; 32].into()));
    black_box(Sha256::digest(b""));
    black_box(digest(&SHA256, b""));
}

/// Opens the database with the pragmas of `core/src/store/mod.rs`, but without its work on the log and the schema. It
/// also reads one row, because without that SQLite has not looked into the file yet.
fn open_sqlite(database: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;",
    )?;
    let sealed: Vec<u8> = connection.query_row("SELECT sealed FROM record WHERE id = 1", [], |row| row.get(0))?;
    black_box(sealed);
    Ok(connection)
}
