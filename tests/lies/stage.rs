//! The phone: its keystore lies, and the process may be killed at any call of the keystore.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{Call, FakeDeviceKey, FakePhone, FaultyKeystore, Hooks};
use walletlock_core::platform::{DeviceKey, Platform};
use walletlock_core::policy::{AntiRollback, Policy, presets};
use walletlock_core::{LockError, Options, WalletLock};

use crate::files::Files;

/// The least cost that Argon2id allows: the keystore is under test here.
const COST: KdfCost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };

/// What a killed process leaves behind.
pub(crate) struct Picture {
    pub(crate) files: Files,
    pub(crate) keys: FakeDeviceKey,
    /// The same keystore without the seal key that was made last, if the seal key before it still exists.
    pub(crate) without_newest: Option<FakeDeviceKey>,
}

/// Sees each call of the keystore: counts the calls, and takes a picture at the call at which the process is killed.
#[derive(Default)]
struct KeystoreLog {
    calls: usize,
    /// The call at which the process is killed, and the folder that it works on.
    kill: Option<(usize, std::path::PathBuf)>,
    /// The seal key made last in this step, and the one before it.
    newest: Option<[String; 2]>,
    picture: Option<Picture>,
}

pub(crate) struct Stage {
    pub(crate) phone: FakePhone,
    pub(crate) lies: FaultyKeystore,
    log: Arc<Mutex<KeystoreLog>>,
}

impl Stage {
    pub(crate) fn new(phone: FakePhone) -> Self {
        let phone = FakePhone { hooks: Hooks::default(), ..phone };
        let (lies, log) = (FaultyKeystore::of(&phone), Arc::new(Mutex::new(KeystoreLog::default())));
        let (hook_log, keys) = (log.clone(), phone.device_key.clone());
        phone.hooks.before(move |call| {
            let is_of_keystore =
                call.on_key().is_some() || matches!(call, Call::Aliases { .. } | Call::SecurityLevel { .. });
            if is_of_keystore {
                lock(&hook_log).see(call, &keys);
            }
            Ok(())
        });
        Self { phone, lies, log }
    }

    /// Begins a step of the wallet in this folder. If `kill_at` is given, the process is killed at the keystore call of
    /// that number.
    pub(crate) fn begin_step(&self, kill_at: Option<(usize, &Path)>) {
        let mut log = lock(&self.log);
        let calls = log.calls;
        log.kill = kill_at.map(|(after, folder)| (calls + after, folder.to_owned()));
        (log.newest, log.picture) = (None, None);
    }

    /// What the process killed in this step left behind.
    pub(crate) fn killed(&self, folder: &Path) -> Picture {
        let mut log = lock(&self.log);
        log.kill = None;
        log.picture.take().unwrap_or_else(|| log.take_picture(folder, &self.phone.device_key))
    }

    pub(crate) fn calls(&self) -> usize {
        lock(&self.log).calls
    }
}

impl KeystoreLog {
    fn see(&mut self, call: Call<'_>, keys: &FakeDeviceKey) {
        self.calls += 1;
        if self.kill.as_ref().is_some_and(|(at, _)| *at == self.calls)
            && let Some((_, folder)) = self.kill.take()
        {
            self.picture = Some(self.take_picture(&folder, keys));
        }
        if let Call::Create { alias, .. } = call
            && call.is("create", "seal")
            && let Some((of, number)) = alias.rsplit_once('/')
            && let Some(before) = number.parse().ok().and_then(|number: u64| number.checked_sub(1))
        {
            self.newest = Some([alias.to_owned(), format!("{of}/{before}")]);
        }
    }

    fn take_picture(&self, folder: &Path, keys: &FakeDeviceKey) -> Picture {
        let without_newest = self.newest.as_ref().and_then(|[newest, before]| {
            let without = keys.picture();
            without.delete(newest).expect("deleted");
            without.exists(before).expect("an answer").then_some(without)
        });
        Picture { files: Files::of(folder), keys: keys.picture(), without_newest }
    }
}

pub(crate) fn policy() -> Policy {
    let mut policy = presets::walletlock();
    policy.pin.remember = 0;
    policy
}

pub(crate) fn open(folder: &Path, platform: Platform) -> Result<Arc<WalletLock>, LockError> {
    let options = Options {
        path: folder.join("wallet.db"),
        policy: policy(),
        platform,
        calibration: Calibration::Fixed(COST),
        anti_rollback: AntiRollback::default(),
    };
    WalletLock::open(options).map(Arc::new)
}

pub(crate) fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    for digit in pin.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("not poisoned")
}
