//! The Kotlin side of the uniffi interface, generated from a built library.

use std::fs;
use std::io::ErrorKind;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};
use uniffi_bindgen::{BindgenPaths, BindgenPathsLayer};

use crate::places::{Flavour, Places};

/// Empties the folder and generates the Kotlin again, so that nothing stays that the library no longer has.
pub(crate) fn generate(places: &Places, flavour: Flavour, library: &Utf8Path) -> Result<()> {
    let folder = places.kotlin_bindings(flavour);
    remove_folder(&folder)?;
    let mut paths = BindgenPaths::default();
    paths.add_layer(BindingsCrate(places.bindings_crate()));
    let options = GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.to_owned(),
        out_dir: folder,
        ..GenerateOptions::default()
    };
    generate_with_bindgen_paths(options, paths).with_context(|| format!("could not generate Kotlin from {library}"))
}

/// The names of the native functions that the generated Kotlin calls.
pub(crate) fn functions_called(places: &Places, flavour: Flavour) -> Result<Vec<String>> {
    let path = places.kotlin_bindings(flavour).join("dev/walletlock/ffi/walletlock.kt");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let names = text.split("external fun ").skip(1).filter_map(|after| after.split('(').next());
    Ok(names.map(|name| name.trim_matches('`').to_owned()).collect())
}

/// Removes a folder that may be absent.
pub(crate) fn remove_folder(folder: &Utf8Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {folder}"))
        }
        _ => Ok(()),
    }
}

/// Tells uniffi where `uniffi.toml` is. Without this, uniffi would run `cargo metadata`.
struct BindingsCrate(Utf8PathBuf);

impl BindgenPathsLayer for BindingsCrate {
    fn get_crate_root(&self, crate_name: &str) -> Option<Utf8PathBuf> {
        (crate_name == "walletlock_bindings").then(|| self.0.clone())
    }
}
