//! After a flush that failed, the store trusts nothing; `recheck` opens the wallet anew.

use tempfile::TempDir;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::presets;
use walletlock_core::{Enrolment, LockError, LockStatus, NoVerdict, PinOutcome};

use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{DATABASE, entry, open};

#[test]
fn after_a_flush_that_failed_looking_again_opens_the_wallet() {
    let folder = TempDir::new().expect("a folder");
    let (mount, disk) = (Mount::new(folder.path().to_owned()), Disk::new(Flushes::Honest));
    let phone = FakePhone::default();
    let lock = open(&mount, &disk, &phone, &presets::walletlock()).expect("a new wallet");
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry("493716"), &[]) else { panic!("not enrolled") };

    disk.fail_next_flush();
    assert!(matches!(lock.verify_pin(&entry("700001")), PinOutcome::NoVerdict(NoVerdict::Storage)));
    // The disk works again, but what SQLite holds in memory can no longer be trusted.
    assert_eq!(lock.status(), Err(LockError::Storage));

    mount.keep_in_step(&disk, DATABASE);
    let Ok(LockStatus::Ready { tries_left: Some(left) }) = lock.recheck() else { panic!("{:?}", lock.status()) };
    assert!((15..=16).contains(&left), "the charge that failed may be found done: {left}");
    assert!(!session.is_live(), "what was open is not any more");
    assert!(matches!(lock.verify_pin(&entry("493716")), PinOutcome::Right(_)));
    assert_eq!(lock.recheck(), Ok(LockStatus::Ready { tries_left: Some(16) }), "what is in order is left as it is");
}

#[test]
fn after_a_flush_that_failed_the_next_pin_opens_the_file_anew() {
    let folder = TempDir::new().expect("a folder");
    let (mount, disk) = (Mount::new(folder.path().to_owned()), Disk::new(Flushes::Honest));
    let phone = FakePhone::default();
    let lock = open(&mount, &disk, &phone, &presets::walletlock()).expect("a new wallet");
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry("493716"), &[]) else { panic!("not enrolled") };
    disk.fail_next_flush();
    assert!(matches!(lock.verify_pin(&entry("700001")), PinOutcome::NoVerdict(NoVerdict::Storage)));
    mount.keep_in_step(&disk, DATABASE);
    let PinOutcome::Right(opened) = lock.verify_pin(&entry("493716")) else { panic!("{:?}", lock.status()) };
    assert!(opened.is_live() && !session.is_live(), "what was open before is not any more");
}

#[test]
fn a_wiped_wallet_stays_one_while_nobody_knows_whether_the_next_was_begun() {
    let folder = TempDir::new().expect("a folder");
    let (mount, disk) = (Mount::new(folder.path().to_owned()), Disk::new(Flushes::Honest));
    let phone = FakePhone::default();
    let lock = open(&mount, &disk, &phone, &presets::walletlock()).expect("a new wallet");
    assert!(matches!(lock.enrol(&entry("493716"), &[]), Ok(Enrolment::Enrolled(_))));
    assert_eq!(lock.wipe(), Ok(()));

    disk.fail_next_flush();
    for _ in 0..2 {
        assert_eq!(lock.enrol(&entry("582941"), &[]).err(), Some(LockError::Storage));
        assert_eq!(lock.status(), Ok(LockStatus::Wiped));
    }
}

#[test]
fn a_wallet_that_never_had_a_pin_is_not_told_as_wiped_after_a_failed_flush() {
    let folder = TempDir::new().expect("a folder");
    let (mount, disk) = (Mount::new(folder.path().to_owned()), Disk::new(Flushes::Honest));
    let lock = open(&mount, &disk, &FakePhone::default(), &presets::walletlock()).expect("a new wallet");
    disk.fail_next_flush();
    for _ in 0..2 {
        assert_eq!(lock.enrol(&entry("493716"), &[]).err(), Some(LockError::Storage));
        assert_eq!(lock.status(), Ok(LockStatus::Unconfigured));
    }
}
