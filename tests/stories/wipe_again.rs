//! A wipe that is overtaken, or that does not get through: nothing opens once it says that it is done.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::testing::{FakeClock, FakeDeviceKey, FakePhone};
use walletlock_core::platform::{Clock, DeviceKey, DeviceKeyFault, KeyPurpose, Platform, PlatformFault};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{Enrolment, LockError, LockStatus, Now, Options, PinOutcome, Session, WalletLock};
use zeroize::Zeroizing;

use crate::wallet::{PIN, entry, open};

type Happens = Box<dyn FnOnce() + Send>;

/// A keystore that makes and deletes nothing while it is busy, and where something happens, once, when it has made a wiped wallet's mark.
#[derive(Default)]
struct Keystore {
    keys: FakeDeviceKey,
    is_busy: AtomicBool,
    at_mark: Mutex<Option<Happens>>,
}

impl Keystore {
    fn at_mark(&self, happens: impl FnOnce() + Send + 'static) {
        *self.at_mark.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(happens));
    }

    fn set_busy(&self, is_busy: bool) {
        self.is_busy.store(is_busy, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), DeviceKeyFault> {
        if self.is_busy.load(Ordering::SeqCst) { Err(DeviceKeyFault::Busy) } else { Ok(()) }
    }
}

impl DeviceKey for Keystore {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.keys.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.check()?;
        self.keys.create(alias, purpose)?;
        if alias.contains("/wiped/") {
            let happens = self.at_mark.lock().unwrap_or_else(PoisonError::into_inner).take();
            happens.into_iter().for_each(|happens| happens());
        }
        Ok(())
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keys.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.keys.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.check()?;
        self.keys.delete(alias)
    }
}

/// A clock that cannot be read once.
#[derive(Default)]
struct Hiccup {
    clock: FakeClock,
    is_due: AtomicBool,
}

impl Clock for Hiccup {
    fn now(&self) -> Result<Now, PlatformFault> {
        if self.is_due.swap(false, Ordering::SeqCst) { Err(PlatformFault) } else { self.clock.now() }
    }
}

/// A phone with a PIN set and an item kept.
struct Home {
    clock: Arc<Hiccup>,
    keystore: Arc<Keystore>,
    lock: Arc<WalletLock>,
    folder: TempDir,
}

impl Home {
    fn enrolled() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (clock, keystore) = (Arc::new(Hiccup::default()), Arc::new(Keystore::default()));
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: Policy::default(),
            platform: Platform {
                clock: clock.clone(),
                device_key: keystore.clone(),
                ..FakePhone::default().platform()
            },
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
        unlock(&lock).vault().write("seed", b"correct horse").expect("written");
        Self { clock, keystore, lock, folder }
    }

    fn picture(&self) -> TempDir {
        let picture = TempDir::new().expect("a folder");
        for file in fs::read_dir(self.folder.path()).expect("the wallet's folder") {
            let file = file.expect("a file");
            fs::copy(file.path(), picture.path().join(file.file_name())).expect("copied");
        }
        picture
    }

    /// What the files of a picture are on the phone as it is now.
    fn open(&self, picture: &TempDir) -> Arc<WalletLock> {
        let phone = FakePhone { device_key: self.keystore.keys.picture(), ..FakePhone::default() };
        open(picture, &phone, &Policy::default()).expect("it opens")
    }
}

fn unlock(lock: &Arc<WalletLock>) -> Session {
    match lock.verify_pin(&entry(PIN)) {
        PinOutcome::Right(session) => session,
        other => panic!("not unlocked: {other:?}"),
    }
}

#[test]
fn a_session_that_begins_while_the_wallet_is_wiped_ends_with_it() {
    let home = Home::enrolled();
    let opened = Arc::new(Mutex::new(None));
    let (lock, session) = (home.lock.clone(), opened.clone());
    home.keystore.at_mark(move || *session.lock().expect("not poisoned") = Some(unlock(&lock)));
    assert_eq!(home.lock.wipe(), Ok(()));
    let session = opened.lock().expect("not poisoned").take().expect("it began");
    assert_eq!(session.vault().read("seed"), Err(LockError::SessionEnded));
    assert!(!session.is_live(), "and no data key is kept");
}

#[test]
fn a_wipe_that_is_asked_for_again_does_what_the_keystore_did_not() {
    let home = Home::enrolled();
    let before = home.picture();
    home.keystore.set_busy(true);
    let busy = Err(LockError::DeviceKey(DeviceKeyFault::Busy));
    assert_eq!(home.lock.wipe(), busy);
    unlock(&home.open(&before)); // The control: the copy from before it opens.
    assert_eq!(home.lock.wipe(), busy, "it is not done yet");
    home.keystore.set_busy(false);
    assert_eq!(home.lock.wipe(), Ok(()));
    assert!(!home.keystore.keys.all_aliases().iter().any(|alias| alias.contains("/pin/")));
    assert_eq!(home.open(&before).status(), Ok(LockStatus::Wiped));
    assert!(matches!(home.lock.enrol(&entry("582941"), &[]), Ok(Enrolment::Enrolled(_))));
}

/// The next opening finishes what is marked, whatever else was done: nothing may be kept in it until then.
#[test]
fn what_is_marked_as_wiped_opens_no_more() {
    let home = Home::enrolled();
    let (clock, keystore) = (home.clock.clone(), home.keystore.clone());
    home.keystore.at_mark(move || {
        keystore.set_busy(true);
        clock.is_due.store(true, Ordering::SeqCst);
    });
    assert_eq!(home.lock.wipe(), Err(LockError::Platform(PlatformFault)), "the record could not be written");
    home.keystore.set_busy(false);
    assert!(home.keystore.keys.all_aliases().iter().any(|alias| alias.contains("/pin/")), "nor the key be deleted");
    assert!(matches!(home.lock.verify_pin(&entry(PIN)), PinOutcome::Locked(LockStatus::Wiped)));
    assert_eq!(home.open(&home.picture()).status(), Ok(LockStatus::Wiped), "and so it is when it is opened again");
}
