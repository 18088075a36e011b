//! Runs the libraries for other systems on this machine, as far as possible: loads each and calls a function, and runs
//! a package's tests that are compiled the same way. An emulated processor or Wine is not the same as the real system.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use super::{Host, zig};
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{jar, process};

/// Where Debian puts another processor's C library.
pub(crate) const ARM_LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// The path of Debian's Wine. No program of this name is on the PATH.
pub(crate) const WINE: &str = "/usr/lib/wine/wine64";

/// Runs the library for arm64 under qemu, and the tests of the stories, on the real SQLite.
pub(super) fn on_arm(places: &Places) -> Result<()> {
    let qemu = || {
        let mut qemu = Command::new("qemu-aarch64-static");
        qemu.args(["-L", ARM_LIBRARIES]);
        qemu
    };
    // One story starts its own program again under a memory limit, which here would apply to qemu.
    run(places, Host::LinuxArm, &Tests { package: "walletlock-stories", kind: "test", skip: "no_memory" }, qemu)
}

/// Runs the library for Windows under Wine, and the core's unit tests.
pub(super) fn on_windows(places: &Places) -> Result<()> {
    let prefix = places.target().join("hosts/wine");
    let wine = || {
        let mut wine = Command::new(WINE);
        wine.env("WINEPREFIX", &prefix).env("WINEDEBUG", "-all").env("WINEDLLOVERRIDES", "mscoree,mshtml=");
        wine
    };
    run(places, Host::WindowsX86, &Tests { package: "walletlock-core", kind: "lib", skip: "none of them" }, wine)
}

/// The tests of a package that are to run.
struct Tests {
    package: &'static str,
    /// Cargo's kind of the test program: `lib` or `test`.
    kind: &'static str,
    /// Tests whose name contains this are left out.
    skip: &'static str,
}

fn run(places: &Places, host: Host, tests: &Tests, on: impl Fn() -> Command) -> Result<()> {
    let tools = zig::fetch(places)?;
    let folder = places.target().join("hosts/run").join(host.name());
    remove_folder(&folder)?;
    fs::create_dir_all(&folder)?;
    let sources = places.android().join("xtask/src/hosts");
    let program = folder.join("load.exe");
    zig::compile(&tools, host, &sources.join("load.c"), &program, &[])?;
    if host == Host::WindowsX86 {
        // Windows searches the program's folder for this library.
        let library = folder.join("bcryptprimitives.dll");
        zig::compile(&tools, host, &sources.join("bcryptprimitives.c"), &library, &["-shared", "-ladvapi32"])?;
    }
    let library = places.target().join("hosts").join(host.name()).join(host.path());
    // Not from the error output: there Wine tells of the folder that it makes at its first start.
    let (answer, errors) = output_of(on().args([program.as_str(), library.as_str()]))?;
    let contract = answer.trim().strip_prefix("contract ").and_then(|number| number.parse::<u32>().ok());
    if contract.is_none_or(|number| number == 0) {
        bail!("{}: {answer}\n{errors}", host.name());
    }
    println!("{}: loaded, {}", host.name(), answer.trim());
    let built = zig::build_tests(places, &tools, host, tests.package, tests.kind)?;
    let program = folder.join("tests.exe");
    jar::copy(&built, &program)?;
    let log = places.log(&format!("host-{}-tests", host.name()));
    process::run_logged(on().args([program.as_str(), "--skip", tests.skip]).current_dir(places.target()), &log)?;
    println!("{}: {}", host.name(), result_in(&log)?);
    Ok(())
}

/// Runs the program, and returns its output and its error output.
fn output_of(command: &mut Command) -> Result<(String, String)> {
    let output = command.output().with_context(|| format!("could not start {}", command.get_program().display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&output.stdout), text(&output.stderr)))
}

fn result_in(log: &Utf8Path) -> Result<String> {
    let text = fs::read_to_string(log)?;
    let result = text.lines().find(|line| line.starts_with("test result")).context("no test ran")?;
    if result.contains(" 0 passed") {
        bail!("no test ran: {log}");
    }
    Ok(result.to_owned())
}
