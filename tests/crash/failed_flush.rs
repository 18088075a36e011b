//! A flush that fails once: nothing is trusted from then on, and looking again opens the wallet anew.

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
    // The disk is well again; what SQLite has in hand is not.
    assert_eq!(lock.status(), Err(LockError::Storage));
    assert!(matches!(lock.verify_pin(&entry("493716")), PinOutcome::NoVerdict(NoVerdict::Storage)));

    mount.keep_in_step(&disk, DATABASE);
    let Ok(LockStatus::Ready { tries_left: Some(left) }) = lock.recheck() else { panic!("{:?}", lock.status()) };
    assert!((15..=16).contains(&left), "the charge that failed may be found done: {left}");
    assert!(!session.is_live(), "what was open is not any more");
    assert!(matches!(lock.verify_pin(&entry("493716")), PinOutcome::Right(_)));
    assert_eq!(lock.recheck(), Ok(LockStatus::Ready { tries_left: Some(16) }), "what is in order is left as it is");
}
