//! The cost of a long journal.

use anyhow::{Result, bail, ensure};
use rusqlite::Connection;
use walletlock_core::journal::Chain;

use crate::pairs::{Figure, Pairs, Ratio, time};
use crate::report::Report;
use crate::wallet::{LEAST, Wallet};

/// One point of the plot: a journal of `lines` lines, and the cost of a try as a ratio to a try with an empty journal.
pub(crate) struct Point {
    pub(crate) lines: u32,
    pub(crate) cost: Ratio,
}

const LINES: [u32; 5] = [0, 1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 60;

pub(crate) fn run(report: &mut Report) -> Result<Vec<Point>> {
    let series = verify_against_journal_size()?;
    if let Some(longest) = series.last() {
        report.ratio("verify_1m_over_0", &longest.cost, 1.1);
        report.remark(
            "a wrong and a right try, each with the least Argon2id, so that nothing hides what the journal costs",
        );
        for point in &series {
            let Figure { median, min, max, .. } = point.cost.figure;
            report.remark(&format!("{:9} lines: {median:.3}, {min:.3} to {max:.3}", point.lines));
        }
    }
    verify_journal(report)?;
    Ok(series)
}

/// Measures by turns on wallets with journals of each length. Two wallets have an empty journal: the ratio between them
/// shows the noise.
fn verify_against_journal_size() -> Result<Vec<Point>> {
    let mut none = Wallet::enrolled(LEAST)?;
    let mut wallets = LINES.iter().map(|lines| with_journal_of(*lines)).collect::<Result<Vec<_>>>()?;
    let mut pairs: Vec<_> = wallets.iter().map(|_| Pairs::default()).collect();
    for round in 0..=ROUNDS {
        let base = none.try_wrong_and_right()?;
        for (wallet, pairs) in wallets.iter_mut().zip(&mut pairs) {
            let took = wallet.try_wrong_and_right()?;
            if round > 0 {
                pairs.add(took, base);
            }
        }
    }
    Ok(LINES.into_iter().zip(pairs).map(|(lines, pairs)| Point { lines, cost: pairs.ratio() }).collect())
}

/// Fills the journal without a million commits: copies of a real line are put below number 1, where the core does not
/// look for lines. The table's tree is as large as if each line had been committed, and new lines go to its end, as
/// always.
pub(crate) fn with_journal_of(lines: u32) -> Result<Wallet> {
    let mut wallet = Wallet::enrolled(LEAST)?;
    wallet.try_wrong()?;
    let place = wallet.closed();
    let database = Connection::open(place.database())?;
    database.execute_batch("PRAGMA synchronous = OFF;")?;
    database.execute(
        "INSERT INTO journal
         WITH RECURSIVE below (number) AS (SELECT -?1 UNION ALL SELECT number + 1 FROM below WHERE number < -1)
         SELECT below.number, boot, since_boot_ms, wall_ms, kind, details_hash, details, link
         FROM below, (SELECT * FROM journal ORDER BY journal.number DESC LIMIT 1) WHERE ?1 > 0",
        [lines],
    )?;
    let found: u32 = database.query_row("SELECT count(*) FROM journal WHERE number < 0", [], |row| row.get(0))?;
    ensure!(found == lines, "{found} lines instead of {lines}");
    database.close().map_err(|(_, error)| error)?;
    let wallet = place.open()?;
    wallet.lock.prepare()?;
    Ok(wallet)
}

fn verify_journal(report: &Report) -> Result<()> {
    let mut wallet = Wallet::enrolled(LEAST)?;
    for _ in 0..300 {
        wallet.try_wrong_and_right()?;
    }
    let mut lines = 0;
    let mut runs = Vec::new();
    for _ in 0..15 {
        let took = time(|| {
            lines = match wallet.lock.verify_journal()? {
                Chain::Intact { lines } => lines,
                Chain::BrokenAt { number } => bail!("the journal is broken at {number}"),
            };
            Ok(())
        })?;
        runs.push(took.as_secs_f64() * 1e6);
    }
    let per_line = Figure::of(runs).median / lines as f64;
    report.unbounded("journal_verify_per_line_us", per_line, &format!("median of 15 runs over {lines} lines"));
    Ok(())
}
