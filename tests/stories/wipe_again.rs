//! A wipe that is overtaken, or that does not get through: nothing opens once it says that it is done.

use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use walletlock_core::key_slots::{Calibration, KdfCost};
use walletlock_core::lockout::Policy;
use walletlock_core::platform::testing::{FakeDeviceKey, FakePhone};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, Platform};
use walletlock_core::{AntiRollback, Enrolment, LockError, Options, PinOutcome, Session, WalletLock};
use zeroize::Zeroizing;

use crate::wallet::{PIN, entry};

type Happens = Box<dyn FnOnce() + Send>;

/// A keystore in whose making of a wiped wallet's mark something happens, once.
#[derive(Default)]
struct Keystore {
    keys: FakeDeviceKey,
    at_mark: Mutex<Option<Happens>>,
}

impl Keystore {
    fn at_mark(&self, happens: impl FnOnce() + Send + 'static) {
        *self.at_mark.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(happens));
    }
}

impl DeviceKey for Keystore {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.keys.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        if alias.contains("/wiped/") {
            let happens = self.at_mark.lock().unwrap_or_else(PoisonError::into_inner).take();
            happens.into_iter().for_each(|happens| happens());
        }
        self.keys.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keys.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.keys.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keys.delete(alias)
    }
}

/// A phone with a PIN set and an item kept.
struct Home {
    keystore: Arc<Keystore>,
    lock: Arc<WalletLock>,
    _folder: TempDir,
}

impl Home {
    fn enrolled() -> Self {
        let folder = TempDir::new().expect("a folder");
        let keystore = Arc::new(Keystore::default());
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: Policy::default(),
            platform: Platform { device_key: keystore.clone(), ..FakePhone::default().platform() },
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
        unlock(&lock).write("seed", b"correct horse").expect("written");
        Self { keystore, lock, _folder: folder }
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
    assert_eq!(session.read("seed"), Err(LockError::SessionEnded));
    assert!(!session.is_live(), "and no data key is kept");
}
