//! `cargo xtask test`: every test, step by step, the ones that fail fastest first.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use camino::Utf8PathBuf;

use crate::doctor::{self, Need};
use crate::places::{Flavour, Places};
use crate::{android, bionic, consumer, demo, kotlin, library, maven, process, resources};

type Step = (&'static str, fn(&Places) -> Result<()>);

const STEPS: [Step; 8] = [
    ("the core as it ships", core_as_shipped),
    ("all Rust tests", all_rust),
    ("all Kotlin tests", all_kotlin),
    ("an app's own tests", consumer::test),
    ("the Android libraries", android::test),
    ("the library on bionic", bionic::test),
    ("an Android app's own tests", consumer::test_android),
    ("the demo's tour", tour),
];

const NEEDS: [Need; 8] = [
    Need::CCompiler,
    Need::Jdk,
    Need::Maven,
    Need::AndroidResources,
    Need::Strace,
    Need::AndroidC,
    Need::AndroidRust,
    Need::StdSources,
];

/// Runs the steps, or the one of this name, up to the first that fails; which one that was is printed last.
pub(crate) fn run(places: &Places, only: Option<&str>) -> Result<ExitCode> {
    doctor::require(&NEEDS)?;
    let mut table = String::new();
    for (name, step) in STEPS.into_iter().filter(|(name, _)| only.is_none_or(|only| *name == only)) {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = step(places);
        let line = format!("{:6.1} min  {name}", start.elapsed().as_secs_f64() / 60.0);
        println!("{line}");
        if let Err(error) = outcome {
            bail!("{error:#}\n\nFAILED: {name}");
        }
        table = format!("{table}\n{line}");
    }
    if table.is_empty() {
        bail!("no such step; there are: {}", STEPS.map(|(name, _)| name).join(", "));
    }
    println!("\nAll tests passed.{table}");
    Ok(ExitCode::SUCCESS)
}

/// Without the `testing` feature: what only tests may do must be refused here.
fn core_as_shipped(places: &Places) -> Result<()> {
    process::run(process::cargo(places).args(["test", "--package", "walletlock-core"]))
}

fn all_rust(places: &Places) -> Result<()> {
    process::run(process::cargo(places).args(["test", "--workspace"]))
}

fn all_kotlin(places: &Places) -> Result<()> {
    println!("{}", maven::verify(places, &before_kotlin(places)?)?);
    Ok(())
}

/// Makes what the Kotlin modules are built from, and returns the testing library.
fn before_kotlin(places: &Places) -> Result<Utf8PathBuf> {
    let library = library::build(places, Flavour::Testing)?;
    kotlin::generate(places, Flavour::Testing, &library)?;
    library::pack_for_fakes(places, &library)?;
    resources::compile(places)?;
    Ok(library)
}

/// Draws the pictures of the screens anew, in place of those kept beside the tests.
pub(crate) fn keep_pictures(places: &Places) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Jdk, Need::Maven, Need::AndroidResources])?;
    println!("{}", maven::keep_pictures(places, &before_kotlin(places)?)?);
    println!("Drawn into {}. Look at each before you commit it.", places.pictures());
    Ok(ExitCode::SUCCESS)
}

fn tour(places: &Places) -> Result<()> {
    process::run_logged(demo::build(places)?.arg("--tour"), &places.log("tour"))
}
