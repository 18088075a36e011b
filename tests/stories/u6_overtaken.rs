//! U6, where another call comes in between, or the phone's own code gives up.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::events::{Event, Kind};
use walletlock_core::journal::Query;
use walletlock_core::platform::testing::{Act, FakePhone};
use walletlock_core::platform::{
    Answer, Biometrics, DeviceKey, DeviceKeyFault, KeyPurpose, Listener, Platform, PlatformFault, Prompt, PromptEnd,
    PromptPurpose, SensorAvailability,
};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::request::PromptId;
use walletlock_core::{
    BiometricChange, BiometricOutcome, Enrolment, LockError, LockStatus, Options, PinOutcome, Session, WalletLock,
};
use zeroize::Zeroizing;

use crate::u6_biometrics::{unlocked, unlocking};
use crate::wallet::{PIN, entry};

/// Where something happens, once.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A biometric key is about to be made.
    KeyMade,
    /// That of the PIN is about to be deleted.
    PinKeyDeleted,
    Told(Kind),
    SensorAvailability,
    Shown,
    Dismissed,
}

type Happens = Box<dyn FnOnce() + Send>;

/// A phone that does something else first.
struct Lingering {
    phone: FakePhone,
    meanwhile: Mutex<Vec<(Place, Happens)>>,
}

impl Lingering {
    fn reach(&self, place: Place) {
        let happens = {
            let mut meanwhile = self.meanwhile.lock().expect("not poisoned");
            let at = meanwhile.iter().position(|(at, _)| *at == place);
            at.map(|at| meanwhile.remove(at))
        };
        if let Some((_, happens)) = happens {
            happens();
        }
    }
}

impl DeviceKey for Lingering {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.phone.device_key.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        if purpose == KeyPurpose::Biometric {
            self.reach(Place::KeyMade);
        }
        self.phone.device_key.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.phone.device_key.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.phone.device_key.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        if alias.contains("/pin/") {
            self.reach(Place::PinKeyDeleted);
        }
        self.phone.device_key.delete(alias)
    }
}

impl Biometrics for Lingering {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        self.reach(Place::SensorAvailability);
        self.phone.biometrics.availability()
    }

    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        self.phone.biometrics.show(prompt, answer)?;
        self.reach(Place::Shown);
        Ok(())
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        self.phone.biometrics.dismiss()?;
        self.reach(Place::Dismissed);
        Ok(())
    }
}

impl Listener for Lingering {
    fn on_event(&self, event: Event) -> Result<(), PlatformFault> {
        self.reach(Place::Told(event.kind));
        Ok(())
    }
}

struct Stage {
    lock: Arc<WalletLock>,
    phone: Arc<Lingering>,
    folder: TempDir,
}

impl Stage {
    /// A wallet whose biometrics are on.
    fn with_biometrics() -> Self {
        let folder = TempDir::new().expect("a folder");
        let phone = Arc::new(Lingering { phone: FakePhone::default(), meanwhile: Mutex::default() });
        let lock = open(&folder, &phone).expect("it opens");
        let stage = Self { lock, phone, folder };
        let Ok(Enrolment::Enrolled(session)) = stage.lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
        stage.touch();
        assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
        stage
    }

    fn touch(&self) {
        self.phone.phone.biometrics.will([Act::OwnerTouches]);
    }

    fn meanwhile(&self, place: Place, happens: impl FnOnce() + Send + 'static) {
        self.phone.meanwhile.lock().expect("not poisoned").push((place, Box::new(happens)));
    }

    fn unlock(&self) -> Session {
        match self.lock.verify_pin(&entry(PIN)) {
            PinOutcome::Right(session) => session,
            other => panic!("{other:?}"),
        }
    }

    fn biometric_keys(&self) -> usize {
        self.phone.phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/biometric/")).count()
    }
}

fn open(folder: &TempDir, phone: &Arc<Lingering>) -> Result<Arc<WalletLock>, LockError> {
    let platform = Platform { device_key: phone.clone(), biometrics: phone.clone(), ..phone.phone.platform() };
    let options = Options {
        path: folder.path().join("wallet.db"),
        policy: Policy::default(),
        platform,
        calibration: Calibration::Fixed(KdfCost::CHEAP),
        anti_rollback: AntiRollback::default(),
    };
    let lock = Arc::new(WalletLock::open(options)?);
    lock.add_listener(phone.clone());
    Ok(lock)
}

#[test]
fn removed_while_a_finger_is_being_set_up_the_phone_is_as_new() {
    let stage = Stage::with_biometrics();
    let session = stage.unlock();
    let lock = stage.lock.clone();
    stage.meanwhile(Place::KeyMade, move || {
        assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    });
    // The app is killed while the prompt is shown, or the key cannot be deleted.
    let device_key = stage.phone.phone.device_key.clone();
    stage
        .phone
        .phone
        .biometrics
        .will([Act::Meanwhile(Box::new(move || device_key.fail_with(Some(DeviceKeyFault::Busy)))), Act::OwnerTouches]);
    assert!(session.access().enable_biometrics(PromptId::default()).is_err());
    stage.phone.phone.device_key.fail_with(None);
    let Stage { lock, phone, folder } = stage;
    drop((session, lock));
    let lock = open(&folder, &phone).expect("it opens");
    assert_eq!(lock.status(), Ok(LockStatus::Unconfigured));
    assert!(phone.phone.device_key.all_aliases().is_empty(), "the key that nothing needs is gone");
    assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
}

#[test]
fn what_a_finger_opened_is_over_once_biometrics_are_off() {
    let stage = Stage::with_biometrics();
    let by_pin = Arc::new(stage.unlock());
    stage.touch();
    let by_finger = unlocked(stage.lock.verify_biometrics(&unlocking()));
    assert_eq!(by_pin.access().disable_biometrics(), Ok(true));
    assert!(!by_finger.is_live());
    assert!(by_pin.is_live());
    // And one that is charged, and not begun, when they are switched off.
    stage.touch();
    assert_eq!(by_pin.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    stage.touch();
    let other = by_pin.clone();
    stage.meanwhile(Place::Told(Kind::BiometricsRight), move || {
        assert_eq!(other.access().disable_biometrics(), Ok(true))
    });
    let by_finger = unlocked(stage.lock.verify_biometrics(&unlocking()));
    assert!(!by_finger.is_live(), "over before it began");
    assert!(by_pin.is_live());
    assert_eq!(stage.biometric_keys(), 0);
}

#[test]
fn what_opened_while_the_wallet_was_wiped_is_over() {
    let stage = Stage::with_biometrics();
    stage.touch();
    let (lock, opened) = (stage.lock.clone(), Arc::new(Mutex::new(None)));
    let kept = opened.clone();
    stage.meanwhile(Place::PinKeyDeleted, move || {
        *kept.lock().expect("not poisoned") = Some(unlocked(lock.verify_biometrics(&unlocking())));
    });
    assert_eq!(stage.lock.wipe(), Ok(()));
    let session = opened.lock().expect("not poisoned").take().expect("the key was still there");
    assert!(!session.is_live());
}

#[test]
fn locked_before_the_prompt_is_shown_none_is() {
    let stage = Stage::with_biometrics();
    let lock = stage.lock.clone();
    stage.meanwhile(Place::SensorAvailability, move || lock.lock_now());
    stage.touch();
    let outcome = stage.lock.verify_biometrics(&unlocking());
    assert!(matches!(outcome, BiometricOutcome::Ended(PromptEnd::CancelledBySystem)), "{outcome:?}");
    assert_eq!(stage.phone.phone.biometrics.seen(), [PromptPurpose::Enable], "nothing is shown over a locked app");
    assert!(unlocked(stage.lock.verify_biometrics(&unlocking())).is_live(), "the touch that was left");
}

#[test]
fn the_next_wallet_knows_nothing_of_the_prompt_of_the_one_before() {
    for place in [Place::SensorAvailability, Place::Told(Kind::BiometricsAsked), Place::Shown] {
        let stage = Stage::with_biometrics();
        let lock = stage.lock.clone();
        stage.meanwhile(place, move || {
            assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
            assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
        });
        stage.phone.phone.biometrics.will([Act::Ends(PromptEnd::CancelledByPerson)]);
        assert!(!matches!(stage.lock.verify_biometrics(&unlocking()), BiometricOutcome::Unlocked(_)));
        let page = stage.unlock().journal().page(&Query::default()).expect("a page");
        let told: Vec<_> = page.entries.iter().rev().filter_map(|entry| entry.kind).collect();
        let refused = if place == Place::SensorAvailability { &[Kind::BiometricsRefused][..] } else { &[] };
        assert_eq!(told, [&[Kind::Enrolled], refused, &[Kind::PinTried, Kind::PinRight]].concat(), "{place:?}");
    }
}

#[test]
fn a_prompt_that_panics_gives_its_place_to_the_next() {
    use Place::{Dismissed, SensorAvailability, Shown};
    for places in [&[SensorAvailability][..], &[Shown], &[Dismissed], &[Shown, Dismissed]] {
        let stage = Stage::with_biometrics();
        places.iter().for_each(|place| stage.meanwhile(*place, || panic!("as it was told")));
        // Five strangers, after whom it is taken away; in front of one that panics nobody.
        let strangers = if places == [Dismissed] { 5 } else { 0 };
        stage.phone.phone.biometrics.will((0..strangers).map(|_| Act::SomeoneElseTouches));
        let call = AssertUnwindSafe(|| stage.lock.verify_biometrics(&unlocking()));
        let outcome = panic::catch_unwind(call);
        assert!(stage.phone.meanwhile.lock().expect("not poisoned").is_empty(), "the control: {places:?} was reached");
        assert_eq!(outcome.is_ok(), places == [Dismissed], "{places:?}: what decides nothing fails nothing");
        stage.unlock().close();
        stage.touch();
        assert!(unlocked(stage.lock.verify_biometrics(&unlocking())).is_live(), "{places:?}");
    }
}
