//! U16: the oldest lines may go, but nobody can quietly remove one.

use walletlock_core::disputes::{DisputeEnd, DisputeReason};
use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, LineState, Query};
use walletlock_core::policy::{Policy, presets};
use walletlock_core::{LockError, Session};

use crate::recovery_code::{recover, with_code_on};
use crate::till::{alone, approved, day_limit, pay, payment};
use crate::wallet::Wallet;

const DAY_MS: u64 = 86_400_000;
/// The policy keeps 549 days.
const YEARS_MS: u64 = 3 * 365 * DAY_MS;

fn acknowledge(wallet: &Wallet) {
    let mut after = 0;
    loop {
        let pending = wallet.lock.alerts().pending(after).expect("alerts");
        after = pending.up_to;
        wallet.lock.alerts().acknowledge(after).expect("shown");
        if !pending.has_more {
            return;
        }
    }
}

fn delete(session: &Session) -> Result<u64, LockError> {
    session.journal().delete_lines(i64::MAX)
}

fn numbers(session: &Session) -> (u64, u64) {
    let page = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page");
    assert_eq!(page.next, None);
    (page.entries.last().expect("a line").number, page.oldest)
}

#[test]
fn old_lines_go_and_the_chain_is_whole_after_them() {
    let wallet = alone(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 1)));
    acknowledge(&wallet);
    wallet.phone.clock.advance_ms(YEARS_MS);
    let session = wallet.unlock();
    let lines = session.journal().page(&Query::default()).expect("a page").newest;
    let deleted = delete(&session).expect("deleted");
    assert!(deleted > 0 && deleted < lines, "{deleted}");
    assert_eq!(numbers(&session), (deleted + 1, deleted + 1));
    assert_eq!(wallet.alerted().last(), Some(&Kind::LinesDeleted));
    assert_eq!(wallet.lock.verify_journal(), Ok(Chain::Intact { lines: lines + 1 }));
    assert_eq!(delete(&session), Ok(0), "the rest is new");
    drop(session);
    let wallet = wallet.restart();
    assert_eq!(wallet.lock.verify_journal(), Ok(Chain::Intact { lines: lines + 1 }));
    let export = wallet.unlock().journal().export(0, 200).expect("an export").text;
    assert!(export.lines().next().expect("a line").contains(&format!("\"deleted\":{{\"number\":{}", deleted)));
}

#[test]
fn what_the_policy_keeps_stays_whatever_the_wall_clock_says() {
    let wallet = alone(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 1)));
    acknowledge(&wallet);
    wallet.phone.clock.advance_ms(548 * DAY_MS);
    assert_eq!(delete(&wallet.unlock()), Ok(0), "one day too early");
    wallet.phone.clock.change(|now| now.wall_ms += YEARS_MS as i64);
    assert_eq!(delete(&wallet.unlock()), Ok(0), "a clock set ahead makes nothing old");
    wallet.phone.clock.advance_ms(2 * DAY_MS);
    assert!(delete(&wallet.unlock()).is_ok_and(|deleted| deleted > 0));
}

/// Its wall clock is all that such a wallet knows of the time.
#[test]
fn in_a_wallet_that_never_paid_nothing_is_old() {
    let wallet = Wallet::enrolled("walletlock");
    acknowledge(&wallet);
    wallet.phone.clock.change(|now| now.wall_ms += YEARS_MS as i64);
    assert_eq!(delete(&wallet.unlock()), Ok(0));
}

#[test]
fn an_alert_that_was_not_shown_keeps_its_line() {
    let wallet = alone(day_limit(1_000));
    acknowledge(&wallet);
    approved(pay(&wallet, &payment("a", 1)));
    wallet.phone.clock.advance_ms(YEARS_MS);
    let session = wallet.unlock();
    delete(&session).expect("deleted");
    let approved = Query { state: Some(LineState::Approved), ..Query::default() };
    assert_eq!(session.journal().page(&approved).expect("a page").entries.len(), 1);
    acknowledge(&wallet);
    delete(&session).expect("deleted");
    assert_eq!(session.journal().page(&approved).expect("a page").entries.len(), 0, "the control");
}

#[test]
fn an_open_dispute_keeps_its_lines() {
    let wallet = alone(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 1)));
    let session = wallet.unlock();
    let approved = Query { state: Some(LineState::Approved), ..Query::default() };
    let line = session.journal().page(&approved).expect("a page").entries[0].number;
    let dispute = session.disputes().open(line, DisputeReason::NotMine, "").expect("open");
    drop(session);
    acknowledge(&wallet);
    wallet.phone.clock.advance_ms(YEARS_MS);
    let session = wallet.unlock();
    delete(&session).expect("deleted");
    assert_eq!(session.journal().page(&approved).expect("a page").entries.len(), 1);
    assert_eq!(session.disputes().end(dispute.number, DisputeEnd::Refunded), Ok(true));
    delete(&session).expect("deleted");
    assert_eq!(session.journal().page(&approved).expect("a page").entries.len(), 0, "the control");
}

/// Otherwise a deletion would hide that somebody changed one of the lines.
#[test]
fn a_changed_line_is_not_deleted() {
    let wallet = alone(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 1)));
    acknowledge(&wallet);
    wallet.phone.clock.advance_ms(YEARS_MS);
    let change = |folder: &std::path::Path| {
        let database = rusqlite::Connection::open(folder.join("wallet.db")).expect("a database");
        database.execute("UPDATE journal SET kind = 2 WHERE number = 1", []).expect("changed");
    };
    let wallet = wallet.between_runs(change).expect("it opens");
    assert_eq!(delete(&wallet.unlock()), Err(LockError::Invalid("journal line")));
    assert_eq!(wallet.lock.verify_journal(), Ok(Chain::BrokenAt { number: 1 }));
}

#[test]
fn deleting_needs_a_pin_that_was_just_entered() {
    let wallet = alone(day_limit(1_000));
    let session = wallet.unlock();
    for _ in 0..4 {
        wallet.phone.clock.advance_ms(walletlock_core::FRESH_PIN_MS / 4 + 1);
        session.auth_method().expect("it is used, so it goes on");
    }
    assert_eq!(delete(&session), Err(LockError::PinNeeded));
}

#[test]
fn a_recovery_knows_which_lines_were_deleted() {
    let policy = Policy { payment: day_limit(1_000), ..presets::walletlock() };
    let (wallet, paper) = with_code_on(Wallet::with_policy(policy));
    approved(pay(&wallet, &payment("a", 1)));
    acknowledge(&wallet);
    wallet.phone.clock.advance_ms(YEARS_MS);
    let deleted = delete(&wallet.unlock()).expect("deleted");
    assert!(deleted > 0);
    let damage = |folder: &std::path::Path| {
        let database = rusqlite::Connection::open(folder.join("wallet.db")).expect("a database");
        database.execute_batch("UPDATE record SET sealed = zeroblob(99), copy = NULL").expect("damaged");
    };
    let wallet = wallet.between_runs(damage).expect("it opens");
    let (session, _) = recover(&wallet, &paper);
    assert_eq!(session.journal().page(&Query::default()).expect("a page").oldest, deleted + 1);
    assert!(matches!(wallet.lock.verify_journal(), Ok(Chain::Intact { .. })));
}
