//! The locks that are open in this process, by canonical path: every way in reaches the same core object.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};

use walletlock_core::{LockError, WalletLock};

static OPEN: Mutex<Option<HashMap<PathBuf, Place>>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

enum Place {
    /// Being opened by this thread. Opening asks the phone, so the registry is not held meanwhile.
    Opening(ThreadId),
    Open(Weak<WalletLock>),
}

/// The lock of `path`; opened by `open` if it is not open yet.
pub(crate) fn share(
    path: &str,
    open: impl FnOnce(PathBuf) -> Result<WalletLock, LockError>,
) -> Result<Arc<WalletLock>, LockError> {
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
    let lock = Arc::new(open(opening.path.clone())?);
    opening.opened = Some(Arc::downgrade(&lock));
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
    opened: Option<Weak<WalletLock>>,
}

impl Drop for Opening {
    fn drop(&mut self) {
        let mut places = places();
        let places = places.get_or_insert_default();
        places.retain(|_, place| !matches!(place, Place::Open(lock) if lock.strong_count() == 0));
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
