//! Compiles and links for other systems, with zig as linker and C compiler.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use super::Host;
use crate::android::{Renaming, Rust};
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::process;

/// The packages that pip fetches, with their digests. Only the digests for x86-64 Linux are listed; to build on another
/// system, add its.
const WANTED: &str = include_str!("zig.txt");

/// The oldest macOS that the library loads on: 11 is the first for Apple's own processors.
pub(super) const OLDEST_MACOS: &str = "11.0";

/// The oldest glibc that the library loads on: the one in Debian 10 and RHEL 8.
pub(super) const OLDEST_GLIBC: [u32; 2] = [2, 28];

/// Fetches zig, unless an earlier call has. Returns its folder.
pub(super) fn fetch(places: &Places) -> Result<Utf8PathBuf> {
    let folder = places.target().join("hosts/zig");
    let stamp = folder.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == WANTED) {
        return Ok(folder);
    }
    remove_folder(&folder)?;
    fs::create_dir_all(&folder)?;
    let list = folder.join("zig.txt");
    fs::write(&list, WANTED)?;
    process::run_logged(
        Command::new("python3")
            .args(["-m", "pip", "install", "--no-deps", "--only-binary=:all:", "--require-hashes"])
            .args(["--target", folder.as_str(), "--requirement", list.as_str()]),
        &places.log("zig"),
    )?;
    fs::write(stamp, WANTED)?;
    Ok(folder)
}

/// Builds the library with the feature `testing`, and without symbols. Returns the file.
pub(super) fn build(places: &Places, zig: &Utf8Path, host: Host) -> Result<Utf8PathBuf> {
    let mut cargo = cargo(places, zig, host)?;
    cargo.args(["--package", "walletlock-android", "--lib", "--features", "testing"]);
    eprintln!("    Building the library for {}", host.name());
    process::run_logged(&mut cargo, &places.log(&format!("host-{}", host.name())))?;
    Ok(built(places, host).join(host.file_name()))
}

/// Builds a package's tests. Returns the program with the tests of this kind, as cargo calls it: `lib` or `test`.
pub(super) fn build_tests(
    places: &Places,
    zig: &Utf8Path,
    host: Host,
    package: &str,
    kind: &str,
) -> Result<Utf8PathBuf> {
    let mut cargo = cargo(places, zig, host)?;
    cargo.args(["--tests", "--package", package, "--features", "walletlock-core/testing", "--message-format", "json"]);
    let output = cargo.output().context("could not start cargo")?;
    if !output.status.success() {
        bail!("the tests of {package} do not compile: {}", String::from_utf8_lossy(&output.stderr));
    }
    let said = String::from_utf8(output.stdout)?;
    let program =
        said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()).find_map(|line| {
            let is_meant = line["profile"]["test"] == true && line["target"]["kind"][0] == kind;
            is_meant.then(|| line["executable"].as_str().map(Utf8PathBuf::from)).flatten()
        });
    program.with_context(|| format!("{package} has no tests of the kind {kind}"))
}

/// Compiles a program or a library from C.
pub(super) fn compile(zig: &Utf8Path, host: Host, source: &Utf8Path, into: &Utf8Path, options: &[&str]) -> Result<()> {
    let mut compiler = Command::new("python3");
    compiler.env("PYTHONPATH", zig).args(["-m", "ziglang", "cc", "-target", &zig_target(host)]);
    process::run(compiler.args(["-o", into.as_str(), source.as_str()]).args(options))
}

fn built(places: &Places, host: Host) -> Utf8PathBuf {
    places.target().join("hosts/cargo").join(host.rust_target()).join("release")
}

fn cargo(places: &Places, zig: &Utf8Path, host: Host) -> Result<Command> {
    let target = host.rust_target();
    let (lower, upper) = (target.replace('-', "_"), target.replace('-', "_").to_uppercase());
    let rust = Rust::find()?;
    let Renaming { c: c_flags, rust: mut rust_flags } = rust.renaming(places)?;
    if matches!(host, Host::MacArm | Host::MacX86) {
        // Without this, the name inside the library would be the path where it was built.
        rust_flags.push(format!("-Clink-arg=-Wl,-install_name,@rpath/{}", host.file_name()));
    }
    let mut cargo = process::cargo(places);
    let path = std::env::var("PATH").unwrap_or_default();
    cargo
        .arg("zigbuild")
        .args(["--release", "--target", &zigbuild_target(host)])
        .args(["--target-dir", places.target().join("hosts/cargo").as_str()])
        .env("PATH", format!("{}:{path}", zig.join("bin")))
        .env("PYTHONPATH", zig)
        .env("ZIG_GLOBAL_CACHE_DIR", places.target().join("hosts/cache"))
        .env("CARGO_ZIGBUILD_CACHE_DIR", places.target().join("hosts/cache"))
        .env("MACOSX_DEPLOYMENT_TARGET", OLDEST_MACOS)
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .env(format!("CFLAGS_{lower}"), c_flags.join(" "))
        .env(format!("CARGO_TARGET_{upper}_RUSTFLAGS"), rust_flags.join(" "))
        // These variables would replace our flags.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    Ok(cargo)
}

/// The target in cargo-zigbuild's form, which for Linux includes the oldest glibc.
fn zigbuild_target(host: Host) -> String {
    let [major, minor] = OLDEST_GLIBC;
    match host {
        Host::LinuxX86 | Host::LinuxArm => format!("{}.{major}.{minor}", host.rust_target()),
        Host::MacArm | Host::MacX86 | Host::WindowsX86 => host.rust_target().to_owned(),
    }
}

/// The target in zig's own form.
fn zig_target(host: Host) -> String {
    let [major, minor] = OLDEST_GLIBC;
    match host {
        Host::LinuxX86 => format!("x86_64-linux-gnu.{major}.{minor}"),
        Host::LinuxArm => format!("aarch64-linux-gnu.{major}.{minor}"),
        Host::MacArm => "aarch64-macos".to_owned(),
        Host::MacX86 => "x86_64-macos".to_owned(),
        Host::WindowsX86 => "x86_64-windows-gnu".to_owned(),
    }
}
