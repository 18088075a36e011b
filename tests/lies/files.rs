//! The files of a wallet, copied and put back while the app is not running.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A folder in memory, if the machine has one: the keystore is under test here, not the flushes.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a folder")
}

/// A copy of the files of a folder.
#[derive(Clone, Default)]
pub(crate) struct Files(Vec<(std::ffi::OsString, Vec<u8>)>);

impl Files {
    pub(crate) fn of(folder: &Path) -> Self {
        let files = fs::read_dir(folder).expect("a folder").map(|file| {
            let file = file.expect("a file");
            (file.file_name(), fs::read(file.path()).expect("read"))
        });
        Self(files.collect())
    }

    /// Replaces all files in the folder by these.
    pub(crate) fn put_into(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        for file in fs::read_dir(folder).expect("a folder") {
            fs::remove_file(file.expect("a file").path()).expect("removed");
        }
        for (name, bytes) in &self.0 {
            fs::write(folder.join(name), bytes).expect("written");
        }
    }
}
