//! U6, the prompt itself: cancelled, locked out, unanswered, shown twice, answered too late.

use std::sync::{Arc, Mutex};

use walletlock_core::BiometricAvailability;
use walletlock_core::platform::PromptEnd;
use walletlock_core::platform::testing::Act;
use walletlock_core::policy::Policy;
use walletlock_core::request::BiometricDenial;
use walletlock_core::request::PromptId;
use walletlock_core::{BiometricChange, BiometricOutcome, NoVerdict, WalletLock};

use crate::u6_biometrics::{unlocked, unlocking, with_biometrics};
use crate::wallet::{PIN, Wallet};

const ENDS: [PromptEnd; 8] = [
    PromptEnd::CancelledByPerson,
    PromptEnd::CancelledBySystem,
    PromptEnd::LockedOut,
    PromptEnd::LockedOutForGood,
    PromptEnd::NoneEnrolled,
    PromptEnd::NoHardware,
    PromptEnd::TimedOut,
    PromptEnd::NoVerdict,
];

fn ends_as(outcome: &BiometricOutcome, how: PromptEnd) -> bool {
    matches!(outcome, BiometricOutcome::Ended(ended) if *ended == how)
}

#[test]
fn however_it_ends_nothing_is_counted() {
    let wallet = with_biometrics();
    for _ in 0..30 {
        for how in ENDS {
            wallet.phone.biometrics.queue([Act::Ends(how)]);
            assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), how), "{how:?}");
        }
    }
    assert_eq!(wallet.lock.biometric_availability(&unlocking()), Ok(BiometricAvailability::Available));
    assert_eq!(wallet.phone.biometrics.dismissed(), 0, "they went by themselves");
}

#[test]
fn a_lockout_that_is_told_again_and_again_is_no_new_failure() {
    let wallet = with_biometrics();
    wallet.phone.biometrics.queue((0..4).map(|_| Act::SomeoneElseTouches).chain([Act::Ends(PromptEnd::LockedOut)]));
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::LockedOut));
    for _ in 0..50 {
        wallet.phone.biometrics.queue([Act::Ends(PromptEnd::LockedOut)]);
        assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::LockedOut));
    }
    assert_eq!(
        wallet.lock.biometric_availability(&unlocking()),
        Ok(BiometricAvailability::Available),
        "four failures in a row are not five"
    );
    wallet.phone.biometrics.queue([Act::SomeoneElseTouches]);
    assert!(matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::NotRecognised));
    assert_eq!(
        wallet.lock.biometric_availability(&unlocking()),
        Ok(BiometricAvailability::Denied(BiometricDenial::TooManyFailures))
    );
}

#[test]
fn a_prompt_that_nobody_answers_is_taken_away() {
    let mut policy = Policy::default();
    policy.biometric.prompt_timeout_ms = 1;
    let wallet = Wallet::with_policy(policy);
    let session = wallet.enrol(PIN);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::TimedOut));
    assert!(!wallet.phone.biometrics.is_shown());
    assert_eq!(wallet.phone.biometrics.dismissed(), 1);
    assert_eq!(
        session.access().enable_biometrics(PromptId::default()),
        Ok(BiometricChange::Ended(PromptEnd::TimedOut))
    );
    assert_eq!(
        wallet.lock.biometric_availability(&unlocking()),
        Ok(BiometricAvailability::Available),
        "what was on is on"
    );
}

#[test]
fn a_prompt_that_is_lost_or_cannot_be_shown_is_no_verdict() {
    let wallet = with_biometrics();
    for act in [Act::LosesTheAnswer, Act::Fails] {
        wallet.phone.biometrics.queue([act]);
        assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::NoVerdict));
    }
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "the next one is shown");
}

/// Runs a call on the lock while a prompt is shown, and keeps what it returned.
fn meanwhile<T: Send + 'static>(
    wallet: &Wallet,
    call: impl FnOnce(&Arc<WalletLock>) -> T + Send + 'static,
) -> Meanwhile<T> {
    let (lock, result) = (wallet.lock.clone(), Arc::new(Mutex::new(None)));
    let kept = result.clone();
    let act = move || {
        let returned = call(&lock);
        *kept.lock().expect("not poisoned") = Some(returned);
    };
    wallet.phone.biometrics.queue([Act::Meanwhile(Box::new(act))]);
    Meanwhile(result)
}

struct Meanwhile<T>(Arc<Mutex<Option<T>>>);

impl<T> Meanwhile<T> {
    fn result(&self) -> T {
        self.0.lock().expect("not poisoned").take().expect("it was called")
    }
}

#[test]
fn one_prompt_at_a_time() {
    let wallet = with_biometrics();
    let second = meanwhile(&wallet, |lock| lock.verify_biometrics(&unlocking()));
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "the first is not disturbed");
    assert!(matches!(second.result(), BiometricOutcome::NoVerdict(NoVerdict::TryAgain)));
    let session = Arc::new(wallet.unlock());
    let while_asked = session.clone();
    let enabling = meanwhile(&wallet, move |_| while_asked.access().enable_biometrics(PromptId::default()));
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live());
    assert_eq!(enabling.result(), Ok(BiometricChange::NoVerdict(NoVerdict::TryAgain)));
}

#[test]
fn the_lock_answers_everything_else_while_it_is_shown() {
    let wallet = with_biometrics();
    let unlocked_by_pin = meanwhile(&wallet, |lock| {
        let entry = crate::wallet::entry(PIN);
        matches!(lock.verify_pin(&entry), walletlock_core::PinOutcome::Right(_)) && lock.status().is_ok()
    });
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live());
    assert!(unlocked_by_pin.result());
}

#[test]
fn lock_now_takes_the_prompt_away_and_nothing_opens() {
    let wallet = with_biometrics();
    let _locked = meanwhile(&wallet, |lock| lock.lock_now());
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::CancelledBySystem));
}

#[test]
fn cancelled_by_the_app_the_answer_that_comes_later_opens_nothing() {
    let wallet = with_biometrics();
    let _cancelled = meanwhile(&wallet, |lock| lock.cancel_biometrics(PromptId::default()));
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::CancelledBySystem));
    assert_eq!(wallet.phone.biometrics.dismissed(), 1);
    wallet.lock.cancel_biometrics(PromptId::default());
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "with none shown it does nothing");
}

#[test]
fn switched_off_or_removed_while_it_is_shown_nothing_opens() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    let _off = meanwhile(&wallet, move |_| session.access().disable_biometrics());
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    // Switching off deletes the key, so the finger that comes next finds no key.
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::KeyInvalidated));
    assert_eq!(
        wallet.lock.biometric_availability(&unlocking()),
        Ok(BiometricAvailability::Denied(BiometricDenial::SwitchedOff)),
        "and that is why"
    );

    let wallet = with_biometrics();
    let _wiped = meanwhile(&wallet, |lock| lock.wipe());
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::KeyInvalidated));
}

#[test]
fn switching_on_that_is_cut_short_changes_nothing() {
    let wallet = with_biometrics();
    let before = wallet.phone.device_key.all_aliases();
    let session = wallet.unlock();
    for how in ENDS.into_iter().chain([PromptEnd::KeyInvalidated]) {
        wallet.phone.biometrics.queue([Act::Ends(how)]);
        assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Ended(how)));
    }
    wallet.phone.biometrics.queue([Act::ForgesSuccess(vec![1; 59])]);
    assert_eq!(
        session.access().enable_biometrics(PromptId::default()),
        Ok(BiometricChange::Ended(PromptEnd::NoVerdict)),
        "no wrapped key"
    );
    let of_biometrics = |aliases: Vec<String>| -> Vec<_> {
        aliases.into_iter().filter(|alias| alias.contains("/biometric/")).collect()
    };
    assert_eq!(of_biometrics(wallet.phone.device_key.all_aliases()), of_biometrics(before), "no key is left behind");
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "the old finger opens as before");
}

#[test]
fn a_hooked_switching_on_makes_a_slot_that_the_keystore_never_opens() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::ForgesSuccess(vec![1; 60])]);
    assert_eq!(
        session.access().enable_biometrics(PromptId::default()),
        Ok(BiometricChange::Done),
        "nobody can tell yet"
    );
    session.close();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(ends_as(&wallet.lock.verify_biometrics(&unlocking()), PromptEnd::KeyInvalidated));
    assert!(wallet.unlock().is_live(), "the PIN is as it was");
}

#[test]
fn killed_while_switching_on_the_key_is_cleared_at_the_next_opening() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    let pictures = Arc::new(Mutex::new(None));
    let (phone, kept, folder) = (wallet.phone.clone(), pictures.clone(), wallet.folder.path().to_owned());
    let act = move || {
        let phone = phone.with_keystore(phone.device_key.picture());
        *kept.lock().expect("not poisoned") = Some((crate::wallet::picture(&folder), phone));
    };
    wallet.phone.biometrics.queue([Act::Meanwhile(Box::new(act)), Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    let (files, phone) = pictures.lock().expect("not poisoned").take().expect("a picture");
    let keys = |phone: &walletlock_core::platform::testing::FakePhone| {
        phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/biometric/")).count()
    };
    assert_eq!(keys(&phone), 2, "the old one and the one that was being made");
    let lock = crate::wallet::open(&files, &phone, &wallet.policy).expect("it opens");
    assert_eq!(keys(&phone), 1);
    phone.biometrics.queue([Act::OwnerTouches]);
    assert!(unlocked(lock.verify_biometrics(&unlocking())).is_live(), "what was on before is on");
}
