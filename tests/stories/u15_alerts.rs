//! U15: I hear of every payment, refusal, lock, new device, changed limit and recovery step: at least once, in order, also
//! if the app is killed.

use walletlock_core::events::{AlertClass, Kind};
use walletlock_core::policy::{Limit, Period};
use walletlock_core::request::Scope;
use walletlock_core::{Alert, LockError};

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
fn the_owner_hears_of_a_payment_that_a_stop_refused_and_of_ten_in_24_hours_at_most() {
    let wallet = alone(day_limit(1_000));
    wallet.lock.payments().freeze(None).expect("frozen");
    refused(ask(&wallet, &payment("a", 1)));
    assert_eq!(refusals(&wallet), 1);
    for nth in 0..20 {
        refused(ask(&wallet, &payment(&format!("b{nth}"), 1)));
    }
    assert_eq!(refusals(&wallet), 10, "who asks on and on does not fill the journal");
    wallet.phone.clock.advance_ms(DAY_MS - 1);
    refused(ask(&wallet, &payment("c", 1)));
    assert_eq!(refusals(&wallet), 10);
    wallet.phone.clock.advance_ms(1);
    refused(ask(&wallet, &payment("d", 1)));
    assert_eq!(refusals(&wallet), 11);
    // No rule counts them: the owner who ends the stop pays as before.
    let session = wallet.unlock();
    session.access().unfreeze(None).expect("ended");
    drop(session);
    approved(pay(&wallet, &payment("e", 1)));
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
