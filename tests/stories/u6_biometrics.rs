//! U6: fingerprint and face. They unlock quickly and confirm small payments, never for more than allowed, never right
//! after a restart, and not once someone has enrolled a new finger. After a few failures the PIN takes over.

use std::sync::{Arc, Mutex};

use walletlock_core::BiometricAvailability;
use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::money::Currency;
use walletlock_core::platform::testing::{Act, Call, FakePhone};
use walletlock_core::platform::{
    DeviceKeyFault, PlatformFault, PromptEnd, PromptOperation, PromptPurpose, SensorAvailability,
};
use walletlock_core::policy::Budget;
use walletlock_core::policy::Policy;
use walletlock_core::request::PromptId;
use walletlock_core::request::{BiometricDenial, BiometricRequest, ProofLevel};
use walletlock_core::{
    AuthMethod, BiometricChange, BiometricOutcome, FRESH_PIN_MS, LockError, LockStatus, NoVerdict, PinChange,
    PinOutcome, Session,
};

use crate::till::{self, approved, ask, euros, needs, payment};
use crate::wallet::{PIN, Wallet, copy_files, entry, picture};

pub(crate) fn unlocking() -> BiometricRequest {
    BiometricRequest::default()
}

/// The default policy with a budget of 30 euros for each payment and 50 in all.
fn policy() -> Policy {
    let mut policy = Policy::default();
    let currency = Currency::new("EUR").expect("a currency");
    policy.biometric.budgets = vec![Budget { currency, per_payment_minor: 3_000, total_minor: 5_000 }];
    policy.payment = till::day_limit(100_000);
    policy
}

/// A wallet that keeps an item, with biometrics switched on and no open session.
pub(crate) fn with_biometrics() -> Wallet {
    with_biometrics_on(FakePhone::default())
}

/// The same on this phone, which may hold other wallets too.
fn with_biometrics_on(phone: FakePhone) -> Wallet {
    let wallet = Wallet::on(phone, policy());
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4000 0012").expect("written");
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    session.close();
    wallet
}

pub(crate) fn unlocked(outcome: BiometricOutcome) -> Session {
    match outcome {
        BiometricOutcome::Unlocked(session) => session,
        other => panic!("not unlocked: {other:?}"),
    }
}

fn touch(wallet: &Wallet, request: &BiometricRequest) -> BiometricOutcome {
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    wallet.lock.verify_biometrics(request)
}

fn why_not(wallet: &Wallet, request: &BiometricRequest) -> Option<BiometricDenial> {
    match wallet.lock.biometric_availability(request).expect("an answer") {
        BiometricAvailability::Available => None,
        BiometricAvailability::Denied(reason) => Some(reason),
    }
}

/// The journal lines after line `after`, oldest first.
fn told_since(session: &Session, after: u64) -> Vec<Kind> {
    let page = session.journal().page(&Query { limit: 100, ..Query::default() }).expect("a page");
    page.entries.iter().rev().filter(|entry| entry.number > after).filter_map(|entry| entry.kind).collect()
}

fn lines(session: &Session) -> u64 {
    session.journal().page(&Query { limit: 1, ..Query::default() }).expect("a page").entries[0].number
}

#[test]
fn the_owners_finger_opens_the_wallet() {
    let wallet = with_biometrics();
    assert_eq!(why_not(&wallet, &unlocking()), None);
    let session = unlocked(touch(&wallet, &unlocking()));
    assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4000 0012");
    assert_eq!(wallet.phone.biometrics.seen(), [PromptPurpose::Enable, PromptPurpose::Unlock]);
    assert_eq!(told_since(&session, lines(&session) - 2), [Kind::BiometricsAsked, Kind::BiometricsRight]);
    drop(session);
    let wallet = wallet.restart();
    assert!(unlocked(touch(&wallet, &unlocking())).is_live(), "the app ended, the phone did not restart");
}

#[test]
fn what_biometrics_opened_reads_and_no_more() {
    let wallet = with_biometrics();
    let session = unlocked(touch(&wallet, &unlocking()));
    assert_eq!(session.auth_method(), Ok(AuthMethod::Biometrics));
    assert_eq!(session.vault().names(), Ok(vec!["card".to_owned()]));
    assert_eq!(session.vault().write("card", b"9"), Err(LockError::PinNeeded));
    assert_eq!(session.vault().delete("card"), Err(LockError::PinNeeded));
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Err(LockError::PinNeeded));
    assert_eq!(session.access().disable_biometrics(), Err(LockError::PinNeeded));
    assert_eq!(session.access().has_wipe_pin(), Err(LockError::PinNeeded));
    // Changing the PIN asks for the PIN, and counts it, in any session.
    let refused = session.access().change_pin(&entry("111222"), &entry("865298"), &[], true).expect("an outcome");
    assert!(matches!(refused, PinChange::Refused(_)), "{refused:?}");
}

#[test]
fn a_hooked_callback_that_says_success_opens_nothing() {
    let wallet = with_biometrics();
    let tries_left = wallet.tries_left();
    for bytes in [vec![], vec![0; 32], vec![1; 32], vec![0xff; 32], vec![0; 60], vec![0; 1 << 20]] {
        wallet.phone.biometrics.queue([Act::ForgesSuccess(bytes)]);
        let outcome = wallet.lock.verify_biometrics(&unlocking());
        if !matches!(outcome, BiometricOutcome::NotRecognised) {
            assert!(matches!(outcome, BiometricOutcome::Denied(BiometricDenial::TooManyFailures)), "{outcome:?}");
        }
    }
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::TooManyFailures), "and it is counted");
    assert_eq!(wallet.tries_left(), tries_left, "apart from the PIN's tries");
    assert!(wallet.unlock().is_live());
}

/// Two wallets on one phone: the prompt of one is answered with what the keystore's key of the other gives.
#[test]
fn the_key_of_another_wallet_opens_nothing() {
    let wallet = with_biometrics();
    // A wallet's key wraps the slot key at setup. That is what it gives back at each prompt for unlocking.
    let slot_key = Arc::new(Mutex::new(Vec::new()));
    let seen = slot_key.clone();
    wallet.phone.hooks.before(move |call| {
        if let Call::Show(prompt, _) = call
            && prompt.operation == PromptOperation::Wrap
        {
            *seen.lock().expect("not poisoned") = prompt.input.to_vec();
        }
        Ok(())
    });
    let other = with_biometrics_on(wallet.phone.clone());
    let of_other = slot_key.lock().expect("not poisoned").clone();
    wallet.phone.biometrics.queue([Act::ForgesSuccess(of_other.clone())]);
    assert!(matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::NotRecognised));
    other.phone.biometrics.queue([Act::ForgesSuccess(of_other)]);
    let outcome = other.lock.verify_biometrics(&unlocking());
    assert!(unlocked(outcome).is_live(), "the control: these bytes open the wallet that they belong to");
    assert!(unlocked(touch(&wallet, &unlocking())).is_live(), "the control: its own key opens the wallet");
}

#[test]
fn five_strangers_in_a_row_bring_the_pin() {
    let wallet = with_biometrics();
    let tries_left = wallet.tries_left();
    wallet.phone.biometrics.queue((0..5).map(|_| Act::SomeoneElseTouches));
    assert!(matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::NotRecognised));
    assert_eq!(wallet.phone.biometrics.dismissed(), 1, "the prompt is taken away");
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::TooManyFailures)));
    assert_eq!(wallet.phone.biometrics.seen().len(), 2, "nothing is shown");
    assert_eq!(wallet.tries_left(), tries_left, "the PIN's tries are as they were");
    let wallet = wallet.restart();
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::TooManyFailures), "the app's end changes nothing");
    wallet.unlock().close();
    assert!(unlocked(touch(&wallet, &unlocking())).is_live());
}

#[test]
fn twenty_strangers_switch_biometrics_off() {
    let wallet = with_biometrics();
    for _ in 0..4 {
        wallet.phone.biometrics.queue((0..5).map(|_| Act::SomeoneElseTouches));
        assert!(matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::NotRecognised));
        wallet.unlock().close();
    }
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::OffAfterFailures));
    let keys = wallet.phone.device_key.all_aliases();
    assert!(!keys.iter().any(|alias| alias.contains("/biometric/")), "the key is gone: {keys:?}");
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    assert!(unlocked(touch(&wallet, &unlocking())).is_live(), "set up anew");
}

#[test]
fn a_success_never_clears_the_pins_count() {
    let wallet = with_biometrics();
    wallet.guess_all_wrong(1..=3);
    let tries_left = wallet.tries_left();
    unlocked(touch(&wallet, &unlocking())).close();
    assert_eq!(wallet.tries_left(), tries_left);
    wallet.guess_wrong(4);
    assert_eq!(wallet.tries_left(), tries_left - 1);
}

#[test]
fn never_while_cooling_down_or_locked() {
    let wallet = with_biometrics();
    wallet.guess_all_wrong(1..=5);
    assert!(matches!(wallet.status(), LockStatus::CoolingDown { .. }));
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::Locked)));
    wallet.wait();
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "the touch queued before is used now");
    for nth in 6..=16 {
        wallet.wait();
        assert!(!matches!(wallet.guess(nth), PinOutcome::Right(_)));
    }
    assert!(matches!(wallet.status(), LockStatus::Locked { .. }));
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::Locked)));
}

#[test]
fn a_lock_that_comes_while_the_prompt_is_shown_wins() {
    let wallet = with_biometrics();
    let lock = wallet.lock.clone();
    let guess = move || {
        for nth in 1..=5 {
            assert!(matches!(lock.verify_pin(&entry(&format!("{:06}", 700_000 + nth))), PinOutcome::Wrong(_)));
        }
    };
    wallet.phone.biometrics.queue([Act::Meanwhile(Box::new(guess)), Act::OwnerTouches]);
    assert!(matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::Denied(BiometricDenial::Locked)));
}

#[test]
fn the_pin_comes_first_after_a_restart_of_the_phone_and_after_three_days() {
    let wallet = with_biometrics();
    wallet.phone.clock.advance_ms(72 * 3_600_000 - 1);
    assert_eq!(why_not(&wallet, &unlocking()), None);
    wallet.phone.clock.advance_ms(1);
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::PinTooLongAgo)));
    wallet.unlock().close();
    assert_eq!(why_not(&wallet, &unlocking()), None);
    wallet.phone.clock.reboot();
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::FirstUnlock)));
    wallet.unlock().close();
    assert_eq!(why_not(&wallet, &unlocking()), None);
}

#[test]
fn a_clock_put_right_by_two_seconds_is_no_pin_too_long_ago() {
    let wallet = with_biometrics();
    drop(wallet.unlock());
    wallet.phone.clock.change(|now| now.wall_ms -= 2_000);
    assert_eq!(why_not(&wallet, &unlocking()), None);
    wallet.phone.clock.change(|now| now.wall_ms -= 3_001);
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::PinTooLongAgo), "more than five in all");
}

#[test]
fn a_new_finger_switches_biometrics_off_and_keeps_pin_and_data() {
    let wallet = with_biometrics();
    wallet.phone.device_key.enrol_another_finger();
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Ended(PromptEnd::KeyInvalidated)));
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::EnrolmentChanged));
    let wallet = wallet.restart();
    let session = wallet.unlock();
    assert_eq!(
        why_not(&wallet, &unlocking()),
        Some(BiometricDenial::EnrolmentChanged),
        "the PIN alone does not turn them on"
    );
    assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4000 0012");
    let wanted = [Kind::BiometricsAsked, Kind::BiometricsEnded, Kind::BiometricsOff, Kind::PinTried, Kind::PinRight];
    assert_eq!(told_since(&session, lines(&session) - 5), wanted);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    assert_eq!(why_not(&wallet, &unlocking()), None);
}

#[test]
fn small_payments_within_their_budget() {
    let wallet = with_biometrics();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    approved(till::touch(&wallet, &payment("a", 3_000)));
    let shown = PromptPurpose::Pay { amount: euros(3_000), payee: "Bookshop".to_owned() };
    assert_eq!(wallet.phone.biometrics.seen().last(), Some(&shown), "what was seen is what is paid");
    let wallet = wallet.restart();
    let by_finger = |id: &str, minor| needs(ask(&wallet, &payment(id, minor))).any_of.contains(&ProofLevel::Biometrics);
    assert!(!by_finger("b", 2_001), "5 000 in all");
    assert!(!by_finger("c", 3_001), "3 000 at once");
    assert_eq!(why_not(&wallet, &unlocking()), None);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    approved(till::touch(&wallet, &payment("d", 2_000)));
    assert!(!by_finger("e", 1));
    wallet.unlock().close();
    assert!(by_finger("f", 3_000));
}

#[test]
fn without_a_budget_nothing_is_paid_with_a_finger() {
    let wallet = till::alone(till::day_limit(10_000));
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    assert_eq!(needs(ask(&wallet, &payment("a", 1))).any_of, [ProofLevel::Pin, ProofLevel::PinAndBiometrics]);
    assert_eq!(why_not(&wallet, &unlocking()), None);
}

#[test]
fn raised_risk_wants_the_pin() {
    let wallet = with_biometrics();
    let request = BiometricRequest { risk_is_raised: true, ..unlocking() };
    assert!(matches!(touch(&wallet, &request), BiometricOutcome::Denied(BiometricDenial::RiskRaised)));
}

#[test]
fn every_attempt_stands_in_the_journal_and_refusals_share_a_line() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    let before = lines(&session);
    for _ in 0..3 {
        let request = BiometricRequest { risk_is_raised: true, ..unlocking() };
        assert!(matches!(wallet.lock.verify_biometrics(&request), BiometricOutcome::Denied(_)));
    }
    wallet.phone.biometrics.queue([Act::SomeoneElseTouches, Act::Ends(PromptEnd::CancelledByPerson)]);
    assert!(matches!(
        wallet.lock.verify_biometrics(&unlocking()),
        BiometricOutcome::Ended(PromptEnd::CancelledByPerson)
    ));
    assert_eq!(
        told_since(&session, before),
        [Kind::BiometricsRefused, Kind::BiometricsAsked, Kind::BiometricsNotRecognised, Kind::BiometricsEnded]
    );
    let details = |kind| {
        let query = Query { kinds: vec![kind], limit: 1, ..Query::default() };
        session.journal().page(&query).expect("a page").entries[0].details.clone().expect("details").0
    };
    assert_eq!(details(Kind::BiometricsRefused)["because"], "risk raised");
    assert_eq!(details(Kind::BiometricsEnded)["how"], "cancelled by the person");
    assert_eq!(details(Kind::BiometricsAsked)["for"], "unlocking");
    session.close();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    approved(till::touch(&wallet, &payment("a", 250)));
    let session = wallet.unlock();
    let query = Query { kinds: vec![Kind::BiometricsRight], limit: 1, ..Query::default() };
    let page = session.journal().page(&query).expect("a page");
    let details = &page.entries[0].details.as_ref().expect("details").0;
    assert_eq!(
        (details["payee"].as_str(), details["amount_minor"].as_str(), details["currency"].as_str()),
        ("Bookshop", "250", "EUR")
    );
}

#[test]
fn switching_on_and_off_needs_a_pin_just_entered() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    wallet.phone.clock.advance_ms(60_000);
    assert_eq!(session.access().disable_biometrics(), Ok(true));
    assert_eq!(session.access().disable_biometrics(), Ok(false));
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::SwitchedOff));
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::SwitchedOff)));
    assert_eq!(
        session.access().enable_biometrics(PromptId::default()),
        Ok(BiometricChange::Done),
        "the touch queued before is used now"
    );
    // The session is used all the time, so that only the PIN's age can be in the way.
    for _ in 0..FRESH_PIN_MS / 60_000 - 1 {
        assert!(session.vault().names().is_ok());
        wallet.phone.clock.advance_ms(60_000);
    }
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Err(LockError::PinNeeded));
    assert_eq!(session.access().disable_biometrics(), Err(LockError::PinNeeded));
    assert!(session.vault().write("card", b"1").is_ok(), "writing needs a PIN, not a fresh one");
    assert_eq!(why_not(&wallet, &unlocking()), None);
}

#[test]
fn set_up_anew_the_old_slot_is_gone() {
    let wallet = with_biometrics();
    let of_biometrics = |wallet: &Wallet| -> Vec<_> {
        wallet.phone.device_key.all_aliases().into_iter().filter(|alias| alias.contains("/biometric/")).collect()
    };
    let before = of_biometrics(&wallet);
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    let after = of_biometrics(&wallet);
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
}

#[test]
fn a_wallet_that_is_wiped_or_removed_is_opened_by_no_finger() {
    let wallet = with_biometrics();
    assert_eq!(wallet.lock.wipe(), Ok(()));
    assert!(matches!(touch(&wallet, &unlocking()), BiometricOutcome::Denied(BiometricDenial::SwitchedOff)));
    let keys = wallet.phone.device_key.all_aliases();
    assert!(!keys.iter().any(|alias| alias.contains("/biometric/")), "{keys:?}");
    let wallet = with_biometrics();
    assert!(wallet.lock.remove(&entry(PIN)).is_ok_and(|removal| removal.refusal().is_none()));
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::SwitchedOff));
    assert!(wallet.phone.device_key.all_aliases().is_empty());
}

#[test]
fn a_wipe_that_loses_its_biometric_key_last_is_a_wipe_all_the_same() {
    // The slot is still in the database, but no status and no unlock depends on it.
    let wallet = with_biometrics();
    let picture = std::fs::read(wallet.path()).expect("a database");
    let wallet = wallet.between_runs(|_| {}).expect("it opens");
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let path = wallet.path();
    let wallet = wallet.between_runs(|_| std::fs::write(&path, picture).expect("put back")).expect("it opens");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::SwitchedOff));
}

#[test]
fn another_pin_keeps_biometrics_and_says_that_they_are_on() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    let changed = session.access().change_pin(&entry(PIN), &entry("865298"), &[], true);
    assert_eq!(changed, Ok(PinChange::Changed { biometrics_on: true }));
    session.close();
    assert!(unlocked(touch(&wallet, &unlocking())).is_live());
}

/// Someone who knew the PIN has enrolled a finger of their own, which opens the wallet.
#[test]
fn another_pin_switches_a_strangers_finger_off_in_the_same_commit() {
    let wallet = with_biometrics();
    let (before, strangers) = (picture(wallet.folder.path()), unlocked(touch(&wallet, &unlocking())));
    // The PIN is not fresh any more: switching biometrics off by itself would need the PIN once more.
    let session = wallet.unlock();
    for _ in 0..4 {
        wallet.phone.clock.advance_ms(100_000);
        assert!(session.vault().names().is_ok());
    }
    assert_eq!(session.access().disable_biometrics(), Err(LockError::PinNeeded));
    let line = lines(&session);
    let changed = session.access().change_pin(&entry(PIN), &entry("865298"), &[], false);
    assert_eq!(changed, Ok(PinChange::Changed { biometrics_on: false }));
    assert_eq!(
        told_since(&session, line),
        [Kind::PinTried, Kind::PinRight, Kind::PinChanged, Kind::BiometricsOff],
        "one change"
    );
    assert!(session.is_live() && !strangers.is_live());
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::SwitchedOff));
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/biometric/")));
    drop((session, strangers));
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert!(!wallet.status().is_ready(), "and no older copy brings it back");
}

#[test]
fn a_pin_that_is_not_changed_switches_nothing_off() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    for (current, new) in [("700001", "865298"), (PIN, PIN)] {
        let refused = session.access().change_pin(&entry(current), &entry(new), &[], false).expect("an outcome");
        assert!(!matches!(refused, PinChange::Changed { .. }), "{refused:?}");
    }
    assert_eq!(why_not(&wallet, &unlocking()), None);
}

#[test]
fn no_older_copy_brings_back_a_use_a_failure_or_a_slot() {
    type Change = fn(&Wallet);
    let changes: [(&str, Change); 4] = [
        ("a payment", |wallet| {
            wallet.phone.biometrics.queue([Act::OwnerTouches]);
            approved(till::touch(wallet, &payment("a", 3_000)));
        }),
        ("a failure", |wallet| {
            wallet.phone.biometrics.queue([Act::SomeoneElseTouches, Act::Ends(PromptEnd::CancelledByPerson)]);
            let _ended = wallet.lock.verify_biometrics(&unlocking());
        }),
        ("a switch", |wallet| assert_eq!(wallet.unlock().access().disable_biometrics(), Ok(true))),
        ("a new finger", |wallet| {
            wallet.phone.device_key.enrol_another_finger();
            let _ended = touch(wallet, &unlocking());
        }),
    ];
    for (name, change) in changes {
        let wallet = with_biometrics().restart();
        let copy = picture(wallet.folder.path());
        change(&wallet);
        let wallet = wallet.between_runs(|folder| copy_files(copy.path(), folder)).expect("it opens");
        assert!(matches!(wallet.status(), LockStatus::Locked { .. }), "{name}: {:?}", wallet.status());
        assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::Locked), "{name}");
    }
}

#[test]
fn what_the_phone_says_of_its_sensor_is_passed_on() {
    let wallet = with_biometrics();
    for (availability, expected) in [
        (SensorAvailability::NoneEnrolled, BiometricDenial::NoneEnrolled),
        (SensorAvailability::NoHardware, BiometricDenial::NoHardware),
        (SensorAvailability::Busy, BiometricDenial::Busy),
        (SensorAvailability::NotSupported, BiometricDenial::NotSupported),
    ] {
        wallet.phone.biometrics.say(Ok(availability));
        assert!(
            matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::Denied(why) if why == expected)
        );
        assert_eq!(
            wallet.unlock().access().enable_biometrics(PromptId::default()),
            Ok(BiometricChange::Denied(expected))
        );
    }
    wallet.phone.biometrics.say(Err(PlatformFault));
    assert!(matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::NoVerdict(NoVerdict::Platform)));
    assert!(wallet.lock.biometric_availability(&unlocking()).is_err());
    wallet.phone.biometrics.say(Ok(SensorAvailability::Ready));
    assert!(unlocked(touch(&wallet, &unlocking())).is_live(), "the control");
}

#[test]
fn a_keystore_that_fails_opens_nothing_and_loses_nothing() {
    let wallet = with_biometrics();
    let device_key = wallet.phone.device_key.clone();
    wallet
        .phone
        .biometrics
        .queue([Act::Meanwhile(Box::new(move || device_key.fail_with(Some(DeviceKeyFault::Busy)))), Act::OwnerTouches]);
    assert!(matches!(
        wallet.lock.verify_biometrics(&unlocking()),
        BiometricOutcome::NoVerdict(NoVerdict::DeviceKey(DeviceKeyFault::Busy))
    ));
    wallet.phone.device_key.fail_with(None);
    assert!(unlocked(touch(&wallet, &unlocking())).is_live());
}

#[test]
fn a_wallet_from_before_biometrics_has_none() {
    let wallet = Wallet::enrolled("walletlock").restart();
    assert_eq!(why_not(&wallet, &unlocking()), Some(BiometricDenial::SwitchedOff));
    let unconfigured = Wallet::unconfigured("walletlock");
    assert_eq!(why_not(&unconfigured, &unlocking()), Some(BiometricDenial::SwitchedOff));
}
