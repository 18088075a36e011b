//! `cargo xtask test --deep NAME`: one proof that takes longer than `cargo xtask test` has time for.

use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::doctor::{self, Need};
use crate::places::Places;
use crate::{android, apk, hosts, mutants, process};

/// A test that also runs in `cargo xtask test`, with fewer steps.
struct Proof {
    name: &'static str,
    package: &'static str,
    /// The package's test program, or `None` for its unit tests.
    program: Option<&'static str>,
    /// Runs only the tests whose path contains this text.
    filter: &'static str,
    /// The environment variable that sets how much is tested, and its value for this run.
    amount: (&'static str, &'static str),
}

const PROOFS: [Proof; 8] = [
    Proof {
        name: "model",
        package: "walletlock-model",
        program: Some("model"),
        filter: "",
        amount: ("WALLETLOCK_STEPS", "1000000"),
    },
    Proof {
        name: "crash",
        package: "walletlock-crash",
        program: Some("crash"),
        filter: "power_cuts",
        amount: ("WALLETLOCK_CUTS", "1000000"),
    },
    Proof {
        name: "lies",
        package: "walletlock-lies",
        program: Some("lies"),
        filter: "",
        amount: ("WALLETLOCK_LIES", "1000000"),
    },
    Proof {
        name: "timing",
        package: "walletlock-attacks",
        program: Some("attacks"),
        filter: "timing",
        amount: ("WALLETLOCK_SAMPLES", "20000"),
    },
    Proof {
        name: "locks",
        package: "walletlock-stories",
        program: Some("stories"),
        filter: "random_locks",
        amount: ("WALLETLOCK_HISTORIES", "5000"),
    },
    Proof {
        name: "payments",
        package: "walletlock-stories",
        program: Some("stories"),
        filter: "random_payments",
        amount: ("WALLETLOCK_HISTORIES", "1000"),
    },
    Proof {
        name: "windows",
        package: "walletlock-core",
        program: None,
        filter: "payment::windows",
        amount: ("WALLETLOCK_HISTORIES", "300000"),
    },
    Proof {
        name: "fuzz",
        package: "walletlock-core",
        program: None,
        filter: "fuzz",
        amount: ("WALLETLOCK_INPUTS", "10000000"),
    },
];

/// Runs the proof that `options` name. After the name, `--seed N` repeats an earlier run of the tests in [`PROOFS`],
/// and `--shard k/n` takes a part of the mutants.
pub(crate) fn run(places: &Places, options: &[String]) -> Result<ExitCode> {
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    match options.as_slice() {
        ["same-bytes"] => same_bytes(places),
        ["rules"] => apk::shrunk::prove(places),
        ["hosts"] => hosts::prove(places),
        ["same-bytes" | "rules" | "hosts", ..] => bail!("same-bytes, rules and hosts have no options"),
        ["mutants"] => mutants::run(places, None),
        ["mutants", "--shard", shard] => mutants::run(places, Some(shard)),
        ["mutants", ..] => bail!("mutants has no seed; there is --shard k/n"),
        [name] => prove(places, name, new_seed()?),
        [name, "--seed", seed] => {
            let seed = seed.parse().with_context(|| format!("a seed is a whole number, not {seed}"))?;
            prove(places, name, seed)
        }
        _ => bail!(
            "expected: --deep model | crash | lies | timing | locks | payments | windows | fuzz [--seed N], --deep mutants [--shard k/n], --deep same-bytes, --deep rules or --deep hosts"
        ),
    }
}

/// Checks the library, then the sample app with it.
fn same_bytes(places: &Places) -> Result<ExitCode> {
    let code = android::same_bytes(places)?;
    apk::same_bytes(places)?;
    Ok(code)
}

/// A new seed at every run. The ordinary tests always use the same one.
fn new_seed() -> Result<u64> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())
}

fn prove(places: &Places, name: &str, seed: u64) -> Result<ExitCode> {
    let Some(proof) = PROOFS.iter().find(|proof| proof.name == name) else {
        let names: Vec<_> = PROOFS.iter().map(|proof| proof.name).collect();
        bail!("no such proof: {name}; there are {}, mutants, same-bytes, rules, hosts", names.join(", "));
    };
    doctor::require(&[Need::CCompiler])?;
    let mut cargo = process::cargo(places);
    cargo.args(["test", "--package", proof.package]);
    match proof.program {
        Some(program) => cargo.args(["--test", program]),
        None => cargo.arg("--lib"),
    };
    cargo.args(["--", "--nocapture", proof.filter]);
    cargo.env(proof.amount.0, proof.amount.1).env("WALLETLOCK_SEED", seed.to_string());
    println!("cargo xtask test --deep {name} --seed {seed}");
    process::run(&mut cargo)?;
    Ok(ExitCode::SUCCESS)
}
