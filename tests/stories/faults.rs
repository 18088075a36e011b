//! A keystore that fails at the call that one names, and takes a picture of the phone at each: what a process killed there leaves behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::testing::{FakeDeviceKey, FakePhone};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, Platform};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{Options, WalletLock};
use zeroize::Zeroizing;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Seal,
    Pin,
    Wiped,
}

pub(crate) struct Faults {
    device_key: FakeDeviceKey,
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// So many more calls succeed.
    fault: Option<(usize, DeviceKeyFault)>,
    has_failed: bool,
    pictures: Vec<Picture>,
}

/// The wallet's files and the keystore, at a call of the device key.
pub(crate) struct Picture {
    pub(crate) call: &'static str,
    pub(crate) of: Of,
    pub(crate) folder: TempDir,
    pub(crate) device_key: FakeDeviceKey,
}

impl Faults {
    pub(crate) fn new(device_key: FakeDeviceKey, folder: &Path) -> Self {
        Self { device_key, folder: folder.to_owned(), state: Mutex::default() }
    }

    /// A lock on this keystore, whose next seal key is not made ahead.
    pub(crate) fn open(self: &Arc<Self>, folder: &TempDir, phone: &FakePhone, policy: &Policy) -> Arc<WalletLock> {
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: policy.clone(),
            platform: Platform { device_key: self.clone(), ..phone.platform() },
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::InStep,
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        self.state().pictures.clear();
        lock
    }

    /// The call after `nth` more fails like this.
    pub(crate) fn fail_nth(&self, nth: usize, fault: DeviceKeyFault) {
        let mut state = self.state();
        (state.fault, state.has_failed) = (Some((nth, fault)), false);
    }

    /// Whether it came to that call.
    pub(crate) fn has_failed(&self) -> bool {
        let mut state = self.state();
        state.fault = None;
        state.has_failed
    }

    /// Those taken since the last time.
    pub(crate) fn pictures(&self) -> Vec<Picture> {
        std::mem::take(&mut self.state().pictures)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn meet(&self, call: &'static str, alias: &str) -> Result<&FakeDeviceKey, DeviceKeyFault> {
        let folder = TempDir::new().expect("a folder");
        for file in fs::read_dir(&self.folder).expect("the wallet's folder") {
            let file = file.expect("a file");
            fs::copy(file.path(), folder.path().join(file.file_name())).expect("copied");
        }
        let of = [("/seal/", Of::Seal), ("/pin/", Of::Pin), ("/wiped/", Of::Wiped)];
        let of = of.into_iter().find(|(part, _)| alias.contains(part)).expect("a kind of key").1;
        let mut state = self.state();
        state.pictures.push(Picture { call, of, folder, device_key: self.device_key.picture() });
        match state.fault {
            Some((0, fault)) => {
                (state.fault, state.has_failed) = (None, true);
                Err(fault)
            }
            fault => {
                state.fault = fault.map(|(left, fault)| (left - 1, fault));
                Ok(&self.device_key)
            }
        }
    }
}

impl DeviceKey for Faults {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.device_key.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.meet("create", alias)?.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.meet("ready", alias)?.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.meet("hmac", alias)?.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.meet("delete", alias)?.delete(alias)
    }
}
