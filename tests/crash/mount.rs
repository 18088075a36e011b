//! Says which disk SQLite sees in which folder of this process.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::disk::{Disk, Off};
use crate::vfs;

static DISKS: Mutex<BTreeMap<PathBuf, Disk>> = Mutex::new(BTreeMap::new());

/// A folder on which disks are mounted, one at a time.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// The folder must exist: see [`Self::keep_in_step`].
    pub(crate) fn new(folder: PathBuf) -> Self {
        vfs::register();
        Self(folder)
    }

    /// Mounts this disk: from now on SQLite finds its files in the folder.
    pub(crate) fn put(&self, disk: &Disk) {
        disks().insert(self.0.clone(), disk.clone());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Keeps a stand-in file in the real folder. When a wallet is opened, the core asks the operating system, not
    /// SQLite, whether the database is there and empty. An absent, empty or one-byte file answers as the disk would.
    /// Call this before each opening.
    pub(crate) fn keep_in_step(&self, disk: &Disk, name: &str) {
        let path = self.path(name);
        let stand_in: Option<&[u8]> = match disk.length_of(name) {
            Ok(Some(0)) => Some(b""),
            Ok(Some(_)) => Some(b"x"),
            Ok(None) | Err(Off) => None,
        };
        let stands = fs::metadata(&path).ok().map(|file| file.len() as usize);
        if stands != stand_in.map(<[u8]>::len) {
            let _changed = match stand_in {
                Some(bytes) => fs::write(&path, bytes),
                None => fs::remove_file(&path),
            };
        }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        disks().remove(&self.0);
    }
}

/// The disk that is mounted on the folder.
pub(crate) fn disk_in(folder: &Path) -> Option<Disk> {
    disks().get(folder).cloned()
}

fn disks() -> MutexGuard<'static, BTreeMap<PathBuf, Disk>> {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner)
}
