//! Exports of a real lock, which the tests tamper with.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::crypto::Calibration;
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{Options, PinOutcome, Session, WalletLock};
use walletlock_verifier::{Broken, Report, verify};

fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    for digit in pin.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}

/// An open wallet with a journal of fourteen lines.
fn session() -> (Session, TempDir) {
    let folder = TempDir::new().expect("a folder");
    let lock = Arc::new(
        WalletLock::open(Options {
            path: folder.path().join("wallet.db"),
            policy: Policy::default(),
            platform: FakePhone::default().platform(),
            calibration: Calibration::default(),
            anti_rollback: AntiRollback::default(),
        })
        .expect("it opens"),
    );
    drop(lock.enrol(&entry("493716"), &[]).expect("enrolled"));
    for guess in ["700001", "700002", "700003"] {
        assert!(matches!(lock.verify_pin(&entry(guess)), PinOutcome::Wrong(_)));
    }
    let PinOutcome::Right(session) = lock.verify_pin(&entry("493716")) else { panic!("the owner gets in") };
    for item in ["card", "seed", "name", "town", "\u{fc}nicode \"quoted\""] {
        session.vault().write(item, b"value").expect("written");
    }
    (session, folder)
}

fn export(session: &Session, limit: usize) -> String {
    let mut text = String::new();
    let mut after = Some(0);
    while let Some(number) = after {
        let part = session.journal().export(number, limit).expect("a part");
        text += &part.text;
        after = part.next;
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_export_verifies_however_it_was_parted() {
    let (session, _folder) = session();
    let whole = export(&session, 200);
    let public_key = hex(&session.journal().public_key().expect("a key"));
    assert_eq!(whole.lines().count(), 1 + 14 + 1);
    let report = Report { lines: 14, deleted: 0, unreadable: 0, public_key: public_key.clone(), dispute: None };
    assert_eq!(verify(whole.as_bytes(), None), Ok(report.clone()));
    assert_eq!(verify(whole.as_bytes(), Some(&public_key)), Ok(report));
    assert_eq!(verify(whole.as_bytes(), Some(&hex(&[7; 32]))), Err(Broken::OtherKey));
    for limit in [1, 3, 13, 14] {
        assert_eq!(export(&session, limit), whole, "{limit} lines a part");
    }
    assert!(whole.contains(r#""details":{"item":"card"}"#), "a person can read it");
    assert!(!whole.contains("493716") && !whole.contains(&hex(b"493716")), "and the PIN is not in it");
}

/// An export of the first release, kept beside the code that writes exports.
#[test]
fn a_frozen_export_verifies() {
    let frozen = include_str!("../../../core/vectors/export_v1.jsonl");
    let report = verify(frozen.as_bytes(), None).expect("it is as it was written");
    assert_eq!((report.lines, report.unreadable), (6, 0));
}

#[test]
fn every_tampering_is_found_where_it_is() {
    let (session, _folder) = session();
    let whole = export(&session, 200);
    let lines: Vec<_> = whole.lines().map(str::to_owned).collect();
    type Tamper = fn(&mut Vec<String>);
    let tamperings: [(&str, Tamper, Broken); 13] = [
        ("a line removed", |lines| drop(lines.remove(5)), Broken::Chain { number: 5, line: 6 }),
        ("the first removed", |lines| drop(lines.remove(1)), Broken::Chain { number: 1, line: 2 }),
        ("the last removed", |lines| drop(lines.remove(14)), Broken::Chain { number: 14, line: 15 }),
        ("two exchanged", |lines| lines.swap(4, 5), Broken::Chain { number: 4, line: 5 }),
        ("one doubled", |lines| lines.insert(6, lines[5].clone()), Broken::Chain { number: 6, line: 7 }),
        (
            "a time",
            |lines| lines[3] = lines[3].replace("\"wall_ms\":17", "\"wall_ms\":18"),
            Broken::Chain { number: 3, line: 4 },
        ),
        (
            "a kind",
            |lines| lines[3] = lines[3].replace("\"kind\":4", "\"kind\":3"),
            Broken::Chain { number: 3, line: 4 },
        ),
        (
            "what it says",
            |lines| lines[10] = lines[10].replace("{\"item\":\"card\"}", "{\"item\":\"bard\"}"),
            Broken::Details { number: 10, line: 11 },
        ),
        (
            "a salt",
            |lines| lines[10] = lines[10].replacen("\"salted_details\":\"", "\"salted_details\":\"00", 1),
            Broken::Details { number: 10, line: 11 },
        ),
        ("no signature", |lines| drop(lines.pop()), Broken::Cut { after: 15 }),
        ("something after it", |lines| lines.push("{}".to_owned()), Broken::Format { line: 17 }),
        (
            "another wallet",
            |lines| {
                lines[0] = lines[0].replacen("\"wallet_id\":\"", "\"wallet_id\":\"ff", 1).replacen("\",\"public", "", 1)
            },
            Broken::Format { line: 1 },
        ),
        ("nothing", |lines| lines.clear(), Broken::Cut { after: 0 }),
    ];
    for (what, tamper, broken) in tamperings {
        let mut tampered = lines.clone();
        tamper(&mut tampered);
        assert_ne!(tampered, lines, "{what}: the tampering does something");
        let tampered: String = tampered.iter().map(|line| format!("{line}\n")).collect();
        assert_eq!(verify(tampered.as_bytes(), None), Err(broken), "{what}");
    }
}

#[test]
fn every_character_counts() {
    let (session, _folder) = session();
    let whole = export(&session, 200).into_bytes();
    let mut accepted = Vec::new();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        if verify(flipped.as_slice(), None).is_ok() {
            accepted.push(at);
        }
    }
    assert_eq!(accepted, Vec::<usize>::new(), "positions whose change was not noticed");
}

#[test]
fn the_end_of_another_journal_does_not_fit() {
    let (session, _folder) = session();
    let before = export(&session, 200);
    session.vault().write("later", b"value").expect("written");
    let after = export(&session, 200);
    let signed_before = before.lines().last().expect("signed");
    let signed_after = after.lines().last().expect("signed");
    assert_eq!(
        verify(after.replace(signed_after, signed_before).as_bytes(), None),
        Err(Broken::Chain { number: 16, line: 17 }),
        "an earlier signature"
    );
}

#[test]
fn the_command_says_what_it_found_by_its_exit_code() {
    let (session, folder) = session();
    let path = folder.path().join("export.jsonl");
    let run = |text: &str| {
        std::fs::write(&path, text).expect("written");
        Command::new(env!("CARGO_BIN_EXE_walletlock-verifier")).arg(&path).output().expect("it runs")
    };
    let whole = export(&session, 200);
    let good = run(&whole);
    assert_eq!(good.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&good.stdout).starts_with("14 lines, none removed, changed, moved or added"));
    let bad = run(&whole.replace("\"kind\":4", "\"kind\":3"));
    assert_eq!(bad.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&bad.stderr).starts_with("refused: journal line 3 is missing, added, moved or changed")
    );
}
