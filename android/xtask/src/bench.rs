//! `cargo xtask bench`: what the lock costs, as ratios measured side by side in one run.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{kotlin, library, maven, process};

/// The group of benches that runs in a JVM.
const JVM_GROUP: &str = "jni";

/// Runs the benches with `options`: `--check`, `--plot`, and names of groups, which leave out all other groups.
pub(crate) fn run(places: &Places, options: &[String]) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Libsodium, Need::Jdk, Need::Maven])?;
    let mut benches = process::cargo(places);
    benches.args(["run", "--quiet", "--release", "--package", "walletlock-benches", "--"]).args(options);
    let mut groups = options.iter().filter(|option| !option.starts_with("--")).peekable();
    if groups.peek().is_none() || groups.any(|group| group == JVM_GROUP) {
        prepare_jvm(places, &mut benches)?;
    }
    process::run(&mut benches)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds the library that ships, the facade, and the programs that measure them. Passes their paths to the benches.
fn prepare_jvm(places: &Places, benches: &mut Command) -> Result<()> {
    let library = library::build(places, Flavour::Shipped)?;
    kotlin::generate(places, Flavour::Shipped, &library)?;
    let classpath = maven::build_demo(places, &library)?;
    process::run(process::cargo(places).args(["build", "--release", "--package", "walletlock-raw-jni"]))?;
    let raw_jni = places.target().join("release").join(format!("{DLL_PREFIX}raw_jni{DLL_SUFFIX}"));

    let classes = places.target().join("benches-jvm");
    remove_folder(&classes)?;
    let sources = places.root().join("tests/benches/jvm/dev/walletlock/bench");
    let mut javac = Command::new(doctor::java_program("javac"));
    javac.args(["-Xlint:all", "-Werror", "-classpath", &classpath, "-d", classes.as_str()]);
    for source in fs::read_dir(&sources).with_context(|| format!("could not read {sources}"))? {
        javac.arg(source?.path());
    }
    process::run(&mut javac)?;

    let paths = std::env::split_paths(&classpath).chain([classes.into_std_path_buf()]);
    benches
        .env("CLASSPATH", std::env::join_paths(paths)?)
        .env("WALLETLOCK_JAVA", doctor::java_program("java"))
        .env("WALLETLOCK_LIBRARY", &library)
        .env("WALLETLOCK_RAW_JNI", &raw_jni);
    Ok(())
}
