//! A call that lingers is overtaken by another. What it knew is out of date then, and it acts on none of it.

use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::events::{Event, Kind};
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::platform::{
    Clock, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Listener, NoBiometrics, Platform, PlatformFault,
};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{
    Enrolment, LockError, LockStatus, NoVerdict, Now, Options, PinChange, PinOutcome, Refusal, Session, WalletLock,
};
use zeroize::Zeroizing;

use crate::wallet::{PIN, entry};

/// Where a call lingers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// The clock was read, and the reading is on its way.
    ClockRead,
    /// Randomness was drawn, and is on its way.
    Drawn,
    /// The device key was asked whether it is ready.
    Probed,
    /// The listeners are told.
    Told(Kind),
}

/// What happens meanwhile, once.
#[derive(Default)]
struct Meanwhile(Mutex<Option<(Place, Happens)>>);

type Happens = Box<dyn FnOnce() + Send>;

impl Meanwhile {
    fn reach(&self, place: Place) {
        let happens = self.0.lock().expect("not poisoned").take_if(|(at, _)| *at == place);
        if let Some((_, happens)) = happens {
            happens();
        }
    }
}

struct Lingering {
    phone: FakePhone,
    meanwhile: Meanwhile,
}

impl Clock for Lingering {
    fn now(&self) -> Result<Now, PlatformFault> {
        let now = self.phone.clock.now();
        self.meanwhile.reach(Place::ClockRead);
        now
    }
}

impl Entropy for Lingering {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        self.phone.entropy.fill(bytes)?;
        self.meanwhile.reach(Place::Drawn);
        Ok(())
    }
}

impl DeviceKey for Lingering {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.phone.device_key.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.phone.device_key.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        let ready = self.phone.device_key.ready(alias);
        self.meanwhile.reach(Place::Probed);
        ready
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.phone.device_key.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.phone.device_key.delete(alias)
    }
}

impl Listener for Lingering {
    fn on_event(&self, event: Event) -> Result<(), PlatformFault> {
        self.meanwhile.reach(Place::Told(event.kind));
        Ok(())
    }
}

struct Stage {
    lock: Arc<WalletLock>,
    phone: Arc<Lingering>,
    _folder: TempDir,
}

impl Stage {
    fn enrolled(policy: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let phone = Arc::new(Lingering { phone: FakePhone::default(), meanwhile: Meanwhile::default() });
        let platform = Platform {
            clock: phone.clone(),
            entropy: phone.clone(),
            device_key: phone.clone(),
            biometrics: Arc::new(NoBiometrics),
        };
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: Policy::parse(policy).expect("a policy"),
            platform,
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        lock.add_listener(phone.clone());
        drop(lock.enrol(&entry(PIN), &[]).expect("enrolled"));
        Self { lock, phone, _folder: folder }
    }

    fn meanwhile(&self, place: Place, happens: impl FnOnce() + Send + 'static) {
        *self.phone.meanwhile.0.lock().expect("not poisoned") = Some((place, Box::new(happens)));
    }

    fn unlock(&self) -> Arc<Session> {
        match self.lock.verify_pin(&entry(PIN)) {
            PinOutcome::Right(session) => Arc::new(session),
            other => panic!("{other:?}"),
        }
    }

    fn guess(&self, nth: u32) -> PinOutcome {
        self.lock.verify_pin(&entry(&format!("{:06}", 700_000 + nth)))
    }
}

#[test]
fn a_reading_used_late_ends_no_wait_early() {
    let stage = Stage::enrolled("walletlock");
    (1..=4).for_each(|nth| drop(stage.guess(nth)));
    let (lock, phone) = (stage.lock.clone(), stage.phone.clone());
    stage.meanwhile(Place::ClockRead, move || {
        phone.phone.clock.advance_ms(20_000);
        assert!(matches!(lock.verify_pin(&entry("700005")), PinOutcome::Wrong(wrong) if wrong.cooldown_ms == 30_000));
    });
    drop(stage.lock.status());
    stage.phone.phone.clock.advance_ms(29_999);
    assert!(matches!(stage.lock.status(), Ok(LockStatus::CoolingDown { remaining_ms: 1, .. })));
}

#[test]
fn a_reading_used_late_ends_no_session() {
    let stage = Stage::enrolled("walletlock");
    let session = stage.unlock();
    let (other, phone) = (session.clone(), stage.phone.clone());
    stage.meanwhile(Place::ClockRead, move || {
        phone.phone.clock.advance_ms(1);
        assert_eq!(other.vault().names(), Ok(vec![]));
    });
    assert_eq!(session.vault().names(), Ok(vec![]), "it was read before the other, and is used after it");
    assert!(session.is_live());
    stage.phone.phone.clock.change(|now| now.wall_ms -= 1);
    assert!(!session.is_live(), "a clock set back still ends it");
}

#[test]
fn a_try_meant_for_a_removed_wallet_costs_the_next_one_nothing() {
    let stage = Stage::enrolled("walletlock");
    let lock = stage.lock.clone();
    stage.meanwhile(Place::Probed, move || {
        assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
        assert!(matches!(lock.enrol(&entry("582941"), &[]), Ok(Enrolment::Enrolled(_))));
    });
    assert!(matches!(stage.guess(1), PinOutcome::NoVerdict(NoVerdict::TryAgain)));
    assert_eq!(stage.lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }));
}

#[test]
fn a_pin_that_was_replaced_since_it_was_proven_changes_nothing() {
    let stage = Stage::enrolled("walletlock");
    let (first, second) = (stage.unlock(), stage.unlock());
    stage.meanwhile(Place::Told(Kind::PinRight), move || {
        assert_eq!(second.access().change_pin(&entry(PIN), &entry("604183"), &[]), Ok(PinChange::Changed));
    });
    let changed = first.access().change_pin(&entry(PIN), &entry("582941"), &[]);
    assert_eq!(changed, Ok(PinChange::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))));
    assert!(matches!(stage.lock.verify_pin(&entry("604183")), PinOutcome::Right(_)), "the later PIN stays");
}

#[test]
fn sessions_are_over_when_the_listeners_hear_of_the_lock() {
    let stage = Stage::enrolled("walletlock");
    (1..=3).for_each(|nth| drop(stage.guess(nth)));
    let session = stage.unlock();
    (4..=7).for_each(|nth| drop(stage.guess(nth)));
    assert!(session.is_live());
    let other = session.clone();
    stage.meanwhile(Place::Told(Kind::PinWrong), move || assert!(!other.is_live()));
    drop(stage.guess(8));
    assert!(stage.phone.meanwhile.0.lock().expect("not poisoned").is_none(), "they heard of it");
}

#[test]
fn a_wipe_that_overtakes_a_session_is_no_damage() {
    let stage = Stage::enrolled(r#"{"name": "wipes", "lockout": {"cooldowns": [], "lock_at": null, "wipe_at": 1}}"#);
    let session = stage.unlock();
    let lock = stage.lock.clone();
    stage.meanwhile(Place::Drawn, move || {
        assert!(matches!(lock.verify_pin(&entry("700001")), PinOutcome::Locked(LockStatus::Wiped)));
    });
    assert_eq!(session.vault().write("card", b"4111"), Err(LockError::SessionEnded));
    assert_eq!(stage.lock.status(), Ok(LockStatus::Wiped));
    assert!(matches!(stage.lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
}

#[test]
fn other_sessions_are_over_when_the_listeners_hear_of_a_new_pin() {
    let stage = Stage::enrolled("walletlock");
    let (mine, other) = (stage.unlock(), stage.unlock());
    stage.meanwhile(Place::Told(Kind::PinChanged), move || assert!(!other.is_live()));
    assert_eq!(mine.access().change_pin(&entry(PIN), &entry("582941"), &[]), Ok(PinChange::Changed));
    assert!(mine.is_live());
}
