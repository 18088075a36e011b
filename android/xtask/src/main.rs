//! The project's commands: `cargo xtask demo | test | aar | bench | doctor`.
//!
//! Each command makes sure first that the machine has what it needs, so that the two of the README run on a fresh machine.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its user")]

mod aar;
mod android;
mod bench;
mod bionic;
mod consumer;
mod deep;
mod demo;
mod doctor;
mod jar;
mod kotlin;
mod library;
mod maven;
mod mutants;
mod places;
mod process;
mod resources;
mod snippets;
mod suite;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::places::Places;

const USAGE: &str = "\
cargo xtask demo [--tour]   build everything and start the terminal wallet (--tour: it plays by itself)
cargo xtask test            run every test (--only STEP: one of the steps that it prints)
cargo xtask test --deep P   prove P for longer: model, crash or timing (--seed N: once more), or mutants (--shard k/n: a part),
                            or same-bytes: the Android library built again in another folder is the same
cargo xtask test --pictures draw the pictures of the screens anew, to be looked at
cargo xtask aar             build the Android archive into target/aar/repository (--install: into ~/.m2 too)
cargo xtask bench           measure what the lock costs (--check: fail above a bound; --plot: draw the README's plot anew)
cargo xtask doctor          say what this machine lacks, and install it where that is possible";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let places = Places::find()?;
    match (command.as_str(), rest.as_slice()) {
        ("demo", extra) => demo::play(&places, extra),
        ("test", []) => suite::run(&places, None),
        ("test", [pictures]) if pictures == "--pictures" => suite::keep_pictures(&places),
        ("test", [only, step]) if only == "--only" => suite::run(&places, Some(step)),
        ("test", [deep, options @ ..]) if deep == "--deep" => deep::run(&places, options),
        ("aar", options) => aar::make(&places, options),
        ("bench", options) => bench::run(&places, options),
        ("doctor", []) => doctor::examine(),
        ("" | "help" | "-h" | "--help", []) => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("no such command: {command} {}\n\n{USAGE}", rest.join(" ")),
    }
}
