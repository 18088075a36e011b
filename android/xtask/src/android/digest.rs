//! Digests of inputs, to find out whether something has to be built again.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// A digest of the names and contents of these files and of these words. The files' folders do not count: they differ
/// between machines.
pub(crate) fn of(files: &[Utf8PathBuf], words: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(file).with_context(|| format!("could not read {file}"))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// All files in a folder and below it, sorted by path.
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
