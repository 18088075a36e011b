//! U9: a new account password. The wallet judges it, and keeps nothing of it but what says that it was used before.

use walletlock_core::events::Kind;
use walletlock_core::recovery::{PasswordEntry, PasswordFinding};
use walletlock_core::{LockError, Session};

use crate::recovery_code::{recover, with_code};
use crate::u8_escrow::kinds;
use crate::wallet::Wallet;

fn typed(password: &str) -> PasswordEntry {
    let entry = PasswordEntry::new();
    entry.set(password.as_bytes()).expect("a text");
    entry
}

fn set(session: &Session, password: &str) -> Vec<PasswordFinding> {
    session.access().set_password(&typed(password)).expect("judged")
}

/// The nth of passwords against which nothing speaks.
fn good(nth: usize) -> String {
    format!("{nth}-Quiet-Harbour-Lamp")
}

#[test]
fn what_is_weak_is_named_while_it_is_typed_and_is_not_set() {
    let wallet = Wallet::enrolled("walletlock");
    let judged = wallet.lock.recovery().judge_password(&typed("short")).expect("judged");
    assert!(judged.contains(&PasswordFinding::TooShort { least: 12 }) && judged.contains(&PasswordFinding::NoDigit));
    let session = wallet.unlock();
    assert_eq!(set(&session, "password"), judged_of(&wallet, "password"));
    assert!(!set(&session, "password").is_empty());
    assert!(!kinds(&session).contains(&Kind::PasswordSet));
    assert_eq!(set(&session, &good(0)), []);
    assert!(kinds(&session).contains(&Kind::PasswordSet));
}

fn judged_of(wallet: &Wallet, password: &str) -> Vec<PasswordFinding> {
    wallet.lock.recovery().judge_password(&typed(password)).expect("judged")
}

#[test]
fn none_of_the_last_five_is_set_again_also_not_after_a_recovery() {
    let (wallet, paper) = with_code("walletlock");
    let session = wallet.unlock();
    for nth in 0..6 {
        assert_eq!(set(&session, &good(nth)), [], "{nth}");
    }
    drop(session);
    let (session, _) = recover(&wallet, &paper);
    for nth in 1..6 {
        assert_eq!(set(&session, &good(nth)), [PasswordFinding::UsedBefore], "{nth}");
    }
    assert_eq!(judged_of(&wallet, &good(5)), [], "without a session nobody learns that");
    assert_eq!(set(&session, &good(0)), [], "the sixth last may come back");
}

#[test]
fn proposals_are_few_in_a_session_so_that_nobody_finds_earlier_ones_out() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    for nth in 0..10 {
        assert_eq!(set(&session, &good(nth)), []);
    }
    let eleventh = session.access().set_password(&typed(&good(10)));
    assert!(matches!(eleventh, Err(LockError::LimitReached(_))), "{eleventh:?}");
    session.close();
    assert_eq!(session.access().set_password(&typed(&good(10))), Err(LockError::SessionEnded));
}
