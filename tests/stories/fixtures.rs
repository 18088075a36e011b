//! Every database that was ever released opens in every later version. There are two fixtures for each schema version,
//! with rollback protection (epochs) and without.
//!
//! Those of schema 1 were made by their own version, and are never made again. A record of format 2 changed later,
//! before any release. So those of schema 3 are made anew with each such change, and so is `below_floor`:
//!
//! ```sh
//! cargo run --package walletlock-stories --example make_fixture -- FOLDER
//! ```
//!
//! Those of schema 2 are made in the same way, without a recovery code. Then the table that schema 3 brought is dropped,
//! and `user_version` is set to 2.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::platform::testing::{FakePhone, code_entry, write_down};
use walletlock_core::platform::{DeviceKey, KeyPurpose};
use walletlock_core::policy::Policy;
use walletlock_core::policy::RollbackProtection;
use walletlock_core::{CodeOutcome, LockStatus, PinChange, PinOutcome, RecoveryChange, RecoveryOutcome};

use crate::wallet::{PIN, entry, open};

pub(crate) const SECOND_PIN: &str = "582941";

pub(crate) fn fixture(schema: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(schema).join("wallet.db")
}

/// A phone whose keystore holds the keys of a fixture: the fake keystore makes the same keys if it makes them in the
/// same order.
pub(crate) fn phone_of(schema: &str) -> FakePhone {
    let phone = FakePhone::default();
    let diary = fs::read_to_string(fixture(schema).with_file_name("keystore.txt")).expect("what became of its keys");
    for line in diary.lines() {
        let (what, alias) = line.split_once(' ').expect("what and whose");
        match what {
            "create" => phone.device_key.create(alias, KeyPurpose::PinSlot).expect("made"),
            "delete" => phone.device_key.delete(alias).expect("deleted"),
            other => panic!("unknown line in keystore.txt: {other}"),
        }
    }
    phone
}

#[test]
fn schema_1_opens() {
    opens("schema_1", RollbackProtection::Off);
}

#[test]
fn schema_1_with_epochs_opens() {
    opens("schema_1_epochs", RollbackProtection::On);
}

#[test]
fn schema_2_opens() {
    opens("schema_2", RollbackProtection::On);
}

#[test]
fn schema_2_without_epochs_opens() {
    opens("schema_2_unprotected", RollbackProtection::Off);
}

#[test]
fn schema_3_opens() {
    opens("schema_3", RollbackProtection::On);
    opens_by_code("schema_3");
}

#[test]
fn schema_3_without_epochs_opens() {
    opens("schema_3_unprotected", RollbackProtection::Off);
    opens_by_code("schema_3_unprotected");
}

/// A wallet that an older version made gets a code, and the code opens it without its record: nothing of the old
/// formats is in the way.
#[test]
fn a_code_that_is_made_later_rescues_a_wallet_of_an_older_schema() {
    for schema in ["schema_1", "schema_1_epochs", "schema_2", "schema_2_unprotected"] {
        let folder = TempDir::new().expect("a folder");
        fs::copy(fixture(schema), folder.path().join("wallet.db")).expect("copied");
        let phone = phone_of(schema);
        let lock = open(&folder, &phone, &Policy::default()).expect("it opens");
        let unlock = || match lock.verify_pin(&entry(SECOND_PIN)) {
            PinOutcome::Right(session) => session,
            other => panic!("{schema}: {other:?}"),
        };
        let session = unlock();
        let code = session.access().create_recovery_code().expect("a code");
        let digits = write_down(&code);
        assert_eq!(session.access().set_recovery_code(&code), Ok(RecoveryChange::Pending { left_ms: 86_400_000 }));
        drop(session);
        phone.clock.advance_ms(86_400_000);
        drop(unlock());
        drop(lock);
        let connection = rusqlite::Connection::open(folder.path().join("wallet.db")).expect("a database");
        connection.execute_batch("DELETE FROM record").expect("done");
        drop(connection);
        let lock = open(&folder, &phone, &Policy::default()).expect("it opens");
        let CodeOutcome::Opened(rescue) = lock.recovery().enter_code(&code_entry(&digits)) else {
            panic!("{schema}: the code does not open")
        };
        let code = rescue.new_code().expect("a code");
        write_down(&code);
        let Ok(RecoveryOutcome::Done { session, .. }) = rescue.finish(&entry("846205"), &[], &code) else {
            panic!("{schema}: not recovered")
        };
        assert_eq!(session.vault().names(), Ok(vec!["card-token".to_owned(), "seed".to_owned()]), "{schema}");
        let newest = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page").entries;
        assert!(newest.iter().all(|entry| entry.details.is_some()), "{schema}: every line reads");
    }
}

/// The recovery code opens the database on its own phone, and on another one.
fn opens_by_code(schema: &str) {
    let digits = fs::read_to_string(fixture(schema).with_file_name("recovery_code.txt")).expect("the code");
    for phone in [phone_of(schema), FakePhone::default()] {
        let folder = TempDir::new().expect("a folder");
        fs::copy(fixture(schema), folder.path().join("wallet.db")).expect("copied");
        let lock = open(&folder, &phone, &Policy::default()).expect("it opens");
        let CodeOutcome::Opened(rescue) = lock.recovery().enter_code(&code_entry(&digits)) else {
            panic!("the code does not open")
        };
        let code = rescue.new_code().expect("a code");
        write_down(&code);
        let Ok(RecoveryOutcome::Done { session, lost_items }) = rescue.finish(&entry("846205"), &[], &code) else {
            panic!("not recovered")
        };
        assert_eq!(lost_items, Vec::<String>::new());
        assert_eq!(
            session.vault().read("card-token").expect("read").expect("there").as_slice(),
            b"4111 1111 1111 1111"
        );
    }
}

fn opens(schema: &str, rollback_protection: RollbackProtection) {
    let folder = TempDir::new().expect("a folder");
    fs::copy(fixture(schema), folder.path().join("wallet.db")).expect("copied");
    let phone = phone_of(schema);
    let lock = open(&folder, &phone, &Policy::default()).expect("it opens");
    assert_eq!(lock.rollback_protection(), Ok(rollback_protection));
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(13) }), "three wrong PINs");
    assert!(matches!(lock.verify_journal(), Ok(Chain::Intact { .. })));
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Wrong(_)), "the PIN was changed");
    let PinOutcome::Right(session) = lock.verify_pin(&entry(SECOND_PIN)) else { panic!("its owner does not get in") };
    assert_eq!(session.vault().names(), Ok(vec!["card-token".to_owned(), "seed".to_owned()]));
    assert_eq!(session.vault().read("card-token").expect("read").expect("there").as_slice(), b"4111 1111 1111 1111");
    let newest = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page").entries;
    assert!(newest.iter().all(|entry| entry.details.is_some()), "every line reads");
    assert_eq!(newest.last().expect("a line").kind, Some(Kind::Enrolled));
    assert!(
        matches!(session.access().change_pin(&entry(SECOND_PIN), &entry(PIN), &[], true), Ok(PinChange::Forbidden(_))),
        "used before"
    );
}
