//! Every database that was ever released opens in every later version. One fixture a schema version, made by that version with
//! `cargo run --package walletlock-stories --example make_fixture -- FOLDER`, and never made again.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use walletlock_core::journal::{Chain, Kind, Query};
use walletlock_core::lockout::Policy;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::platform::{DeviceKey, KeyPurpose};
use walletlock_core::{LockStatus, PinChange, PinOutcome};

use crate::wallet::{PIN, entry, open};

const SECOND_PIN: &str = "582941";

fn fixture(schema: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(schema).join("wallet.db")
}

/// A phone whose keystore holds the keys of a fixture: the fake makes the same keys in the same order on each.
fn phone_of_schema_1() -> FakePhone {
    let phone = FakePhone::default();
    for (alias, purpose) in [
        ("wallet.db/seal/0", KeyPurpose::Seal),
        ("wallet.db/pin/1", KeyPurpose::PinSlot),
        ("wallet.db/pin/2", KeyPurpose::PinSlot),
    ] {
        phone.device_key.create(alias, purpose).expect("made");
    }
    phone.device_key.delete("wallet.db/pin/1").expect("deleted");
    phone
}

#[test]
fn schema_1_opens() {
    let folder = TempDir::new().expect("a folder");
    fs::copy(fixture("schema_1"), folder.path().join("wallet.db")).expect("copied");
    let phone = phone_of_schema_1();
    let lock = open(&folder, &phone, &Policy::default()).expect("it opens");
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(13) }), "three wrong PINs");
    assert!(matches!(lock.verify_journal(), Ok(Chain::Intact { .. })));
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Wrong(_)), "the PIN was changed");
    let PinOutcome::Right(session) = lock.verify_pin(&entry(SECOND_PIN)) else { panic!("its owner does not get in") };
    assert_eq!(session.items(), Ok(vec!["card-token".to_owned(), "seed".to_owned()]));
    assert_eq!(session.read("card-token").expect("read").expect("there").as_slice(), b"4111 1111 1111 1111");
    let newest = session.journal(&Query { limit: 200, ..Query::default() }).expect("a page").entries;
    assert!(newest.iter().all(|entry| entry.details.is_some()), "every line reads");
    assert_eq!(newest.last().expect("a line").kind, Some(Kind::Enrolled));
    assert!(
        matches!(session.change_pin(&entry(SECOND_PIN), &entry(PIN), &[]), Ok(PinChange::Forbidden(_))),
        "used before"
    );
}
