//! The process was killed when it had written an enrolment and not flushed it. The next process flushes what it opens,
//! so no power cut takes the enrolment back, and a wipe lasts through any power cut.

use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::platform::DeviceKey;
use walletlock_core::platform::testing::{FakePhone, TestRng};
use walletlock_core::policy::{Policy, presets};
use walletlock_core::{Enrolment, LockStatus, WalletLock};

use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{copy, entry, open};
use crate::seed::seed;

/// Outcomes drawn for each cut.
const OUTCOMES: u64 = 6;

struct Place {
    mount: Mount,
    policy: Policy,
}

impl Place {
    fn open(&self, disk: &Disk, phone: &FakePhone) -> Arc<WalletLock> {
        open(&self.mount, disk, phone, &self.policy).expect("it opens")
    }

    /// What an enrolling process leaves that is killed after this many operations on the disk. `None` if the enrolment
    /// took fewer.
    fn killed_while_enrolling(&self, operations: u64) -> Option<(Disk, FakePhone)> {
        let (disk, phone) = (Disk::new(Flushes::Honest), FakePhone::default());
        let lock = self.open(&disk, &phone);
        disk.cut_after(operations);
        let enrolled = matches!(lock.enrol(&entry("493716"), &[]), Ok(Enrolment::Enrolled(_)));
        drop(lock);
        (!enrolled).then(|| (disk.after_kill(), phone))
    }

    /// Wipes the wallet, with a power cut after this many operations, and checks what the cut may have left. Returns
    /// whether the wipe was done before the cut.
    fn wipe_with_cut(&self, left: &Disk, phone: &FakePhone, operations: u64, chance: &mut TestRng) -> bool {
        let (disk, phone) = (left.after_kill(), copy(phone, 1));
        let lock = self.open(&disk, &phone);
        disk.cut_after(operations);
        let wiped = lock.wipe().is_ok();
        drop(lock);
        for outcome in 0..OUTCOMES {
            let disk = disk.after_cut(chance);
            // Without the mark in the keystore, the status comes from the row alone.
            let without_marks = copy(&phone, 2);
            for mark in without_marks.device_key.all_aliases().iter().filter(|alias| alias.contains("/wiped/")) {
                without_marks.device_key.delete(mark).expect("deleted");
            }
            let by_row = self.open(&disk.after_kill(), &without_marks).status();
            assert_ne!(
                by_row,
                Ok(LockStatus::Unconfigured),
                "cut after {operations}, outcome {outcome}: the enrolment was lost"
            );
            let phone = copy(&phone, 2);
            for opening in ["first", "second"] {
                let status = self.open(&disk, &phone).status();
                assert_eq!(
                    status,
                    Ok(LockStatus::Wiped),
                    "cut after {operations}, outcome {outcome}, {opening} opening"
                );
            }
            let keys = phone.device_key.all_aliases();
            assert!(keys.iter().all(|alias| alias.contains("/wiped/") || alias.contains("/seal/")), "{keys:?}");
        }
        wiped
    }
}

#[test]
fn a_wipe_of_a_wallet_whose_enrolment_was_never_flushed_stays_a_wipe() {
    let folder = TempDir::new().expect("a folder");
    let place = Place { mount: Mount::new(folder.path().to_owned()), policy: presets::walletlock() };
    let chance = &mut TestRng::nth(seed(), 0);
    let (mut opened, mut enrolling) = (0, 0);
    while let Some((left, phone)) = place.killed_while_enrolling(enrolling) {
        enrolling += 1;
        let status = place.open(&left.after_kill(), &copy(&phone, 1)).status();
        if status == Ok(LockStatus::Unconfigured) {
            continue;
        }
        assert!(matches!(status, Ok(LockStatus::Ready { .. })), "{status:?}");
        opened += 1;
        let mut operations = 0;
        loop {
            if place.wipe_with_cut(&left, &phone, operations, chance) {
                break;
            }
            operations += 1;
        }
        assert!(operations > 3, "the wipe was cut at {operations} places");
    }
    assert!(opened > 0, "no process was killed between the write and its flush: this proves nothing");
}
