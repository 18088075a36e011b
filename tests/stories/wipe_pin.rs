//! The wipe PIN: entered in place of the PIN it destroys the wallet. Until that has happened it is a wrong PIN like any other.

use std::sync::Arc;

use walletlock_core::journal::{Kind, Query};
use walletlock_core::pin::Finding;
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::platform::testing::{DeviceKeyCalls, FakeListener};
use walletlock_core::{LockError, LockStatus, NoVerdict, PinChange, PinOutcome, Refusal, Removal, WrongPin};

use crate::wallet::{PIN, Wallet, entry};

const WIPE: &str = "112233";

/// A wallet with something in it and a wipe PIN, and nobody signed in.
fn with_wipe_pin() -> Wallet {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    session.write("card", b"4000 0012").expect("written");
    assert_eq!(session.set_wipe_pin(&entry(PIN), &entry(WIPE)), Ok(PinChange::Changed));
    drop(session);
    wallet
}

fn is_wiped(outcome: &PinOutcome) -> bool {
    matches!(outcome, PinOutcome::Locked(LockStatus::Wiped))
}

/// What `call` asks the keystore for the PIN's key.
fn calls_of(wallet: &Wallet, call: impl FnOnce(&Wallet)) -> DeviceKeyCalls {
    let before = wallet.phone.device_key.pin_calls();
    call(wallet);
    let after = wallet.phone.device_key.pin_calls();
    DeviceKeyCalls { hmac: after.hmac - before.hmac, ready: after.ready - before.ready, ..DeviceKeyCalls::default() }
}

#[test]
fn entered_in_place_of_the_pin_it_destroys_the_wallet() {
    let wallet = with_wipe_pin();
    let session = wallet.unlock();
    let listener = Arc::new(FakeListener::default());
    wallet.lock.add_listener(listener.clone());
    assert!(is_wiped(&wallet.verify(WIPE)));
    let told: Vec<_> = listener.events().iter().map(|event| event.kind).collect();
    assert_eq!(told, [Kind::PinTried, Kind::PinWrong, Kind::Wiped]);
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(session.read("card"), Err(LockError::SessionEnded));
    drop(session);
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert!(is_wiped(&wallet.verify(PIN)));
    let keys = wallet.phone.device_key.all_aliases();
    assert!(!keys.iter().any(|alias| alias.contains("/pin/")), "{keys:?}");
    wallet.enrol("865298").close();
    assert!(matches!(wallet.verify(WIPE), PinOutcome::Wrong(_)), "the next wallet has none");
}

#[test]
fn with_or_without_one_a_wrong_pin_is_the_same() {
    let told = |wallet: &Wallet| {
        let listener = Arc::new(FakeListener::default());
        wallet.lock.add_listener(listener.clone());
        let wrong = wallet.guess_wrong(1);
        (wrong, listener.events().iter().map(|event| event.kind).collect::<Vec<_>>())
    };
    let (with, without) = (with_wipe_pin(), Wallet::enrolled("walletlock"));
    assert_eq!(told(&with), told(&without));
    assert_eq!(with.phone.device_key.all_aliases().len(), without.phone.device_key.all_aliases().len());
}

#[test]
fn the_phone_is_asked_the_same_for_it_as_for_any_wrong_pin() {
    let wallet = with_wipe_pin();
    let for_a_wrong_one = calls_of(&wallet, |wallet| {
        wallet.guess_wrong(1);
    });
    let for_the_wipe_pin = calls_of(&wallet, |wallet| assert!(is_wiped(&wallet.verify(WIPE))));
    assert_eq!(for_the_wipe_pin, for_a_wrong_one);
    assert_eq!(for_a_wrong_one.hmac, 1);
}

#[test]
fn it_is_taken_wherever_a_pin_is_asked_for() {
    let wallet = with_wipe_pin();
    assert!(matches!(wallet.lock.remove(&entry(WIPE)), Ok(Removal::Refused(Refusal::Locked(LockStatus::Wiped)))));
    let wallet = with_wipe_pin();
    let session = wallet.unlock();
    let changed = session.change_pin(&entry(WIPE), &entry("865298"), &[]);
    assert_eq!(changed, Ok(PinChange::Refused(Refusal::Locked(LockStatus::Wiped))));
    let wallet = with_wipe_pin();
    let session = wallet.unlock();
    let changed = session.clear_wipe_pin(&entry(WIPE));
    assert_eq!(changed, Ok(PinChange::Refused(Refusal::Locked(LockStatus::Wiped))));
}

#[test]
fn while_no_pin_is_taken_it_is_not_taken_either() {
    let wallet = with_wipe_pin();
    wallet.guess_all_wrong(1..=5);
    assert!(matches!(wallet.verify(WIPE), PinOutcome::Locked(LockStatus::CoolingDown { .. })));
    wallet.wait();
    assert!(is_wiped(&wallet.verify(WIPE)), "and afterwards it is");
}

#[test]
fn it_works_at_the_last_try() {
    let wallet = with_wipe_pin();
    for nth in 1..=15 {
        wallet.wait();
        wallet.guess_wrong(nth);
    }
    wallet.wait();
    assert_eq!(wallet.tries_left(), 1);
    assert!(is_wiped(&wallet.verify(WIPE)));
    assert_eq!(wallet.restart().status(), LockStatus::Wiped);
}

#[test]
fn a_number_that_was_wrong_a_moment_ago_wipes_once_it_is_set() {
    let wallet = Wallet::enrolled("walletlock");
    assert!(matches!(wallet.verify(WIPE), PinOutcome::Wrong(_)));
    let session = wallet.unlock();
    assert_eq!(session.set_wipe_pin(&entry(PIN), &entry(WIPE)), Ok(PinChange::Changed));
    assert!(is_wiped(&wallet.verify(WIPE)));
}

#[test]
fn it_survives_another_pin_and_cannot_become_it() {
    let wallet = with_wipe_pin();
    let session = wallet.unlock();
    let forbidden = Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
    assert_eq!(session.change_pin(&entry(PIN), &entry("865298"), &[]), Ok(PinChange::Changed));
    assert_eq!(session.set_wipe_pin(&entry("865298"), &entry("952407")), Ok(PinChange::Changed));
    assert_eq!(session.change_pin(&entry("865298"), &entry("952407"), &[]), forbidden);
    assert_eq!(session.change_pin(&entry("865298"), &entry("730518"), &[]), Ok(PinChange::Changed));
    drop(session);
    let wallet = wallet.restart();
    assert!(matches!(wallet.verify("730518"), PinOutcome::Right(_)));
    assert!(matches!(wallet.verify(WIPE), PinOutcome::Wrong(_)), "the one before is none any more");
    assert!(is_wiped(&wallet.verify("952407")));
}

#[test]
fn it_is_set_with_the_pin_alone_and_differs_from_it() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    let set = |current: &str, wipe: &str| session.set_wipe_pin(&entry(current), &entry(wipe));
    assert_eq!(set(PIN, PIN), Ok(PinChange::Forbidden(vec![Finding::UsedBefore])));
    assert_eq!(set(PIN, "1122"), Ok(PinChange::Forbidden(vec![Finding::TooShort { min: 6 }])));
    assert_eq!(set(PIN, "1"), Ok(PinChange::Forbidden(vec![Finding::TooShort { min: 6 }])));
    let wrong = WrongPin { tries_left: Some(15), cooldown_ms: 0, repeated: false };
    assert_eq!(set("700001", WIPE), Ok(PinChange::Refused(Refusal::Wrong(wrong))));
    assert_eq!(session.has_wipe_pin(), Ok(false));
    let (current, wipe) = (entry(PIN), entry("111111"));
    assert_eq!(session.set_wipe_pin(&current, &wipe), Ok(PinChange::Changed), "it may be as easy as one likes");
    assert_eq!((current.length(), wipe.length()), (0, 0));
    assert_eq!(session.has_wipe_pin(), Ok(true));
    assert_eq!(session.clear_wipe_pin(&entry(PIN)), Ok(PinChange::Changed));
    assert_eq!(session.has_wipe_pin(), Ok(false));
    assert!(matches!(wallet.verify("111111"), PinOutcome::Wrong(_)));
    session.close();
    assert_eq!(session.clear_wipe_pin(&entry(PIN)), Err(LockError::SessionEnded));
    assert_eq!(session.has_wipe_pin(), Err(LockError::SessionEnded));
}

#[test]
fn only_the_open_wallet_tells_that_there_is_one() {
    let wallet = Wallet::enrolled("walletlock");
    let listener = Arc::new(FakeListener::default());
    let session = wallet.unlock();
    wallet.lock.add_listener(listener.clone());
    assert_eq!(session.set_wipe_pin(&entry(PIN), &entry(WIPE)), Ok(PinChange::Changed));
    let told: Vec<_> = listener.events().iter().map(|event| event.kind).collect();
    assert_eq!(told, [Kind::PinTried, Kind::PinRight, Kind::SettingsChanged]);
    let page = session.journal(&Query { limit: 1, ..Query::default() }).expect("a page");
    assert_eq!(page.entries[0].details.as_ref().expect("details").0["setting"], "wipe PIN");
}

#[test]
fn a_keystore_that_fails_at_that_try_wipes_nothing_and_gives_it_back() {
    let wallet = with_wipe_pin();
    let tries_left = wallet.tries_left();
    wallet.phone.device_key.fail_next_hmac(DeviceKeyFault::Busy);
    let outcome = wallet.verify(WIPE);
    assert!(matches!(outcome, PinOutcome::NoVerdict(NoVerdict::DeviceKey(DeviceKeyFault::Busy))), "{outcome:?}");
    assert_eq!(wallet.tries_left(), tries_left);
    assert!(is_wiped(&wallet.verify(WIPE)));
}

#[test]
fn no_older_copy_undoes_it_or_brings_one_back() {
    let wallet = with_wipe_pin().restart();
    let copy = std::fs::read(wallet.path()).expect("a database");
    assert!(is_wiped(&wallet.verify(WIPE)));
    let path = wallet.path();
    let put_back = |folder: &std::path::Path| {
        let _log_of_another = std::fs::remove_file(folder.join("wallet.db-wal"));
        std::fs::write(&path, &copy).expect("put back");
    };
    let wallet = wallet.between_runs(put_back).expect("it opens");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert!(is_wiped(&wallet.verify(PIN)));
}
