//! Packs and unpacks archives with the JDK's `jar`. The same files give the same bytes.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

use crate::kotlin::remove_folder;
use crate::{doctor, process};

/// The date of every entry, the same as in the parent POM.
const DATE: &str = "2026-01-01T00:00:00Z";

/// Packs everything in `folder`, in the order of the paths.
pub(crate) fn pack(folder: &Utf8Path, archive: &Utf8Path) -> Result<()> {
    // The leading `./` keeps a name that begins with a dash from being taken for an option.
    let entries = entries(folder)?.iter().map(|entry| format!("\"./{entry}\"\n")).collect::<String>();
    let list = archive.with_extension("list");
    fs::write(&list, entries)?;
    process::run(
        Command::new(doctor::java_program("jar"))
            .current_dir(folder)
            .args(["--create", "--no-manifest", "--date", DATE, "--file", archive.as_str()])
            .arg(format!("@{list}")),
    )?;
    fs::remove_file(list)?;
    Ok(())
}

/// Unpacks the archive into `folder`, which is emptied first.
pub(crate) fn unpack(archive: &Utf8Path, folder: &Utf8Path) -> Result<()> {
    remove_folder(folder)?;
    fs::create_dir_all(folder)?;
    process::run(Command::new(doctor::java_program("jar")).current_dir(folder).args([
        "--extract",
        "--file",
        archive.as_str(),
    ]))
}

/// The paths of all files in a folder, relative to it and sorted.
pub(crate) fn entries(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    fn add(folder: &Utf8Path, within: &Utf8Path, entries: &mut Vec<Utf8PathBuf>) -> Result<()> {
        for entry in folder.read_dir_utf8().with_context(|| format!("could not read {folder}"))? {
            let entry = entry?;
            let name = within.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                add(entry.path(), &name, entries)?;
            } else {
                entries.push(name);
            }
        }
        Ok(())
    }
    let mut all = Vec::new();
    add(folder, Utf8Path::new(""), &mut all)?;
    all.sort();
    Ok(all)
}

/// Copies all files of a folder into another, which may contain files already.
pub(crate) fn copy_folder(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    for entry in entries(from)? {
        copy(&from.join(&entry), &to.join(&entry))?;
    }
    Ok(())
}

/// Copies a file, and makes its folder if there is none.
pub(crate) fn copy(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("could not copy {from} to {to}"))?;
    Ok(())
}
