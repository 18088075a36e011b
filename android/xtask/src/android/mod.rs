//! Builds `libwalletlock.so` for Android's three ABIs, strips it, and checks it.

mod abi;
mod controls;
mod digest;
mod headers;
mod inspect;
mod linker;
mod same_bytes;
mod stubs;
mod toolchain;
mod unwinder;

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

pub(crate) use self::abi::{API_LEVEL, Abi};
pub(crate) use self::inspect::contains;
pub(crate) use self::linker::is_only_on_a_jvm;
pub(crate) use self::same_bytes::prove as same_bytes;
use self::toolchain::Toolchain;
pub(crate) use self::toolchain::{Renaming, Rust, Tools};
use crate::places::Places;
use crate::process;

/// Compares the headers with Rust's `libc`, builds the library for every ABI, and checks the result.
pub(crate) fn test(places: &Places) -> Result<()> {
    let tools = Tools::find()?;
    for abi in Abi::ALL {
        let toolchain = Toolchain::new(places, &tools, abi);
        let mut compared = String::new();
        if !tools.are_the_ndk() {
            compared = format!(", {}", headers::compare(&toolchain)?);
            if abi == Abi::Arm64 {
                headers::every_comparison_can_fail(&toolchain)?;
            }
        }
        let start = Instant::now();
        let stripped = build(&toolchain)?.stripped;
        let seconds = start.elapsed().as_secs();
        let faults = inspect::faults(&toolchain, &stripped)?;
        if !faults.is_empty() {
            let faults = faults.iter().map(|(name, found)| format!("    not so: {name}: {found}\n"));
            bail!("{stripped}\n{}", faults.collect::<String>());
        }
        if !tools.are_the_ndk() {
            controls::every_check_can_fail(&toolchain)?;
        }
        let bytes = fs::metadata(&stripped)?.len();
        let imported = inspect::imported(&goblin::elf::Elf::parse(&fs::read(&stripped)?)?).len();
        println!("{:12} {bytes:8} bytes, needs {imported} symbols; {seconds} s{compared}", abi.name());
    }
    Ok(())
}

/// Builds Rust's standard library from source, without support for backtraces with names. That support is a tenth of
/// the library's size, and useless in a stripped library, which has no names. Of sorting and of writing numbers it has
/// the smaller code. Stable Rust allows this only with `RUSTC_BOOTSTRAP`.
const OWN_STD: [&str; 2] = ["-Zbuild-std=std,panic_unwind", "-Zbuild-std-features=optimize_for_size"];

/// The library that ships, for one ABI.
pub(crate) struct Library {
    pub(crate) abi: Abi,
    pub(crate) stripped: Utf8PathBuf,
    /// The same library with its symbols, for reading crash reports.
    pub(crate) with_symbols: Utf8PathBuf,
}

/// Builds the library for every ABI.
pub(crate) fn build_all(places: &Places) -> Result<Vec<Library>> {
    let tools = Tools::find()?;
    Abi::ALL.into_iter().map(|abi| build(&Toolchain::new(places, &tools, abi))).collect()
}

/// The checks that this file fails as a library for this ABI, each with what it found.
pub(crate) fn faults(places: &Places, abi: Abi, library: &Utf8Path) -> Result<Vec<(&'static str, String)>> {
    inspect::faults(&Toolchain::new(places, &Tools::find()?, abi), library)
}

fn build(toolchain: &Toolchain) -> Result<Library> {
    let (places, abi) = (toolchain.places(), toolchain.abi);
    let mut cargo = process::cargo(places);
    cargo.args(["build", "--quiet", "--release", "--package", "walletlock-android", "--target", abi.rust_target()]);
    cargo.args(["--target-dir", places.target().as_str()]).args(OWN_STD).env("RUSTC_BOOTSTRAP", "1");
    toolchain.equip(&mut cargo)?;
    process::run(&mut cargo)?;
    let built = places.target().join(abi.rust_target()).join("release/libwalletlock.so");
    let stripped = places.android_libraries().join(abi.name()).join("libwalletlock.so");
    fs::create_dir_all(stripped.parent().context("it has a folder")?)?;
    process::run(Command::new(toolchain.tools.strip()).args(["--strip-all", "-o", stripped.as_str(), built.as_str()]))?;
    Ok(Library { abi, stripped, with_symbols: built })
}
