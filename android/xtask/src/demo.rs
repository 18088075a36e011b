//! `cargo xtask demo`: the terminal wallet, on the library that ships. For `--phone` see [`crate::phone`].

use std::process::{Command, ExitCode};

use anyhow::Result;
use camino::{Utf8Path, Utf8PathBuf};

use crate::doctor::{self, Need};
use crate::places::{Flavour, Places};
use crate::{kotlin, library, maven, phone};

const MAIN_CLASS: &str = "dev.walletlock.demo.MainKt";

/// Builds what is not up to date, and runs the demo in this terminal. The demo's exit code becomes ours.
pub(crate) fn play(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    if let [phone, options @ ..] = arguments
        && phone == "--phone"
    {
        return phone::play(places, options);
    }
    doctor::require(&[Need::CCompiler, Need::Jdk, Need::Maven])?;
    become_program(build(places)?.args(arguments))
}

/// Builds the demo. Returns the command that starts it.
pub(crate) fn build(places: &Places) -> Result<Command> {
    let (classpath, library) = build_parts(places)?;
    Ok(java(&classpath, &library))
}

/// Builds the demo. Returns its classpath and its library.
pub(crate) fn build_parts(places: &Places) -> Result<(String, Utf8PathBuf)> {
    let library = library::build(places, Flavour::Shipped)?;
    kotlin::generate(places, Flavour::Shipped, &library)?;
    let classpath = maven::build_demo(places, &library)?;
    Ok((classpath, library))
}

/// The command that starts the demo.
pub(crate) fn java(classpath: &str, library: &Utf8Path) -> Command {
    let mut java = Command::new(doctor::java_program("java"));
    // Before Java 18 the default charset is the locale's, and a bare container has none.
    java.args(["-Dfile.encoding=UTF-8", &maven::library_override(library), MAIN_CLASS]).env("CLASSPATH", classpath);
    java
}

/// Replaces this process by the program, which so gets the terminal and all signals itself.
#[cfg(unix)]
pub(crate) fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    Err(anyhow::Error::new(command.exec()).context("could not start java"))
}

#[cfg(not(unix))]
pub(crate) fn become_program(command: &mut Command) -> Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
