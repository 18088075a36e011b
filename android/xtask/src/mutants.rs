//! `cargo xtask test --deep mutants`: cargo-mutants puts faults into the core's pure code, one at a time; its unit
//! tests must notice them.

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::process;

/// How many of the faults that compile must be noticed, in percent.
const CAUGHT_AT_LEAST: usize = 95;
/// The file that lists the faults that no test notices, and why that is right.
const EXPLAINED: &str = "core/MUTANTS.md";
const EXAMINED: [&str; 12] = [
    "core/src/biometric/**/*.rs",
    "core/src/lockout/**/*.rs",
    "core/src/locks/**/*.rs",
    "core/src/pin/**/*.rs",
    "core/src/key_slots/**/*.rs",
    "core/src/policy/**/*.rs",
    "core/src/provider/**/*.rs",
    "core/src/recovery/**/*.rs",
    "core/src/crypto/data_key.rs",
    "core/src/crypto/kdf.rs",
    "core/src/record/**/*.rs",
    "core/src/time.rs",
];

/// Not what ships: the provider's side, for tests.
const NOT_EXAMINED: &str = "core/src/provider/signer.rs";

/// Exit codes with which cargo-mutants has run to its end: all faults caught, some missed, some timed out.
const RAN: [i32; 3] = [0, 2, 3];

/// Runs cargo-mutants and judges the result. `shard`: `k/n`, only the k-th of n parts, counted from 0.
pub(crate) fn run(places: &Places, shard: Option<&str>) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::CargoMutants])?;
    let output = places.target().join("mutants");
    remove_folder(&output)?;
    fs::create_dir_all(&output)?;
    let mut cargo = process::cargo(places);
    cargo.args(["mutants", "--package", "walletlock-core", "--output", output.as_str(), "--no-times"]);
    // Two at a time: a single one leaves a core idle while it links and starts.
    cargo.args(["--jobs", "2", "--cargo-arg=--lib"]);
    // Otherwise each fault would optimise the whole crate again, which takes ten times as long.
    cargo.env("CARGO_PROFILE_DEV_LTO", "off").env("CARGO_PROFILE_DEV_DEBUG", "0");
    cargo.args(EXAMINED.iter().flat_map(|file| ["--file", file])).args(["--exclude", NOT_EXAMINED]);
    cargo.args(shard.iter().flat_map(|shard| ["--shard", shard]));
    let status = cargo.status().context("could not start cargo-mutants")?;
    if !status.code().is_some_and(|code| RAN.contains(&code)) {
        bail!("cargo-mutants failed ({status})");
    }
    judge(&Mutants::read(&output.join("mutants.out"))?, &fs::read_to_string(places.root().join(EXPLAINED))?, shard)?;
    Ok(ExitCode::SUCCESS)
}

/// The faults that were caught and those that were missed. Each is written as cargo-mutants prints it, but without line
/// and column, which change with every edit.
struct Mutants {
    caught: Vec<String>,
    missed: Vec<String>,
}

impl Mutants {
    fn read(folder: &Utf8Path) -> Result<Self> {
        let list = |name: &str| -> Result<Vec<String>> {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
            Ok(text.lines().map(without_place).collect())
        };
        // A fault with which the tests never end was noticed too.
        Ok(Self { caught: [list("caught.txt")?, list("timeout.txt")?].concat(), missed: list("missed.txt")? })
    }
}

/// `core/src/time.rs:12:3: replace a with b` is named in the table as `core/src/time.rs: replace a with b`.
fn without_place(line: &str) -> String {
    match line.splitn(4, ':').collect::<Vec<_>>().as_slice() {
        [file, _, _, fault] => format!("{file}:{fault}"),
        _ => line.to_owned(),
    }
}

fn judge(mutants: &Mutants, table: &str, shard: Option<&str>) -> Result<()> {
    let (caught, missed) = (mutants.caught.len(), mutants.missed.len());
    let percent = 100 * caught / (caught + missed).max(1);
    println!("mutants: {caught} caught, {missed} missed: {percent} % of those that compile");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let explained: BTreeSet<_> = rows.map(|(fault, _)| fault).collect();
    let unexplained: Vec<_> = mutants.missed.iter().filter(|fault| !explained.contains(fault.as_str())).collect();
    if !unexplained.is_empty() {
        bail!("missed, and not explained in {EXPLAINED}:\n{}", lines(unexplained));
    }
    let stale: Vec<_> =
        explained.iter().filter(|fault| !mutants.missed.iter().any(|missed| missed == *fault)).collect();
    if shard.is_none() && !stale.is_empty() {
        bail!("explained in {EXPLAINED}, and caught by now:\n{}", lines(stale));
    }
    if percent < CAUGHT_AT_LEAST {
        bail!("fewer than {CAUGHT_AT_LEAST} % are caught");
    }
    Ok(())
}

fn lines<T: std::fmt::Display>(faults: Vec<T>) -> String {
    faults.iter().map(|fault| format!("    {fault}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mutants, judge, without_place};

    const TABLE: &str =
        "What `mutants` does in `a.rs`.\n\n| fault | why |\n|---|---|\n| `a.rs: replace x with y` | equal |\n";

    fn mutants(caught: usize, missed: &[&str]) -> Mutants {
        Mutants {
            caught: vec!["a.rs: replace < with <=".to_owned(); caught],
            missed: missed.iter().map(|fault| (*fault).to_owned()).collect(),
        }
    }

    #[test]
    fn a_fault_is_named_without_its_place() {
        assert_eq!(without_place("a.rs:10:5: replace f -> u8 with 1 in T::f"), "a.rs: replace f -> u8 with 1 in T::f");
    }

    #[test]
    fn what_is_missed_must_be_explained_and_what_is_explained_missed() {
        let explained = "a.rs: replace x with y";
        assert!(judge(&mutants(99, &[explained]), TABLE, None).is_ok());
        assert!(judge(&mutants(99, &["a.rs: delete !"]), TABLE, Some("0/4")).is_err(), "not explained");
        assert!(judge(&mutants(99, &[]), TABLE, None).is_err(), "explained, but caught");
        assert!(judge(&mutants(99, &[]), TABLE, Some("0/4")).is_ok(), "it may be in another part");
        assert!(judge(&mutants(9, &[explained]), TABLE, None).is_err(), "too many, explained or not");
    }
}
