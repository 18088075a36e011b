//! Makes the database that `fixtures.rs` keeps for the present schema version, in the folder that is given. Beside it
//! stand `keystore.txt`, the calls that make a fake keystore hold the wallet's keys, and `recovery_code.txt`. A second
//! argument `unprotected` means: without rollback protection. `below-floor` means: with an Argon2id cost that only
//! tests may choose, as a version with a lower floor would leave it.
#![allow(clippy::expect_used, clippy::panic, reason = "a tool for developers fails by panicking")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{FakePhone, write_down};
use walletlock_core::policy::{AntiRollback, Policy, RollbackProtection};
use walletlock_core::{Enrolment, Options, PinChange, PinOutcome, RecoveryChange, Session, WalletLock};

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("the folder to write wallet.db to"));
    // The floor, so that the shipped library can open the fixture too.
    let (protection, cost) = match std::env::args().nth(2).as_deref() {
        None => (RollbackProtection::On, KdfCost::FLOOR),
        Some("unprotected") => (RollbackProtection::Off, KdfCost::FLOOR),
        Some("below-floor") => {
            (RollbackProtection::On, KdfCost { memory_kib: KdfCost::FLOOR.memory_kib / 2, passes: 1, lanes: 1 })
        }
        Some(other) => panic!("{other} is nothing to make a fixture with"),
    };
    let temporary = TempDir::new().expect("a folder");
    let phone = FakePhone::default();
    // Which keys are made and deleted.
    let diary = Arc::new(Mutex::new(String::new()));
    let lines = diary.clone();
    phone.hooks.before(move |call| {
        if let Some((what @ ("create" | "delete"), alias)) = call.on_key() {
            lines.lock().expect("not poisoned").extend([what, " ", alias, "\n"]);
        }
        Ok(())
    });
    let options = Options {
        path: temporary.path().join("wallet.db"),
        policy: Policy::default(),
        platform: phone.platform(),
        calibration: Calibration::Fixed(cost),
        anti_rollback: AntiRollback::Fixed(protection),
    };
    let lock = Arc::new(WalletLock::open(options).expect("it opens"));
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry("493716"), &[]) else { panic!("not enrolled") };
    let code = session.access().create_recovery_code().expect("a code");
    let digits = write_down(&code);
    assert_eq!(session.access().set_recovery_code(&code), Ok(RecoveryChange::InForce));
    drop(session);
    let session = unlock(&lock, "493716");
    session.vault().write("card-token", b"4111 1111 1111 1111").expect("written");
    session.vault().write("seed", b"correct horse battery staple").expect("written");
    assert_eq!(
        session.access().change_pin(&entry("493716"), &entry("582941"), &[], true),
        Ok(PinChange::Changed { biometrics_on: false })
    );
    drop(session);
    for guess in ["700001", "700002", "700003"] {
        assert!(matches!(lock.verify_pin(&entry(guess)), PinOutcome::Wrong(_)));
    }
    // Closing moves SQLite's log into the one file.
    drop(lock);
    std::fs::write(folder.join("recovery_code.txt"), digits + "\n").expect("written");
    std::fs::write(folder.join("keystore.txt"), diary.lock().expect("not poisoned").as_str()).expect("written");
    std::fs::copy(temporary.path().join("wallet.db"), folder.join("wallet.db")).expect("copied");
}

fn unlock(lock: &Arc<WalletLock>, pin: &str) -> Session {
    match lock.verify_pin(&entry(pin)) {
        PinOutcome::Right(session) => session,
        other => panic!("{other:?}"),
    }
}

fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    for digit in pin.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}
