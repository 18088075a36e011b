//! U4, U13: limits hold, by themselves and until somebody proves something; they are lower at once and higher after a day;
//! and what is out of the ordinary asks for more.

use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::money::{Currency, Money};
use walletlock_core::payment::LimitChange;
use walletlock_core::policy::{Limit, PaymentPolicy, Period, RiskPolicy};
use walletlock_core::request::{CardRef, Channel, Payment, ProofLevel, Scope};
use walletlock_core::risk::RiskRule;
use walletlock_core::{FRESH_PIN_MS, LockError, PaymentContext, PaymentOutcome, PaymentRefusal};

use crate::backend::Backend;
use crate::till::{
    alone, approved, ask, day_limit, euro, left, needs, pay, payment, payment_by, refused, with_provider,
};
use crate::wallet::{PIN, Wallet, entry};

const HOUR_MS: u64 = 3_600_000;

fn over(outcome: PaymentOutcome) -> (u64, Option<u64>) {
    match refused(outcome).as_slice() {
        [PaymentRefusal::OverLimit { left, reopens_in_ms, .. }] => (*left, *reopens_in_ms),
        other => panic!("not one limit: {other:?}"),
    }
}

fn psd2() -> (Backend, Wallet) {
    let policy = PaymentPolicy { risk: RiskPolicy::off(), ..PaymentPolicy::preset("psd2").expect("a preset") };
    with_provider(policy)
}

/// Asks in an open session, in which small payments need no proof.
fn ask_open(session: &walletlock_core::Session, payment: &Payment) -> PaymentOutcome {
    session.payments().authorize(payment, &PaymentContext::default()).expect("an outcome")
}

#[test]
fn every_limit_that_fails_is_named_with_what_is_left_and_when_it_reopens() {
    let limits = vec![
        Limit::amount(Scope::All, euro(), Period::Day, 10_000),
        Limit::amount(Scope::Remote, euro(), Period::Payment, 6_000),
        Limit::amount(Scope::Card("c-1".to_owned()), euro(), Period::ThirtyDays, 7_000),
        Limit::amount(Scope::Channel(Channel::InStore), euro(), Period::Payment, 1),
    ];
    let wallet = alone(PaymentPolicy { limits, risk: RiskPolicy::off(), ..PaymentPolicy::default() });
    let card = CardRef { id: "c-1".to_owned(), label: "Visa".to_owned(), last4: "1111".to_owned() };
    let with_card = |id, minor| Payment { card: Some(card.clone()), ..payment(id, minor) };
    approved(pay(&wallet, &with_card("order-1", 5_000)));
    let reasons = refused(ask(&wallet, &with_card("order-2", 6_001)));
    let left: Vec<_> = reasons
        .iter()
        .map(|reason| match reason {
            PaymentRefusal::OverLimit { limit, left, reopens_in_ms } => {
                (limit.scope.to_string(), *left, reopens_in_ms.is_some())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        left,
        [("all".to_owned(), 5_000, true), ("remote".to_owned(), 6_000, false), ("card:c-1".to_owned(), 2_000, false)]
    );
    let wrong = Payment { amount: Money::new(1, Currency::new("JPY").expect("one")).expect("one"), ..payment("y", 1) };
    assert_eq!(refused(ask(&wallet, &wrong)), [PaymentRefusal::CurrencyNotAllowed]);
}

/// Without an authenticator and biometrics, the PIN is the strongest proof.
#[test]
fn a_refusal_names_only_what_the_strongest_proof_at_hand_does_not_pass() {
    let once = |max, proof| Limit::amount(Scope::All, euro(), Period::Payment, max).up_to(proof);
    let not_without_code = once(20_000, ProofLevel::Pin);
    let limits = vec![
        Limit::amount(Scope::All, euro(), Period::Day, 100_000),
        once(3_000, ProofLevel::Nothing),
        not_without_code.clone(),
    ];
    // A new payee asks for the PIN, which is there.
    let risk = RiskPolicy { new_payee_percent: Some(25), ..RiskPolicy::off() };
    let wallet = alone(PaymentPolicy { limits, risk, ..PaymentPolicy::default() });
    match refused(ask(&wallet, &payment("order-1", 45_000))).as_slice() {
        [PaymentRefusal::OverLimit { limit, .. }] => assert_eq!(*limit, not_without_code),
        other => panic!("not one limit: {other:?}"),
    }
    approved(pay(&wallet, &payment("order-2", 20_000)));
}

#[test]
fn the_day_begins_anew_at_midnight() {
    let wallet = alone(day_limit(1_000));
    approved(pay(&wallet, &payment("order-1", 1_000)));
    // The clock of the stories begins at midnight.
    let (left, reopens_in_ms) = over(ask(&wallet, &payment("order-2", 1)));
    assert_eq!((left, reopens_in_ms), (0, Some(24 * HOUR_MS)));
    wallet.phone.clock.advance_ms(24 * HOUR_MS - 1);
    assert_eq!(over(ask(&wallet, &payment("order-2", 1))), (0, Some(1)));
    wallet.phone.clock.advance_ms(1);
    approved(pay(&wallet, &payment("order-2", 1_000)));
}

#[test]
fn small_payments_need_no_proof_in_an_open_session_and_never_while_closed() {
    let (backend, wallet) = psd2();
    needs(ask(&wallet, &payment("closed", 100)));
    let session = wallet.unlock();
    let paid = approved(ask_open(&session, &payment("order-1", 3_000)));
    let said = backend.check(&paid).expect("signed");
    assert_eq!((&said["exemption"], &said["amr"]), (&"low_value".into(), &serde_json::json!(["hwk"])));
    let needs = needs(ask_open(&session, &payment("order-2", 3_001)));
    assert_eq!(needs.lines.last().map(String::as_str), Some("More than 30.00 EUR at once without confirming, online"));
    session.close();
    let ended = session.payments().authorize(&payment("order-3", 100), &PaymentContext::default());
    assert_eq!(ended.err(), Some(LockError::SessionEnded));
}

#[test]
fn what_was_paid_without_proof_adds_up_until_one_is_given() {
    let (_, wallet) = psd2();
    let session = wallet.unlock();
    for (id, minor) in [("a", 3_000), ("b", 3_000), ("c", 1_001)] {
        approved(ask_open(&session, &payment(id, minor)));
        assert!(wallet.lock.payments().captured(id, minor).is_ok());
    }
    needs(ask_open(&session, &payment("d", 3_000)));
    approved(ask_open(&session, &payment("e", 2_999)));
    needs(ask_open(&session, &payment("f", 1)));
    approved(pay(&wallet, &payment("g", 1)));
    let session = wallet.unlock();
    for nth in 1..=5 {
        approved(ask_open(&session, &payment(&format!("h{nth}"), 1)));
    }
    needs(ask_open(&session, &payment("h6", 1)));
}

#[test]
fn contactless_payments_count_until_something_near_was_confirmed() {
    let (_, wallet) = psd2();
    let session = wallet.unlock();
    for nth in 1..=3 {
        approved(ask_open(&session, &payment_by(&format!("a{nth}"), 5_000, Channel::InStore)));
    }
    needs(ask_open(&session, &payment_by("b", 1, Channel::InStore)));
    approved(pay(&wallet, &payment("online", 100)));
    needs(ask_open(&session, &payment_by("c", 1, Channel::InStore)));
    approved(pay(&wallet, &payment_by("till", 100, Channel::InStore)));
    approved(ask_open(&session, &payment_by("d", 1, Channel::InStore)));
}

#[test]
fn no_more_than_eight_authorisations_are_out() {
    let wallet = alone(day_limit(10_000));
    for nth in 1..=8 {
        approved(pay(&wallet, &payment(&format!("order-{nth}"), 1)));
    }
    assert_eq!(refused(ask(&wallet, &payment("order-9", 1))), [PaymentRefusal::TooManyOpen]);
    assert!(wallet.lock.payments().captured("order-1", 1).is_ok());
    approved(pay(&wallet, &payment("order-9", 1)));
}

#[test]
fn a_limit_is_lower_at_once_and_higher_after_a_day() {
    let mut wallet = alone(day_limit(100_000));
    let day = |max| Limit::amount(Scope::All, euro(), Period::Day, max);
    let session = wallet.unlock();
    assert_eq!(session.limits().set(&day(5_000)), Ok(LimitChange::Set));
    assert_eq!(left(&wallet, 100_000), 5_000);
    assert_eq!(session.limits().set(&day(4_000)), Ok(LimitChange::Set));
    assert_eq!(session.limits().set(&day(9_000)), Ok(LimitChange::Pending { left_ms: 24 * HOUR_MS }));
    assert_eq!(left(&wallet, 100_000), 4_000);
    wallet.phone.clock.advance_ms(23 * HOUR_MS);
    drop(session);
    wallet = wallet.restart();
    assert_eq!(left(&wallet, 100_000), 4_000);
    wallet.phone.clock.advance_ms(HOUR_MS);
    assert_eq!(left(&wallet, 100_000), 9_000);
    // Seen by who looks, and cancelled.
    let session = wallet.unlock();
    let owners = |session: &walletlock_core::Session| {
        let all = session.limits().all().expect("the limits");
        all.into_iter().filter(|it| it.is_owners).map(|it| (it.limit.max, it.left, it.raise)).collect::<Vec<_>>()
    };
    assert_eq!(owners(&session), [(9_000, 9_000, None)]);
    assert_eq!(session.limits().remove(&day(0)), Ok(LimitChange::Pending { left_ms: 24 * HOUR_MS }));
    assert!(owners(&session)[0].2.is_some());
    assert_eq!(session.limits().cancel_raise(&day(0)), Ok(true));
    assert_eq!(session.limits().cancel_raise(&day(0)), Ok(false));
    wallet.phone.clock.advance_ms(FRESH_PIN_MS);
    let session = wallet.unlock();
    wallet.phone.clock.advance_ms(60_000);
    assert_eq!(session.limits().set(&day(8_000)), Ok(LimitChange::Set), "lower needs no fresh PIN");
    for _ in 0..5 {
        wallet.phone.clock.advance_ms(60_000);
        session.vault().names().expect("used");
    }
    assert_eq!(session.limits().set(&day(9_000)), Err(LockError::PinNeeded));
}

#[test]
fn a_limit_with_a_cards_number_or_one_that_a_proof_passes_is_refused() {
    let wallet = alone(day_limit(100_000));
    let session = wallet.unlock();
    let number = Limit::amount(Scope::Card("4111111111111111".to_owned()), euro(), Period::Day, 1);
    let passed = Limit::amount(Scope::All, euro(), Period::Day, 1).up_to(ProofLevel::Pin);
    for limit in [number, passed] {
        assert_eq!(session.limits().set(&limit), Err(LockError::Invalid("limit")));
    }
}

#[test]
fn what_is_out_of_the_ordinary_asks_for_more_and_says_so() {
    let policy = PaymentPolicy { risk: Default::default(), ..PaymentPolicy::preset("psd2").expect("a preset") };
    let (backend, wallet) = with_provider(policy);
    let session = wallet.unlock();
    for nth in 1..=2 {
        approved(ask_open(&session, &payment(&format!("a{nth}"), 100)));
    }
    let third = needs(ask_open(&session, &payment("a3", 100)));
    assert_eq!(third.lines.last().map(String::as_str), Some("Many payments within 15 minutes"));
    let paid = approved(wallet.lock.payments().confirm_pin(third.handle, &entry(PIN)).expect("an outcome"));
    assert_eq!(backend.check(&paid).expect("signed")["risk"], serde_json::json!(["many_payments"]));
    let session = wallet.unlock();
    let query = Query { kinds: vec![Kind::PaymentReserved], limit: 1, ..Query::default() };
    let page = session.journal().page(&query).expect("a page");
    assert_eq!(page.entries[0].details.as_ref().expect("details").0["risk"], "many_payments");
}

#[test]
fn after_six_refusals_nothing_is_paid_for_an_hour() {
    let mut policy = day_limit(1_000);
    policy.risk.refusals_for_stop = Some(6);
    let wallet = alone(policy);
    for nth in 1..=6 {
        over(ask(&wallet, &payment(&format!("a{nth}"), 1_001)));
        wallet.phone.clock.advance_ms(60_000);
    }
    let reasons = refused(ask(&wallet, &payment("b", 1)));
    let expected = PaymentRefusal::Risk { rule: RiskRule::Refusals, for_ms: Some(HOUR_MS - 6 * 60_000) };
    assert_eq!(reasons, [expected]);
    wallet.phone.clock.advance_ms(HOUR_MS);
    approved(pay(&wallet, &payment("c", 1)));
}
