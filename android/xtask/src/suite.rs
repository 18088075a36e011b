//! `cargo xtask test`: every test, step by step. The steps that fail fastest come first.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use camino::Utf8PathBuf;

use crate::doctor::{self, Need};
use crate::places::{Flavour, Places};
use crate::{android, apk, bionic, consumer, demo, kotlin, library, maven, phone, process, resources};

type Step = (&'static str, fn(&Places) -> Result<()>);

const STEPS: [Step; 10] = [
    ("the core as it ships", core_as_shipped),
    ("all Rust tests", all_rust),
    ("all Kotlin tests", all_kotlin),
    ("an app's own tests", consumer::test),
    ("the Android libraries", android::test),
    ("the library on bionic", bionic::test),
    ("an Android app's own tests", consumer::test_android),
    ("the sample app's APK", apk::test),
    ("what the oldest Android knows", apk::levels::test),
    ("the demo's tour", tour),
];

const NEEDS: [Need; 9] = [
    Need::CCompiler,
    Need::Jdk,
    Need::Maven,
    Need::AndroidResources,
    Need::ApkTools,
    Need::Strace,
    Need::AndroidC,
    Need::AndroidRust,
    Need::StdSources,
];

/// Runs all steps, or only the step `only`. Stops at the first step that fails, and prints its name last.
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

/// Tests the core without the `testing` feature: here it must refuse what only tests may do.
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

/// Builds everything that the Kotlin modules are built from, and returns the testing library.
fn before_kotlin(places: &Places) -> Result<Utf8PathBuf> {
    let library = library::build(places, Flavour::Testing)?;
    kotlin::generate(places, Flavour::Testing, &library)?;
    library::pack_for_fakes(places, &library)?;
    resources::compile(places)?;
    phone::gather(places)?;
    Ok(library)
}

/// Draws the pictures of the screens again, and replaces the ones that are kept beside the tests.
pub(crate) fn keep_pictures(places: &Places) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Jdk, Need::Maven, Need::AndroidResources])?;
    println!("{}", maven::keep_pictures(places, &before_kotlin(places)?)?);
    println!("Drawn into {}. Look at each before you commit it.", places.pictures());
    Ok(ExitCode::SUCCESS)
}

fn tour(places: &Places) -> Result<()> {
    process::run_logged(demo::build(places)?.arg("--tour"), &places.log("tour"))
}
