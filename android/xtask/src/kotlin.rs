//! The Kotlin side of the uniffi interface, generated from a built library.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};
use uniffi_bindgen::{BindgenPaths, BindgenPathsLayer};

use crate::places::{Flavour, Places};

/// How Kotlin declares a native function.
const DECLARES: &str = "external fun ";

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
    generate_with_bindgen_paths(options, paths).with_context(|| format!("could not generate Kotlin from {library}"))?;
    let path = generated(places, flavour);
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    fs::write(&path, without_unused_functions(&text)?)?;
    Ok(())
}

/// The file that uniffi generates.
fn generated(places: &Places, flavour: Flavour) -> Utf8PathBuf {
    places.kotlin_bindings(flavour).join("dev/walletlock/ffi/walletlock.kt")
}

/// Leaves out each native function that the generated Kotlin declares and never calls: JNA looks every declared one up,
/// and Android's library does not export these. They are the functions for futures: nothing here is async.
fn without_unused_functions(text: &str) -> Result<String> {
    let mut names = HashMap::<_, usize>::new();
    for name in text.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        *names.entry(name).or_default() += 1;
    }
    let mut parts = text.split(DECLARES);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split('(').next().unwrap_or_default().trim_matches('`');
        if names.get(name).is_some_and(|count| *count > 1) {
            kept += DECLARES;
            kept += part;
        } else {
            // A declaration ends with the line of its closing bracket.
            let (_, after) =
                part.split_once("\n    )").with_context(|| format!("{name} is declared in another form"))?;
            kept.truncate(kept.trim_end_matches(' ').len());
            kept += after.split_once('\n').map_or("", |(_, after)| after);
        }
    }
    Ok(kept)
}

/// The names of the native functions that the generated Kotlin calls.
pub(crate) fn functions_called(places: &Places, flavour: Flavour) -> Result<Vec<String>> {
    let path = generated(places, flavour);
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let names = text.split(DECLARES).skip(1).filter_map(|after| after.split('(').next());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_functions_that_are_called_stay_declared() {
        let before = "object Lib {
    external fun first(a: Int,
    ): Int
    external fun unused_first(
    ): Unit
    external fun second(
    ): Long
    external fun unused(b: Long,
    ): Unit
}
fun call() = Lib.first(1) + Lib.second()
";
        let after = without_unused_functions(before).unwrap();
        let kept: Vec<_> = after.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let expected = [
            "object Lib {",
            "external fun first(a: Int,",
            "): Int",
            "external fun second(",
            "): Long",
            "}",
            "fun call() = Lib.first(1) + Lib.second()",
        ];
        assert_eq!(kept, expected);
        assert!(without_unused_functions("    external fun odd() = 1\n").is_err());
    }
}
