//! U15: I hear of every payment, refusal, lock, new device, changed limit and recovery step: at least once, in order, also
//! if the app is killed.

use walletlock_core::events::{AlertClass, Kind};
use walletlock_core::policy::{Limit, PaymentPolicy, Period, Policy, RiskPolicy};
use walletlock_core::request::Scope;
use walletlock_core::risk::RiskRule;
use walletlock_core::{Alert, LockError, PaymentRefusal};

use crate::backend::Backend;
use crate::till::{alone, approved, ask, day_limit, euro, needs, pay, payment, refused, with_provider};
use crate::wallet::{PIN, Wallet, entry};

const DAY_MS: u64 = 86_400_000;

/// All alerts after a line, as an app reads them.
fn alerts_after(wallet: &Wallet, mut after: u64) -> (Vec<Alert>, u64) {
    let mut all = Vec::new();
    loop {
        let pending = wallet.lock.alerts().pending(after).expect("alerts");
        all.extend(pending.alerts);
        after = pending.up_to;
        if !pending.has_more {
            return (all, after);
        }
    }
}

fn kinds(alerts: &[Alert]) -> Vec<Kind> {
    alerts.iter().map(|alert| alert.kind).collect()
}

#[test]
fn the_owner_hears_of_everything_that_counts_also_while_the_wallet_is_locked() {
    let (backend, wallet) = with_provider(day_limit(1_000));
    let (before, up_to) = alerts_after(&wallet, 0);
    assert!(kinds(&before).contains(&Kind::ProviderRegistered), "a new device");
    wallet.lock.alerts().acknowledge(up_to).expect("shown");
    approved(pay(&wallet, &payment("a", 100)));
    backend.settle(&wallet, "a", Some(90));
    refused(ask(&wallet, &payment("b", 1_000)));
    let limit = Limit::amount(Scope::All, euro(), Period::Day, 50);
    wallet.unlock().limits().set(&limit).expect("lower");
    wallet.lock.payments().freeze(None).expect("frozen");
    let expected = [Kind::PaymentApproved, Kind::PaymentCaptured, Kind::PaymentRefused, Kind::LimitSet, Kind::Frozen];
    let (alerts, _) = alerts_after(&wallet, 0);
    assert_eq!(kinds(&alerts), expected);
    assert!(alerts.iter().all(|alert| alert.class == AlertClass::Money));
    assert!(alerts.is_sorted_by_key(|alert| alert.number));
}

fn refusals(wallet: &Wallet) -> usize {
    kinds(&alerts_after(wallet, 0).0).into_iter().filter(|kind| *kind == Kind::PaymentRefused).count()
}

/// Somebody tries to pay with what the owner has stopped: that is what an owner wants to hear of.
#[test]
fn the_owner_hears_of_payments_that_a_stop_refused_and_no_rule_counts_them() {
    let risk = RiskPolicy { refusals_for_stop: Some(6), ..RiskPolicy::off() };
    let wallet = alone(PaymentPolicy { risk, ..day_limit(1_000) });
    wallet.lock.payments().freeze(None).expect("frozen");
    for nth in 1..=7 {
        refused(ask(&wallet, &payment("a", 1)));
        assert_eq!(refusals(&wallet), nth);
    }
    wallet.unlock().access().unfreeze(None).expect("ended");
    approved(pay(&wallet, &payment("b", 1)));
    for nth in 0..6 {
        refused(ask(&wallet, &payment(&format!("c{nth}"), 1_001)));
    }
    let waits = refused(ask(&wallet, &payment("d", 1)));
    assert!(matches!(waits[..], [PaymentRefusal::Risk { rule: RiskRule::Refusals, .. }]), "{waits:?}");
    assert_eq!(refusals(&wallet), 7 + 6 + 1, "and of a wait after refusals");
}

#[test]
fn the_owner_hears_of_a_payment_with_a_phone_that_is_not_registered() {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(Policy { payment: day_limit(1_000), ..backend.policy() });
    wallet.enrol(PIN).close();
    let reasons = refused(ask(&wallet, &payment("a", 1)));
    assert_eq!(reasons, [PaymentRefusal::NotRegistered { left_ms: None }]);
    assert_eq!(refusals(&wallet), 1);
}

/// It takes no proof to be refused.
#[test]
fn who_asks_on_and_on_does_not_fill_the_journal() {
    let wallet = alone(day_limit(1_000));
    let ask_for = |minor| {
        for _ in 0..15 {
            refused(ask(&wallet, &payment("a", minor)));
        }
    };
    ask_for(1_001);
    wallet.lock.payments().freeze(None).expect("frozen");
    ask_for(1);
    assert_eq!(refusals(&wallet), 20);
    wallet.phone.clock.advance_ms(DAY_MS - 1);
    ask_for(1);
    assert_eq!(refusals(&wallet), 20);
    wallet.phone.clock.advance_ms(1);
    refused(ask(&wallet, &payment("a", 1)));
    assert_eq!(refusals(&wallet), 21);
}

#[test]
fn the_owner_hears_of_a_payment_that_was_refused_when_it_was_confirmed() {
    let wallet = alone(day_limit(1_000));
    let handle = needs(ask(&wallet, &payment("a", 1))).handle;
    wallet.lock.payments().freeze(None).expect("frozen");
    refused(wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome"));
    assert_eq!(refusals(&wallet), 1);
}

#[test]
fn an_alert_comes_again_until_it_was_acknowledged_also_after_a_restart() {
    let (_backend, wallet) = with_provider(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 100)));
    let (first, up_to) = alerts_after(&wallet, 0);
    assert_eq!(alerts_after(&wallet, 0).0, first, "asking acknowledges nothing");
    let wallet = wallet.restart();
    assert_eq!(alerts_after(&wallet, 0).0, first);
    wallet.lock.alerts().acknowledge(up_to).expect("shown");
    assert_eq!(alerts_after(&wallet, 0).0, []);
    let wallet = wallet.restart();
    assert_eq!(alerts_after(&wallet, 0).0, []);
    approved(pay(&wallet, &payment("b", 100)));
    assert_eq!(kinds(&alerts_after(&wallet, 0).0), [Kind::PaymentApproved]);
}

/// An app that acknowledges what it was not given would lose an alert.
#[test]
fn what_this_process_was_not_given_it_cannot_acknowledge() {
    let (_backend, wallet) = with_provider(day_limit(1_000));
    let (_, up_to) = alerts_after(&wallet, 0);
    approved(pay(&wallet, &payment("a", 100)));
    assert_eq!(wallet.lock.alerts().acknowledge(up_to + 1), Err(LockError::Invalid("alert")));
    assert_eq!(wallet.lock.alerts().acknowledge(u64::MAX), Err(LockError::Invalid("alert")));
    wallet.lock.alerts().acknowledge(up_to).expect("shown");
    let wallet = wallet.restart();
    assert_eq!(wallet.lock.alerts().acknowledge(up_to + 1), Err(LockError::Invalid("alert")), "nothing was given yet");
    assert_eq!(kinds(&alerts_after(&wallet, 0).0), [Kind::PaymentApproved]);
}

/// A collector that goes on from where it was.
#[test]
fn a_wallet_made_anew_begins_its_alerts_at_its_first_line() {
    let (_backend, wallet) = with_provider(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 100)));
    let (_, old) = alerts_after(&wallet, 0);
    assert_eq!(wallet.lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    wallet.enrol(PIN);
    wallet.lock.payments().freeze(None).expect("frozen");
    let (alerts, up_to) = alerts_after(&wallet, old);
    assert!(kinds(&alerts).contains(&Kind::Frozen) && up_to < old, "{alerts:?}");
    assert!(kinds(&alerts_after(&wallet, u64::MAX).0).is_empty(), "this process was given them");
}

/// Who says that it is further than it was given is not believed.
#[test]
fn asking_from_a_later_line_gives_nothing_away() {
    let (_backend, wallet) = with_provider(day_limit(1_000));
    approved(pay(&wallet, &payment("a", 100)));
    let all = alerts_after(&wallet.restart(), u64::MAX).0;
    assert!(kinds(&all).contains(&Kind::PaymentApproved), "{all:?}");
}

#[test]
fn acknowledging_less_than_before_brings_nothing_back() {
    let (_backend, wallet) = with_provider(day_limit(1_000));
    let (_, up_to) = alerts_after(&wallet, 0);
    wallet.lock.alerts().acknowledge(up_to).expect("shown");
    wallet.lock.alerts().acknowledge(1).expect("an earlier one");
    assert_eq!(alerts_after(&wallet, 0).0, []);
}

#[test]
fn a_long_journal_is_looked_through_in_steps() {
    let (_backend, wallet) = with_provider(day_limit(1_000));
    let (_, up_to) = alerts_after(&wallet, 0);
    wallet.lock.alerts().acknowledge(up_to).expect("shown");
    wallet.unlock().journal().fill(&vec!["item".to_owned(); 2_500]).expect("filled");
    approved(pay(&wallet, &payment("a", 100)));
    let first = wallet.lock.alerts().pending(0).expect("alerts");
    assert_eq!((first.alerts.len(), first.has_more), (0, true));
    assert_eq!(kinds(&alerts_after(&wallet, 0).0), [Kind::PaymentApproved]);
}
