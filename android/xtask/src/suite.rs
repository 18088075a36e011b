//! `cargo xtask test`: every test, step by step, the ones that fail fastest first.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::doctor::{self, Need};
use crate::places::{Flavour, Places};
use crate::{consumer, demo, kotlin, library, maven, process};

type Step = (&'static str, fn(&Places) -> Result<()>);

const STEPS: [Step; 5] = [
    ("the core as it ships", core_as_shipped),
    ("all Rust tests", all_rust),
    ("all Kotlin tests", all_kotlin),
    ("an app's own tests", consumer::test),
    ("the demo's tour", tour),
];

/// Runs the steps up to the first that fails; which one that was is printed last.
pub(crate) fn run(places: &Places) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Jdk, Need::Maven, Need::Strace])?;
    let mut table = String::new();
    for (name, step) in STEPS {
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
    let library = library::build(places, Flavour::Testing)?;
    kotlin::generate(places, Flavour::Testing, &library)?;
    library::pack_for_fakes(places, &library)?;
    println!("{}", maven::verify(places, &library)?);
    Ok(())
}

fn tour(places: &Places) -> Result<()> {
    process::run_logged(demo::build(places)?.arg("--tour"), &places.log("tour"))
}
