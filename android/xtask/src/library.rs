//! Builds the native library for this machine.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

use crate::places::{Flavour, Places};
use crate::process;

/// Builds the library and returns its path. It keeps its symbols, because Kotlin is generated from them.
pub(crate) fn build(places: &Places, flavour: Flavour) -> Result<Utf8PathBuf> {
    let file = file_name();
    let mut cargo = process::cargo(places);
    cargo.args(["build", "--package", "walletlock-android", "--lib"]);
    match flavour {
        Flavour::Shipped => {
            process::run(cargo.arg("--release"))?;
            Ok(places.target().join("release").join(file))
        }
        Flavour::Testing => {
            // The same profile and target folder as for the Rust tests, so nearly everything is compiled already.
            process::run(cargo.args(["--features", "testing"]))?;
            let built = places.target().join("debug").join(&file);
            // Copied, because a plain `cargo build` overwrites the file with a library without the feature.
            let kept = places.target().join("testing").join(file);
            fs::create_dir_all(places.target().join("testing"))?;
            fs::copy(&built, &kept).with_context(|| format!("could not copy {built} to {kept}"))?;
            Ok(kept)
        }
    }
}

/// Copies the library to where the fakes look for it, `native/<os>-<arch>/`, without its symbols, which are nine tenths
/// of its size.
pub(crate) fn pack_for_fakes(places: &Places, library: &Utf8Path) -> Result<()> {
    let folder = places.host_library().join("native").join(format!("{OS}-{ARCH}"));
    fs::create_dir_all(&folder)?;
    let packed = folder.join(file_name());
    process::run(Command::new("strip").args(["-S", "-x", "-o", packed.as_str(), library.as_str()]))
        .context("could not strip the library for the fakes")
}

fn file_name() -> String {
    format!("{DLL_PREFIX}walletlock{DLL_SUFFIX}")
}
