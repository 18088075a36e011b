//! The library as it ships, built without the feature `testing`, takes no Argon2id cost below the floor.
//! `cargo test --package walletlock-core` builds it so; in a build of the whole workspace the feature is on and this is empty.
#![cfg(not(feature = "testing"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use ring::hmac;
use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::key_slots::PinSlot;
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::{
    Clock, DeviceKey, DeviceKeyFault, KeyPurpose, NoBiometrics, Platform, PlatformFault, SystemEntropy,
};
use walletlock_core::policy::{AntiRollback, Policy};
use walletlock_core::{Enrolment, LockError, LockStatus, Now, Options, PinOutcome, WalletLock};
use zeroize::Zeroizing;

fn slot_with_cost(memory_kib: u32, passes: u32) -> Vec<u8> {
    let hex = include_str!("../vectors/slot_v1.hex").trim();
    let bytes = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    let mut slot: Vec<_> = bytes.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect();
    slot[4..8].copy_from_slice(&memory_kib.to_be_bytes());
    slot[8..12].copy_from_slice(&passes.to_be_bytes());
    slot
}

#[test]
fn a_slot_below_the_floor_is_refused() {
    let floor = KdfCost::FLOOR;
    assert!(PinSlot::parse(&slot_with_cost(floor.memory_kib, floor.passes)).is_ok());
    assert!(PinSlot::parse(&slot_with_cost(floor.memory_kib - 1, floor.passes)).is_err());
    assert!(PinSlot::parse(&slot_with_cost(floor.memory_kib, floor.passes - 1)).is_err());
    assert!(PinSlot::parse(&slot_with_cost(64, 1)).is_err());
}

struct Phone;

impl Clock for Phone {
    fn now(&self) -> Result<Now, PlatformFault> {
        Ok(Now { boot: Some(1), since_boot_ms: 1_000, wall_ms: 1_767_225_600_000 })
    }
}

impl DeviceKey for Phone {
    fn aliases(&self, _: &str) -> Result<Vec<String>, DeviceKeyFault> {
        Ok(Vec::new())
    }

    fn exists(&self, _: &str) -> Result<bool, DeviceKeyFault> {
        Ok(false)
    }

    fn create(&self, _: &str, _: KeyPurpose) -> Result<(), DeviceKeyFault> {
        Ok(())
    }

    fn ready(&self, _: &str) -> Result<(), DeviceKeyFault> {
        Ok(())
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, alias.as_bytes());
        Ok(Zeroizing::new(hmac::sign(&key, input).as_ref().to_vec()))
    }

    fn delete(&self, _: &str) -> Result<(), DeviceKeyFault> {
        Ok(())
    }
}

fn entry() -> PinEntry {
    let entry = PinEntry::new();
    for digit in [4, 9, 3, 7, 1, 6] {
        assert_eq!(entry.push(digit), Ok(true));
    }
    entry
}

fn open(folder: &TempDir, calibration: Calibration) -> Arc<WalletLock> {
    let platform = Platform {
        clock: Arc::new(Phone),
        entropy: Arc::new(SystemEntropy::default()),
        device_key: Arc::new(Phone),
        biometrics: Arc::new(NoBiometrics),
    };
    let options = Options {
        path: folder.path().join("wallet.db"),
        policy: Policy::default(),
        platform,
        calibration,
        anti_rollback: AntiRollback::default(),
    };
    Arc::new(WalletLock::open(options).expect("it opens"))
}

#[test]
fn enrolment_below_the_floor_is_refused_and_at_the_floor_works() {
    let folder = TempDir::new().expect("a folder");
    let below = KdfCost { memory_kib: KdfCost::FLOOR.memory_kib - 1, ..KdfCost::FLOOR };
    let lock = open(&folder, Calibration::Fixed(below));
    assert_eq!(lock.enrol(&entry(), &[]).err(), Some(LockError::Invalid("Argon2id cost")));
    assert_eq!(lock.status(), Ok(LockStatus::Unconfigured));
    drop(lock);
    let lock = open(&folder, Calibration::Fixed(KdfCost::FLOOR));
    assert!(matches!(lock.enrol(&entry(), &[]), Ok(Enrolment::Enrolled(_))));
    assert!(matches!(lock.verify_pin(&entry()), PinOutcome::Right(_)));
}

#[test]
fn by_default_the_cost_is_measured() {
    assert_eq!(Calibration::default(), Calibration::OnThisPhone);
}
