//! Puts every earlier copy from a random run of 200 steps back under the present keystore: whole, and mixed with the
//! present's files.
//!
//! A copy is taken at every journal line that the lock reports, so also between a charge and its settlement. A copy
//! that still opens afterwards equals the present, or is from the present's epoch. Then it lacks only a settlement, or
//! lines that nothing depends on. All other copies are locked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use walletlock_core::BiometricAvailability;
use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::money::{Currency, MAX_MINOR, Money};
use walletlock_core::platform::PromptEnd;
use walletlock_core::platform::testing::{Act, Call, FakePhone, Hooks, TestRng};
use walletlock_core::policy::{Budget, Contact, Limit, PaymentPolicy, Period, Policy, RiskPolicy, presets};
use walletlock_core::request::{BiometricDenial, BiometricRequest, Payee, Payment, PromptId, ProofLevel, Scope};
use walletlock_core::{
    BiometricOutcome, Enrolment, LockError, LockReason, LockStatus, PaymentContext, PaymentOutcome, PaymentRefusal,
    PinChange, PinOutcome, Remedy, Session, WalletLock,
};

use crate::account::Items;
use crate::disk::{Disk, Flushes};
use crate::life::ITEMS;
use crate::mount::Mount;
use crate::phone::{self, DATABASE, LOG, entry};
use crate::say;
use crate::scripted::Files;
use crate::seed::seed;
use crate::survivor::read_all;

const STEPS: usize = 200;
const PINS: [&str; 4] = ["493716", "582941", "604183", "715930"];
/// The payments that the run asks for, in minor units.
const PRICES: [u64; 4] = [1, 900, 1_800, 2_000];
/// The run makes no more wrong PINs in a row than this.
const WRONG: u32 = 8;

/// Kinds of lines that a copy may lack and still open.
const HARMLESS: [Kind; 6] = [
    Kind::PinRight,
    Kind::PinWrong,
    Kind::PinRepeated,
    Kind::BiometricsAsked,
    Kind::BiometricsEnded,
    Kind::BiometricsRefused,
];

/// A copy of the files at one moment.
struct Copy {
    files: Files,
    /// How many lines the lock had reported until then.
    lines: usize,
    phone: FakePhone,
}

/// Takes a copy at every reported line.
struct Camera {
    disk: Disk,
    phone: FakePhone,
    copies: Mutex<Vec<Copy>>,
    told: Mutex<Vec<Kind>>,
}

impl Camera {
    fn take(&self) {
        let database = self.disk.content(DATABASE).expect("the database");
        let files = Files { database, log: self.disk.content(LOG).filter(|log| !log.is_empty()) };
        let lines = self.told.lock().expect("not poisoned").len();
        let mut copies = self.copies.lock().expect("not poisoned");
        match copies.last_mut().filter(|last| last.files == files) {
            Some(last) => last.lines = lines,
            None => copies.push(Copy { files, lines, phone: phone::copy(&self.phone, 9) }),
        }
    }
}

/// A run that has ended.
struct Run {
    policy: Policy,
    copies: Vec<Copy>,
    told: Vec<Kind>,
    pin: &'static str,
    items: Items,
    mount: Mount,
    _folder: TempDir,
}

/// What can be seen of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    tries_left: u32,
    /// Whether biometrics may unlock, and why not.
    unlocking: BiometricAvailability,
    /// Whether biometrics alone may pay each price.
    paying: Vec<bool>,
    told: Vec<Kind>,
    items: Items,
}

/// What becomes of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Present,
    /// A copy of the present's epoch that lacks harmless lines only.
    NoLess,
    Locked,
    /// The present's record, beside something older that is detected when it is read.
    LockedInside,
    /// It allows what the present does not. This must never happen.
    Eased,
}

fn policy() -> Policy {
    let mut policy = presets::walletlock();
    policy.pin.remember = 0;
    policy.lockout.cooldowns.clear();
    let currency = euro();
    policy.biometric.budgets = vec![Budget { currency, per_payment_minor: 1_800, total_minor: 2_700 }];
    // Every amount may be paid, and no rule asks for more proof: only the budget decides.
    policy.payment = PaymentPolicy {
        limits: vec![Limit::amount(Scope::All, currency, Period::Payment, MAX_MINOR)],
        risk: RiskPolicy::off(),
        ..PaymentPolicy::default()
    };
    policy.contacts = vec![Contact::Phone("+41 44 000 00 00".to_owned())];
    policy
}

fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

/// Asks for a payment.
fn ask(lock: &WalletLock, id: &str, minor: u64) -> Result<PaymentOutcome, LockError> {
    let payee = Payee { name: "Bakery".to_owned(), id: "bakery".to_owned() };
    let payment = Payment::new(id, Money::new(minor, euro()).expect("an amount"), payee);
    lock.payments().authorize(&payment, &PaymentContext::default())
}

/// Whether biometrics alone may pay this now.
fn may_pay(lock: &WalletLock, minor: u64) -> bool {
    match ask(lock, "price", minor).expect("an answer") {
        PaymentOutcome::NeedsProof(needed) => needed.any_of.contains(&ProofLevel::Biometrics),
        PaymentOutcome::Refused(_) => false,
        other => panic!("{other:?}"),
    }
}

fn right(lock: &Arc<WalletLock>, pin: &str) -> Session {
    match lock.verify_pin(&entry(pin)) {
        PinOutcome::Right(session) => session,
        other => panic!("{other:?}"),
    }
}

/// Plays 200 steps.
fn live(seed: u64) -> Run {
    let mut chance = TestRng::new(seed);
    let folder = TempDir::new().expect("a folder");
    let mount = Mount::new(folder.path().to_owned());
    let (phone, disk, policy) = (FakePhone::default(), Disk::new(Flushes::Honest), policy());
    let open = || phone::open(&mount, &disk, &phone, &policy).expect("it opens");
    let camera =
        Arc::new(Camera { disk: disk.clone(), phone: phone.clone(), copies: Mutex::default(), told: Mutex::default() });
    let (ears, films) = (Arc::new(Hooks::default()), camera.clone());
    ears.before(move |call| {
        if let Call::OnEvent(event) = call {
            films.told.lock().expect("not poisoned").push(event.kind);
            films.take();
        }
        Ok(())
    });
    let mut lock = open();
    lock.add_listener(ears.clone());
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PINS[0]), &[]) else { panic!("not enrolled") };
    drop(session);
    let (mut pin, mut wrong) = (PINS[0], 0);
    for step in 0..STEPS {
        match chance.below(20) {
            0..3 if wrong < WRONG => {
                wrong += 1;
                let guess = format!("{:06}", 800_000 + step);
                assert!(matches!(lock.verify_pin(&entry(&guess)), PinOutcome::Wrong(_)));
            }
            0..5 => wrong = u32::from(!right(&lock, pin).is_live()),
            5..8 => {
                let id = chance.pick(&ITEMS);
                right(&lock, pin).vault().write(id, format!("written in step {step}").as_bytes()).expect("written");
                wrong = 0;
            }
            8 => {
                right(&lock, pin).vault().delete(chance.pick(&ITEMS)).expect("deleted, or not there");
                wrong = 0;
            }
            9 => {
                let new = chance.pick(&PINS);
                let changed = right(&lock, pin).access().change_pin(&entry(pin), &entry(new), &[], true);
                assert!(matches!(changed, Ok(PinChange::Changed { .. })), "{changed:?}");
                (pin, wrong) = (new, 0);
            }
            10 | 11 => {
                phone.biometrics.queue([Act::OwnerTouches]);
                right(&lock, pin).access().enable_biometrics(PromptId::default()).expect("an outcome");
                wrong = 0;
            }
            12 if chance.one_in(3) => {
                right(&lock, pin).access().disable_biometrics().expect("an outcome");
                wrong = 0;
            }
            13 if chance.one_in(3) => phone.device_key.enrol_another_finger(),
            14 => {
                drop(lock);
                lock = open();
                lock.add_listener(ears.clone());
            }
            which => {
                let end = if which == 15 { Act::Ends(PromptEnd::CancelledByPerson) } else { Act::OwnerTouches };
                let strangers = if chance.one_in(4) { 1 + chance.below(2) } else { 0 };
                phone.biometrics.queue((0..strangers).map(|_| Act::SomeoneElseTouches).chain([end]));
                if chance.one_in(2) {
                    let asked = ask(&lock, &format!("order-{step}"), chance.pick(&PRICES)).expect("an outcome");
                    if let PaymentOutcome::NeedsProof(needed) = asked {
                        drop(lock.payments().confirm_biometrics(needed.handle, PromptId::default()));
                    }
                } else {
                    drop(lock.verify_biometrics(&BiometricRequest::default()));
                }
                phone.biometrics.forget_acts();
            }
        }
        // Slowly enough that few authorisations are out at once.
        phone.clock.advance_ms(10_000);
        camera.take();
    }
    // A charge that a copy can lack at the end.
    assert!(matches!(lock.verify_pin(&entry("799999")), PinOutcome::Wrong(_)));
    drop(lock);
    let lock = open();
    let session = right(&lock, pin);
    let items = read_all(&session).expect("the items");
    drop((session, lock));
    camera.take();
    drop(ears);
    let camera = Arc::try_unwrap(camera).ok().expect("nobody listens any more");
    let (copies, told) =
        (camera.copies.into_inner().expect("not poisoned"), camera.told.into_inner().expect("not poisoned"));
    Run { policy, copies, told, pin, items, mount, _folder: folder }
}

impl Run {
    fn present(&self) -> &Copy {
        self.copies.last().expect("copies")
    }

    /// Opens these files on a copy of that phone, in place of `present`. `Err`: it does not open, or it allows more
    /// than the present does.
    fn open(&self, files: &Files, phone: &FakePhone, present: Option<&Seen>) -> Result<Seen, Fate> {
        let phone = phone::copy(phone, 3);
        let lock = phone::open(&self.mount, &files.disk(), &phone, &self.policy).expect("it says what it is");
        let tries_left = match lock.status().expect("a status") {
            LockStatus::Ready { tries_left: Some(left) } => left,
            LockStatus::Locked { reason: LockReason::DataDamaged, remedies, .. } => {
                assert_eq!(remedies, [Remedy::CheckAgain, Remedy::Contact(self.policy.contacts[0].clone())]);
                phone.biometrics.queue([Act::OwnerTouches]);
                let outcome = lock.verify_biometrics(&BiometricRequest::default());
                assert!(matches!(outcome, BiometricOutcome::Denied(BiometricDenial::Locked)), "{outcome:?}");
                let paid = ask(&lock, "price", PRICES[0]);
                let is_locked = |why: &PaymentRefusal| matches!(why, PaymentRefusal::Locked(LockStatus::Locked { .. }));
                assert!(matches!(&paid, Ok(PaymentOutcome::Refused(why)) if why.iter().all(is_locked)), "{paid:?}");
                assert!(matches!(lock.verify_pin(&entry(self.pin)), PinOutcome::Locked(_)));
                return Err(Fate::Locked);
            }
            other => panic!("{other:?}"),
        };
        let unlocking = lock.biometric_availability(&BiometricRequest::default()).expect("an answer");
        let paying = PRICES.iter().map(|minor| may_pay(&lock, *minor)).collect::<Vec<_>>();
        let may = |answer: BiometricAvailability| answer == BiometricAvailability::Available;
        let allows_more = |now: &Seen| {
            tries_left > now.tries_left
                || (may(unlocking) && !may(now.unlocking))
                || paying.iter().zip(&now.paying).any(|(copy, now)| *copy && !now)
        };
        if present.is_some_and(allows_more) {
            return Err(Fate::Eased);
        }
        let lines = match lock.verify_journal() {
            Ok(Chain::Intact { lines }) => lines,
            Ok(_) | Err(LockError::DataDamaged) => return Err(Fate::LockedInside),
            Err(fault) => panic!("{fault}"),
        };
        let mut opened = PINS.iter().filter_map(|pin| match lock.verify_pin(&entry(pin)) {
            PinOutcome::Right(session) => Some(session),
            _ => None,
        });
        let Some(session) = opened.next() else { return Err(Fate::LockedInside) };
        let items = read_all(&session).map_err(|_| Fate::LockedInside)?;
        let mut told = Vec::new();
        let mut query = Query { limit: 200, ..Query::default() };
        loop {
            let page = session.journal().page(&query).map_err(|_| Fate::LockedInside)?;
            told.extend(page.entries.iter().filter(|entry| entry.number <= lines).filter_map(|entry| entry.kind));
            query.below = page.next;
            if query.below.is_none() {
                break;
            }
        }
        told.reverse();
        Ok(Seen { tries_left, unlocking, paying, told, items })
    }

    /// What becomes of these files on that phone. An error says what was lost.
    fn judge(&self, files: &Files, phone: &FakePhone, present: &Seen) -> Result<Fate, String> {
        let seen = match self.open(files, phone, Some(present)) {
            Ok(seen) if seen == *present => return Ok(Fate::Present),
            Ok(seen) => seen,
            Err(Fate::Eased) => return Err("it allows more".to_owned()),
            Err(fate) => return Ok(fate),
        };
        // Opening counts a try that was open in the copy as wrong, and adds a line.
        let told = seen.told.strip_suffix(&[Kind::OpenTriesCounted]).unwrap_or(&seen.told);
        let lost = present.told.strip_prefix(told).ok_or("a journal that never was")?;
        if lost.iter().any(|kind| !HARMLESS.contains(kind)) {
            return Err(format!("lost: {lost:?}"));
        }
        if seen.items == present.items { Ok(Fate::NoLess) } else { Err("other items".to_owned()) }
    }

    /// Whether a copy lacks a change that nobody may take back.
    fn lacks_something(&self, copy: &Copy) -> bool {
        self.told[copy.lines..].iter().any(|kind| !HARMLESS.contains(kind))
    }
}

#[test]
fn every_earlier_copy_of_a_random_run_is_detected() {
    let (mut whole, mut mixed) = (BTreeMap::new(), BTreeMap::new());
    let (mut just_before, mut kinds, mut steps) = (BTreeMap::new(), BTreeMap::new(), 0);
    for nth in 0..2 {
        let run = live(seed() + nth);
        steps += STEPS;
        run.told.iter().for_each(|kind| *kinds.entry(*kind as u16).or_insert(0) += 1);
        // Takes every moment as the present, with the two copies before it, which lack hardly anything.
        for now in (1..run.copies.len()).filter(|_| nth == 0) {
            let phone = &run.copies[now].phone;
            let seen = run.open(&run.copies[now].files, phone, None).expect("the present opens");
            for copy in &run.copies[now.saturating_sub(2)..now] {
                let fate = run.judge(&copy.files, phone, &seen).unwrap_or_else(|lost| panic!("at {now}: {lost}"));
                *just_before.entry(fate).or_insert(0) += 1;
            }
        }
        // The present is first the last charge, then its settlement.
        let last = run.copies.len() - 1;
        for now in [last - 1, last] {
            let (present, phone) = (&run.copies[now], &run.copies[now].phone);
            let seen = run.open(&present.files, phone, None).expect("the present opens");
            for (nth, copy) in run.copies[..now].iter().enumerate() {
                let fate = run.judge(&copy.files, phone, &seen).unwrap_or_else(|lost| panic!("copy {nth}: {lost}"));
                let told = &seen.told[copy.lines.min(seen.told.len())..];
                let must_be_locked = told.iter().any(|kind| !HARMLESS.contains(kind));
                assert_eq!(must_be_locked, fate == Fate::Locked, "copy {nth} of {now}: {fate:?}, lacks {told:?}");
                *whole.entry(fate).or_insert(0) += 1;
                let (old, new) = (&copy.files, &present.files);
                for (database, log) in [
                    (&old.database, None),
                    (&old.database, new.log.clone()),
                    (&new.database, None),
                    (&new.database, old.log.clone()),
                ] {
                    let files = Files { database: database.clone(), log };
                    if files == *old || files == *new {
                        continue;
                    }
                    let fate = run.judge(&files, phone, &seen).unwrap_or_else(|lost| panic!("mixed {nth}: {lost}"));
                    *mixed.entry(fate).or_insert(0) += 1;
                }
            }
        }
    }
    say(&format!("copies of {steps} random steps: whole {whole:?}, mixed {mixed:?}, from just before {just_before:?}"));
    for kind in [
        Kind::PinChanged,
        Kind::ItemWritten,
        Kind::ItemDeleted,
        Kind::BiometricsOn,
        Kind::BiometricsOff,
        Kind::BiometricsRight,
        Kind::BiometricsNotRecognised,
        Kind::PaymentApproved,
    ] {
        assert!(kinds.contains_key(&(kind as u16)), "{kind:?} never came");
    }
    assert!(whole[&Fate::Locked] > 400, "{whole:?}");
}

/// The control: with the keystore of its time a copy opens, and the check notices what it lacks.
#[test]
fn a_copy_of_a_random_run_with_the_keystore_of_its_time_is_noticed() {
    let run = live(seed());
    let present = run.open(&run.present().files, &run.present().phone, None).expect("the present opens");
    let of_old = run.copies.iter().filter(|copy| run.lacks_something(copy));
    let (mut noticed, mut all) = (0, 0);
    for copy in of_old.step_by(7) {
        all += 1;
        noticed += u32::from(run.judge(&copy.files, &copy.phone, &present).is_err());
    }
    say(&format!("copies of a random run, control: {noticed} of {all} noticed"));
    assert!(all > 30 && noticed == all, "{noticed} of {all}");
    assert!(!run.items.is_empty(), "the run left something to lose");
}
