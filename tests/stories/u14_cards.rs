//! U14: a card can be frozen or removed for good; what was removed by mistake is brought back within its time.

use walletlock_core::cards::{CardState, MAX_CARDS, NewCard};
use walletlock_core::events::Kind;
use walletlock_core::reminders::Reminder;
use walletlock_core::request::{CardRef, Channel, Payment};
use walletlock_core::{Closed, LockError, LockStatus, PaymentRefusal, PinOutcome, Session, SwitchedOff};

use crate::recovery_code::{recover, with_code_on};
use crate::till::{alone, approved, ask, day_limit, pay, payment, refused};
use crate::wallet::{PIN, Wallet, copy_files, picture};
use walletlock_core::policy::Policy;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const TOKEN: &[u8] = b"4895370012345678";

fn card(id: &str) -> NewCard {
    let [id, label, network, last4] = [id, "Blue", "Visa", "1111"].map(str::to_owned);
    NewCard { id, label, network, last4 }
}

fn by_card(id: &str, card: &str) -> Payment {
    let [of, label, last4] = [card, "Visa", "1111"].map(str::to_owned);
    Payment { card: Some(CardRef { id: of, label, last4 }), ..payment(id, 1) }
}

fn with_card() -> Wallet {
    let wallet = alone(day_limit(1_000_000));
    wallet.unlock().cards().add(&card("c-1"), Some(TOKEN)).expect("added");
    wallet
}

fn token(session: &Session) -> Option<Vec<u8>> {
    session.cards().token("c-1").expect("read").map(|token| token.to_vec())
}

fn state(session: &Session) -> Option<CardState> {
    session.cards().all().expect("cards").first().map(|info| info.state)
}

#[test]
fn a_card_pays_until_it_is_frozen_which_needs_no_proof_and_ending_it_does() {
    let wallet = with_card();
    approved(pay(&wallet, &by_card("a", "c-1")));
    assert_eq!(wallet.lock.payments().freeze_card("c-1"), Ok(true));
    assert_eq!(wallet.lock.payments().freeze_card("c-1"), Ok(false), "it is already");
    assert_eq!(wallet.lock.payments().freeze_card("c-2"), Ok(false), "there is none");
    assert_eq!(refused(ask(&wallet, &by_card("b", "c-1"))), [PaymentRefusal::CardStopped(CardState::Frozen)]);
    assert_eq!(wallet.alerted().last(), Some(&Kind::PaymentRefused));
    approved(pay(&wallet, &by_card("c", "c-2")));
    let session = wallet.unlock();
    assert_eq!(token(&session), None);
    assert_eq!(session.cards().unfreeze("c-1"), Ok(true));
    assert_eq!(token(&session).as_deref(), Some(TOKEN));
    approved(pay(&wallet, &by_card("b", "c-1")));
}

#[test]
fn a_card_that_was_removed_by_mistake_is_brought_back_with_its_token() {
    let wallet = with_card();
    let session = wallet.unlock();
    assert_eq!(session.cards().remove("c-1"), Ok(true));
    assert_eq!((token(&session), state(&session)), (None, Some(CardState::Removed { left_ms: 7 * DAY_MS })));
    let stop = PaymentRefusal::CardStopped(CardState::Removed { left_ms: 7 * DAY_MS });
    assert_eq!(refused(ask(&wallet, &by_card("a", "c-1"))), [stop]);
    drop(session);
    wallet.phone.clock.advance_ms(7 * DAY_MS - 1);
    let session = wallet.unlock();
    assert_eq!(session.cards().restore("c-1"), Ok(true));
    assert_eq!(session.cards().restore("c-1"), Ok(false), "it is back");
    assert_eq!(token(&session).as_deref(), Some(TOKEN));
    approved(pay(&wallet, &by_card("a", "c-1")));
}

/// Its key goes while the wallet is locked, and no older file brings it back.
#[test]
fn after_its_time_a_removed_card_is_destroyed_also_while_the_wallet_is_locked() {
    let wallet = with_card();
    assert_eq!(wallet.unlock().cards().remove("c-1"), Ok(true));
    let before = picture(wallet.folder.path());
    wallet.phone.clock.advance_ms(7 * DAY_MS);
    assert!(matches!(wallet.lock.status(), Ok(LockStatus::Ready { .. })));
    assert_eq!(wallet.alerted().last(), Some(&Kind::CardDestroyed));
    let session = wallet.unlock();
    assert_eq!((session.cards().restore("c-1"), session.cards().all()), (Ok(false), Ok(Vec::new())));
    assert_eq!(refused(ask(&wallet, &by_card("a", "c-1"))), [PaymentRefusal::CardStopped(CardState::Destroyed)]);
    assert_eq!(session.vault().names(), Ok(Vec::new()), "tokens are no items of the app");
    session.cards().add(&card("c-1"), None).expect("a new card of that name");
    assert_eq!(token(&session), None, "the old token is gone");
    approved(pay(&wallet, &by_card("a", "c-1")));
    drop(session);
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert!(
        matches!(wallet.lock.status(), Ok(LockStatus::Locked { .. })),
        "the older file: {:?}",
        wallet.lock.status()
    );
}

#[test]
fn a_restart_after_its_time_destroys_it_too() {
    let wallet = with_card();
    assert_eq!(wallet.unlock().cards().remove("c-1"), Ok(true));
    wallet.phone.clock.advance_ms(7 * DAY_MS);
    let wallet = wallet.restart();
    assert!(wallet.alerted().contains(&Kind::CardDestroyed));
}

#[test]
fn what_was_closed_or_switched_off_is_in_one_list() {
    let wallet = with_card();
    let session = wallet.unlock();
    assert_eq!(session.access().switched_off(), Ok(Vec::new()));
    session.cards().add(&card("c-2"), None).expect("added");
    session.cards().remove("c-1").expect("removed");
    wallet.lock.payments().freeze_card("c-2").expect("frozen");
    wallet.lock.payments().freeze(Some(Channel::CodeShown)).expect("frozen");
    wallet.lock.payments().freeze(None).expect("frozen");
    let named = |id: &str| (id.to_owned(), "Blue".to_owned());
    let ((removed, label), (frozen, label_2)) = (named("c-1"), named("c-2"));
    let always = |what| SwitchedOff { what, left_ms: None };
    let expected = vec![
        SwitchedOff { what: Closed::CardRemoved { id: removed, label }, left_ms: Some(7 * DAY_MS) },
        always(Closed::CardFrozen { id: frozen, label: label_2 }),
        always(Closed::Payments),
        always(Closed::PaymentChannel(Channel::CodeShown)),
    ];
    assert_eq!(session.access().switched_off(), Ok(expected));
    session.cards().restore("c-1").expect("back");
    session.cards().unfreeze("c-2").expect("back");
    session.access().unfreeze(None).expect("back");
    assert_eq!(session.access().switched_off(), Ok(Vec::new()));
}

#[test]
fn a_card_that_was_not_used_for_a_year_is_told_of_once_a_month() {
    let wallet = with_card();
    let mut told = 0;
    for day in 0..450 {
        wallet.phone.clock.advance_ms(DAY_MS);
        wallet.unlock().close();
        if wallet.lock.take_reminder() == Ok(Some(Reminder::UnusedCard)) {
            assert!(day >= 364, "day {day}");
            assert!(wallet.unlock().cards().all().expect("cards")[0].is_unused);
            told += 1;
        }
    }
    assert!((2..=3).contains(&told), "{told}");
    approved(pay(&wallet, &by_card("a", "c-1")));
    assert!(!wallet.unlock().cards().all().expect("cards")[0].is_unused);
}

#[test]
fn what_a_card_may_not_be_is_refused_by_name() {
    let wallet = with_card();
    let session = wallet.unlock();
    let cards = session.cards();
    assert_eq!(cards.add(&card("c-1"), None), Err(LockError::WrongState), "there is one");
    let number = NewCard { label: "4111 1111 1111 1111".to_owned(), ..card("c-2") };
    assert_eq!(cards.add(&number, None), Err(LockError::Invalid("card label")));
    assert_eq!(cards.add(&card("c-2"), Some(b"")), Err(LockError::Invalid("card token")));
    for nth in 1..MAX_CARDS {
        cards.add(&card(&format!("n-{nth}")), None).expect("room");
    }
    assert_eq!(cards.add(&card("more"), None), Err(LockError::LimitReached("cards")));
    assert_eq!(session.vault().write("\0card/c-1", b"x"), Err(LockError::Invalid("item id")));
}

#[test]
fn cards_and_their_tokens_outlive_a_recovery() {
    let payment = day_limit(1_000_000);
    let (wallet, paper) = with_code_on(Wallet::with_policy(Policy { payment, ..Policy::default() }));
    let session = wallet.unlock();
    session.cards().add(&card("c-1"), Some(TOKEN)).expect("added");
    wallet.lock.payments().freeze_card("c-1").expect("frozen");
    drop(session);
    // What a recovery builds upon is written when the wallet is open.
    drop(wallet.unlock());
    let damage = |path: &std::path::Path| {
        let database = rusqlite::Connection::open(path.join("wallet.db")).expect("a database");
        database.execute_batch("UPDATE record SET sealed = zeroblob(99), copy = NULL").expect("damaged");
    };
    let wallet = wallet.between_runs(damage).expect("it opens");
    let (session, _) = recover(&wallet, &paper);
    assert_eq!(state(&session), Some(CardState::Frozen));
    assert_eq!(session.cards().unfreeze("c-1"), Ok(true));
    assert_eq!(token(&session).as_deref(), Some(TOKEN));
    assert!(matches!(wallet.verify(PIN), PinOutcome::Wrong(_)), "the control: it was recovered");
}
