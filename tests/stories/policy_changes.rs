//! A stricter policy takes effect at once; an easier one waits for the right PIN.

use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::policy::{Cooldown, Policy, PolicyError};
use walletlock_core::{LockError, LockStatus, PinOutcome};

use crate::wallet::{PIN, Wallet, entry, is_pins_mac, open};

fn with_lock_at(limit: u32) -> Policy {
    let mut policy = Policy { name: format!("stops at {limit}"), ..Policy::default() };
    policy.lockout.lock_at = Some(limit);
    policy
}

fn reopen_with(wallet: Wallet, policy: Policy) -> Wallet {
    Wallet { policy, ..wallet }.restart()
}

#[test]
fn a_stricter_policy_takes_effect_when_the_lock_is_opened() {
    let wallet = Wallet::enrolled("walletlock");
    let wallet = reopen_with(wallet, with_lock_at(10));
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(10) });
    assert_eq!(wallet.lock.policy().expect("a policy").name, "stops at 10");
}

#[test]
fn an_easier_policy_waits_for_the_right_pin() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_wrong(1);
    let wallet = reopen_with(wallet, with_lock_at(100));
    assert_eq!(wallet.tries_left(), 15, "the sealed one is in force");
    wallet.guess_wrong(2);
    assert_eq!(wallet.tries_left(), 14, "a wrong PIN does not change that");
    let session = wallet.unlock();
    assert_eq!(wallet.tries_left(), 100);
    let changes = Query { kinds: vec![Kind::PolicyChanged], ..Query::default() };
    let line = session.journal().page(&changes).expect("a page").entries.remove(0);
    assert_eq!(line.details.expect("readable").0["to"], "stops at 100");
    drop(session);
    assert_eq!(reopen_with(wallet, with_lock_at(100)).tries_left(), 100, "and it stays");
}

#[test]
fn one_easier_field_makes_a_policy_easier() {
    let mut policy = with_lock_at(10);
    policy.lockout.cooldowns.insert(0, Cooldown { from: 1, to: Some(4), wait_s: 600 });
    policy.session.idle_s += 1;
    let wallet = reopen_with(Wallet::enrolled("walletlock"), policy);
    assert_eq!(wallet.tries_left(), 16);
    assert_eq!(wallet.guess_wrong(1).cooldown_ms, 0);
}

/// Tries given back without a verdict stay given back. How many more may be given back depends on the policy in force.
#[test]
fn a_budget_for_faults_changes_with_the_policy() {
    let with_budget = |budget: u32| {
        let mut policy = Policy { name: format!("gives back {budget}"), ..Policy::default() };
        policy.lockout.no_verdict_budget = budget;
        policy
    };
    let fail = |wallet: &Wallet| {
        // The first MAC is the probe that a spent budget requires, and succeeds. The try is charged after it, and the
        // next MAC fails.
        wallet.phone.hooks.fail_after(1, is_pins_mac, DeviceKeyFault::Busy);
        drop(wallet.guess(1));
        wallet.tries_left()
    };
    let give_back = |wallet: &Wallet| {
        wallet.phone.hooks.fail_next(is_pins_mac, DeviceKeyFault::Busy);
        drop(wallet.guess(1));
        assert_eq!(wallet.tries_left(), 16);
    };
    let wallet = reopen_with(Wallet::enrolled("walletlock"), with_budget(2));
    give_back(&wallet);
    let wallet = reopen_with(wallet, with_budget(1));
    assert_eq!(fail(&wallet), 15, "a stricter one counts what was given back before");
    let wallet = reopen_with(wallet, with_budget(2));
    drop(wallet.unlock());
    give_back(&wallet);
    give_back(&wallet);
    assert_eq!(fail(&wallet), 15, "an easier one begins whole with the right PIN");
}

#[test]
fn a_policy_that_is_none_opens_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    let Wallet { phone, mut policy, lock, folder } = wallet;
    drop(lock);
    policy.lockout.cooldowns[2].wait_s = 0;
    let field = "lockout.cooldowns[2].wait_s".to_owned();
    let error = open(&folder, &phone, &policy).expect_err("refused");
    assert!(matches!(error, LockError::Policy(PolicyError { field: found, .. }) if found == field));
}

/// An update of the app must not take the owner's last try: the stricter stop waits for the right PIN.
#[test]
fn a_stop_that_would_leave_no_try_waits_for_the_right_pin() {
    let wallet = Wallet::enrolled("walletlock");
    for nth in 1..=11 {
        wallet.guess_wrong(nth);
        wallet.wait();
    }
    let wallet = reopen_with(wallet, with_lock_at(10));
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(5) }, "the sealed one is in force");
    let wallet = reopen_with(wallet, with_lock_at(12));
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(1) }, "one that leaves a try holds at once");
    let wallet = reopen_with(wallet, with_lock_at(11));
    drop(wallet.unlock());
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(11) });
}

#[test]
fn a_limit_until_restart_that_is_reached_already_waits_too() {
    let per_boot = |limit: u32| {
        let mut policy = Policy { name: format!("{limit} a boot"), ..Policy::default() };
        policy.lockout.per_boot_limit = Some(limit);
        policy
    };
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_all_wrong(1..=4);
    let wallet = reopen_with(wallet, per_boot(3));
    assert_eq!(wallet.tries_left(), 12);
    wallet.phone.clock.reboot();
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(3) }, "none failed since this start");
}

/// The wallet is locked already, so it is not the update that locks it: the new policy holds at once.
#[test]
fn a_wallet_that_is_locked_takes_a_stricter_policy() {
    let wallet = Wallet::with_policy(with_lock_at(4));
    wallet.enrol(PIN).close();
    wallet.guess_all_wrong(1..=3);
    drop(wallet.guess(4));
    let wallet = reopen_with(wallet, with_lock_at(3));
    assert_eq!(wallet.lock.policy().expect("a policy").name, "stops at 3");
}

/// The right PIN brings a stricter policy while a try that was charged before is still open.
#[test]
fn a_try_that_is_not_settled_yet_is_not_stopped_by_the_policy_that_a_right_pin_brings() {
    let wallet = Wallet::with_policy(with_lock_at(10));
    wallet.enrol(PIN).close();
    let mut offered = with_lock_at(1);
    offered.session.idle_s += 1;
    let wallet = reopen_with(wallet, offered);
    let lock = wallet.lock.clone();
    wallet.phone.hooks.once_before(is_pins_mac, move || {
        assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)));
        assert!(lock.status().expect("a status").is_ready(), "{:?}", lock.status());
    });
    wallet.guess_wrong(1);
    assert_eq!(wallet.tries_left(), 9);
    drop(wallet.unlock());
    assert_eq!(wallet.tries_left(), 1, "with no other try open it is in force");
}
