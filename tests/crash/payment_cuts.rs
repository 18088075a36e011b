//! A power cut at every operation on the disk between asking for a payment and the end of it, and while somebody lowers
//! a limit, freezes or panics. What was told stands: a payment that was approved is counted, whatever its proof was;
//! what was settled, lowered or stopped stays so. A cut before that leaves the old, the old with the payment and its
//! PIN counted, or the new.

use walletlock_core::money::{Currency, Money};
use walletlock_core::payment::{Authorisation, LimitChange, PaymentState};
use walletlock_core::platform::testing::{Act as Touch, FakePhone, TestRng};
use walletlock_core::policy::{Budget, Limit, PaymentPolicy, Period, Policy, RiskPolicy, presets};
use walletlock_core::provider::signer::{read_authorisation, read_request};
use walletlock_core::request::{Payee, Payment, PromptId, Scope};
use walletlock_core::{
    BiometricChange, Enrolment, Frozen, LockError, LockStatus, PanicOutcome, PaymentContext, PaymentOutcome,
    PinOutcome, ProviderRequest, Refusal, Session, WalletLock, WordDone, WordOutcome,
};

use crate::disk::{Disk, Flushes};
use crate::orders::{OUTCOMES, PIN, Place};
use crate::phone::{copy, entry};
use crate::say;
use crate::seed::seed;

const WRONG: &str = "700001";
/// The day's limit, in minor units like all that follows.
const DAY: u64 = 10_000;
/// The owner's limit on a single payment, and what it becomes.
const ONCE: u64 = 9_000;
const LOWERED: u64 = 7_000;
/// What was paid before, and what was charged for it in the end: more, as the app says; or less, as the provider says.
const BEFORE: u64 = 2_000;
const MORE: u64 = 3_000;
const LESS: u64 = 500;
/// What is paid now.
const NOW: u64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    RightPin,
    WrongPin,
    Finger,
    /// The app says that more was charged.
    More,
    /// The provider says that less was charged.
    Less,
    Lower,
    Freeze,
    Panic,
}

const ACTS: [Act; 8] =
    [Act::RightPin, Act::WrongPin, Act::Finger, Act::More, Act::Less, Act::Lower, Act::Freeze, Act::Panic];

/// A registered wallet that has paid once, and with everything flushed.
struct Before {
    place: Place,
    disk: Disk,
    phone: FakePhone,
    /// The provider's word about that payment.
    less: String,
}

/// What can be seen of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    tries_left: Option<u32>,
    /// What became of the payments.
    before: Option<PaymentState>,
    now: Option<PaymentState>,
    frozen: Frozen,
    /// What is left of the day's limit.
    left: u64,
    /// The owner's limit on a single payment.
    once: u64,
}

fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

fn policy() -> Policy {
    let mut policy = presets::walletlock();
    policy.biometric.budgets = vec![Budget { currency: euro(), per_payment_minor: DAY, total_minor: DAY }];
    let limits = vec![Limit::amount(Scope::All, euro(), Period::Day, DAY)];
    policy.payment = PaymentPolicy { limits, risk: RiskPolicy::off(), ..PaymentPolicy::default() };
    policy
}

fn once(max: u64) -> Limit {
    Limit::amount(Scope::All, euro(), Period::Payment, max)
}

fn ask(lock: &WalletLock, id: &str, minor: u64) -> Result<PaymentOutcome, LockError> {
    let payee = Payee { name: "Bakery".to_owned(), id: "bakery".to_owned() };
    let payment = Payment::new(id, Money::new(minor, euro()).expect("an amount"), payee);
    lock.payments().authorize(&payment, &PaymentContext::default())
}

/// Asks for a payment and confirms it with this PIN.
fn pay(lock: &WalletLock, id: &str, minor: u64, pin: &str) -> Option<PaymentOutcome> {
    let Ok(PaymentOutcome::NeedsProof(needed)) = ask(lock, id, minor) else { return None };
    lock.payments().confirm_pin(needed.handle, &entry(pin)).ok()
}

fn unlock(lock: &WalletLock) -> Option<Session> {
    match lock.verify_pin(&entry(PIN)) {
        PinOutcome::Right(session) => Some(session),
        _ => None,
    }
}

impl Before {
    fn new(flushes: Flushes) -> Self {
        let (place, disk, phone) = (Place::with_policy(policy()), Disk::new(flushes), FakePhone::default());
        let lock = place.open(&disk, &phone);
        let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
        let request = lock.provider().register(&ProviderRequest::default()).expect("a request");
        let read = read_request(&request, None).expect("a request of a phone");
        let grant = place.grant(&lock, &read.installation, "register", &request, 0);
        assert_eq!(lock.provider().redeem(&grant), Ok(WordOutcome::Done(WordDone::Registered)));
        phone.biometrics.queue([Touch::OwnerTouches]);
        assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
        assert_eq!(session.limits().set(&once(ONCE)), Ok(LimitChange::Set));
        let Some(PaymentOutcome::Approved(Authorisation { by_phone: Some(by_phone), by_owner, .. })) =
            pay(&lock, "before", BEFORE, PIN)
        else {
            panic!("not approved")
        };
        let owner_key = read.owner_key.expect("the owner's key");
        let said = read_authorisation(&by_phone, &by_owner, &read.public_key, &owner_key).expect("both signed");
        let jti = said["jti"].as_str().expect("a number");
        let less = place.settlement(&read.wallet, &read.installation, jti, "before", LESS);
        drop((session, lock));
        Self { disk: disk.after_kill(), place, phone, less }
    }

    /// Whether the wallet said that it was done.
    fn act(&self, lock: &WalletLock, phone: &FakePhone, act: Act) -> bool {
        let is_approved = |outcome: &PaymentOutcome| matches!(outcome, PaymentOutcome::Approved(_));
        match act {
            Act::RightPin => pay(lock, "now", NOW, PIN).is_some_and(|outcome| is_approved(&outcome)),
            Act::WrongPin => {
                matches!(pay(lock, "now", NOW, WRONG), Some(PaymentOutcome::PinRefused(Refusal::Wrong(_))))
            }
            Act::Finger => {
                let Ok(PaymentOutcome::NeedsProof(needed)) = ask(lock, "now", NOW) else { return false };
                phone.biometrics.queue([Touch::OwnerTouches]);
                let outcome = lock.payments().confirm_biometrics(needed.handle, PromptId::default());
                phone.biometrics.forget_acts();
                outcome.is_ok_and(|outcome| is_approved(&outcome))
            }
            Act::More => lock.payments().captured("before", MORE) == Ok(Some(PaymentState::Captured { minor: MORE })),
            Act::Less => matches!(lock.provider().accept(&self.less), Ok(WordOutcome::Done(_))),
            Act::Lower => {
                unlock(lock).is_some_and(|session| session.limits().set(&once(LOWERED)) == Ok(LimitChange::Set))
            }
            Act::Freeze => lock.payments().freeze(None) == Ok(()),
            Act::Panic => lock.payments().panic_freeze(&entry(PIN)) == Ok(PanicOutcome::Frozen),
        }
    }

    /// Looks at a wallet, which ends with the right PIN.
    fn look(&self, disk: &Disk, phone: &FakePhone) -> Result<Seen, LockError> {
        let lock = self.place.try_open(disk, phone)?;
        let LockStatus::Ready { tries_left } = lock.status()? else { return Err(LockError::WrongState) };
        let state = |id| lock.payments().state_of(id);
        let (before, now, frozen) = (state("before")?, state("now")?, lock.payments().state()?.frozen);
        let limits = unlock(&lock).ok_or(LockError::WrongState)?.limits().all()?;
        let of = |per| limits.iter().find(|state| state.limit.per == per).expect("it is there");
        let (left, once) = (of(Period::Day).left, of(Period::Payment).limit.max);
        Ok(Seen { tries_left, before, now, frozen, left, once })
    }

    /// What is there before the act, once its payment and its PIN are counted, and after it. From the state with the
    /// number on, nothing is lost that was told.
    fn states(&self, act: Act) -> (Vec<Seen>, usize) {
        let old = self.look(&self.disk.after_kill(), &copy(&self.phone, 7)).expect("it opens");
        let tried = Seen { tries_left: old.tries_left.map(|left| left - 1), ..old.clone() };
        let paid = Seen { now: Some(PaymentState::Reserved), left: old.left - NOW, ..old.clone() };
        let charged = Seen { tries_left: tried.tries_left, ..paid.clone() };
        let frozen = Frozen { by_owner: true, ..old.frozen };
        match act {
            Act::RightPin => (vec![old, charged, paid], 1),
            Act::WrongPin => (vec![old, charged, tried], 1),
            Act::Finger => (vec![old, paid], 1),
            Act::More | Act::Less => {
                let minor = if act == Act::More { MORE } else { LESS };
                let before = Some(PaymentState::Captured { minor });
                let left = old.left + BEFORE - minor;
                let new = Seen { before, left, ..old.clone() };
                (vec![old, new], 1)
            }
            Act::Lower => {
                let new = Seen { once: LOWERED, ..old.clone() };
                (vec![old, tried, new], 2)
            }
            Act::Freeze => {
                let new = Seen { frozen, ..old.clone() };
                (vec![old, new], 1)
            }
            Act::Panic => {
                let new = Seen { frozen: Frozen { in_panic: true, ..frozen }, ..old.clone() };
                (vec![old, tried, new], 2)
            }
        }
    }
}

/// Cuts the power at every operation of an act. Returns how often each state was left, and how often something else, or
/// less than was told.
fn cut(before: &Before, act: Act, chance: &mut TestRng) -> (Vec<u32>, u32) {
    let (states, first_told) = before.states(act);
    let (mut left, mut lost) = (vec![0; states.len()], 0);
    for operations in 0.. {
        let call = |lock: &WalletLock, phone: &FakePhone| before.act(lock, phone, act);
        let (is_told, disk, phone) = before.place.cut((&before.disk, &before.phone), operations, call);
        for _ in 0..OUTCOMES {
            let seen = before.look(&disk.after_cut(chance), &copy(&phone, 3));
            match states.iter().position(|state| seen.as_ref() == Ok(state)) {
                Some(place) if place >= first_told || !is_told => left[place] += 1,
                _ => lost += 1,
            }
        }
        if !disk.is_off() {
            assert!(is_told && operations > 3, "{act:?}: cut at {operations} places");
            return (left, lost);
        }
    }
    (left, lost)
}

#[test]
fn what_was_paid_settled_or_stopped_stands_through_any_power_cut() {
    for (nth, act) in ACTS.into_iter().enumerate() {
        let before = Before::new(Flushes::Honest);
        let (left, lost) = cut(&before, act, &mut TestRng::nth(seed(), 40 + nth as u64));
        say(&format!("power cuts: {act:?}: {left:?} left the old, (the try counted,) the new"));
        assert_eq!(lost, 0, "{act:?}");
        assert!(left.iter().all(|times| *times > 0), "{act:?}: {left:?}");
    }
}

/// The control.
#[test]
fn a_disk_that_does_not_flush_loses_payments_and_limits() {
    for (nth, act) in [Act::RightPin, Act::Finger, Act::More, Act::Lower].into_iter().enumerate() {
        let before = Before::new(Flushes::Dropped);
        let (_, lost) = cut(&before, act, &mut TestRng::nth(seed(), 50 + nth as u64));
        assert!(lost > 0, "{act:?}");
    }
}
