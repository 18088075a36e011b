//! The files of a wallet, copied and put back while the app is not running.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A folder in memory, where there is one: what is tried here is the keystore, and no flush.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a folder")
}

/// A folder's files as they were.
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

    /// Leaves nothing else in the folder.
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
