//! Items stay as they were written, and nobody can put something else in their place.

use rusqlite::Connection;
use walletlock_core::{LockError, LockReason, LockStatus, MAX_ID_BYTES, MAX_ITEM_BYTES, MAX_ITEMS};

use crate::wallet::Wallet;

#[test]
fn items_are_kept_replaced_listed_and_deleted() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    assert_eq!(session.vault().read("card"), Ok(None));
    session.vault().write("card", b"4111").expect("written");
    session.vault().write("card", b"4222").expect("replaced");
    session.vault().write("seed", b"").expect("an empty item is one too");
    drop(session);
    let wallet = wallet.restart();
    let session = wallet.unlock();
    assert_eq!(session.vault().names(), Ok(vec!["card".to_owned(), "seed".to_owned()]));
    assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4222");
    assert_eq!(session.vault().read("seed").expect("read").expect("there").len(), 0);
    assert_eq!(session.vault().delete("card"), Ok(true));
    assert_eq!(session.vault().delete("card"), Ok(false));
    assert_eq!(session.vault().names(), Ok(vec!["seed".to_owned()]));
}

#[test]
fn sizes_are_bounded_and_a_refused_item_changes_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    let longest = "x".repeat(MAX_ID_BYTES);
    session.vault().write(&longest, &vec![7; MAX_ITEM_BYTES]).expect("the largest");
    assert_eq!(session.vault().write(&format!("{longest}x"), b""), Err(LockError::Invalid("item id")));
    assert_eq!(session.vault().write("", b""), Err(LockError::Invalid("item id")));
    assert_eq!(session.vault().read(""), Err(LockError::Invalid("item id")));
    assert_eq!(session.vault().write(&longest, &vec![8; MAX_ITEM_BYTES + 1]), Err(LockError::Invalid("item size")));
    assert_eq!(session.vault().read(&longest).expect("read").expect("there").as_slice(), vec![7; MAX_ITEM_BYTES]);
    for nth in 1..MAX_ITEMS {
        session.vault().write(&nth.to_string(), b"").expect("room");
    }
    assert_eq!(session.vault().write("one more", b""), Err(LockError::LimitReached("items")));
    session.vault().write("1", b"replaced").expect("replacing needs no room");
}

/// An attacker makes each of these changes in the database while the app is not running.
#[test]
fn an_item_changed_swapped_removed_or_put_back_is_damage() {
    let rows = |database: &Connection| -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut select = database.prepare("SELECT id, sealed FROM items ORDER BY length(id), id").expect("items");
        select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("bytes")
    };
    for case in ["flipped", "swapped", "removed", "put back", "index put back"] {
        let wallet = Wallet::enrolled("walletlock");
        let session = wallet.unlock();
        session.vault().write("card", b"4111").expect("written");
        session.vault().write("seed", b"word").expect("written");
        drop(session);
        let path = wallet.path();
        let mut old = Vec::new();
        let wallet =
            wallet.between_runs(|_| old = rows(&Connection::open(&path).expect("a database"))).expect("it opens");
        wallet.unlock().vault().write("card", b"4222").expect("replaced");
        let meddle = |_: &std::path::Path| {
            let database = Connection::open(&path).expect("a database");
            let mut now = rows(&database);
            assert_eq!(now.len(), 3, "the index and two items");
            match case {
                "flipped" => now.iter_mut().skip(1).for_each(|(_, sealed)| sealed[20] ^= 1),
                "swapped" => {
                    let (first, second) = (now[1].1.clone(), now[2].1.clone());
                    (now[1].1, now[2].1) = (second, first);
                }
                "removed" => now.truncate(1),
                "put back" => now.splice(1.., old[1..].iter().cloned()).for_each(drop),
                _ => now[0] = old[0].clone(),
            }
            database.execute("DELETE FROM items", []).expect("emptied");
            for (id, sealed) in now {
                database.execute("INSERT INTO items VALUES (?1, ?2)", (id, sealed)).expect("put back");
            }
        };
        let wallet = wallet.between_runs(meddle).expect("it opens");
        let session = wallet.unlock();
        assert_eq!(session.vault().read("card"), Err(LockError::DataDamaged), "{case}");
        assert!(
            matches!(wallet.status(), LockStatus::Locked { reason: LockReason::DataDamaged, .. }),
            "{case}: and the lock says so"
        );
    }
}

#[test]
fn a_name_or_size_that_is_refused_changes_no_seal_key() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    drop(wallet.lock.prepare());
    let calls = || wallet.phone.device_key.calls();
    session.vault().write("card", b"4111").expect("written");
    let (wallet_closed, before) = (session.is_live(), calls());
    assert_eq!(session.vault().write("", b""), Err(LockError::Invalid("item id")));
    assert_eq!(session.vault().write("card", &vec![8; MAX_ITEM_BYTES + 1]), Err(LockError::Invalid("item size")));
    assert_eq!((wallet_closed, calls()), (true, before), "the keystore is not asked");
}
