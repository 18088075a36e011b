//! Showing a page of a long history, against one of a short history; and searching through it, page after page as an app
//! does it, against SQLite reading the same rows and nothing else.

use std::hint::black_box;

use anyhow::{Result, ensure};
use rusqlite::{Connection, OpenFlags};
use walletlock_core::Session;
use walletlock_core::events::Kind;
use walletlock_core::journal::{MAX_PAGE, Query};

use crate::pairs::{Figure, paired, time};
use crate::report::Report;
use crate::wallet::{LEAST, Wallet};

/// Lines in one commit while the journal is filled.
const BATCH: u32 = 10_000;
const PAIRS: usize = 11;
/// Lines of the two journals.
const LONG: u32 = 1_000_000;
const SHORT: u32 = 1_000;
/// Pages that are shown in one measurement.
const PAGES: usize = 4;

pub(crate) fn run(report: &mut Report) -> Result<()> {
    written_while_open(report)?;
    search_written_while_locked(report)
}

/// A search opens the details of each line and compares them with a text that no line contains.
fn written_while_open(report: &mut Report) -> Result<()> {
    let place = filled(LONG)?.closed();
    // The lock has its database open exclusively, so SQLite scans a copy.
    let copy = place.database().with_file_name("copy.db");
    std::fs::copy(place.database(), &copy)?;
    let mut wallet = place.open()?;
    wallet.lock.prepare()?;
    let session = wallet.unlocked()?;
    page_against_journal_size(report, &session)?;

    ensure!(search(&session, &item(LONG / 2), None)? == 1, "what is there is not found");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(&copy, flags)?;
    ensure!(scan(&database)? > u64::from(LONG), "lines are missing");
    let ratio = paired(PAIRS, || time(|| none(&session, None)), || time(|| scan(&database)))?;
    report.ratio("history_search_1m_over_scan", &ratio, 3.0);
    let each = |ms: f64| ms * 1e3 / f64::from(LONG);
    let (ours, theirs) = (each(ratio.ours_ms), each(ratio.theirs_ms));
    report.remark(&format!("each line opened and compared: {ours:.2} us a line, SQLite alone {theirs:.2} us"));
    Ok(())
}

/// The first page of the history, and the next ones as somebody scrolls through them.
fn page_against_journal_size(report: &mut Report, long: &Session) -> Result<()> {
    let mut wallet = filled(SHORT)?.closed().open()?;
    wallet.lock.prepare()?;
    let short = wallet.unlocked()?;
    let ratio = paired(PAIRS, || time(|| scroll(long)), || time(|| scroll(&short)))?;
    report.ratio("history_page_1m_over_1k", &ratio, 1.2);
    report.remark(&format!("{PAGES} pages of {MAX_PAGE} entries, the newest first"));
    Ok(())
}

fn scroll(session: &Session) -> Result<()> {
    let mut query = Query { limit: MAX_PAGE, ..Query::default() };
    for _ in 0..PAGES {
        let page = session.journal().page(&query)?;
        ensure!(page.entries.len() == MAX_PAGE, "entries are missing");
        query.below = page.next;
    }
    Ok(())
}

/// A wallet whose journal has this many lines, written while it was open.
fn filled(lines: u32) -> Result<Wallet> {
    let mut wallet = Wallet::enrolled(LEAST)?;
    let session = wallet.unlocked()?;
    for first in (0..lines).step_by(BATCH as usize) {
        let items: Vec<_> = (first..lines.min(first + BATCH)).map(item).collect();
        session.journal().fill(&items)?;
    }
    Ok(wallet)
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
