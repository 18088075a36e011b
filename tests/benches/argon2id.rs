//! Argon2id alone: the core's, against libsodium's, and against the same code built without the shipped profile.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use walletlock_core::crypto::{KdfCost, KdfMemory};
use walletlock_core::pin::Pin;

use crate::pairs::{paired, time};
use crate::report::Report;
use crate::sodium::Sodium;

const PIN: &[u8] = b"493716";
const SALT: [u8; 16] = [7; 16];
/// The highest cost that calibration chooses, at one lane, the only number that libsodium supports. An allocator does
/// not keep blocks of this size for the next caller, so the cold measurement here is as cold as in an app. libsodium
/// asks the system for fresh memory at any size, and does not wipe it.
const COST: KdfCost = KdfCost::CEILING;
const PAIRS: usize = 21;

pub(crate) fn run(report: &mut Report) -> Result<()> {
    let pin = Pin::parse(PIN).context("a PIN")?;
    let sodium = Sodium::load()?;
    for cost in [COST, KdfCost::FLOOR] {
        if *KdfMemory::default().derive(pin.ascii(), &SALT, &cost)? != sodium.argon2id(PIN, &SALT, &cost)? {
            bail!("two implementations of Argon2id do not agree");
        }
    }
    let fastest = |cost| time(|| sodium.argon2id(PIN, &SALT, cost));
    let mut memory = KdfMemory::default();
    memory.prepare(&COST)?;
    let mut prepared = |cost| time(|| Ok(memory.derive(pin.ascii(), &SALT, cost)?));
    let cold = |cost| time(|| Ok(KdfMemory::default().derive(pin.ascii(), &SALT, cost)?));

    report.ratio("argon2_over_fastest", &paired(PAIRS, || prepared(&COST), || fastest(&COST))?, 1.25);
    report.remark(&format!("at {}, the wipe included", shown(&COST)));
    let mut at_floor = KdfMemory::default();
    at_floor.prepare(&KdfCost::FLOOR)?;
    let mut prepared_at_floor = || time(|| Ok(at_floor.derive(pin.ascii(), &SALT, &KdfCost::FLOOR)?));
    let floor = paired(PAIRS, &mut prepared_at_floor, || fastest(&KdfCost::FLOOR))?;
    report.remark(&format!("{:.3} at {}", floor.figure.median, shown(&KdfCost::FLOOR)));

    report.ratio("argon2_cold_over_fastest", &paired(PAIRS, || cold(&COST), || fastest(&COST))?, 1.6);
    let mut ahead = KdfMemory::default();
    let prepare = || {
        ahead.release();
        time(|| {
            ahead.prepare(&COST)?;
            Ok(())
        })
    };
    let prepare = paired(PAIRS, prepare, || fastest(&COST))?;
    report.remark(&format!("prepare() itself, while the person types: {:.3}", prepare.figure.median));

    let mut opt3 = Opt3::start()?;
    report.ratio("argon2_shipped_over_opt3", &paired(PAIRS, || prepared(&COST), || opt3.derive(&COST))?, 1.05);
    Ok(())
}

pub(crate) fn shown(cost: &KdfCost) -> String {
    format!("{} MiB, {} passes, {} lane(s)", cost.memory_kib / 1024, cost.passes, cost.lanes)
}

/// A process of its own that computes the same steps, built with the profile `opt3`.
struct Opt3 {
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Opt3 {
    fn start() -> Result<Self> {
        // Cargo sets `CARGO`. The manifest's directory leads to the workspace.
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--profile", "opt3", "--package", "walletlock-opt3"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()?;
        if !built.success() {
            bail!("walletlock-opt3 does not build");
        }
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("a target directory")?;
        let mut child = Command::new(target.join("opt3/walletlock-opt3"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("walletlock-opt3 does not start")?;
        let (Some(ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else { bail!("no pipes") };
        // The child ends when its input is closed, at the latest when this process ends.
        Ok(Self { ask, answers: BufReader::new(answers) })
    }

    fn derive(&mut self, cost: &KdfCost) -> Result<Duration> {
        writeln!(self.ask, "{} {}", cost.memory_kib, cost.passes)?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(Duration::from_nanos(answer.trim().parse().context("walletlock-opt3 gave no time")?))
    }
}
