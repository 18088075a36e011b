//! Whether what something was made from is still the same.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// A number for the contents of these files and for these words. Not where the files are: that differs from machine to machine.
pub(crate) fn of(files: &[Utf8PathBuf], words: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(file).with_context(|| format!("could not read {file}"))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file in a folder and below, in the order of their paths.
pub(crate) fn files_below(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir_utf8().with_context(|| format!("could not read {folder}"))? {
        let path = entry?.path().to_owned();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
