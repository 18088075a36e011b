//! U16: the owner can look through what happened, and nobody can remove a line unnoticed.

use rusqlite::Connection;
use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::platform::testing::Act;
use walletlock_core::{LockError, LockStatus, PinChange, PinOutcome};

use crate::u6_biometrics::{unlocked, unlocking, with_biometrics};
use crate::wallet::{PIN, Wallet, details, entry};

fn kinds(wallet: &Wallet) -> Vec<Kind> {
    let session = wallet.unlock();
    let page = session.journal().page(&Query::default()).expect("a page");
    page.entries.into_iter().rev().filter_map(|entry| entry.kind).collect()
}

#[test]
fn what_happens_is_written_down_in_order() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_wrong(1);
    wallet.guess_wrong(1);
    let session = wallet.unlock();
    session.vault().write("card", b"4111").expect("written");
    session.vault().delete("card").expect("deleted");
    assert!(!session.vault().delete("card").expect("no such item"));
    drop(session);
    let expected = [
        Kind::Enrolled,
        Kind::PinTried,
        Kind::PinWrong,
        Kind::PinTried,
        Kind::PinRepeated,
        Kind::PinTried,
        Kind::PinRight,
        Kind::ItemWritten,
        Kind::ItemDeleted,
        Kind::PinTried,
        Kind::PinRight,
    ];
    assert_eq!(kinds(&wallet), expected);
    assert_eq!(wallet.lock.verify_journal(), Ok(Chain::Intact { lines: 11 }));
}

#[test]
fn refusals_of_one_cooldown_share_a_line() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_all_wrong(1..=5);
    for _ in 0..50 {
        assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::CoolingDown { .. })));
    }
    wallet.wait();
    wallet.guess_wrong(6);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)));
    wallet.wait();
    assert_eq!(kinds(&wallet).iter().filter(|kind| **kind == Kind::PinRefused).count(), 2);
}

#[test]
fn pages_go_back_in_time_and_filters_narrow_them() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    for nth in 0..30 {
        wallet.phone.clock.advance_ms(1_000);
        session.vault().write(&format!("card {nth}"), b"4111").expect("written");
    }
    let mut query = Query { kinds: vec![Kind::ItemWritten], limit: 12, ..Query::default() };
    let mut seen = Vec::new();
    loop {
        let page = session.journal().page(&query).expect("a page");
        assert!(page.entries.len() <= 12);
        seen.extend(page.entries.iter().map(|entry| entry.details.clone().expect("readable")));
        query.below = page.next;
        if query.below.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..30).rev().map(|nth| details(&[("item", &format!("card {nth}"))])).collect();
    assert_eq!(seen, expected, "newest first, none twice, none missing");

    let found = |query: Query| session.journal().page(&query).expect("a page").entries;
    assert_eq!(found(Query { text: Some("CARD 7".to_owned()), ..Query::default() }).len(), 1);
    let all = found(Query { limit: 200, ..Query::default() });
    let middle = all[15].time.wall_ms;
    let early = found(Query { until_wall_ms: Some(middle), limit: 200, ..Query::default() });
    let late = found(Query { from_wall_ms: Some(middle), limit: 200, ..Query::default() });
    assert_eq!(late.len(), 16);
    assert_eq!(early.len() + late.len(), all.len());
    assert_eq!(
        session.journal().page(&Query { limit: 1_000, ..Query::default() }).expect("a page").entries.len(),
        all.len()
    );
}

#[test]
fn it_is_written_while_locked_and_read_only_when_open() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_all_wrong(1..=5);
    let path = wallet.path();
    wallet
        .between_runs(|_| {
            let database = Connection::open(&path).expect("a database");
            let details: Vec<Vec<u8>> = database
                .prepare("SELECT details FROM journal WHERE length(details) > 0")
                .expect("a journal")
                .query_map([], |row| row.get(0))
                .expect("rows")
                .collect::<Result<_, _>>()
                .expect("bytes");
            assert_eq!(details.len(), 6, "one of the enrolment, five of wrong PINs");
            let first = details[1].len();
            assert!(details[1..].iter().all(|sealed| sealed.len() == first), "their length tells nothing");
            assert!(!details.concat().windows(8).any(|window| window == b"failures"), "nothing in plain text");
        })
        .expect("it opens again");
}

/// Details sealed with the data key open fast enough to be searched. While the wallet is locked, there is only the
/// journal's public key to seal with.
#[test]
fn lines_written_where_the_data_key_is_at_hand_are_sealed_with_it() {
    const WITH_DATA_KEY: u8 = 2;
    let wallet = with_biometrics();
    wallet.guess_wrong(1);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    drop(unlocked(wallet.lock.verify_biometrics(&unlocking())));
    let session = wallet.unlock();
    assert_eq!(
        session.access().change_pin(&entry(PIN), &entry("582941"), &[], true),
        Ok(PinChange::Changed { biometrics_on: true })
    );
    assert_eq!(
        session.access().change_pin(&entry("582941"), &entry("614208"), &[], true),
        Ok(PinChange::Changed { biometrics_on: true })
    );
    assert_eq!(session.access().disable_biometrics(), Ok(true));
    drop(session);
    let path = wallet.path();
    let mut ways = Vec::new();
    let wallet = wallet
        .between_runs(|_| {
            let database = Connection::open(&path).expect("a database");
            ways = database
                .prepare("SELECT kind, details FROM journal WHERE length(details) > 0 ORDER BY number")
                .expect("a journal")
                .query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
                .expect("rows")
                .map(|row| row.map(|(kind, details)| (Kind::from_code(kind), details[0] == WITH_DATA_KEY)))
                .collect::<Result<_, _>>()
                .expect("bytes");
        })
        .expect("it opens");
    let expected = [
        (Kind::Enrolled, true),
        (Kind::ItemWritten, true),
        (Kind::PinWrong, false),
        (Kind::BiometricsAsked, false),
        (Kind::BiometricsRight, true),
        (Kind::PinChanged, true),
        (Kind::PinChanged, true),
        (Kind::BiometricsOff, true),
    ];
    assert_eq!(ways, expected.map(|(kind, with_data_key)| (Some(kind), with_data_key)));
    let PinOutcome::Right(session) = wallet.verify("614208") else { panic!("its owner does not get in") };
    let page = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page");
    assert!(page.entries.iter().all(|entry| entry.details.is_some()), "all of them read");
}

/// An attacker makes each of these changes in the database while the app is not running.
#[test]
fn a_line_removed_changed_moved_or_added_is_found() {
    let changes = [
        ("DELETE FROM journal WHERE number = 4", 4),
        ("DELETE FROM journal WHERE number = 9", 9),
        ("DELETE FROM journal", 1),
        ("UPDATE journal SET kind = 3 WHERE kind = 4 AND number = 3", 3),
        ("UPDATE journal SET wall_ms = wall_ms - 1 WHERE number = 5", 5),
        ("UPDATE journal SET boot = NULL WHERE number = 6", 6),
        ("UPDATE journal SET details = x'', details_hash = zeroblob(32) WHERE number = 3", 3),
        ("UPDATE journal SET details = x'' WHERE number = 3", 3),
        ("UPDATE journal SET number = 20 WHERE number = 9", 9),
        (
            "INSERT INTO journal SELECT 10, boot, since_boot_ms, wall_ms, kind, details_hash, details, link FROM journal WHERE number = 9",
            10,
        ),
    ];
    for (change, broken_at) in changes {
        let wallet = Wallet::enrolled("walletlock");
        wallet.guess_all_wrong(1..=4);
        assert_eq!(wallet.lock.verify_journal(), Ok(Chain::Intact { lines: 9 }));
        let path = wallet.path();
        let meddle = |_: &std::path::Path| {
            assert_eq!(
                Connection::open(&path).expect("a database").execute(change, []),
                Ok(if change == "DELETE FROM journal" { 9 } else { 1 })
            );
        };
        let wallet = wallet.between_runs(meddle).expect("it opens");
        assert_eq!(wallet.lock.verify_journal(), Ok(Chain::BrokenAt { number: broken_at }), "{change}");
    }
}

#[test]
fn details_put_in_place_of_others_are_not_shown() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_all_wrong(1..=2);
    let path = wallet.path();
    let wallet = wallet
        .between_runs(|_| {
            let swap = "UPDATE journal SET details = (SELECT details FROM journal WHERE number = 5) WHERE number = 3";
            assert_eq!(Connection::open(&path).expect("a database").execute(swap, []), Ok(1));
        })
        .expect("it opens");
    let page =
        wallet.unlock().journal().page(&Query { kinds: vec![Kind::PinWrong], ..Query::default() }).expect("a page");
    let details: Vec<_> = page.entries.iter().map(|entry| entry.details.is_some()).collect();
    assert_eq!(details, [true, false], "newest first: line 5 reads, line 3 does not");
}

#[test]
fn the_journal_ends_with_the_session() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    wallet.lock.lock_now();
    assert_eq!(session.journal().page(&Query::default()), Err(LockError::SessionEnded));
    assert!(matches!(wallet.lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)));
}
