//! The project's commands: `cargo xtask demo | test | test-browser | aar | apk | hosts | bench | doctor`.
//!
//! Each command first installs what the machine lacks for it, or says how to, so that it runs on a fresh machine.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its user")]

mod aar;
mod android;
mod apk;
mod bench;
mod bionic;
mod consumer;
mod deep;
mod demo;
mod doctor;
mod hosts;
mod jar;
mod kotlin;
mod library;
mod licences;
mod manifest;
mod maven;
mod mutants;
mod phone;
mod places;
mod process;
mod publish;
mod resources;
mod snippets;
mod suite;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::doctor::Need;
use crate::places::Places;

const USAGE: &str = "\
cargo xtask demo [--tour]   build everything and start the terminal wallet (--tour: it plays by itself)
                            (--phone [--port N]: the sample wallet instead, on a phone in the browser)
cargo xtask test            run every test (--only STEP: one of the steps that it prints)
cargo xtask test --deep P   prove P for longer: model, crash, lies, timing, locks, payments, windows or fuzz (--seed N: once more),
                            or mutants (--shard k/n: a part), or same-bytes: the Android library built again in another folder is the same, and the sample
                            wallet's APK; or rules: R8 keeps what must be kept, by the rules of the archive; or hosts: the
                            libraries of `cargo xtask hosts`, run as far as this machine can
cargo xtask test --pictures draw the pictures of the screens anew, to be looked at
cargo xtask test-browser    drive the phone in the browser with Chromium
cargo xtask aar             build the Android archive into target/aar/repository (--install: into ~/.m2 too;
                            --release-check: say what a repository for everybody would miss)
cargo xtask apk             build the sample wallet, which adb installs on a phone: target/apk/sample.apk
cargo xtask hosts           build the library that an app's tests run on, for Linux, macOS and Windows
cargo xtask bench           measure what the lock costs (--check: fail above a bound; --plot: draw the plot in tests/benches anew)
cargo xtask doctor          say what this machine lacks, and install it where that is possible (--browser: and Chromium)";

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
        ("apk", []) => apk::make(&places),
        ("hosts", []) => hosts::make(&places),
        ("bench", options) => bench::run(&places, options),
        ("test-browser", []) => phone::test_in_browser(&places),
        ("doctor", []) => doctor::examine(&[]),
        ("doctor", [browser]) if browser == "--browser" => doctor::examine(&[Need::Browser]),
        ("" | "help" | "-h" | "--help", []) => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("no such command: {command} {}\n\n{USAGE}", rest.join(" ")),
    }
}
