//! Searching through a long journal, page after page as an app does it, against SQLite reading the same rows and
//! nothing else.

use std::hint::black_box;

use anyhow::{Result, ensure};
use rusqlite::{Connection, OpenFlags};
use walletlock_core::Session;
use walletlock_core::events::Kind;
use walletlock_core::journal::{MAX_PAGE, Query};

use crate::pairs::{Figure, Ratio, paired, time};
use crate::report::Report;
use crate::wallet::{LEAST, Wallet};

/// Lines in one commit while the journal is filled.
const BATCH: u32 = 10_000;
const PAIRS: usize = 11;

pub(crate) fn run(report: &Report, lines: u32) -> Result<()> {
    search_written_while_open(report, lines)?;
    search_written_while_locked(report)
}

/// Each line has details, which are opened and compared with a text that no line contains.
fn search_written_while_open(report: &Report, lines: u32) -> Result<()> {
    let mut wallet = Wallet::enrolled(LEAST)?;
    let session = wallet.unlocked()?;
    for first in (0..lines).step_by(BATCH as usize) {
        let items: Vec<_> = (first..lines.min(first + BATCH)).map(item).collect();
        session.journal().fill(&items)?;
    }
    drop(session);
    let place = wallet.closed();
    // The lock has its database open exclusively, so SQLite scans a copy.
    let copy = place.database().with_file_name("copy.db");
    std::fs::copy(place.database(), &copy)?;
    let mut wallet = place.open()?;
    wallet.lock.prepare()?;
    let session = wallet.unlocked()?;
    ensure!(search(&session, &item(lines / 2), None)? == 1, "what is there is not found");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(&copy, flags)?;
    ensure!(scan(&database)? > u64::from(lines), "lines are missing");

    let ratio = paired(PAIRS, || time(|| none(&session, None)), || time(|| scan(&database)))?;
    // The aim is 3. It is no bound yet; the figure is about 2.5 (`core/DESIGN.md`,
    // 'Which code is optimised for speed?').
    let Ratio { figure: Figure { median, min, max, pairs }, ours_ms, theirs_ms } = ratio;
    report.unbounded("search_over_sqlite_scan", median, &format!("median of {pairs} pairs, {min:.3} to {max:.3}"));
    let each = |ms: f64| ms * 1e3 / f64::from(lines);
    let (ours, theirs) = (each(ours_ms), each(theirs_ms));
    report
        .remark(&format!("{lines} lines, each opened and compared: {ours:.2} us a line, SQLite alone {theirs:.2} us"));
    Ok(())
}

fn item(number: u32) -> String {
    format!("card-token-{number:07}")
}

/// Searches lines of wrong PINs, whose details are sealed to the journal's public key.
fn search_written_while_locked(report: &Report) -> Result<()> {
    const LINES: u32 = 300;
    let mut wallet = Wallet::enrolled(LEAST)?;
    for _ in 0..LINES {
        wallet.try_wrong_and_right()?;
    }
    let session = wallet.unlocked()?;
    ensure!(search(&session, "failures", Some(Kind::PinWrong))? == LINES as usize, "lines are missing");
    let mut runs = Vec::new();
    for _ in 0..PAIRS {
        runs.push(time(|| none(&session, Some(Kind::PinWrong)))?.as_secs_f64() * 1e6);
    }
    let per_line = Figure::of(runs).median / f64::from(LINES);
    report.unbounded("search_per_line_written_while_locked_us", per_line, "one X25519 each");
    Ok(())
}

/// How many entries contain the text.
fn search(session: &Session, text: &str, kind: Option<Kind>) -> Result<usize> {
    let mut query =
        Query { text: Some(text.to_owned()), kinds: kind.into_iter().collect(), limit: MAX_PAGE, ..Query::default() };
    let mut found = 0;
    loop {
        let page = session.journal().page(&query)?;
        found += page.entries.len();
        query.below = page.next;
        if query.below.is_none() {
            return Ok(found);
        }
    }
}

fn none(session: &Session, kind: Option<Kind>) -> Result<()> {
    ensure!(search(session, "no such text", kind)? == 0, "found what is not there");
    Ok(())
}

/// Looks at every value of every row without copying any. Returns the number of rows.
fn scan(database: &Connection) -> Result<u64> {
    let mut select = database.prepare_cached("SELECT * FROM journal WHERE number > 0 ORDER BY number DESC")?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    let mut lines = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            black_box(row.get_ref(column)?);
        }
        lines += 1;
    }
    Ok(lines)
}
