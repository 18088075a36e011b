//! `cargo xtask doctor`: finds out what this machine lacks, and installs it or says how to.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::android::{Abi, Rust, Tools};
use crate::{hosts, process, resources};

/// The option with which apt waits 600 seconds for another apt: a new cloud machine upgrades itself for some minutes.
/// Our own choice.
const APT_WAITS: &str = "DPkg::Lock::Timeout=600";

/// How long we wait, and how often we try again, for the lock on which apt does not wait by itself. The same time as in
/// [`APT_WAITS`].
const LISTS_WAIT: Duration = Duration::from_secs(600);
const LISTS_PAUSE: Duration = Duration::from_secs(5);

/// Something that a command needs beyond cargo and rustc.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// For the C in the bundled SQLite and in ring.
    CCompiler,
    /// For the Kotlin side.
    Jdk,
    /// Builds the Kotlin side.
    Maven,
    /// Compiles the resources of Android's part.
    AndroidResources,
    /// Sign and read APKs.
    ApkTools,
    /// Shows whether the crash tests cover every system call that writes.
    Strace,
    /// Clang, lld and what belongs to them, for Android: the NDK's, or the system's.
    AndroidC,
    /// Rust's standard library for the three ABIs.
    AndroidRust,
    /// The sources of Rust's standard library, with LLVM's unwinder. The library that ships is built from them.
    StdSources,
    /// The benches compare our Argon2id with it. Building and testing do not need it.
    Libsodium,
    /// Chromium, which `test-browser` drives. Nothing else needs it.
    Browser,
    /// Fetches zig, to build the libraries of `hosts`.
    Pip,
    /// Rust's standard library for developers' machines, to build the libraries of `hosts`.
    HostsRust,
    /// Runs code for arm64. Only `test --deep hosts` needs it.
    Qemu,
    /// Runs code for Windows. Only `test --deep hosts` needs it.
    Wine,
    /// Puts faults into the code. Only `test --deep mutants` needs it.
    CargoMutants,
    /// Checks the code's format. Building and testing do not need it.
    Rustfmt,
    /// Checks the code. Building and testing do not need it.
    Clippy,
}

const ALL: [Need; 12] = [
    Need::CCompiler,
    Need::Jdk,
    Need::Maven,
    Need::AndroidResources,
    Need::ApkTools,
    Need::Strace,
    Need::AndroidC,
    Need::AndroidRust,
    Need::StdSources,
    Need::Libsodium,
    Need::Rustfmt,
    Need::Clippy,
];

const JDK_AT_LEAST: [u32; 2] = [17, 0];
const MAVEN_AT_LEAST: [u32; 2] = [3, 8];

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::CCompiler => "a C compiler with the C library's headers",
            Self::Jdk => "JDK 17 or newer",
            Self::Maven => "Maven 3.8 or newer",
            Self::AndroidResources => "aapt2 with Android's own resources",
            Self::ApkTools => "apksigner and dexdump",
            Self::Strace => "strace",
            Self::AndroidC => "clang and lld for Android",
            Self::AndroidRust => "Rust's standard library for Android",
            Self::StdSources => "the sources of Rust's standard library",
            Self::Libsodium => "libsodium",
            Self::Browser => "Chromium with its driver, and a font with Chinese",
            Self::Pip => "pip for Python 3",
            Self::HostsRust => "Rust's standard library for Linux, macOS and Windows",
            Self::Qemu => "qemu and a C library for arm64",
            Self::Wine => "Wine",
            Self::CargoMutants => "cargo-mutants",
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
        }
    }

    fn is_met(self) -> bool {
        match self {
            Self::CCompiler => compiles_c(),
            Self::Jdk => {
                version_of(&java_program("java"), "version \"") >= Some(JDK_AT_LEAST)
                    && version_of(&java_program("javac"), "javac ") >= Some(JDK_AT_LEAST)
            }
            Self::Maven => version_of("mvn", "Apache Maven ") >= Some(MAVEN_AT_LEAST),
            Self::AndroidResources => resources::can_be_compiled(),
            Self::ApkTools => {
                // Without a file dexdump fails and prints its usage, so it is enough that it starts.
                process::answer("apksigner", &["--version"]).is_some() && Command::new("dexdump").output().is_ok()
            }
            Self::Strace => process::answer("strace", &["--version"]).is_some(),
            Self::AndroidC => Tools::find().is_ok_and(|tools| tools.work()),
            Self::AndroidRust => {
                Rust::find().is_ok_and(|rust| compiles_for_all(&rust, &Abi::ALL.map(Abi::rust_target)))
            }
            Self::StdSources => Rust::find().is_ok_and(|rust| rust.has_sources()),
            Self::Libsodium => {
                process::answer("/sbin/ldconfig", &["-p"]).is_some_and(|known| known.contains("libsodium.so."))
            }
            Self::Browser => {
                ["chromium", "chromedriver"].iter().all(|program| process::answer(program, &["--version"]).is_some())
                    && process::answer("fc-list", &[":lang=zh-cn"]).is_some_and(|fonts| !fonts.trim().is_empty())
            }
            Self::Pip => process::answer("python3", &["-m", "pip", "--version"]).is_some(),
            Self::HostsRust => Rust::find().is_ok_and(|rust| compiles_for_all(&rust, &hosts::rust_targets())),
            Self::Qemu => {
                process::answer("qemu-aarch64-static", &["--version"]).is_some()
                    && Path::new(hosts::ARM_LIBRARIES).join("lib/libc.so.6").exists()
            }
            Self::Wine => Path::new(hosts::WINE).exists(),
            Self::CargoMutants => process::answer("cargo", &["mutants", "--version"]).is_some(),
            Self::Rustfmt => process::answer("cargo", &["fmt", "--version"]).is_some(),
            Self::Clippy => process::answer("cargo", &["clippy", "--version"]).is_some(),
        }
    }

    fn source(self) -> Source {
        match self {
            Self::CCompiler => Source::Apt(&["gcc", "libc6-dev"]),
            Self::Jdk => Source::Apt(&["default-jdk-headless"]),
            Self::Maven => Source::Apt(&["maven"]),
            Self::AndroidResources => Source::Apt(&["aapt", "android-framework-res"]),
            Self::ApkTools => Source::Apt(&["apksigner", "dexdump"]),
            Self::Strace => Source::Apt(&["strace"]),
            Self::AndroidC => Source::Apt(&["clang-19", "lld-19", "llvm-19"]),
            Self::AndroidRust => Source::AndroidTargets,
            Self::StdSources => Source::Rustup("rust-src"),
            Self::Libsodium => Source::Apt(&["libsodium23"]),
            Self::Browser => Source::Apt(&["chromium", "chromium-driver", "fontconfig", "fonts-noto-cjk"]),
            Self::Pip => Source::Apt(&["python3-pip"]),
            Self::HostsRust => Source::HostTargets,
            Self::Qemu => Source::Apt(&["qemu-user-static", "libc6-arm64-cross"]),
            Self::Wine => Source::Apt(&["wine64"]),
            Self::CargoMutants => Source::Cargo(&["cargo-mutants", "--version", "27.0.0"]),
            Self::Rustfmt => Source::Rustup("rustfmt"),
            Self::Clippy => Source::Rustup("clippy"),
        }
    }
}

#[derive(Clone, Copy)]
enum Source {
    /// Packages of Debian and its derivatives.
    Apt(&'static [&'static str]),
    /// A component of the Rust toolchain.
    Rustup(&'static str),
    /// Rust's standard library for Android's three ABIs.
    AndroidTargets,
    /// Rust's standard library for developers' machines.
    HostTargets,
    /// A program on crates.io, with its version.
    Cargo(&'static [&'static str]),
}

/// Requires everything in [`ALL`], and `more`.
pub(crate) fn examine(more: &[Need]) -> Result<ExitCode> {
    let all = [&ALL[..], more].concat();
    require(&all)?;
    println!("Nothing is missing: {}.", names(&all));
    Ok(ExitCode::SUCCESS)
}

/// Installs what is missing. If that takes root and we are not root, the error contains the commands to run.
pub(crate) fn require(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Missing: {}.", names(&missing));
    let commands = install_commands(&missing);
    if commands.iter().any(|command| command.starts_with(&["apt-get"])) && !is_root() {
        let commands: Vec<_> = commands.iter().map(|command| format!("    {}", as_user(command))).collect();
        bail!("Installing it takes root. Please run:\n{}", commands.join("\n"));
    }
    for command in &commands {
        eprintln!("    {}", command.join(" "));
        run(command)?;
    }
    let missing = self::missing(&missing);
    if !missing.is_empty() {
        bail!(
            "Still missing: {}. Please install it yourself; if it is there, see that PATH (and JAVA_HOME) lead to it.",
            names(&missing)
        );
    }
    Ok(())
}

/// The path of a program of the JDK: in JAVA_HOME if that is set, as Maven does it, else on the PATH.
pub(crate) fn java_program(name: &str) -> String {
    match std::env::var("JAVA_HOME") {
        Ok(home) if !home.is_empty() => Path::new(&home).join("bin").join(name).display().to_string(),
        _ => name.to_owned(),
    }
}

fn compiles_for_all(rust: &Rust, targets: &[&str]) -> bool {
    targets.iter().all(|target| rust.compiles_for(target))
}

fn missing(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met()).collect()
}

fn names(needs: &[Need]) -> String {
    needs.iter().map(|need| need.name()).collect::<Vec<_>>().join(", ")
}

/// The commands that install what is missing, in the order to run them. Empty if this system has none of the package
/// managers that we know.
fn install_commands(missing: &[Need]) -> Vec<Vec<&'static str>> {
    let mut packages = Vec::new();
    let mut components = Vec::new();
    let mut targets = Vec::new();
    let mut programs = Vec::new();
    for need in missing {
        match need.source() {
            Source::Apt(names) => packages.extend(names),
            Source::Rustup(name) => components.push(name),
            Source::AndroidTargets => targets.extend(Abi::ALL.map(Abi::rust_target)),
            Source::HostTargets => targets.extend(hosts::rust_targets()),
            Source::Cargo(program) => programs.push(program),
        }
    }
    let mut commands = Vec::new();
    if !packages.is_empty() && process::answer("apt-get", &["--version"]).is_some() {
        commands.extend(apt_commands(&packages));
    }
    for (what, names) in [("component", components), ("target", targets)] {
        if !names.is_empty() && process::answer("rustup", &["--version"]).is_some() {
            commands.push([vec!["rustup", what, "add"], names].concat());
        }
    }
    commands.extend(programs.iter().map(|program| [&["cargo", "install", "--locked"], *program].concat()));
    commands
}

/// The commands for apt. They wait for another apt, which a new cloud machine often runs by itself.
fn apt_commands(packages: &[&'static str]) -> [Vec<&'static str>; 2] {
    let apt = ["apt-get", "-o", APT_WAITS];
    [[&apt[..], &["update"]].concat(), [&apt[..], &["install", "--yes", "--no-install-recommends"], packages].concat()]
}

fn run(command: &[&str]) -> Result<()> {
    let [program, arguments @ ..] = command else { return Ok(()) };
    if *program != "apt-get" {
        return process::run(Command::new(program).args(arguments));
    }
    let start = Instant::now();
    loop {
        let mut child = Command::new(program);
        child.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
        let output = child.stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(Stdio::piped()).output();
        let output = output.with_context(|| format!("could not start {program}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        eprint!("{said}");
        if output.status.success() {
            return Ok(());
        }
        if !waits_for_lists(&said) || start.elapsed() > LISTS_WAIT {
            bail!("this failed ({}): {}", output.status, command.join(" "));
        }
        thread::sleep(LISTS_PAUSE);
    }
}

/// Whether apt failed because another apt holds the lock on the package lists. [`APT_WAITS`] waits for all other locks,
/// but not for this one (apt 2.6).
fn waits_for_lists(said: &str) -> bool {
    said.contains("Could not get lock") && said.contains("/lists/lock")
}

fn as_user(command: &[&str]) -> String {
    let sudo = if command.starts_with(&["apt-get"]) { "sudo " } else { "" };
    format!("{sudo}{}", command.join(" "))
}

fn is_root() -> bool {
    process::answer("id", &["-u"]).is_some_and(|user| user.trim() == "0")
}

/// Whether the C compiler that build scripts use can compile code that includes a header of the C library.
fn compiles_c() -> bool {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let child = Command::new(compiler)
        .args(["-x", "c", "-fsyntax-only", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let written = child.stdin.take().is_some_and(|mut input| input.write_all(b"#include <stdlib.h>\n").is_ok());
    child.wait().is_ok_and(|status| status.success()) && written
}

fn version_of(program: &str, before: &str) -> Option<[u32; 2]> {
    version_after(before, &process::answer(program, &["-version"])?)
}

/// The major and minor number of the version that follows the words `before`.
fn version_after(before: &str, said: &str) -> Option<[u32; 2]> {
    let (_, version) = said.split_once(before)?;
    let mut numbers = version.split(|part: char| !part.is_ascii_digit());
    // A first release has no minor number.
    Some([numbers.next()?.parse().ok()?, numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::{apt_commands, version_after, waits_for_lists};

    #[test]
    fn apt_waits_for_another_apt() {
        let [update, install] = apt_commands(&["strace", "aapt"]);
        assert_eq!(update, ["apt-get", "-o", "DPkg::Lock::Timeout=600", "update"]);
        let options = ["install", "--yes", "--no-install-recommends", "strace", "aapt"];
        assert_eq!(install, [&["apt-get", "-o", "DPkg::Lock::Timeout=600"][..], &options[..]].concat());
    }

    #[test]
    fn only_a_lock_on_the_lists_is_waited_for_by_us() {
        assert!(waits_for_lists("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 451 (apt-get)"));
        assert!(!waits_for_lists("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 451 (apt)"));
        assert!(!waits_for_lists("E: Unable to locate package strace"));
    }

    #[test]
    fn versions_are_found_in_what_programs_say() {
        for (before, said, version) in [
            ("javac ", "javac 17.0.15\n", Some([17, 0])),
            ("javac ", "javac 21\n", Some([21, 0])),
            ("version \"", "Picked up OPTIONS: -Xmx1g\nopenjdk version \"17.0.15\" 2025-04-15", Some([17, 0])),
            ("version \"", "java version \"1.8.0_202\"", Some([1, 8])),
            ("Apache Maven ", "\u{1b}[1mApache Maven 3.8.7\u{1b}[m\nMaven home: /usr/share/maven", Some([3, 8])),
            ("Apache Maven ", "a wrapper that says nothing", None),
        ] {
            assert_eq!(version_after(before, said), version, "{said}");
        }
    }
}
