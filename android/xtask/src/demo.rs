//! `cargo xtask demo`: the terminal wallet, on the library that ships.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::doctor::{self, Need};
use crate::places::{Flavour, Places};
use crate::{kotlin, library, maven};

const MAIN_CLASS: &str = "dev.walletlock.demo.MainKt";

/// Builds what is not up to date and hands the terminal over to the demo. Its exit code becomes ours.
pub(crate) fn play(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Jdk, Need::Maven])?;
    become_program(build(places)?.args(arguments))
}

/// Builds it. Returns the command that starts it.
pub(crate) fn build(places: &Places) -> Result<Command> {
    let library = library::build(places, Flavour::Shipped)?;
    kotlin::generate(places, Flavour::Shipped, &library)?;
    let classpath = maven::build_demo(places, &library)?;
    let mut java = Command::new(doctor::java_program("java"));
    // Before Java 18 the default charset is the locale's, and a bare container has none.
    java.args(["-Dfile.encoding=UTF-8", &maven::library_override(&library), MAIN_CLASS]).env("CLASSPATH", classpath);
    Ok(java)
}

/// Replaces this process: signals and the terminal are the program's own.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    Err(anyhow::Error::new(command.exec()).context("could not start java"))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
