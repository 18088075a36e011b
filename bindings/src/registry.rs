//! The locks that are open in this process, by canonical path: every way in reaches the same core object.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use walletlock_core::{LockError, WalletLock, WeakWalletLock};

static OPEN: Mutex<Option<HashMap<PathBuf, Place>>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

enum Place {
    /// Being opened by this thread. Opening asks the phone, so the registry is not held meanwhile.
    Opening(ThreadId),
    Open(WeakWalletLock),
}

/// The lock of `path`; opened by `open` if it is not open yet.
pub(crate) fn share(
    path: &str,
    open: impl FnOnce(PathBuf) -> Result<WalletLock, LockError>,
) -> Result<WalletLock, LockError> {
    let path = canonical(Path::new(path))?;
    let mut places = places();
    loop {
        match places.get_or_insert_default().get(&path) {
            Some(Place::Open(lock)) => match lock.upgrade() {
                Some(lock) => return Ok(lock),
                None => break,
            },
            // A platform part that opens the lock it is part of: waiting would be for ever.
            Some(Place::Opening(by)) if *by == thread::current().id() => return Err(LockError::WrongState),
            Some(Place::Opening(_)) => places = CHANGED.wait(places).unwrap_or_else(PoisonError::into_inner),
            None => break,
        }
    }
    places.get_or_insert_default().insert(path.clone(), Place::Opening(thread::current().id()));
    drop(places);
    let mut opening = Opening { path, opened: None };
    let lock = open(opening.path.clone())?;
    opening.opened = Some(lock.downgrade());
    Ok(lock)
}

/// Drops the last holds of a lock with the registry held, so that the database is closed before anyone opens it again.
pub(crate) fn release<T>(held: T) {
    let _places = places();
    drop(held);
}

/// Takes the place back, or puts the open lock into it; also when opening panics.
struct Opening {
    path: PathBuf,
    opened: Option<WeakWalletLock>,
}

impl Drop for Opening {
    fn drop(&mut self) {
        let mut places = places();
        let places = places.get_or_insert_default();
        places.retain(|_, place| !matches!(place, Place::Open(lock) if !lock.is_open()));
        match self.opened.take() {
            Some(lock) => places.insert(self.path.clone(), Place::Open(lock)),
            None => places.remove(&self.path),
        };
        CHANGED.notify_all();
    }
}

/// The database may not exist yet, its folder must.
fn canonical(path: &Path) -> Result<PathBuf, LockError> {
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let name = path.file_name().ok_or(LockError::Invalid("path"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(|_| LockError::Storage)?.join(name))
}

fn places() -> MutexGuard<'static, Option<HashMap<PathBuf, Place>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use tempfile::TempDir;
    use walletlock_core::Options;
    use walletlock_core::crypto::Calibration;
    use walletlock_core::platform::testing::FakePhone;
    use walletlock_core::policy::AntiRollback;
    use walletlock_core::policy::Policy;

    use super::*;

    fn open(path: PathBuf) -> Result<WalletLock, LockError> {
        let platform = FakePhone::default().platform();
        WalletLock::open(Options {
            path,
            policy: Policy::default(),
            platform,
            calibration: Calibration::default(),
            anti_rollback: AntiRollback::default(),
        })
    }

    fn never(_: PathBuf) -> Result<WalletLock, LockError> {
        panic!("it is open already")
    }

    fn path(folder: &TempDir, name: &str) -> String {
        folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn every_way_to_a_file_reaches_one_lock() {
        let folder = TempDir::new().expect("a folder");
        let lock = share(&path(&folder, "wallet.db"), open).expect("it opens");
        std::fs::create_dir(folder.path().join("sub")).expect("made");
        std::os::unix::fs::symlink(folder.path().join("wallet.db"), folder.path().join("link.db")).expect("linked");
        for other in ["wallet.db", "./wallet.db", "sub/../wallet.db", "link.db"] {
            assert!(lock.is_same(&share(&path(&folder, other), never).expect("shared")), "{other}");
        }
        let other = share(&path(&folder, "other.db"), open).expect("another file is another lock");
        assert!(!lock.is_same(&other));
    }

    #[test]
    fn threads_that_open_at_once_share_one_lock() {
        let folder = TempDir::new().expect("a folder");
        let path = path(&folder, "wallet.db");
        let start = Barrier::new(8);
        let locks: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        share(&path, open).expect("opened or shared")
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(locks.windows(2).all(|pair| pair[0].is_same(&pair[1])));
    }

    #[test]
    fn a_released_lock_can_be_opened_again_at_once() {
        let folder = TempDir::new().expect("a folder");
        let path = path(&folder, "wallet.db");
        for _ in 0..20 {
            release(share(&path, open).expect("it opens"));
        }
    }

    #[test]
    fn opening_a_lock_from_within_its_own_opening_is_refused_and_a_failed_one_leaves_no_trace() {
        let folder = TempDir::new().expect("a folder");
        let path = path(&folder, "wallet.db");
        let refused = share(&path, |_| {
            assert_eq!(share(&path, never).err(), Some(LockError::WrongState));
            Err(LockError::Storage)
        });
        assert_eq!(refused.err(), Some(LockError::Storage));
        assert!(share(&path, open).is_ok());
    }

    #[test]
    fn a_path_without_a_folder_is_an_error() {
        let folder = TempDir::new().expect("a folder");
        assert_eq!(share(&path(&folder, "no/wallet.db"), never).err(), Some(LockError::Storage));
        assert_eq!(share("/", open).err(), Some(LockError::Invalid("path")));
    }
}
