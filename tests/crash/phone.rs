//! The phone around the disk. Its keystore does not change while the power is off, and it opens a wallet as an app
//! would.

use std::sync::Arc;

use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{Call, FakeClock, FakeEntropy, FakePhone, Hooks};
use walletlock_core::platform::{Clock, DeviceKeyFault};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{LockError, Now, Options, WalletLock};

use crate::disk::Disk;
use crate::mount::Mount;

/// The wallet's database.
pub(crate) const DATABASE: &str = "wallet.db";
/// SQLite's log beside it.
pub(crate) const LOG: &str = "wallet.db-wal";

/// The least cost that Argon2id allows: the disk is under test here.
const COST: KdfCost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };

/// Opens the wallet that lies on this disk.
pub(crate) fn open(
    mount: &Mount,
    disk: &Disk,
    phone: &FakePhone,
    policy: &Policy,
) -> Result<Arc<WalletLock>, LockError> {
    mount.put(disk);
    mount.keep_in_step(disk, DATABASE);
    let (phone, disk) = (FakePhone { hooks: Hooks::default(), ..phone.clone() }, disk.clone());
    // While the power is off every keystore call fails, so the keystore stays as it was at the cut.
    phone.hooks.before(move |call| {
        let is_of_keystore =
            call.on_key().is_some() || matches!(call, Call::Aliases { .. } | Call::SecurityLevel { .. });
        if is_of_keystore && disk.is_off() { Err(DeviceKeyFault::Failed) } else { Ok(()) }
    });
    let options = Options {
        path: mount.path(DATABASE),
        policy: policy.clone(),
        platform: phone.platform(),
        calibration: Calibration::Fixed(COST),
        anti_rollback: AntiRollback::default(),
    };
    WalletLock::open(options).map(Arc::new)
}

/// Another phone with the same time and the same keys. What is done with it does not change this one.
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
