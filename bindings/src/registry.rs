//! The locks that are open in this process, by canonical path: whoever opens a file gets the same core object.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use walletlock_core::{LockError, WalletLock, WeakWalletLock};

static OPEN: Mutex<Option<HashMap<PathBuf, Entry>>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

enum Entry {
    /// This thread is opening the lock. Opening calls the app's platform, so the registry's mutex is not held then.
    Opening(ThreadId),
    Open(WeakWalletLock),
    /// The last reference to the lock is being dropped, which waits for the keystore.
    Closing,
}

/// How long dropping the last reference waits for a key that is being made. A phone's main processor makes a key within
/// this time. A separate security chip takes longer, and a person would notice such a wait on the main thread. Our own
/// choice: three frames.
const MAX_CLOSE_WAIT: Duration = Duration::from_millis(50);

/// The lock of the file `path`. `open` opens it if it is not open yet. Waits while another thread opens or closes the
/// same file.
pub(crate) fn share(
    path: &str,
    open: impl FnOnce(PathBuf) -> Result<WalletLock, LockError>,
) -> Result<WalletLock, LockError> {
    let path = canonical(Path::new(path))?;
    let mut entries = entries();
    loop {
        match entries.get_or_insert_default().get(&path) {
            Some(Entry::Open(lock)) => match lock.upgrade() {
                Some(lock) => return Ok(lock),
                None => break,
            },
            // This thread is opening the same lock, and a part of the platform has called back. Waiting would never
            // end.
            Some(Entry::Opening(by)) if *by == thread::current().id() => return Err(LockError::WrongState),
            Some(Entry::Opening(_) | Entry::Closing) => {
                entries = CHANGED.wait(entries).unwrap_or_else(PoisonError::into_inner)
            }
            None => break,
        }
    }
    entries.get_or_insert_default().insert(path.clone(), Entry::Opening(thread::current().id()));
    drop(entries);
    let mut opening = Opening { path, opened: None };
    let lock = open(opening.path.clone())?;
    opening.opened = Some(lock.downgrade());
    Ok(lock)
}

/// Drops a reference to a lock. Dropping the last reference closes the database. If that would wait for the keystore,
/// another thread closes it. A call that opens the same file waits until the database is closed.
pub(crate) fn release(held: WalletLock) {
    held.drops_at_once(MAX_CLOSE_WAIT);
    let mut entries = entries();
    // Other threads drop their references under the same mutex. So this call knows whether it has the last one.
    if held.drops_at_once(Duration::ZERO) {
        return drop(held);
    }
    let entry = entries.get_or_insert_default().iter_mut().find(|(_, entry)| entry.is_of(&held));
    let path = entry.map(|(path, entry)| {
        *entry = Entry::Closing;
        path.clone()
    });
    drop(entries);
    let closing = Closing { path, held: Some(held) };
    // If no thread can be started, `closing` is dropped here, and this thread waits.
    thread::Builder::new().name("walletlock-close".to_owned()).spawn(move || drop(closing)).ok();
}

impl Entry {
    fn is_of(&self, lock: &WalletLock) -> bool {
        matches!(self, Self::Open(open) if open.is_of(lock))
    }
}

/// When dropped, closes the database and then removes its entry from the registry.
struct Closing {
    path: Option<PathBuf>,
    held: Option<WalletLock>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        drop(self.held.take());
        let mut entries = entries();
        if let Some(path) = &self.path {
            entries.get_or_insert_default().remove(path);
        }
        CHANGED.notify_all();
    }
}

/// When dropped, puts the open lock into its entry, or removes the entry if opening failed or panicked.
struct Opening {
    path: PathBuf,
    opened: Option<WeakWalletLock>,
}

impl Drop for Opening {
    fn drop(&mut self) {
        let mut entries = entries();
        let entries = entries.get_or_insert_default();
        entries.retain(|_, entry| !matches!(entry, Entry::Open(lock) if !lock.is_open()));
        match self.opened.take() {
            Some(lock) => entries.insert(self.path.clone(), Entry::Open(lock)),
            None => entries.remove(&self.path),
        };
        CHANGED.notify_all();
    }
}

/// The canonical path of a database. The file may not exist yet, but its folder must exist.
fn canonical(path: &Path) -> Result<PathBuf, LockError> {
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let name = path.file_name().ok_or(LockError::Invalid("path"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(|_| LockError::Storage)?.join(name))
}

fn entries() -> MutexGuard<'static, Option<HashMap<PathBuf, Entry>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::mpsc;

    use tempfile::TempDir;
    use walletlock_core::crypto::{Calibration, KdfCost};
    use walletlock_core::pin::PinEntry;
    use walletlock_core::platform::testing::FakePhone;
    use walletlock_core::policy::{AntiRollback, Policy, RollbackProtection};
    use walletlock_core::{Enrolment, Options};

    use super::*;

    fn open(path: PathBuf) -> Result<WalletLock, LockError> {
        open_on(&FakePhone::default(), path)
    }

    fn open_on(phone: &FakePhone, path: PathBuf) -> Result<WalletLock, LockError> {
        WalletLock::open(Options {
            path,
            policy: Policy::default(),
            platform: phone.platform(),
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            // With the thread that makes keys in advance.
            anti_rollback: AntiRollback::Fixed(RollbackProtection::On),
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

    /// A screen that goes to the background drops the last reference on the main thread, while another thread makes the
    /// key for the next try in advance. The main thread must not wait for that key.
    #[test]
    fn closing_does_not_wait_for_a_key_that_is_being_made_and_who_opens_meanwhile_does() {
        let folder = TempDir::new().expect("a folder");
        let path = path(&folder, "wallet.db");
        let phone = FakePhone::default();
        let (making, is_made) = mpsc::channel::<()>();
        let (finish, is_to_finish) = mpsc::channel::<()>();
        phone.hooks.once_before(
            |call| call.is("create", "seal") && thread::current().name() == Some("walletlock-seal"),
            move || {
                making.send(()).expect("the test waits");
                is_to_finish.recv().expect("the test releases the key");
            },
        );
        let lock = share(&path, |path| open_on(&phone, path)).expect("it opens");
        let entry = PinEntry::new();
        for digit in [4, 9, 3, 7, 1, 6] {
            assert_eq!(entry.push(digit), Ok(true));
        }
        let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry, &[]) else { panic!("not enrolled") };
        is_made.recv().expect("the key is being made");
        drop(lock);
        let last = session.lock();
        drop(session);
        // On a separate thread, so that this test ends even if `release` waits.
        let (released, is_released) = mpsc::channel::<()>();
        thread::spawn(move || {
            release(last);
            released.send(()).ok();
        });
        let returned = is_released.recv_timeout(Duration::from_secs(20));
        let opener = thread::spawn(move || share(&path, |path| open_on(&phone, path)).map(|lock| lock.status()));
        finish.send(()).expect("the keystore waits");
        assert_eq!(returned, Ok(()), "it waited for the keystore");
        let status = opener.join().expect("no panic").expect("opened anew, once the file was closed");
        assert!(status.is_ok_and(|status| status.is_ready()));
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
