//! U1: several wrong PINs lock the wallet for a while, more of them lock it for longer, and at the end it stays locked.

use walletlock_core::platform::testing::schedules::{TREZOR, WALLETLOCK};
use walletlock_core::policy::{Cooldown, Policy};
use walletlock_core::{LockReason, LockStatus, PinOutcome, Remedy, WhoLocked};

use crate::wallet::{PIN, Wallet};

#[test]
fn wrong_pins_cool_down_longer_and_longer_and_then_lock() {
    let wallet = Wallet::enrolled("walletlock");
    for nth in 1..=15 {
        let wait = WALLETLOCK.wait_ms(nth);
        let wrong = wallet.guess_wrong(nth);
        assert_eq!((wrong.tries_left, wrong.cooldown_ms, wrong.repeated), (Some(16 - nth), wait, false), "guess {nth}");
        if wait > 0 {
            let remedies = vec![Remedy::Wait(wait)];
            let status = LockStatus::CoolingDown { remaining_ms: wait, tries_left: Some(16 - nth), remedies };
            assert_eq!(wallet.status(), status);
            assert!(
                matches!(wallet.verify(PIN), PinOutcome::Locked(refused) if refused == status),
                "even the right one"
            );
            wallet.phone.clock.advance_ms(wait - 1);
            assert!(!wallet.status().is_ready(), "a millisecond before the end");
            wallet.phone.clock.advance_ms(1);
        }
        assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(16 - nth) });
    }
    let (reason, by) = (LockReason::TooManyAttempts, WhoLocked::Phone);
    let locked = LockStatus::Locked { reason, by, message: None, remedies: vec![] };
    assert!(matches!(wallet.guess(16), PinOutcome::Locked(status) if status == locked));
    wallet.phone.clock.advance_ms(10 * 365 * 86_400_000);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(status) if status == locked), "time does not lift it");
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), locked, "nor does restarting");
}

#[test]
fn the_right_pin_starts_the_count_again() {
    let wallet = Wallet::enrolled("walletlock");
    for nth in 1..=7 {
        wallet.guess_wrong(nth);
        wallet.wait();
    }
    assert_eq!(wallet.tries_left(), 9);
    drop(wallet.unlock());
    assert_eq!(wallet.tries_left(), 16);
    assert_eq!(wallet.guess_wrong(8).cooldown_ms, 0);
}

#[test]
fn typing_the_same_wrong_pin_again_costs_one_try() {
    let wallet = Wallet::enrolled("walletlock");
    assert!(!wallet.guess_wrong(1).repeated);
    for _ in 0..20 {
        let wrong = wallet.guess_wrong(1);
        assert_eq!((wrong.tries_left, wrong.repeated), (Some(15), true));
    }
    wallet.phone.clock.advance_ms(299_999);
    assert!(wallet.guess_wrong(1).repeated);
    wallet.phone.clock.advance_ms(1);
    assert_eq!(wallet.guess_wrong(1).tries_left, Some(14), "after five minutes it counts");
    let wallet = wallet.restart();
    assert_eq!(wallet.guess_wrong(1).tries_left, Some(13), "and what was guessed is not remembered on the disk");
}

#[test]
fn a_repeated_pin_brings_no_wait_of_its_own() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_all_wrong(1..=4);
    let wrong = wallet.guess_wrong(4);
    assert_eq!((wrong.repeated, wrong.cooldown_ms), (true, 0));
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(12) });
    assert_eq!(wallet.guess_wrong(5).cooldown_ms, 30_000);
}

#[test]
fn only_the_last_five_are_remembered() {
    let wallet = Wallet::enrolled("walletlock");
    for nth in 1..=6 {
        wallet.guess_wrong(nth);
        wallet.wait();
    }
    assert!(wallet.guess_wrong(2).repeated);
    assert!(!wallet.guess_wrong(1).repeated);
}

#[test]
fn a_malformed_pin_costs_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    let short = crate::wallet::entry("493");
    assert!(matches!(wallet.lock.verify_pin(&short), PinOutcome::NoVerdict(walletlock_core::NoVerdict::NotAPin)));
    assert_eq!(short.length(), 0, "wiped all the same");
    assert_eq!(wallet.tries_left(), 16);
}

#[test]
fn a_wait_survives_restarts_reboots_and_clocks() {
    let mut wallet = Wallet::enrolled("walletlock");
    for nth in 1..=8 {
        wallet.guess_wrong(nth);
        if nth < 8 {
            wallet.wait();
        }
    }
    let remaining = |wallet: &Wallet| match wallet.status() {
        LockStatus::CoolingDown { remaining_ms, .. } => remaining_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(remaining(&wallet), 900_000);
    wallet.phone.clock.advance_ms(100_000);
    wallet = wallet.restart();
    assert_eq!(remaining(&wallet), 800_000, "the app was closed and opened");
    wallet.phone.clock.change(|now| now.wall_ms += 86_400_000);
    assert_eq!(remaining(&wallet), 800_000, "the wall clock was set ahead");
    wallet.phone.clock.reboot();
    assert_eq!(remaining(&wallet), 790_000, "what was left when last saved, less the ten seconds since the start");
    wallet.phone.clock.advance_ms(60_000);
    assert_eq!(remaining(&wallet), 730_000);
    wallet = wallet.restart();
    wallet.phone.clock.reboot();
    assert_eq!(remaining(&wallet), 720_000, "watched for a minute, so it was saved");
    wallet.phone.clock.change(|now| now.since_boot_ms = 5);
    assert_eq!(remaining(&wallet), 720_000, "a clock that goes backwards starts it again");
    wallet.phone.clock.change(|now| now.boot = None);
    wallet.phone.clock.advance_ms(719_999);
    assert_eq!(remaining(&wallet), 1, "an unreadable boot count does not make it endless");
}

#[test]
fn wipe_at_destroys_everything_once() {
    let wallet = Wallet::enrolled("trezor");
    let session = wallet.unlock();
    session.vault().write("seed", b"correct horse").expect("written");
    drop(session);
    for nth in 1..=15 {
        assert_eq!(wallet.guess_wrong(nth).cooldown_ms, TREZOR.wait_ms(nth));
        wallet.wait();
    }
    let old_keys = wallet.phone.device_key.all_aliases();
    assert!(matches!(wallet.guess(16), PinOutcome::Locked(LockStatus::Wiped)));
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Wiped)));
    let kept = wallet.phone.device_key.all_aliases();
    let of_pin = |keys: &[String]| keys.iter().filter(|alias| alias.contains("/pin/")).count();
    assert_eq!((of_pin(&old_keys), of_pin(&kept)), (1, 0), "the PIN's device key is gone: {kept:?}");
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped);
    let session = wallet.enrol("582941");
    assert_eq!(session.vault().names(), Ok(vec![]), "a new wallet, with nothing of the old one");
    assert_eq!(session.vault().read("seed"), Ok(None));
}

/// The app is opened once each morning, for a minute. Time that is proven to have passed counts.
#[test]
fn a_wait_comes_to_its_end_on_a_phone_that_is_switched_off_each_night() {
    let mut wallet = Wallet::enrolled("walletlock");
    for nth in 1..=8 {
        wallet.guess_wrong(nth);
        if nth < 8 {
            wallet.wait();
        }
    }
    let mut mornings = 0;
    while !wallet.status().is_ready() {
        wallet.phone.clock.advance_ms(16 * 3_600_000);
        wallet.phone.clock.reboot();
        wallet.phone.clock.advance_ms(240_000);
        wallet = wallet.restart();
        mornings += 1;
        assert!(mornings < 10, "{:?}", wallet.status());
        drop(wallet.status());
        wallet.phone.clock.advance_ms(60_000);
        wallet.lock.save_time().expect("saved when the app is left");
    }
    assert_eq!(mornings, 3, "fifteen minutes, by ten seconds and five minutes each morning");
}

/// A job of the app runs every hour and saves what is left of the wait.
#[test]
fn a_wait_of_a_day_ends_on_the_second_day_if_the_app_saves_what_is_left_every_hour() {
    let mut policy = Policy::default();
    policy.lockout.cooldowns = vec![Cooldown { from: 1, to: None, wait_s: 86_400 }];
    let mut wallet = Wallet::with_policy(policy);
    wallet.enrol(PIN).close();
    wallet.guess_wrong(1);
    let mut hours = 0;
    while !wallet.status().is_ready() {
        if hours % 16 == 15 {
            // The phone is switched off for the night, and then the app is started again.
            wallet.phone.clock.advance_ms(600_000);
            wallet.phone.clock.reboot();
            wallet = wallet.restart();
        }
        wallet.phone.clock.advance_ms(3_600_000);
        wallet.lock.save_time().expect("saved");
        hours += 1;
        assert!(hours < 48, "{:?}", wallet.status());
    }
    assert_eq!(hours, 24, "so many hours with the phone on");
}

/// An app saves what is left of a wait before the phone may be switched off.
#[test]
fn what_an_app_saves_of_a_wait_is_not_waited_for_again() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.lock.save_time().expect("nothing to save is no error");
    wallet.guess_all_wrong(1..=5);
    let database = || std::fs::read(wallet.folder.path().join("wallet.db-wal")).expect("a log").len();
    wallet.phone.clock.advance_ms(999);
    let before = database();
    wallet.lock.save_time().expect("saved a second ago");
    assert_eq!(database(), before);
    wallet.phone.clock.advance_ms(20_001);
    wallet.lock.save_time().expect("saved");
    wallet.phone.clock.change(|now| (now.boot, now.since_boot_ms) = (Some(2), 0));
    let LockStatus::CoolingDown { remaining_ms, .. } = wallet.status() else { panic!("it cools down") };
    assert_eq!(remaining_ms, 9_000, "of thirty seconds");
    wallet.phone.clock.break_down();
    assert!(wallet.lock.save_time().is_err());
    let unconfigured = Wallet::unconfigured("walletlock");
    assert_eq!(unconfigured.lock.save_time(), Ok(()));
}
