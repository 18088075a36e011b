//! Checks that the library as it is shipped, without the feature `testing`, accepts no Argon2id cost below the floor
//! for a new slot. `cargo test --package walletlock-core` builds it that way. In a build of the whole workspace the
//! feature is on, and this file is empty.
#![cfg(not(feature = "testing"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use ring::hmac;
use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
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

/// An older version had a lower floor; its slots must still open.
#[test]
fn a_slot_below_the_floor_is_read_and_one_without_measure_is_not() {
    let floor = KdfCost::FLOOR;
    for (memory_kib, passes) in [(floor.memory_kib, floor.passes), (floor.memory_kib - 1, floor.passes), (64, 1)] {
        assert!(PinSlot::parse(&slot_with_cost(memory_kib, passes)).is_ok(), "{memory_kib} KiB, {passes} passes");
    }
    for (memory_kib, passes) in [(7, 1), (64, 0), (256 * 1024 + 1, 1), (64, 17)] {
        assert!(PinSlot::parse(&slot_with_cost(memory_kib, passes)).is_err(), "{memory_kib} KiB, {passes} passes");
    }
}

/// A phone whose keys depend only on the order in which they were made, as the keys of the fixtures do.
#[derive(Clone, Default)]
struct Phone(Arc<Mutex<Keys>>);

#[derive(Default)]
struct Keys {
    made: u64,
    keys: BTreeMap<String, [u8; 32]>,
}

impl Phone {
    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().expect("not poisoned")
    }

    /// A phone with the keys that a fixture's wallet left. `diary` lists which keys were created and deleted.
    fn of_fixture(diary: &str) -> Self {
        let phone = Self::default();
        for line in diary.lines() {
            match line.split_once(' ') {
                Some(("create", alias)) => phone.create(alias, KeyPurpose::Seal).expect("made"),
                Some(("delete", alias)) => phone.delete(alias).expect("deleted"),
                _ => panic!("{line} is neither create nor delete"),
            }
        }
        phone
    }
}

impl Clock for Phone {
    fn now(&self) -> Result<Now, PlatformFault> {
        Ok(Now { boot: Some(1), since_boot_ms: 1_000, wall_ms: 1_767_225_600_000 })
    }
}

impl DeviceKey for Phone {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        Ok(self.keys().keys.keys().filter(|alias| alias.starts_with(prefix)).cloned().collect())
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        Ok(self.keys().keys.contains_key(alias))
    }

    fn create(&self, alias: &str, _: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let mut keys = self.keys();
        keys.made += 1;
        let mut key = [0x5a; 32];
        key[..8].copy_from_slice(&keys.made.to_be_bytes());
        keys.keys.insert(alias.to_owned(), key).is_none().then_some(()).ok_or(DeviceKeyFault::Failed)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.exists(alias)?.then_some(()).ok_or(DeviceKeyFault::Gone)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let key = self.keys().keys.get(alias).copied().ok_or(DeviceKeyFault::Gone)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        Ok(Zeroizing::new(hmac::sign(&key, input).as_ref().to_vec()))
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keys().keys.remove(alias);
        Ok(())
    }
}

fn entry() -> PinEntry {
    entry_of([4, 9, 3, 7, 1, 6])
}

fn entry_of(digits: [u32; 6]) -> PinEntry {
    let entry = PinEntry::new();
    for digit in digits {
        assert_eq!(entry.push(digit), Ok(true));
    }
    entry
}

fn open(folder: &TempDir, calibration: Calibration) -> Arc<WalletLock> {
    open_on(Arc::new(Phone::default()), folder, calibration)
}

fn open_on(phone: Arc<Phone>, folder: &TempDir, calibration: Calibration) -> Arc<WalletLock> {
    let platform = Platform {
        clock: phone.clone(),
        entropy: Arc::new(SystemEntropy::default()),
        device_key: phone,
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

/// A wallet made by a version with a lower floor opens, and the next right PIN raises its cost to today's floor.
#[test]
fn a_raised_floor_turns_no_old_wallet_into_damage() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/below_floor");
    let folder = TempDir::new().expect("a folder");
    std::fs::copy(fixture.join("wallet.db"), folder.path().join("wallet.db")).expect("copied");
    let diary = std::fs::read_to_string(fixture.join("keystore.txt")).expect("the fixture's key log");
    let phone = Arc::new(Phone::of_fixture(&diary));
    let lock = open_on(phone.clone(), &folder, Calibration::OnThisPhone);
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(13) }), "three wrong PINs");
    let right = [5, 8, 2, 9, 4, 1];
    let PinOutcome::Right(session) = lock.verify_pin(&entry_of(right)) else { panic!("the right PIN did not unlock") };
    assert_eq!(session.vault().read("seed").expect("read").expect("there").as_slice(), b"correct horse battery staple");
    let upgraded = Query { kinds: vec![Kind::KdfUpgraded], ..Query::default() };
    let lines = session.journal().page(&upgraded).expect("a page").entries;
    let details = lines.first().and_then(|line| line.details.clone()).expect("it was made dearer");
    let said = |name: &str| details.0.get(name).cloned();
    assert_eq!(said("memory_kib"), Some(KdfCost::FLOOR.memory_kib.to_string()));
    assert_eq!(said("passes"), Some(KdfCost::FLOOR.passes.to_string()));
    drop(session);
    assert!(matches!(lock.verify_pin(&entry_of(right)), PinOutcome::Right(_)), "with the dearer slot");
    drop(lock);
    let lock = open_on(phone, &folder, Calibration::OnThisPhone);
    assert!(matches!(lock.verify_pin(&entry_of(right)), PinOutcome::Right(_)), "and in the next process");
}
