//! What a lock finds when it is opened: its own wallet, nothing, another's wallet, or damage. It never resets anything
//! and never opens wrongly.

use std::fs;

use rusqlite::Connection;
use walletlock_core::journal::Chain;
use walletlock_core::platform::DeviceKey;
use walletlock_core::{LockError, LockReason, LockStatus, PinOutcome};

use crate::wallet::{PIN, Wallet, open, picture};

#[test]
fn counters_waits_and_items_outlast_the_process() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.unlock().vault().write("card", b"4111").expect("written");
    wallet.guess_all_wrong(1..=5);
    let before = wallet.status();
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), before);
    wallet.wait();
    assert_eq!(wallet.unlock().vault().read("card").expect("read").expect("there").as_slice(), b"4111");
}

#[test]
fn an_open_lock_is_not_opened_twice() {
    let wallet = Wallet::enrolled("walletlock");
    assert_eq!(open(&wallet.folder, &wallet.phone, &wallet.policy).err(), Some(LockError::InUse));
    assert!(wallet.status().is_ready(), "and the first one goes on");
    drop(wallet.restart().unlock());
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    for (newer, keeps_its_log) in [("PRAGMA user_version = 4", true), ("UPDATE record SET format = 3", false)] {
        let wallet = Wallet::enrolled("walletlock");
        let path = wallet.path();
        let Wallet { phone, policy, lock, folder } = wallet;
        drop(lock);
        // As a killed process leaves the files: with its changes in the log.
        let writer = Connection::open(&path).expect("a database");
        writer.execute_batch(newer).expect("changed");
        let folder = picture(folder.path());
        drop(writer);
        let files = ["wallet.db", "wallet.db-wal"].map(|name| folder.path().join(name));
        let before = files.clone().map(|file| fs::read(file).expect("the file"));
        assert!(!before[1].is_empty(), "{newer}: the control: there is a log");
        assert_eq!(open(&folder, &phone, &policy).err(), Some(LockError::NewerVersion), "{newer}");
        if keeps_its_log {
            assert!(files.map(|file| fs::read(file).expect("the file")) == before, "not a byte was changed");
        } else {
            // The schema is known, and so is the log, which is moved. The row is left as it is.
            let connection = Connection::open(folder.path().join("wallet.db")).expect("a database");
            let format: u32 = connection.query_row("SELECT format FROM record", [], |row| row.get(0)).expect("a row");
            assert_eq!(format, 3);
        }
    }
}

#[test]
fn damage_locks_and_changes_nothing() {
    type Damage = fn(&std::path::Path);
    let damages: [(&str, Damage); 9] = [
        ("a record that calls itself unfinished", |path| sql(path, "UPDATE record SET sealed = NULL")),
        ("not a database", |path| fs::write(path, b"these are not the bytes of a database at all").expect("written")),
        ("an empty file", |path| fs::write(path, b"").expect("written")),
        ("half a file", |path| {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("no record", |path| sql(path, "DELETE FROM record")),
        ("a flipped bit in the seal", |path| {
            sql(path, "UPDATE record SET sealed = CAST(zeroblob(4) || substr(sealed, 5) AS BLOB)");
        }),
        ("another wallet's id", |path| sql(path, "UPDATE record SET wallet_id = zeroblob(16)")),
        ("another epoch", |path| sql(path, "UPDATE record SET epoch = 1")),
        ("no tables", |path| sql(path, "DROP TABLE record")),
    ];
    for (what, damage) in damages {
        let wallet = Wallet::enrolled("walletlock");
        wallet.guess_all_wrong(1..=3);
        let path = wallet.path();
        let keys = wallet.phone.device_key.all_aliases();
        let mut damaged = Vec::new();
        let meddle = |_: &std::path::Path| {
            damage(&path);
            damaged = fs::read(&path).expect("read");
        };
        let wallet = wallet.between_runs(meddle).expect("damage is no error");
        let locked = LockReason::DataDamaged;
        assert!(matches!(wallet.status(), LockStatus::Locked { reason, .. } if reason == locked), "{what}");
        assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Locked { .. })), "{what}");
        assert_eq!(wallet.lock.verify_journal(), Err(LockError::DataDamaged), "{what}");
        assert_eq!(wallet.phone.device_key.all_aliases(), keys, "{what}: no key is lost");
        assert!(fs::read(&path).expect("read") == damaged, "{what}: the damaged file is not changed");
    }
}

fn sql(path: &std::path::Path, statement: &str) {
    Connection::open(path).expect("a database").execute_batch(statement).expect("done");
}

/// If triggers worked, one write to the file while the app is not running would let each settlement put the counter
/// back.
#[test]
fn a_trigger_in_the_database_does_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    let path = wallet.path();
    let meddle = |_: &std::path::Path| {
        sql(
            &path,
            "CREATE TABLE stash AS SELECT * FROM record;
             CREATE TRIGGER back AFTER INSERT ON journal WHEN NEW.kind = 4 BEGIN
                 UPDATE record SET sealed = (SELECT sealed FROM stash);
             END;",
        );
    };
    let wallet = wallet.between_runs(meddle).expect("it opens");
    for nth in 1..=4 {
        assert_eq!(wallet.guess_wrong(nth).tries_left, Some(16 - nth));
    }
    assert_eq!(wallet.tries_left(), 12);
}

#[test]
fn keys_without_the_one_of_the_pin_are_damage() {
    let wallet = Wallet::enrolled("walletlock");
    let pin_key =
        wallet.phone.device_key.all_aliases().into_iter().find(|alias| alias.contains("/pin/")).expect("a key");
    wallet.phone.device_key.delete(&pin_key).expect("deleted");
    let wallet = wallet.restart();
    let locked = LockReason::DataDamaged;
    assert!(matches!(wallet.status(), LockStatus::Locked { reason, .. } if reason == locked));
}

#[test]
fn a_line_of_the_journal_that_nobody_would_write_breaks_the_chain_and_locks_nothing() {
    for change in ["kind = 70000", "boot = -1", "details_hash = x'00'", "wall_ms = -9223372036854775808"] {
        let wallet = Wallet::enrolled("walletlock");
        wallet.guess_wrong(1);
        let path = wallet.path();
        let change = format!("UPDATE journal SET {change} WHERE number = 2");
        let wallet = wallet.between_runs(|_| sql(&path, &change)).expect("it opens");
        assert_eq!(wallet.lock.verify_journal(), Ok(Chain::BrokenAt { number: 2 }), "{change}");
        drop(wallet.unlock());
    }
}
