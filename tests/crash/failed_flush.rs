//! After a flush that failed, the store trusts nothing. `recheck` and the next PIN open the file anew.

use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::presets;
use walletlock_core::{Enrolment, LockError, LockStatus, NoVerdict, PinOutcome, Session, WalletLock};

use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{DATABASE, entry, open};

/// A lock on a disk whose flushes can fail. Nothing is set up.
struct Place {
    lock: Arc<WalletLock>,
    disk: Disk,
    mount: Mount,
    _folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (mount, disk) = (Mount::new(folder.path().to_owned()), Disk::new(Flushes::Honest));
        let lock = open(&mount, &disk, &FakePhone::default(), &presets::walletlock()).expect("a new wallet");
        Self { lock, disk, mount, _folder: folder }
    }
}

/// An open wallet; then the charge of a try cannot be flushed. The disk works again.
fn after_a_failed_flush() -> (Place, Session) {
    let place = Place::new();
    let Ok(Enrolment::Enrolled(session)) = place.lock.enrol(&entry("493716"), &[]) else { panic!("not enrolled") };
    place.disk.fail_next_flush();
    assert!(matches!(place.lock.verify_pin(&entry("700001")), PinOutcome::NoVerdict(NoVerdict::Storage)));
    place.mount.keep_in_step(&place.disk, DATABASE);
    (place, session)
}

#[test]
fn after_a_flush_that_failed_looking_again_opens_the_wallet() {
    let (Place { lock, .. }, session) = &after_a_failed_flush();
    // What SQLite holds in memory can no longer be trusted.
    assert_eq!(lock.status(), Err(LockError::Storage));
    let Ok(LockStatus::Ready { tries_left: Some(left) }) = lock.recheck() else { panic!("{:?}", lock.status()) };
    assert!((15..=16).contains(&left), "the charge that failed may be found done: {left}");
    assert!(!session.is_live(), "what was open is not any more");
    assert!(matches!(lock.verify_pin(&entry("493716")), PinOutcome::Right(_)));
    assert_eq!(lock.recheck(), Ok(LockStatus::Ready { tries_left: Some(16) }), "what is in order is left as it is");
}

#[test]
fn after_a_flush_that_failed_the_next_pin_opens_the_file_anew() {
    let (Place { lock, .. }, session) = &after_a_failed_flush();
    let PinOutcome::Right(opened) = lock.verify_pin(&entry("493716")) else { panic!("{:?}", lock.status()) };
    assert!(opened.is_live() && !session.is_live(), "what was open before is not any more");
}

#[test]
fn a_wiped_wallet_stays_one_while_nobody_knows_whether_the_next_was_begun() {
    let Place { lock, disk, .. } = &Place::new();
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
    let Place { lock, disk, .. } = &Place::new();
    disk.fail_next_flush();
    for _ in 0..2 {
        assert_eq!(lock.enrol(&entry("493716"), &[]).err(), Some(LockError::Storage));
        assert_eq!(lock.status(), Ok(LockStatus::Unconfigured));
    }
}
