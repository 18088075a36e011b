//! `cargo xtask test --deep same-bytes`: checks that the same sources give the same library, in whatever folder they
//! are. So anybody can verify that a given library was built from these sources.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;
use sha2::{Digest, Sha256};

use super::abi::Abi;
use super::build;
use super::toolchain::{Toolchain, Tools};
use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::Places;

/// Code that the control adds to the crate that is linked. The library must differ then; if it does not, it was not
/// built from the copy.
const CONTROL: &str = "
#[allow(unsafe_code, missing_docs)]
#[unsafe(no_mangle)]
pub extern \"C\" fn uniffi_control() {}
";

/// Builds the arm64 library here, and again from a copy of the sources in another folder with an empty target folder.
/// Fails if they differ.
pub(crate) fn prove(places: &Places) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::AndroidC, Need::AndroidRust, Need::StdSources])?;
    let tools = Tools::find()?;
    let here = digest(&Toolchain::new(places, &tools, Abi::Arm64))?;
    println!("{here}  built in {}", places.root());

    let folder = places.target().join("same-bytes");
    remove_folder(&folder)?;
    let elsewhere = Places::at(folder.join("copied/sources"), folder.join("built"));
    copy(places.root(), elsewhere.root(), places)?;
    let toolchain = Toolchain::new(&elsewhere, &tools, Abi::Arm64);
    let there = digest(&toolchain)?;
    println!("{there}  built in {}", elsewhere.root());
    if here != there {
        bail!(
            "the arm64 library is another one when it is built in another folder; both are kept below {}",
            places.target()
        );
    }

    let source = elsewhere.android().join("native/src/lib.rs");
    fs::write(&source, fs::read_to_string(&source)? + CONTROL)?;
    if digest(&toolchain)? == here {
        bail!("control: {source} was changed, but the library is the same");
    }
    println!("The arm64 library is the same, byte for byte; from other sources it is another.");
    Ok(ExitCode::SUCCESS)
}

/// Builds the library that ships, and returns its SHA-256.
fn digest(toolchain: &Toolchain) -> Result<String> {
    let library = build(toolchain)?.stripped;
    let bytes = fs::read(&library).with_context(|| format!("could not read {library}"))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Copies the sources, without built files and without git's own files.
fn copy(from: &Utf8Path, to: &Utf8Path, places: &Places) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in from.read_dir_utf8().with_context(|| format!("could not read {from}"))? {
        let entry = entry?;
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path == places.target() || entry.file_name() == "target" || entry.file_name() == ".git" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(path, &copied, places)?;
        } else {
            fs::copy(path, &copied).with_context(|| format!("could not copy {path}"))?;
        }
    }
    Ok(())
}
