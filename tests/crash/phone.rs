//! The phone around the disk: its keystore stands still when the power is off, and a wallet is opened on it as an app would.

use std::sync::Arc;

use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{FakeClock, FakeDeviceKey, FakeEntropy, FakePhone};
use walletlock_core::platform::{Clock, DeviceKey, DeviceKeyFault, KeyPurpose, Platform};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{LockError, Now, Options, WalletLock};
use zeroize::Zeroizing;

use crate::disk::Disk;
use crate::mount::Mount;

/// The wallet's database.
pub(crate) const DATABASE: &str = "wallet.db";
/// SQLite's log beside it.
pub(crate) const LOG: &str = "wallet.db-wal";

/// The least that Argon2id takes: what is tried here is the disk.
const COST: KdfCost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };

/// A keystore on the power of the disk: with that off nobody asks it for anything, so it stays as it was at the cut.
struct Powered {
    device_key: FakeDeviceKey,
    disk: Disk,
}

impl Powered {
    fn on(&self) -> Result<&FakeDeviceKey, DeviceKeyFault> {
        if self.disk.is_off() { Err(DeviceKeyFault::Failed) } else { Ok(&self.device_key) }
    }
}

impl DeviceKey for Powered {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.on()?.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.on()?.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.on()?.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.on()?.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.on()?.delete(alias)
    }
}

/// Opens the wallet that lies on this disk.
pub(crate) fn open(
    mount: &Mount,
    disk: &Disk,
    phone: &FakePhone,
    policy: &Policy,
) -> Result<Arc<WalletLock>, LockError> {
    mount.put(disk);
    mount.keep_in_step(disk, DATABASE);
    let device_key = Arc::new(Powered { device_key: phone.device_key.clone(), disk: disk.clone() });
    let options = Options {
        path: mount.path(DATABASE),
        policy: policy.clone(),
        platform: Platform { device_key, ..phone.platform() },
        calibration: Calibration::Fixed(COST),
        anti_rollback: AntiRollback::default(),
    };
    WalletLock::open(options).map(Arc::new)
}

/// Another phone with the same clock and the same keys: what is done with it leaves this one as it is.
pub(crate) fn copy(phone: &FakePhone, seed: u64) -> FakePhone {
    let clock = FakeClock::default();
    let now = now(phone);
    clock.change(|copied| *copied = now);
    let apart = phone.with_keystore(phone.device_key.picture());
    FakePhone { clock: Arc::new(clock), entropy: Arc::new(FakeEntropy::new(seed)), ..apart }
}

pub(crate) fn now(phone: &FakePhone) -> Now {
    phone.clock.now().expect("this clock never breaks down")
}

pub(crate) fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    for digit in pin.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}
