//! U16: from a line I dispute a payment: it freezes, collects the evidence and says whom to call.

use walletlock_core::cards::{CardState, NewCard};
use walletlock_core::disputes::{DisputeEnd, DisputeReason, MAX_DISPUTES};
use walletlock_core::events::Kind;
use walletlock_core::journal::{LineState, Query};
use walletlock_core::provider::signer::read_request;
use walletlock_core::request::{CardRef, Payment};
use walletlock_core::{Frozen, LockError, PaymentRefusal, Session};

use crate::till::{alone, approved, ask, day_limit, pay, payment, refused, with_provider};
use crate::wallet::Wallet;

fn line_of(session: &Session, payment: &str) -> u64 {
    let query = Query { state: Some(LineState::Approved), text: Some(payment.to_owned()), ..Query::default() };
    session.journal().page(&query).expect("a page").entries[0].number
}

fn by_card(id: &str) -> Payment {
    let [of, label, last4] = ["c-1", "Visa", "1111"].map(str::to_owned);
    Payment { card: Some(CardRef { id: of, label, last4 }), ..payment(id, 950) }
}

fn add_card(wallet: &Wallet) {
    let [id, label, network, last4] = ["c-1", "Blue", "Visa", "1111"].map(str::to_owned);
    wallet.unlock().cards().add(&NewCard { id, label, network, last4 }, None).expect("added");
}

#[test]
fn a_dispute_freezes_the_card_and_tells_the_provider() {
    let (backend, wallet) = with_provider(day_limit(100_000));
    add_card(&wallet);
    approved(pay(&wallet, &by_card("order-7")));
    let session = wallet.unlock();
    let line = line_of(&session, "order-7");
    let dispute = session.disputes().open(line, DisputeReason::NotMine, "I was asleep.").expect("open");
    assert_eq!((dispute.number, dispute.payment.as_str(), dispute.line), (1, "order-7", line));
    assert_eq!(dispute.frozen_card.as_deref(), Some("c-1"));
    assert_eq!(refused(ask(&wallet, &by_card("b"))), [PaymentRefusal::CardStopped(CardState::Frozen)]);
    approved(pay(&wallet, &payment("c", 1)));
    let notice = dispute.freeze_notice.clone().expect("a notice");
    let read = read_request(&notice, Some(&backend.registered_key())).expect("signed");
    assert_eq!(read.frozen.as_deref(), Some(["card:c-1".to_owned()].as_slice()));
    assert_eq!(session.disputes().open(line, DisputeReason::Other, ""), Ok(dispute), "the same again");
}

#[test]
fn without_a_card_that_the_wallet_keeps_all_payments_are_frozen() {
    let wallet = alone(day_limit(100_000));
    approved(pay(&wallet, &by_card("order-7")));
    let session = wallet.unlock();
    let dispute = session.disputes().open(line_of(&session, "order-7"), DisputeReason::NotMine, "").expect("open");
    assert_eq!((dispute.frozen_card, dispute.freeze_notice), (None, None));
    let frozen = Frozen { by_owner: true, ..Frozen::default() };
    assert_eq!(refused(ask(&wallet, &payment("b", 1))), [PaymentRefusal::Frozen(frozen)]);
}

#[test]
fn how_far_a_dispute_is_stays_known() {
    let wallet = alone(day_limit(100_000));
    approved(pay(&wallet, &payment("order-7", 950)));
    let session = wallet.unlock();
    let line = line_of(&session, "order-7");
    session.disputes().open(line, DisputeReason::WrongAmount, "It was 9.00.").expect("open");
    assert_eq!(session.disputes().report(1, "My bank"), Ok(true));
    assert_eq!(session.disputes().report(1, "My bank"), Ok(false), "the first report counts");
    assert_eq!(session.disputes().report(2, "My bank"), Ok(false), "there is none");
    drop(session);
    let wallet = wallet.restart();
    let session = wallet.unlock();
    let dispute = session.disputes().all().expect("disputes").remove(0);
    assert_eq!(dispute.reported_to.as_deref(), Some("My bank"));
    assert_eq!(session.disputes().end(1, DisputeEnd::Refunded), Ok(true));
    assert_eq!(session.disputes().end(1, DisputeEnd::Rejected), Ok(false));
    assert_eq!(session.disputes().all().expect("disputes")[0].ended, Some(DisputeEnd::Refunded));
    let kinds = wallet.alerted();
    for kind in [Kind::DisputeOpened, Kind::DisputeReported, Kind::DisputeClosed] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    let again = session.disputes().open(line, DisputeReason::Other, "").expect("open");
    assert_eq!(again.number, 2, "after the end it can be disputed anew");
}

#[test]
fn what_is_no_dispute_is_refused() {
    let wallet = alone(day_limit(100_000));
    let session = wallet.unlock();
    let disputes = session.disputes();
    let open = |line, text: &str| disputes.open(line, DisputeReason::NotMine, text).map(|dispute| dispute.number);
    assert_eq!(open(1, ""), Err(LockError::Invalid("journal line")), "the line of the first PIN");
    for line in [0, 10_000, u64::MAX] {
        assert_eq!(open(line, ""), Err(LockError::Invalid("journal line")), "{line}");
    }
    assert_eq!(open(1, "4111 1111 1111 1111"), Err(LockError::Invalid("dispute text")));
    assert_eq!(disputes.evidence(1), Ok(None));
    for nth in 0..=MAX_DISPUTES {
        wallet.unlock().access().unfreeze(None).expect("unfrozen");
        let id = format!("p-{nth}");
        wallet.phone.clock.advance_ms(600_000);
        approved(pay(&wallet, &payment(&id, 1)));
        let session = wallet.unlock();
        let line = line_of(&session, &id);
        let opened = session.disputes().open(line, DisputeReason::NotMine, "").map(|dispute| dispute.number);
        let expected = if nth < MAX_DISPUTES { Ok(nth as u32 + 1) } else { Err(LockError::LimitReached("disputes")) };
        assert_eq!(opened, expected);
    }
}

#[test]
fn the_evidence_tells_nothing_of_other_lines() {
    let (backend, wallet) = with_provider(day_limit(100_000));
    approved(pay(&wallet, &payment("secret-before", 1)));
    approved(pay(&wallet, &payment("order-7", 950)));
    wallet.unlock().vault().write("secret-item", b"x").expect("written");
    backend.settle(&wallet, "order-7", Some(900));
    let session = wallet.unlock();
    let line = line_of(&session, "order-7");
    let number = session.disputes().open(line, DisputeReason::NotMine, "I was asleep.").expect("open").number;
    session.disputes().report(number, "My bank").expect("reported");
    let evidence = session.disputes().evidence(number).expect("read").expect("evidence");
    for word in ["order-7", "\"token\"", "\"receipt\"", "I was asleep.", "My bank", "freeze_notice"] {
        assert!(evidence.contains(word), "{word}");
    }
    assert!(!evidence.contains("secret"), "{evidence}");
}
