//! The licences that go with a native library: ours, and those of the crates that are linked into it. Java's libraries
//! are artifacts of their own, with their own licences.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use crate::places::Places;
use crate::{jar, process};

/// The files with our own licences.
pub(crate) const OURS: [&str; 3] = ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

/// The file with the licences of others.
pub(crate) const OF_OTHERS: &str = "LICENSES-OF-OTHERS.txt";

/// Writes the licences into a folder, for a library that is compiled for this Rust target.
pub(crate) fn lay_into(places: &Places, folder: &Utf8Path, rust_target: &str) -> Result<()> {
    for ours in OURS {
        jar::copy(&places.root().join(ours), &folder.join(ours))?;
    }
    Ok(fs::write(folder.join(OF_OTHERS), of_what_is_linked(places, rust_target)?)?)
}

/// The text of [`OF_OTHERS`]: the linked crates with their licences, and then each licence's text, once.
fn of_what_is_linked(places: &Places, rust_target: &str) -> Result<String> {
    let linked = linked(places, rust_target)?;
    let metadata = output(process::cargo(places).args(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut list = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in metadata["packages"].as_array().context("cargo names no packages")? {
        let field = |name: &str| package[name].as_str().unwrap_or_default();
        let name = format!("{} {}", field("name"), field("version"));
        // A package without a source is our own.
        if package["source"].is_null() || !linked.contains(&name) {
            continue;
        }
        list.push_str(&format!("{name}: {} ({})\n", field("license"), field("repository")));
        let folder = Utf8Path::new(field("manifest_path")).parent().context("it has a folder")?;
        for text in licence_files(folder)? {
            let text = fs::read_to_string(&text).with_context(|| format!("could not read {text}"))?;
            texts.entry(text).or_default().push(name.clone());
        }
    }
    if list.is_empty() {
        bail!("nothing is linked");
    }
    let texts = texts.into_iter().map(|(text, names)| format!("\n\n==== {}\n\n{text}", names.join(", ")));
    Ok(format!(
        "Linked into the library, from crates that others wrote, unchanged, and SQLite, which is in the public domain:\n\n{list}{}",
        texts.collect::<String>()
    ))
}

/// Name and version of each linked crate. Procedural macros run in the compiler and are not linked.
fn linked(places: &Places, rust_target: &str) -> Result<BTreeSet<String>> {
    let tree = output(process::cargo(places).args([
        "tree",
        "--locked",
        "--package",
        "walletlock-android",
        "--edges",
        "normal,no-proc-macro",
        "--target",
        rust_target,
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let names = tree.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
    });
    Ok(names.collect())
}

fn licence_files(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        let name = entry.file_name().to_uppercase();
        let is_one = ["LICEN", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|begin| name.starts_with(begin));
        if is_one && entry.file_type()?.is_file() {
            files.push(entry.path().to_owned());
        }
    }
    files.sort();
    Ok(files)
}

fn output(command: &mut std::process::Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
