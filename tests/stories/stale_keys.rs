//! A key of a later epoch that an older copy finds beside it: it goes before another takes its name, and never after.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::testing::{FakeDeviceKey, FakePhone};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, Platform};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{Enrolment, LockStatus, NoVerdict, Options, PinOutcome, WalletLock};
use zeroize::Zeroizing;

use crate::wallet::{PIN, entry};

/// What becomes of a key that is to be deleted.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Stays,
    /// It is gone, and the keystore says that it failed.
    GoneAndFailed,
}

struct Keystore {
    keys: FakeDeviceKey,
    folder: PathBuf,
    /// What happens to the next deletion of a key of this name.
    fault: Mutex<Option<(&'static str, Fault)>>,
    /// The wallet's files while a PIN was tried last.
    picture: Mutex<Option<TempDir>>,
}

impl Keystore {
    fn fail(&self, name: &'static str, fault: Fault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some((name, fault));
    }
}

fn copy_files(from: &Path, to: &Path) {
    for file in fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), to.join(file.file_name())).expect("copied");
    }
}

impl DeviceKey for Keystore {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.keys.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.keys.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keys.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        if alias.contains("/pin/") {
            let picture = TempDir::new().expect("a folder");
            copy_files(&self.folder, picture.path());
            *self.picture.lock().unwrap_or_else(PoisonError::into_inner) = Some(picture);
        }
        self.keys.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        let fault =
            self.fault.lock().unwrap_or_else(PoisonError::into_inner).take_if(|(name, _)| alias.ends_with(*name));
        match fault.map(|(_, fault)| fault) {
            None => self.keys.delete(alias),
            Some(Fault::Stays) => Err(DeviceKeyFault::Failed),
            Some(Fault::GoneAndFailed) => {
                self.keys.delete(alias)?;
                Err(DeviceKeyFault::Failed)
            }
        }
    }
}

fn start(folder: &Path, keystore: &Arc<Keystore>) -> Arc<WalletLock> {
    let options = Options {
        path: folder.join("wallet.db"),
        policy: Policy::default(),
        platform: Platform { device_key: keystore.clone(), ..FakePhone::default().platform() },
        calibration: Calibration::Fixed(KdfCost::CHEAP),
        anti_rollback: AntiRollback::default(),
    };
    Arc::new(WalletLock::open(options).expect("it opens"))
}

#[test]
fn a_key_that_is_in_force_is_not_taken_for_a_stale_one() {
    let folder = TempDir::new().expect("a folder");
    let keystore = Arc::new(Keystore {
        keys: FakeDeviceKey::default(),
        folder: folder.path().to_owned(),
        fault: Mutex::default(),
        picture: Mutex::default(),
    });
    let lock = start(folder.path(), &keystore);
    assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
    assert!(matches!(lock.verify_pin(&entry("700001")), PinOutcome::Wrong(_)));
    let before = keystore.picture.lock().expect("not poisoned").take().expect("a try was under way");
    // The key of that moment outlasts the next try, and there are two later ones.
    keystore.fail("/seal/1", Fault::Stays);
    let failed = NoVerdict::DeviceKey(DeviceKeyFault::Failed);
    assert!(matches!(lock.verify_pin(&entry("700002")), PinOutcome::NoVerdict(cause) if cause == failed));
    lock.prepare().expect("prepared");
    assert!(keystore.keys.all_aliases().contains(&"wallet.db/seal/3".to_owned()));
    drop(lock);

    copy_files(before.path(), folder.path());
    keystore.fail("/seal/3", Fault::GoneAndFailed);
    let lock = start(folder.path(), &keystore);
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(15) }), "it is none the cheaper");
    lock.prepare().expect("prepared");
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)));
    drop(lock);
    let lock = start(folder.path(), &keystore);
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)), "{:?}", lock.status());
}
