//! A wallet whose tries are timed: the whole try, and the part from the device key's answer to the journal line with
//! the verdict.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::events::Kind;
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::Clock;
use walletlock_core::platform::testing::{
    Call, FakeClock, FakeEntropy, FakePhone, authenticator_code, code_entry, write_down,
};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::{LockoutPolicy, Policy};
use walletlock_core::{
    CodeOutcome, Enrolment, FactorOutcome, NewAuthenticator, Options, PinOutcome, RecoveryChange, Session, WalletLock,
};

use crate::seed::Dice;

/// The two times that [`Timed::verify`] measures.
pub(super) const PARTS: [&str; 2] = ["whole try", "device key's answer to verdict"];

/// Far below the number of failures that locks the wallet (1000, see `enrol`).
const WRONG_BETWEEN_RIGHT: u32 = 200;

pub(super) struct Timed {
    lock: Arc<WalletLock>,
    watch: Arc<Watch>,
    clock: Arc<FakeClock>,
    wrong: u32,
    pub(super) pin: Vec<u8>,
    _folder: TempDir,
}

#[derive(Default)]
struct Watch {
    answered: Mutex<Option<Instant>>,
    settled: Mutex<Option<Instant>>,
}

impl Watch {
    fn of(phone: &FakePhone) -> Arc<Self> {
        let watch = Arc::new(Self::default());
        let (answers, settles) = (watch.clone(), watch.clone());
        phone.hooks.after(move |call| {
            if let Call::Hmac { .. } = call {
                *answers.answered.lock().expect("not poisoned") = Some(Instant::now());
            }
            Ok(())
        });
        phone.hooks.before(move |call| {
            if let Call::OnEvent(event) = call
                && matches!(event.kind, Kind::PinRight | Kind::PinWrong | Kind::PinRepeated)
            {
                *settles.settled.lock().expect("not poisoned") = Some(Instant::now());
            }
            Ok(())
        });
        watch
    }
}

impl Timed {
    /// A wallet with this PIN, or `None` if the rules forbid the PIN. The lock remembers `remembered` wrong PINs.
    pub(super) fn enrol(dice: &mut Dice, pin: &[u8], remembered: u32) -> Option<Self> {
        Self::begin(dice, pin, remembered).map(|(timed, _)| timed)
    }

    /// A wallet with a random PIN and a recovery code, and the code's digits.
    pub(super) fn with_code(dice: &mut Dice) -> (Self, String) {
        let (timed, session) = loop {
            let pin = dice.pin(6);
            if let Some(begun) = Self::begin(dice, &pin, 0) {
                break begun;
            }
        };
        let code = session.access().create_recovery_code().expect("a code");
        let digits = write_down(&code);
        assert_eq!(session.access().set_recovery_code(&code), Ok(RecoveryChange::InForce));
        (timed, digits)
    }

    fn begin(dice: &mut Dice, pin: &[u8], remembered: u32) -> Option<(Self, Session)> {
        let folder = memory_folder();
        let phone = FakePhone { entropy: Arc::new(FakeEntropy::new(dice.roll())), ..FakePhone::default() };
        let watch = Watch::of(&phone);
        let lockout = LockoutPolicy {
            cooldowns: Vec::new(),
            lock_at: Some(1000),
            duplicate_memory: remembered,
            ..LockoutPolicy::default()
        };
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: Policy { lockout, ..Policy::default() },
            platform: phone.platform(),
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        lock.add_listener(Arc::new(phone.hooks.clone()));
        match lock.enrol(&entry(pin), &[]).expect("an outcome") {
            Enrolment::Enrolled(session) => Some((
                Self { lock, watch, clock: phone.clock.clone(), wrong: 0, pin: pin.to_vec(), _folder: folder },
                session,
            )),
            Enrolment::Forbidden(_) => None,
        }
    }

    /// A wallet with a random PIN and an authenticator, and the secret as the app reads it.
    pub(super) fn with_app(dice: &mut Dice) -> (Self, String) {
        let (timed, session) = loop {
            let pin = dice.pin(6);
            if let Some(begun) = Self::begin(dice, &pin, 0) {
                break begun;
            }
        };
        let new = session.access().make_authenticator().expect("a secret");
        let letters: String = (0..NewAuthenticator::LETTERS).filter_map(|place| new.letter(place)).collect();
        let shown = entry(&timed.shown(&letters, 0));
        assert_eq!(session.access().confirm_authenticator(&new, &shown), Ok(true));
        assert_eq!(session.access().set_authenticator(&new), Ok(RecoveryChange::InForce));
        (timed, letters)
    }

    /// The code that the app shows so many steps from now.
    pub(super) fn shown(&self, letters: &str, steps: i64) -> Vec<u8> {
        let wall_ms = self.clock.now().expect("a clock").wall_ms + steps * 30_000;
        authenticator_code(letters, wall_ms).bytes().map(|digit| digit - b'0').collect()
    }

    /// So many minutes pass.
    pub(super) fn pass_minutes(&self, minutes: u64) {
        self.clock.advance_ms(minutes * 60_000);
    }

    /// The phone's date is set back. Time since boot goes on.
    pub(super) fn set_back_minutes(&self, minutes: i64) {
        self.clock.change(|now| now.wall_ms -= minutes * 60_000);
    }

    /// Tries a code of the authenticator. Returns the nanoseconds until the call returned, and the outcome.
    pub(super) fn try_code(&self, code: &[u8]) -> (f64, FactorOutcome) {
        let typed = entry(code);
        let begin = Instant::now();
        let outcome = self.lock.recovery().prove_authenticator(&typed);
        (begin.elapsed().as_nanos() as f64, outcome.expect("judged"))
    }

    /// Enters a recovery code. Returns the nanoseconds, and the outcome.
    pub(super) fn enter_code(&self, digits: &str) -> (f64, CodeOutcome) {
        let typed = code_entry(digits);
        let begin = Instant::now();
        let outcome = self.lock.recovery().enter_code(&typed);
        (begin.elapsed().as_nanos() as f64, outcome)
    }

    /// A wallet with a random PIN of this length.
    pub(super) fn random(dice: &mut Dice, digits: usize, remembered: u32) -> Self {
        loop {
            let pin = dice.pin(digits);
            if let Some(timed) = Self::enrol(dice, &pin, remembered) {
                return timed;
            }
        }
    }

    /// Verifies a PIN. Returns the nanoseconds of each of [`PARTS`], and the outcome.
    pub(super) fn verify(&mut self, pin: &[u8]) -> ([f64; 2], PinOutcome) {
        let typed = entry(pin);
        let begin = Instant::now();
        let outcome = self.lock.verify_pin(&typed);
        let whole = begin.elapsed();
        let at = |place: &Mutex<Option<Instant>>| place.lock().expect("not poisoned").expect("it was reached");
        let tail = at(&self.watch.settled) - at(&self.watch.answered);
        ([whole, tail].map(|time| time.as_nanos() as f64), outcome)
    }

    /// Times a wrong PIN. Enters the right PIN in between now and then, so that the failures never lock the wallet.
    pub(super) fn guess(&mut self, pin: &[u8]) -> [f64; 2] {
        if self.wrong == WRONG_BETWEEN_RIGHT {
            self.unlock();
        }
        self.wrong += 1;
        let (times, outcome) = self.verify(pin);
        assert!(matches!(outcome, PinOutcome::Wrong(wrong) if !wrong.repeated), "{outcome:?}");
        times
    }

    /// Times the right PIN.
    pub(super) fn unlock(&mut self) -> [f64; 2] {
        self.wrong = 0;
        let (times, outcome) = self.verify(&self.pin.clone());
        assert!(matches!(outcome, PinOutcome::Right(_)), "{outcome:?}");
        times
    }
}

/// A folder in memory if the machine has one, where a flush costs nothing: the disk's noise would hide a difference.
fn memory_folder() -> TempDir {
    let shared_memory = Path::new("/dev/shm");
    if shared_memory.is_dir() { TempDir::new_in(shared_memory) } else { TempDir::new() }.expect("a folder")
}

pub(super) fn entry(pin: &[u8]) -> PinEntry {
    let entry = PinEntry::new();
    pin.iter().for_each(|digit| assert_eq!(entry.push(u32::from(*digit)), Ok(true)));
    entry
}
