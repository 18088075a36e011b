//! A change of the recovery code that is due, with the right PIN, on a disk that fails meanwhile. The PIN was right:
//! the owner gets a session that works, or is told clearly that the storage failed. The old code opens the wallet or
//! the new one does, and nothing that the wallet keeps is lost.

use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::platform::testing::{FakePhone, code_entry, write_down};
use walletlock_core::policy::presets;
use walletlock_core::{
    CodeOutcome, Enrolment, LockError, LockStatus, NoVerdict, PinOutcome, RecoveryChange, RecoveryOutcome, Session,
    WalletLock,
};

use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{DATABASE, copy, entry, open};

const PIN: &str = "493716";
const DAY_MS: u64 = 86_400_000;

/// How the change that is due ends the earlier code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Replaced,
    Withdrawn,
    /// There is no earlier code.
    First,
}

/// What the owner wrote down.
#[derive(Default)]
struct Papers {
    old: Option<String>,
    new: Option<String>,
}

fn set_code(session: &Session) -> (String, RecoveryChange) {
    let code = session.access().create_recovery_code().expect("a code");
    let digits = write_down(&code);
    (digits, session.access().set_recovery_code(&code).expect("set"))
}

/// A wallet with an item and a change of its code that is due.
fn prepared(mount: &Mount, due: Due) -> (Disk, FakePhone, Papers) {
    let (disk, phone) = (Disk::new(Flushes::Honest), FakePhone::default());
    let lock = open(mount, &disk, &phone, &presets::walletlock()).expect("a new wallet");
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
    session.vault().write("card", b"4111").expect("written");
    let mut papers = Papers::default();
    if due != Due::First {
        let (digits, change) = set_code(&session);
        assert_eq!(change, RecoveryChange::InForce);
        papers.old = Some(digits);
    }
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("not opened") };
    if due == Due::Withdrawn {
        session.access().withdraw_recovery_code().expect("it waits");
    } else {
        papers.new = Some(set_code(&session).0);
    }
    drop((session, lock));
    phone.clock.advance_ms(DAY_MS);
    (disk, phone, papers)
}

fn reads(session: &Session) -> Result<bool, LockError> {
    Ok(session.vault().read("card")?.is_some_and(|card| card.as_slice() == b"4111"))
}

/// Whether this code opens the wallet. Nothing is changed by asking.
fn opens(lock: &Arc<WalletLock>, paper: Option<&String>) -> bool {
    paper.is_some_and(|digits| matches!(lock.recovery().enter_code(&code_entry(digits)), CodeOutcome::Opened(_)))
}

#[test]
fn a_due_change_whose_commit_fails_locks_nobody_out_and_loses_nothing() {
    for due in [Due::Replaced, Due::Withdrawn, Due::First] {
        let folder = TempDir::new().expect("a folder");
        let mount = Mount::new(folder.path().to_owned());
        let (before, phone_before, papers) = prepared(&mount, due);
        let (mut refused, mut opened) = (0, 0);
        for flushes in 0.. {
            let (disk, phone) = (before.after_kill(), copy(&phone_before, 1));
            let lock = open(&mount, &disk, &phone, &presets::walletlock()).expect("it opens");
            disk.fail_flush_after(flushes);
            let place = format!("{due:?}, flush {flushes}");
            let outcome = lock.verify_pin(&entry(PIN));
            if disk.will_fail_flush() {
                assert!(matches!(outcome, PinOutcome::Right(_)), "{place}: {outcome:?}");
                break;
            }
            match outcome {
                PinOutcome::NoVerdict(NoVerdict::Storage) => refused += 1,
                PinOutcome::Right(session) => {
                    opened += 1;
                    match reads(&session) {
                        Ok(is_there) => assert!(is_there, "{place}: the item is gone"),
                        Err(fault) => {
                            assert!(matches!(fault, LockError::Storage | LockError::SessionEnded), "{place}: {fault}");
                        }
                    }
                }
                other => panic!("{place}: {other:?}"),
            }
            mount.keep_in_step(&disk, DATABASE);
            assert!(matches!(lock.recheck(), Ok(LockStatus::Ready { .. })), "{place}: {:?}", lock.status());
            // The PIN is right, also for a process that starts now. It makes the change if that is not done yet.
            for _ in 0..2 {
                let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("{place}: locked out") };
                assert_eq!(reads(&session), Ok(true), "{place}");
            }
            assert!(!opens(&lock, papers.old.as_ref()), "{place}: the earlier code is over");
            assert_eq!(opens(&lock, papers.new.as_ref()), papers.new.is_some(), "{place}: the new code opens");
            assert_eq!(lock.recovery().status().expect("a status").pending, None, "{place}");
            recovers(&lock, papers.new.as_ref(), &place);
        }
        assert!(refused > 0 && opened > 0, "{due:?}: {refused} refused, {opened} opened");
    }
}

/// The new code brings everything back.
fn recovers(lock: &Arc<WalletLock>, paper: Option<&String>, place: &str) {
    let Some(digits) = paper else { return };
    let CodeOutcome::Opened(rescue) = lock.recovery().enter_code(&code_entry(digits)) else { panic!("{place}") };
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    match rescue.finish(&entry("582941"), &[], &code) {
        Ok(RecoveryOutcome::Done { session, .. }) => assert_eq!(reads(&session), Ok(true), "{place}"),
        other => panic!("{place}: {other:?}"),
    }
}
