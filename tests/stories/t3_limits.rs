//! T3: a thief who holds the phone and has seen the PIN. The limits hold against clocks, restarts, copies that are put
//! back, and a provider that never answers. Beside the wallet stands a naive lock, which falls to the same attacks.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use rusqlite::Connection;
use walletlock_core::money::{Currency, Money};
use walletlock_core::payment::LimitChange;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::{Limit, Period};
use walletlock_core::request::{Channel, Payment, Scope};
use walletlock_core::{
    LockError, LockReason, LockStatus, PaymentContext, PaymentOutcome, PaymentRefusal, Unfreezing, WordDone, WordError,
    WordOutcome,
};

use crate::backend::done;
use crate::till::{
    alone, approved, ask, day_limit, euros, left, needs, pay, payment, payment_by, refused, with_provider,
};
use crate::wallet::{PIN, Wallet, copy_files, entry, picture};

/// The limit of a day.
const DAY: u64 = 10_000;
const HOUR_MS: u64 = 3_600_000;

/// A lock as one might write it: it counts by the calendar of the wall clock, in a file, after the PIN was right, and
/// gives back what nobody claimed when the authorisation is over.
#[derive(Clone, Default)]
struct NaiveLock {
    days: BTreeMap<i64, u64>,
    open: Vec<(i64, u64)>,
}

impl NaiveLock {
    fn pay(&mut self, phone: &FakePhone, minor: u64) -> bool {
        let wall_ms = phone.clock.now_wall_ms();
        let day = wall_ms.div_euclid(86_400_000);
        let (over, open): (Vec<_>, Vec<_>) = self.open.iter().partition(|(until_ms, _)| *until_ms <= wall_ms);
        self.open = open;
        let freed: u64 = over.iter().map(|(_, minor)| minor).sum();
        let used = self.days.entry(day).or_default();
        *used = used.saturating_sub(freed);
        if *used + minor > DAY {
            return false;
        }
        *used += minor;
        self.open.push((wall_ms + 60_000, minor));
        true
    }
}

/// What a thief does between two payments.
type Trick = fn(&mut Wallet, &mut NaiveLock);

/// Pays all that is left by shown codes, does the trick, and tries again, within one hour. Returns what the wallet and
/// the naive lock handed out.
fn rob(trick: Trick, times: u32) -> (u64, u64) {
    let (mut wallet, mut naive) = (alone(day_limit(DAY)), NaiveLock::default());
    let (mut got, mut got_from_naive) = (0, 0);
    for nth in 0..times {
        for half in 0..2 {
            let code = payment_by(&format!("code-{nth}-{half}"), DAY / 2, Channel::CodeShown);
            if matches!(pay(&wallet, &code), PaymentOutcome::Approved(_)) {
                got += DAY / 2;
            }
            if naive.pay(&wallet.phone, DAY / 2) {
                got_from_naive += DAY / 2;
            }
        }
        trick(&mut wallet, &mut naive);
    }
    (got, got_from_naive)
}

/// Ends the app and starts it again, after `meddle`.
fn restarted(wallet: &mut Wallet, meddle: impl FnOnce(&Wallet)) {
    let fresh = std::mem::replace(wallet, Wallet::enrolled("walletlock"));
    meddle(&fresh);
    *wallet = fresh.restart();
}

#[test]
fn codes_that_nobody_claims_are_not_given_back() {
    let (got, from_naive) = rob(|wallet, _| wallet.phone.clock.advance_ms(10 * 60_000), 5);
    assert_eq!(got, DAY, "a day's limit, whatever the phone is not told");
    assert_eq!(from_naive, 5 * DAY, "the naive lock gave everything back each time");
}

#[test]
fn a_clock_set_ahead_opens_no_day() {
    let (got, from_naive) = rob(|wallet, _| wallet.phone.clock.change(|now| now.wall_ms += 86_400_000), 5);
    assert_eq!((got, from_naive), (DAY, 5 * DAY));
}

#[test]
fn restarts_with_a_clock_set_ahead_open_at_most_one() {
    let trick: Trick = |wallet, _| {
        restarted(wallet, |wallet| {
            wallet.phone.clock.reboot();
            wallet.phone.clock.change(|now| now.wall_ms += 86_400_000);
        });
    };
    let (got, from_naive) = rob(trick, 10);
    assert!(got <= 2 * DAY, "{got}: one night's credit");
    assert_eq!(from_naive, 10 * DAY);
}

#[test]
fn a_copy_that_is_put_back_shows_that_it_is_one() {
    let wallet = alone(day_limit(DAY));
    let before = picture(wallet.folder.path());
    approved(pay(&wallet, &payment("order-1", DAY)));
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert!(matches!(wallet.status(), LockStatus::Locked { reason: LockReason::DataDamaged, .. }));
    assert!(matches!(ask(&wallet, &payment("order-2", 1)), PaymentOutcome::Refused(_)));
    // The naive lock's file is only a file.
    let mut naive = NaiveLock::default();
    let copy = naive.clone();
    assert!(naive.pay(&wallet.phone, DAY));
    naive = copy;
    assert!(naive.pay(&wallet.phone, DAY));
}

/// Every state of the files during a payment, put back after it: none opens.
#[test]
fn no_copy_from_between_two_writes_brings_the_limit_back() {
    let wallet = alone(day_limit(DAY));
    let camera = crate::camera::Camera::on(&wallet.phone, wallet.folder.path());
    let handle = crate::till::needs(ask(&wallet, &payment("order-1", DAY))).handle;
    approved(wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome"));
    let pictures = camera.pictures();
    assert!(pictures.len() >= 4, "{}", pictures.len());
    for copy in pictures {
        let folder = picture(copy.folder.path());
        let phone = wallet.phone.with_keystore(wallet.phone.device_key.picture());
        let opened = crate::wallet::open(&folder, &phone, &wallet.policy).expect("damage is no error");
        let other = Wallet { phone, policy: wallet.policy.clone(), lock: opened, folder };
        let is_damaged = matches!(other.status(), LockStatus::Locked { reason: LockReason::DataDamaged, .. });
        assert!(is_damaged || left(&other, DAY) == 0, "{}: {:?}", copy.call, other.status());
    }
}

#[test]
fn a_phone_that_is_off_every_night_has_its_whole_limit_every_morning() {
    let mut wallet = alone(day_limit(DAY));
    for day in 0..30 {
        approved(pay(&wallet, &payment(&format!("day-{day}"), DAY)));
        wallet.phone.clock.advance_ms(16 * HOUR_MS);
        wallet.lock.save_time().expect("saved, as the app does every hour");
        restarted(&mut wallet, |wallet| {
            wallet.phone.clock.change(|now| {
                now.boot = now.boot.map(|boot| boot + 1);
                now.since_boot_ms = 10_000;
                now.wall_ms += 8 * HOUR_MS as i64;
            });
        });
    }
}

/// Two PINs for one payment at the same moment, a wrong one and the right one: what the right one hands out counts.
#[test]
fn a_wrong_pin_beside_the_right_one_takes_nothing_back() {
    for nth in 0..4 {
        let wallet = alone(day_limit(DAY));
        let handle = needs(ask(&wallet, &payment("order-1", DAY))).handle;
        let wrong = format!("{:06}", 700_000 + nth);
        let outcomes = thread::scope(|scope| {
            let payments = || wallet.lock.payments();
            [wrong.as_str(), PIN]
                .map(|pin| scope.spawn(move || payments().confirm_pin(handle, &entry(pin)).expect("an outcome")))
                .map(|paying| paying.join().expect("no panic"))
        });
        let approved = outcomes.iter().filter(|outcome| matches!(outcome, PaymentOutcome::Approved(_))).count();
        assert!(approved <= 1);
        assert_eq!(left(&wallet, DAY), if approved == 1 { 0 } else { DAY }, "{outcomes:?}");
    }
}

/// The freeze comes while Argon2id computes: the answer to it came before the authorisation.
#[test]
fn a_freeze_while_the_pin_is_checked_stops_the_payment() {
    let wallet = alone(day_limit(DAY));
    let handle = needs(ask(&wallet, &payment("order-1", DAY))).handle;
    let lock = wallet.lock.clone();
    wallet.phone.hooks.before(move |call| {
        if call.is("hmac", "pin") {
            lock.payments().freeze(None).expect("frozen");
        }
        Ok(())
    });
    let outcome = wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome");
    wallet.phone.hooks.before(|_| Ok(()));
    assert!(matches!(refused(outcome)[..], [PaymentRefusal::Frozen(_)]));
    assert_eq!(wallet.unlock().access().unfreeze(None), Ok(Unfreezing::Done));
    assert_eq!(left(&wallet, DAY), DAY);
}

#[test]
fn a_limit_of_the_owner_opens_no_other_currency() {
    let wallet = alone(day_limit(DAY));
    let dollar = Currency::new("USD").expect("a currency");
    let session = wallet.unlock();
    let all = Limit::amount(Scope::All, dollar, Period::Day, 1_000_000_000_000);
    assert_eq!(session.limits().set(&all), Ok(LimitChange::Set));
    let dollars = Money::new(1, dollar).expect("an amount");
    let in_dollars = Payment { amount: dollars, ..payment("order-1", 1) };
    assert_eq!(refused(ask(&wallet, &in_dollars)), [PaymentRefusal::CurrencyNotAllowed]);
    let billed = Payment { billing: Some(dollars), ..payment("order-2", 1) };
    assert_eq!(refused(ask(&wallet, &billed)), [PaymentRefusal::CurrencyNotAllowed]);
    let cheap = Payment { billing: Some(euros(1)), ..payment("order-3", DAY + 1) };
    let error = wallet.lock.payments().authorize(&cheap, &PaymentContext::default()).err();
    assert_eq!(error, Some(LockError::Invalid("billing amount")), "another amount in the same currency");
}

/// An old word about an order is sent again for a later payment with the same id.
#[test]
fn what_was_said_of_a_payment_says_nothing_of_a_later_one() {
    let (backend, wallet) = with_provider(day_limit(DAY));
    approved(pay(&wallet, &payment("order-1", DAY)));
    let declined = backend.settlement("order-1", None);
    assert_eq!(wallet.lock.provider().accept(&declined), done(WordDone::PaymentSettled));
    for nth in 0..65 {
        let id = format!("small-{nth}");
        approved(pay(&wallet, &payment(&id, 1)));
        assert!(wallet.lock.payments().captured(&id, 1).is_ok());
        for _ in 0..2 {
            // The last answers are forgotten.
            backend.settle(&wallet, &id, Some(1));
        }
    }
    let left_before = left(&wallet, DAY);
    approved(pay(&wallet, &payment("order-1", left_before)));
    assert_eq!(wallet.lock.provider().accept(&declined), Ok(WordOutcome::Refused(WordError::NotAsked)));
    assert_eq!(left(&wallet, DAY), 0);
}

/// The row beside the items is gone or is another one: the vault stays open, and no limit comes back.
#[test]
fn a_lost_book_brings_no_limit_back_and_shuts_no_vault() {
    for damage in [
        "DELETE FROM items WHERE id = x'7061796d656e7473'",
        "UPDATE items SET sealed = x'00' WHERE id = x'7061796d656e7473'",
    ] {
        let wallet = alone(day_limit(DAY));
        wallet.unlock().vault().write("card", b"4000").expect("written");
        approved(pay(&wallet, &payment("order-1", DAY / 2)));
        let meddle = |folder: &Path| {
            let database = Connection::open(folder.join("wallet.db")).expect("opened");
            assert_eq!(database.execute(damage, []).expect("done"), 1);
        };
        let wallet = wallet.between_runs(meddle).expect("it opens");
        assert_eq!(left(&wallet, DAY), DAY / 2);
        approved(pay(&wallet, &payment("order-2", DAY / 4)));
        let session = wallet.unlock();
        assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4000");
        assert_eq!(left(&wallet, DAY), DAY / 4);
    }
}
