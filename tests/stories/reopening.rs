//! What a lock finds when it is opened: its own, nothing, somebody else's, or damage. It never resets and never opens wrong.

use std::fs;

use rusqlite::Connection;
use walletlock_core::{LockError, LockReason, LockStatus, PinOutcome};

use crate::wallet::{PIN, Wallet, open};

#[test]
fn counters_waits_and_items_outlast_the_process() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.unlock().write("card", b"4111").expect("written");
    wallet.guess_all_wrong(1..=5);
    let before = wallet.status();
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), before);
    wallet.wait();
    assert_eq!(wallet.unlock().read("card").expect("read").expect("there").as_slice(), b"4111");
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
    for newer in ["PRAGMA user_version = 2", "UPDATE record SET format = 2"] {
        let wallet = Wallet::enrolled("walletlock");
        let path = wallet.path();
        let change =
            |_: &std::path::Path| Connection::open(&path).expect("a database").execute_batch(newer).expect("changed");
        let Wallet { phone, policy, lock, folder } = wallet;
        drop(lock);
        change(folder.path());
        let before = fs::read(&path).expect("the file");
        assert_eq!(open(&folder, &phone, &policy).err(), Some(LockError::NewerVersion), "{newer}");
        assert!(fs::read(&path).expect("the file") == before, "{newer}: not a byte was changed");
    }
}

#[test]
fn damage_locks_and_changes_nothing() {
    type Damage = fn(&std::path::Path);
    let damages: [(&str, Damage); 8] = [
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
        let wallet = wallet.between_runs(|_| damage(&path)).expect("damage is no error");
        let locked = LockReason::DataDamaged;
        assert!(matches!(wallet.status(), LockStatus::Locked { reason, .. } if reason == locked), "{what}");
        assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Locked { .. })), "{what}");
        assert_eq!(wallet.lock.verify_journal(), Err(LockError::DataDamaged), "{what}");
        assert_eq!(wallet.phone.device_key.all_aliases(), keys, "{what}: no key is lost");
    }
}

fn sql(path: &std::path::Path, statement: &str) {
    Connection::open(path).expect("a database").execute_batch(statement).expect("done");
}
