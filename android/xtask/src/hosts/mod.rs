//! The native library for the machines on which developers run tests. `cargo xtask hosts` builds it for all systems on
//! one Linux machine, without Apple's or Microsoft's SDKs, and puts each library into a jar in a Maven repository. The
//! fakes depend on these jars.
//!
//! Rust compiles for all of these systems. A linker and the interface of each system's own libraries come with zig,
//! which is fetched from PyPI.

mod checks;
mod controls;
mod run;
mod signature;
mod zig;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

pub(crate) use self::run::{ARM_LIBRARIES, WINE};
use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{consumer, jar, library, licences, publish};

/// A kind of machine on which the tests of an app run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    LinuxX86,
    LinuxArm,
    MacArm,
    MacX86,
    WindowsX86,
}

impl Host {
    pub(crate) const ALL: [Self; 5] = [Self::LinuxX86, Self::LinuxArm, Self::MacArm, Self::MacX86, Self::WindowsX86];

    /// The host that this program runs on.
    pub(crate) fn here() -> Result<Self> {
        let name = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        Self::ALL.into_iter().find(|host| host.name() == name).with_context(|| format!("no fakes for {name}"))
    }

    /// System and processor as Rust names them. `HostLibrary` in the fakes makes the same name from Java's system
    /// properties.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LinuxX86 => "linux-x86_64",
            Self::LinuxArm => "linux-aarch64",
            Self::MacArm => "macos-aarch64",
            Self::MacX86 => "macos-x86_64",
            Self::WindowsX86 => "windows-x86_64",
        }
    }

    /// The name of the host's jar in a repository.
    pub(crate) fn artifact(self) -> String {
        format!("walletlock-host-{}", self.name())
    }

    /// The library's file name on that system.
    fn file_name(self) -> &'static str {
        match self {
            Self::LinuxX86 | Self::LinuxArm => "libwalletlock.so",
            Self::MacArm | Self::MacX86 => "libwalletlock.dylib",
            Self::WindowsX86 => "walletlock.dll",
        }
    }

    fn rust_target(self) -> &'static str {
        match self {
            Self::LinuxX86 => "x86_64-unknown-linux-gnu",
            Self::LinuxArm => "aarch64-unknown-linux-gnu",
            Self::MacArm => "aarch64-apple-darwin",
            Self::MacX86 => "x86_64-apple-darwin",
            Self::WindowsX86 => "x86_64-pc-windows-gnu",
        }
    }

    /// The library's path in its jar, where the fakes look for it on the class path.
    fn path(self) -> Utf8PathBuf {
        Utf8Path::new("native").join(self.name()).join(self.file_name())
    }
}

/// The Rust targets of all hosts.
pub(crate) fn rust_targets() -> [&'static str; Host::ALL.len()] {
    Host::ALL.map(Host::rust_target)
}

/// Builds and checks the library for all hosts, and lays out a repository with the facade, the fakes and the hosts'
/// jars.
pub(crate) fn make(places: &Places) -> Result<ExitCode> {
    println!("{}", build_all(places)?);
    publish::compile(places)?;
    let repository = places.target().join("hosts/repository");
    publish::lay_out(places, &repository, &all_contents(places))?;
    println!("{repository}");
    Ok(ExitCode::SUCCESS)
}

/// Does what [`make`] does, and then runs what this machine can run: an app's own tests with all five jars beside the
/// fakes, the library for arm64 under qemu, and the one for Windows under Wine.
pub(crate) fn prove(places: &Places) -> Result<ExitCode> {
    doctor::require(&[Need::Qemu, Need::Wine])?;
    make(places)?;
    consumer::test_with_every_host(places)?;
    run::on_arm(places)?;
    run::on_windows(places)?;
    println!("Those for macOS were looked at and never run: there was no such machine.");
    Ok(ExitCode::SUCCESS)
}

/// Each host, with the folder of its jar's contents.
pub(crate) fn all_contents(places: &Places) -> [(Host, Utf8PathBuf); Host::ALL.len()] {
    Host::ALL.map(|host| (host, places.target().join("hosts").join(host.name())))
}

/// Builds the library for all hosts. Puts each that passes every check into its folder of [`all_contents`]. Returns
/// their sizes, as text.
pub(crate) fn build_all(places: &Places) -> Result<String> {
    doctor::require(&[Need::CCompiler, Need::Pip, Need::HostsRust, Need::Jdk, Need::Maven])?;
    let all = all_contents(places);
    for (_, folder) in &all {
        remove_folder(folder)?;
    }
    let functions = checks::functions_in(&fs::read(library::build(places, Flavour::Testing)?)?)?;
    let tools = zig::fetch(places)?;
    let mut lines = Vec::new();
    for (host, folder) in all {
        let library = zig::build(places, &tools, host)?;
        let bytes = fs::read(&library)?;
        let faults = checks::faults(places, host, &functions, &bytes)?;
        if !faults.is_empty() {
            let faults = faults.iter().map(|(name, found)| format!("    not so: {name}: {found}\n"));
            bail!("{library}\n{}", faults.collect::<String>());
        }
        controls::every_check_can_fail(places, host, &functions, &bytes)?;
        jar::copy(&library, &folder.join(host.path()))?;
        licences::lay_into(places, &folder.join("META-INF"), host.rust_target())?;
        lines.push(format!("{:16} {:8} bytes", host.name(), bytes.len()));
    }
    Ok(lines.join("\n"))
}
