//! U6: another call comes in between, or the phone's own code panics.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::testing::{Act, Call};
use walletlock_core::platform::{DeviceKeyFault, PromptEnd, PromptPurpose};
use walletlock_core::request::PromptId;
use walletlock_core::{BiometricChange, BiometricOutcome, Enrolment, LockStatus};

use crate::u6_biometrics::{unlocked, unlocking};
use crate::wallet::{PIN, Wallet, entry, is_told, open};
use crate::wipe::keys_of;

/// A moment at which something happens, once.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A biometric key is about to be made.
    KeyMade,
    /// The PIN's key is about to be deleted.
    PinKeyDeleted,
    Told(Kind),
    SensorAvailability,
    Shown,
    Dismissed,
}

fn meanwhile(wallet: &Wallet, place: Place, happens: impl FnOnce() + Send + 'static) {
    let hooks = &wallet.phone.hooks;
    match place {
        Place::KeyMade => hooks.once_before(|call| call.is("create", "biometric"), happens),
        Place::PinKeyDeleted => hooks.once_before(|call| call.is("delete", "pin"), happens),
        Place::Told(kind) => hooks.once_before(is_told(kind), happens),
        Place::SensorAvailability => hooks.once_before(|call| matches!(call, Call::Availability), happens),
        Place::Shown => hooks.once_after(|call| matches!(call, Call::Shown), happens),
        Place::Dismissed => hooks.once_after(|call| matches!(call, Call::Dismiss), happens),
    }
}

/// A wallet whose biometrics are on. The phone's hooks are told of its events.
fn with_biometrics() -> Wallet {
    let wallet = Wallet::unconfigured("walletlock");
    wallet.lock.add_listener(Arc::new(wallet.phone.hooks.clone()));
    let session = wallet.enrol(PIN);
    touch(&wallet);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    wallet
}

fn touch(wallet: &Wallet) {
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
}

#[test]
fn removed_while_a_finger_is_being_set_up_the_phone_is_as_new() {
    let wallet = with_biometrics();
    let session = wallet.unlock();
    let lock = wallet.lock.clone();
    meanwhile(&wallet, Place::KeyMade, move || {
        assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    });
    // The key cannot be deleted, as if the app were killed while the prompt is shown.
    let device_key = wallet.phone.device_key.clone();
    wallet
        .phone
        .biometrics
        .queue([Act::Meanwhile(Box::new(move || device_key.fail_with(Some(DeviceKeyFault::Busy)))), Act::OwnerTouches]);
    assert!(session.access().enable_biometrics(PromptId::default()).is_err());
    wallet.phone.device_key.fail_with(None);
    let Wallet { phone, policy, lock, folder } = wallet;
    drop((session, lock));
    let lock = open(&folder, &phone, &policy).expect("it opens");
    assert_eq!(lock.status(), Ok(LockStatus::Unconfigured));
    assert!(phone.device_key.all_aliases().is_empty(), "the key that nothing needs is gone");
    assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
}

#[test]
fn what_a_finger_opened_is_over_once_biometrics_are_off() {
    let wallet = with_biometrics();
    let by_pin = Arc::new(wallet.unlock());
    touch(&wallet);
    let by_finger = unlocked(wallet.lock.verify_biometrics(&unlocking()));
    assert_eq!(by_pin.access().disable_biometrics(), Ok(true));
    assert!(!by_finger.is_live());
    assert!(by_pin.is_live());
    // The same for a session that is charged but has not begun when biometrics are switched off.
    touch(&wallet);
    assert_eq!(by_pin.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    touch(&wallet);
    let other = by_pin.clone();
    meanwhile(&wallet, Place::Told(Kind::BiometricsRight), move || {
        assert_eq!(other.access().disable_biometrics(), Ok(true))
    });
    let by_finger = unlocked(wallet.lock.verify_biometrics(&unlocking()));
    assert!(!by_finger.is_live(), "over before it began");
    assert!(by_pin.is_live());
    assert_eq!(keys_of(&wallet, "biometric"), 0);
}

#[test]
fn what_opened_while_the_wallet_was_wiped_is_over() {
    let wallet = with_biometrics();
    touch(&wallet);
    let (lock, opened) = (wallet.lock.clone(), Arc::new(Mutex::new(None)));
    let kept = opened.clone();
    meanwhile(&wallet, Place::PinKeyDeleted, move || {
        *kept.lock().expect("not poisoned") = Some(unlocked(lock.verify_biometrics(&unlocking())));
    });
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let session = opened.lock().expect("not poisoned").take().expect("the key was still there");
    assert!(!session.is_live());
}

#[test]
fn locked_before_the_prompt_is_shown_none_is() {
    let wallet = with_biometrics();
    let lock = wallet.lock.clone();
    meanwhile(&wallet, Place::SensorAvailability, move || lock.lock_now());
    touch(&wallet);
    let outcome = wallet.lock.verify_biometrics(&unlocking());
    assert!(matches!(outcome, BiometricOutcome::Ended(PromptEnd::CancelledBySystem)), "{outcome:?}");
    assert_eq!(wallet.phone.biometrics.seen(), [PromptPurpose::Enable], "nothing is shown over a locked app");
    assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "the touch queued before is used now");
}

#[test]
fn the_next_wallet_knows_nothing_of_the_prompt_of_the_one_before() {
    for place in [Place::SensorAvailability, Place::Told(Kind::BiometricsAsked), Place::Shown] {
        let wallet = with_biometrics();
        let lock = wallet.lock.clone();
        meanwhile(&wallet, place, move || {
            assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
            assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
        });
        wallet.phone.biometrics.queue([Act::Ends(PromptEnd::CancelledByPerson)]);
        assert!(!matches!(wallet.lock.verify_biometrics(&unlocking()), BiometricOutcome::Unlocked(_)));
        let page = wallet.unlock().journal().page(&Query::default()).expect("a page");
        let told: Vec<_> = page.entries.iter().rev().filter_map(|entry| entry.kind).collect();
        let refused = if place == Place::SensorAvailability { &[Kind::BiometricsRefused][..] } else { &[] };
        assert_eq!(told, [&[Kind::Enrolled], refused, &[Kind::PinTried, Kind::PinRight]].concat(), "{place:?}");
    }
}

#[test]
fn a_prompt_that_panics_gives_its_place_to_the_next() {
    use Place::{Dismissed, SensorAvailability, Shown};
    for places in [&[SensorAvailability][..], &[Shown], &[Dismissed], &[Shown, Dismissed]] {
        let wallet = with_biometrics();
        places.iter().for_each(|place| meanwhile(&wallet, *place, || panic!("as it was told")));
        // Five strangers, after whom the prompt is dismissed. Nobody touches a prompt that panics.
        let strangers = if places == [Dismissed] { 5 } else { 0 };
        wallet.phone.biometrics.queue((0..strangers).map(|_| Act::SomeoneElseTouches));
        let call = AssertUnwindSafe(|| wallet.lock.verify_biometrics(&unlocking()));
        let outcome = panic::catch_unwind(call);
        assert_eq!(wallet.phone.hooks.unmet(), 0, "the control: {places:?} was reached");
        assert_eq!(outcome.is_ok(), places == [Dismissed], "{places:?}: a panic in dismiss does not fail the call");
        wallet.unlock().close();
        touch(&wallet);
        assert!(unlocked(wallet.lock.verify_biometrics(&unlocking())).is_live(), "{places:?}");
    }
}
