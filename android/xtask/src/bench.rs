//! `cargo xtask bench`: what the lock costs, as ratios measured side by side in one run.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::{self, Need};
use crate::places::Places;
use crate::process;

/// `options` are the benches' own: `--check`, `--plot`.
pub(crate) fn run(places: &Places, options: &[String]) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Libsodium])?;
    let mut benches = process::cargo(places);
    benches.args(["run", "--quiet", "--release", "--package", "walletlock-benches", "--"]).args(options);
    process::run(&mut benches)?;
    Ok(ExitCode::SUCCESS)
}
