//! When the device key does not answer, no try is lost and none is free.

use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::testing::DeviceKeyCalls;
use walletlock_core::platform::{DeviceKeyFault, SecurityLevel};
use walletlock_core::{LockError, LockReason, LockStatus, NoVerdict, PinChange, PinOutcome};

use crate::wallet::{PIN, Wallet, details, entry, is_pins_mac, open};

fn no_verdict(outcome: PinOutcome) -> NoVerdict {
    match outcome {
        PinOutcome::NoVerdict(cause) => cause,
        other => panic!("a verdict: {other:?}"),
    }
}

#[test]
fn a_key_that_is_not_ready_costs_no_try() {
    let wallet = Wallet::enrolled("walletlock");
    for fault in [DeviceKeyFault::Busy, DeviceKeyFault::NoHardware, DeviceKeyFault::Failed, DeviceKeyFault::Gone] {
        wallet.phone.device_key.fail_with(Some(fault));
        // A keystore that answers `Gone` for every key, even for one that it is asked about by name, says nothing about
        // this key.
        let told = if fault == DeviceKeyFault::Gone { DeviceKeyFault::Busy } else { fault };
        for _ in 0..20 {
            assert_eq!(no_verdict(wallet.guess(1)), NoVerdict::DeviceKey(told));
        }
    }
    wallet.phone.device_key.fail_with(None);
    assert_eq!(wallet.tries_left(), 16);
    drop(wallet.unlock());
}

#[test]
fn a_try_left_without_a_verdict_is_given_back_from_a_budget() {
    let wallet = Wallet::enrolled("walletlock");
    let fail = |wallet: &Wallet| {
        wallet.phone.hooks.fail_next(is_pins_mac, DeviceKeyFault::Busy);
        assert_eq!(no_verdict(wallet.verify(PIN)), NoVerdict::DeviceKey(DeviceKeyFault::Busy));
    };
    (0..5).for_each(|_| fail(&wallet));
    assert_eq!(wallet.tries_left(), 16, "five are given back");
    fail(&wallet);
    assert_eq!(wallet.tries_left(), 16, "from then on the key must answer before anything is counted");
    let fail_after_that = |wallet: &Wallet| {
        wallet.phone.hooks.fail_after(1, is_pins_mac, DeviceKeyFault::Busy);
        assert_eq!(no_verdict(wallet.verify(PIN)), NoVerdict::DeviceKey(DeviceKeyFault::Busy));
    };
    fail_after_that(&wallet);
    assert_eq!(wallet.tries_left(), 15, "one that fails even then is not given back");
    let wallet = wallet.restart();
    fail_after_that(&wallet);
    assert_eq!(wallet.tries_left(), 14, "nor does a restart refill the budget");
    drop(wallet.unlock());
    fail(&wallet);
    assert_eq!(wallet.tries_left(), 16, "only the right PIN does");
}

#[test]
fn a_right_pin_takes_three_calls_of_the_keystore_and_a_wrong_one_four() {
    let wallet = Wallet::enrolled("walletlock");
    for right in [true, false] {
        // The PIN pad opens: the next seal key is made.
        wallet.lock.prepare().expect("prepared");
        let before = wallet.phone.device_key.calls();
        drop(if right { wallet.verify(PIN) } else { wallet.guess(1) });
        let after = wallet.phone.device_key.calls();
        let asked = |calls: DeviceKeyCalls| (calls.ready, calls.delete, calls.hmac);
        let (asked_before, asked_after) = (asked(before), asked(after));
        // The lock does not believe on one answer that a PIN is wrong.
        let macs = if right { 1 } else { 2 };
        assert_eq!(asked_after, (asked_before.0 + 1, asked_before.1 + 1, asked_before.2 + macs));
        let others = |calls: DeviceKeyCalls| (calls.aliases, calls.exists, calls.create, calls.security_level);
        assert_eq!(others(after), others(before));
    }
    wallet.guess_all_wrong(2..=5);
    let before = wallet.phone.device_key.calls();
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)));
    assert_eq!(wallet.phone.device_key.calls(), before, "none while cooling down");
}

#[test]
fn a_database_without_its_keys_is_damaged_and_so_are_keys_without_it() {
    let locked = |wallet: &Wallet| match wallet.status() {
        LockStatus::Locked { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    let wallet = Wallet::enrolled("walletlock");
    wallet.phone.device_key.lose_all();
    let wallet = wallet.restart();
    assert_eq!(locked(&wallet), LockReason::DataDamaged, "a copied database");
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Locked { .. })));

    let wallet = Wallet::enrolled("walletlock");
    let wallet = wallet
        .between_runs(|folder| {
            for file in std::fs::read_dir(folder).expect("a folder") {
                std::fs::remove_file(file.expect("a file").path()).expect("removed");
            }
        })
        .expect("it opens");
    assert_eq!(locked(&wallet), LockReason::DataDamaged, "a deleted database does not make a new wallet");
    assert_eq!(wallet.lock.enrol(&entry(PIN), &[]).err(), Some(LockError::DataDamaged));
}

#[test]
fn a_keystore_that_is_busy_at_opening_is_told_and_nothing_is_lost() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_wrong(1);
    wallet.phone.device_key.fail_with(Some(DeviceKeyFault::Busy));
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let lock = open(&folder, &phone, &policy).expect("that it cannot say is no error");
    assert_eq!(lock.status(), Ok(LockStatus::Busy));
    assert_eq!(lock.recheck(), Ok(LockStatus::Busy), "it still cannot");
    let busy = NoVerdict::DeviceKey(DeviceKeyFault::Busy);
    assert_eq!(no_verdict(lock.verify_pin(&entry(PIN))), busy);
    assert_eq!(lock.enrol(&entry(PIN), &[]).err(), Some(LockError::DeviceKey(DeviceKeyFault::Busy)), "no first PIN");
    phone.device_key.fail_with(None);
    assert_eq!(lock.status(), Ok(LockStatus::Busy), "nobody has looked again");
    assert_eq!(lock.recheck(), Ok(LockStatus::Ready { tries_left: Some(15) }));
}

#[test]
fn what_keeps_the_key_can_be_asked_and_stands_in_the_journal_of_every_key() {
    let wallet = Wallet::unconfigured("walletlock");
    assert_eq!(wallet.lock.security_level(), Err(LockError::WrongState), "there is no key yet");
    wallet.phone.device_key.say_level(SecurityLevel::Strongbox);
    let session = wallet.enrol(PIN);
    assert_eq!(wallet.lock.security_level(), Ok(SecurityLevel::Strongbox));

    wallet.phone.device_key.say_level(SecurityLevel::Software);
    assert_eq!(
        session.access().change_pin(&entry(PIN), &entry("582941"), &[], true),
        Ok(PinChange::Changed { biometrics_on: false })
    );
    assert_eq!(wallet.lock.security_level(), Ok(SecurityLevel::Software));
    let query = Query { kinds: vec![Kind::Enrolled, Kind::PinChanged], ..Query::default() };
    let lines = session.journal().page(&query).expect("a page").entries;
    let told: Vec<_> = lines.into_iter().filter_map(|line| line.details).collect();
    let enrolled = details(&[("device_key", "strongbox"), ("policy", "walletlock")]);
    assert_eq!(told, [details(&[("device_key", "software")]), enrolled]);

    wallet.phone.device_key.fail_with(Some(DeviceKeyFault::Busy));
    assert_eq!(wallet.lock.security_level(), Err(LockError::DeviceKey(DeviceKeyFault::Busy)));
}
