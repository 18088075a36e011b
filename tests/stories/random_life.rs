//! One random life of a wallet with a provider, perhaps with a recovery code. Any event may be killed at a call to the
//! keystore.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use walletlock_core::platform::testing::{FakeDeviceKey, TestRng, code_entry, write_down};
use walletlock_core::{
    CodeOutcome, CodeRefusal, LockReason, LockStatus, OwnerLock, PinOutcome, RecoveryChange, RecoveryOutcome, Remedy,
    RequestKind, Rescue, Session, WordDone, WordOutcome,
};

use crate::backend::Backend;
use crate::random_proofs::{Log, Met, Ways};
use crate::wallet::{PIN, Wallet, copy_files, entry, open, picture};

const HOUR_MS: u64 = 3_600_000;
/// How long a lock of the provider withstands the recovery code.
const OPENING_MS: u64 = 72 * HOUR_MS;
/// How long a phone has been on once it was restarted.
const BOOT_MS: u64 = 10_000;
/// An event is killed at one of its first calls to the keystore.
const KILLED_WITHIN: usize = 12;

/// What happened, as far as it may clear a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clears {
    Nothing,
    RightPin,
    Grant,
    Heartbeat,
    Restart,
    /// An order that was missing came.
    MissingOrder,
    /// The recovery code. `waited`: it was entered for a second time, after the wait.
    Code {
        waited: bool,
    },
    /// Whoever put an older copy of the files there put the right ones back.
    RightFiles,
    /// A recovery by escrow.
    Escrow,
}

/// A recovery code that the owner wrote down, and the PIN that was set with it.
struct Paper {
    digits: String,
    pin: String,
}

struct Order {
    text: String,
    /// Its lock is cleared only by a grant, or by the code and a wait.
    locks: bool,
    /// It was delivered before, to a process that was killed.
    is_again: bool,
}

pub(crate) struct Life {
    pub(crate) backend: Backend,
    /// `None` only while the app is not running.
    wallet: Option<Wallet>,
    pub(crate) rng: TestRng,
    /// An order to lock was answered, and nothing has cleared its lock since.
    pub(crate) order_stands: bool,
    guesses: u32,
    pins: u32,
    pin: String,
    papers: Vec<Paper>,
    /// Orders that were sent and not answered.
    withheld: Vec<Order>,
    /// Every order that was ever answered.
    delivered: Vec<Order>,
    grants: Vec<String>,
    /// The channels and the authenticator, if the owner has them.
    pub(crate) ways: Option<Ways>,
    /// What was proven, as somebody beside the wallet writes it down.
    pub(crate) log: Log,
    /// An order was sent again, and locks: if it was lost with the process that took it first, it voids what was proven.
    pub(crate) may_be_void: bool,
    /// What happened of what is to happen in some history.
    pub(crate) met: BTreeSet<Met>,
    /// How much time has passed, and how much had when a recovery began to wait.
    pub(crate) elapsed_ms: u64,
    opening_since_ms: Option<u64>,
    older: Option<TempDir>,
    /// The files as they were when an older copy took their place.
    right: Option<TempDir>,
}

impl Life {
    pub(crate) fn begin(mut rng: TestRng) -> Self {
        let backend = Backend::new();
        let mut policy = backend.policy();
        (policy.lockout.per_boot_limit, policy.lockout.lock_at) = (Some(3), Some(4));
        policy.pin.remember = 0;
        let wallet = Wallet::with_policy(policy);
        let session = wallet.enrol(PIN);
        session.vault().write("card", b"4111").expect("written");
        let mut life = Self {
            backend,
            wallet: Some(wallet),
            order_stands: false,
            guesses: 0,
            pins: 0,
            pin: PIN.to_owned(),
            papers: Vec::new(),
            withheld: Vec::new(),
            delivered: Vec::new(),
            grants: Vec::new(),
            ways: None,
            log: Log::default(),
            may_be_void: false,
            met: BTreeSet::new(),
            elapsed_ms: 0,
            opening_since_ms: None,
            older: None,
            right: None,
            rng: rng.clone(),
        };
        if rng.one_in(2) {
            assert_eq!(life.set_code(&session), RecoveryChange::InForce);
        }
        life.rng = rng;
        life.backend.register(life.wallet());
        if life.rng.one_in(2) {
            life.set_ways_up(&session);
        }
        drop(session);
        // With the data key at hand, what the wallet knows of its provider goes into the survivors.
        drop(life.wallet().unlock());
        life
    }

    /// Something happens, and perhaps the process is killed meanwhile. Returns what it may clear.
    pub(crate) fn happen(&mut self) -> Clears {
        let (stood, since_ms) = (self.order_stands, self.opening_since_ms);
        let (delivered, grants) = (self.delivered.len(), self.grants.len());
        let log = self.log.clone();
        let camera = self.rng.one_in(4).then(|| self.film());
        let clears = self.event();
        let moment = camera.and_then(|camera| camera.lock().unwrap_or_else(PoisonError::into_inner).take());
        let Some((folder, device_key)) = moment else {
            self.compare_log(&[]);
            return clears;
        };
        self.reopen_at(&folder, device_key);
        // What happened is known to the wallet, or it is not.
        self.compare_log(&[log]);
        // Nobody heard the answer: the provider sends its orders again, and no grant.
        let again = self.delivered.drain(delivered..).map(|order| Order { is_again: true, ..order });
        self.withheld.extend(again);
        self.grants.truncate(grants);
        self.opening_since_ms = since_ms.or(self.opening_since_ms);
        let may_have_cleared = matches!(clears, Clears::Grant | Clears::Code { .. });
        self.order_stands = stood && (!may_have_cleared || self.is_locked_by_order());
        clears
    }

    fn event(&mut self) -> Clears {
        if self.is_damaged() {
            return match self.rng.below(7) {
                6 => self.use_ways(),
                0 => self.right_files(),
                1 | 2 => self.recover(),
                3 => self.order_unseen(),
                4 => self.pass_time(),
                _ => self.guess(),
            };
        }
        if self.is_waiting() && self.rng.one_in(4) {
            return self.wait_for_key();
        }
        match self.rng.below(if self.ways.is_some() { 38 } else { 26 }) {
            0 | 1 => self.order(),
            2 => {
                let order = self.make_order();
                self.withheld.push(order);
                Clears::Nothing
            }
            3 if !self.withheld.is_empty() => self.deliver(),
            4 | 5 => self.right_pin(),
            6..=10 => self.guess(),
            11 | 12 => self.pass_time(),
            13 => {
                self.reboot();
                // Whoever guesses goes on.
                self.guess();
                Clears::Restart
            }
            14 | 15 => self.ask(),
            16 => match self.is_known().then(|| self.backend.beat(self.wallet(), &[])) {
                Some(WordOutcome::Done(WordDone::HeartbeatTaken)) => Clears::Heartbeat,
                _ => Clears::Nothing,
            },
            17 | 18 => self.replay(),
            19 => {
                if self.rng.one_in(3) {
                    assert_eq!(self.wallet().lock.lock_as_owner(), Ok(OwnerLock::Locked));
                    // A new lock ends the wait of a recovery that was begun.
                    self.opening_since_ms = None;
                    self.void_log();
                }
                Clears::Nothing
            }
            20 | 21 => self.recover(),
            22 => self.change_clock(),
            23 => {
                self.older = Some(picture(self.wallet().folder.path()));
                Clears::Nothing
            }
            24 if self.has_code() => self.older_files(),
            26.. => self.use_ways(),
            _ => {
                self.wallet().lock.payments().freeze(None).expect("frozen");
                Clears::Nothing
            }
        }
    }

    pub(crate) fn wallet(&self) -> &Wallet {
        self.wallet.as_ref().expect("the app is running")
    }

    /// Restarts the phone. It has been on for ten seconds when the app runs.
    fn reboot(&mut self) {
        self.wallet().phone.clock.reboot();
        self.elapsed_ms += BOOT_MS;
    }

    /// Ends the process and starts it again.
    pub(crate) fn restart(&mut self) {
        self.between_runs(|_| {});
    }

    /// The owner gets back in: by the provider or by the recovery code.
    pub(crate) fn find_the_way_back(&mut self) {
        let by_code = self.is_damaged() || self.has_code() && self.rng.one_in(2);
        self.reboot();
        if by_code {
            // A code that was entered before may still wait; then, under a lock of the provider, the new one does.
            for _ in 0..4 {
                self.recover();
                if self.is_damaged() {
                    // An older code opens nothing: only the right files do.
                    self.right_files();
                }
                if self.wallet().status().is_ready() {
                    break;
                }
                self.elapsed_ms += OPENING_MS;
                self.wallet().phone.clock.advance_ms(OPENING_MS);
            }
        } else {
            if !self.is_known() {
                self.register();
            }
            // Also what was answered: an order that only left a mark is not known by its number.
            let orders = self.delivered.iter().chain(&self.withheld);
            let orders: Vec<_> = orders.map(|order| order.text.as_str()).collect();
            let beat = self.backend.beat(self.wallet(), &orders);
            assert_eq!(beat, WordOutcome::Done(WordDone::HeartbeatTaken));
            assert_eq!(self.ask(), Clears::Grant);
            self.wallet().wait();
        }
        assert!(self.wallet().status().is_ready(), "by code: {by_code}, {:?}", self.wallet().status());
        self.settle_code();
        let PinOutcome::Right(session) = self.wallet().verify(&self.pin) else { panic!("the owner is locked out") };
        assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4111");
    }

    pub(crate) fn is_damaged(&self) -> bool {
        matches!(self.wallet().status(), LockStatus::Locked { reason: LockReason::DataDamaged, .. })
    }

    pub(crate) fn is_locked_by_order(&self) -> bool {
        let by_order = [LockReason::LostOrStolen, LockReason::ProviderOrder, LockReason::DataDamaged];
        matches!(self.wallet().status(), LockStatus::Locked { reason, .. } if by_order.contains(&reason))
    }

    pub(crate) fn has_code(&self) -> bool {
        self.wallet().lock.recovery().status().is_ok_and(|status| status.has_code == Some(true))
    }

    pub(crate) fn is_known(&self) -> bool {
        self.backend.knows(self.wallet())
    }

    fn make_order(&mut self) -> Order {
        let (backend, wallet) = (&self.backend, self.wallet.as_ref().expect("the app is running"));
        let (text, locks) = match self.rng.below(4) {
            0 => (backend.lock(wallet, "lost"), true),
            1 => (backend.lock(wallet, "order"), true),
            2 => (backend.lock(wallet, "unusual"), false),
            _ => (backend.order(wallet, r#""act":"freeze""#), false),
        };
        Order { text, locks, is_again: false }
    }

    fn order(&mut self) -> Clears {
        let order = self.make_order();
        self.take_order(order);
        // A later order raises the last number over the one that is missing.
        self.withheld.clear();
        Clears::MissingOrder
    }

    fn deliver(&mut self) -> Clears {
        std::mem::take(&mut self.withheld).into_iter().for_each(|order| self.take_order(order));
        Clears::MissingOrder
    }

    fn take_order(&mut self, order: Order) {
        let locks = Backend::accept(self.wallet(), &order.text) == WordOutcome::Done(WordDone::Locked);
        self.may_be_void |= locks && order.is_again;
        if locks && !order.is_again {
            self.opening_since_ms = None;
            self.order_stands |= order.locks;
            self.void_log();
        }
        self.delivered.push(order);
    }

    /// An order on a wallet that does not open becomes a mark.
    fn order_unseen(&mut self) -> Clears {
        let text = self.backend.order_unseen();
        self.take_order(Order { text, locks: true, is_again: false });
        Clears::Nothing
    }

    /// Asks for a grant. A phone that its provider does not know is registered first.
    fn ask(&mut self) -> Clears {
        if !self.is_known() {
            return self.register();
        }
        let request = self.backend.request(self.wallet(), RequestKind::Unlock);
        let after = self.wallet().lock.provider().state().expect("a state").last_order;
        let grant = self.backend.grant(self.wallet(), "unlock", &request, after);
        let outcome = self.wallet().lock.provider().redeem(&grant).expect("taken");
        self.grants.push(grant);
        match outcome {
            WordOutcome::Done(WordDone::Unlocked) => {
                (self.order_stands, self.opening_since_ms) = (false, None);
                Clears::Grant
            }
            _ => Clears::Nothing,
        }
    }

    /// Orders from before do not count any more, and so none of them is missing.
    fn register(&mut self) -> Clears {
        self.backend.register(self.wallet());
        self.withheld.clear();
        // A recovery made another slot for escrow.
        if self.wallet().lock.provider().state().is_ok_and(|state| state.escrow_digest.is_some()) {
            self.backend.deposit(self.wallet());
        }
        Clears::MissingOrder
    }

    /// Nothing is done twice. But a wallet that was damaged may know of an order by its mark alone, and wait for it.
    fn replay(&mut self) -> Clears {
        let word = self.delivered.get(self.rng.below(self.delivered.len()));
        if let Some(word) = word {
            Backend::accept(self.wallet(), &word.text);
        }
        let clears = if word.is_some() { Clears::MissingOrder } else { Clears::Nothing };
        if let Some(grant) = self.grants.get(self.rng.below(self.grants.len())) {
            self.wallet().lock.provider().redeem(grant).expect("taken");
        }
        clears
    }

    fn right_pin(&mut self) -> Clears {
        if !self.settle_code() {
            return Clears::Nothing;
        }
        let before = self.wallet().status();
        let PinOutcome::Right(session) = self.wallet().verify(&self.pin) else { return Clears::Nothing };
        let admits = match &before {
            LockStatus::Ready { .. } => true,
            LockStatus::Locked { reason, remedies, .. } => {
                *reason == LockReason::UnusualActivity && remedies.contains(&Remedy::EnterPin)
            }
            _ => false,
        };
        assert!(admits, "the PIN opened {before:?}");
        assert!(session.vault().names().is_ok());
        self.void_log();
        self.log.begin_anew();
        if self.rng.one_in(3) && self.is_guarded_no_more(&session) {
            self.set_code(&session);
            self.meddle(&session);
        }
        Clears::RightPin
    }

    fn guess(&mut self) -> Clears {
        self.guesses += 1;
        assert!(!matches!(self.wallet().guess(self.guesses), PinOutcome::Right(_)));
        Clears::Nothing
    }

    fn pass_time(&mut self) -> Clears {
        let ms = HOUR_MS * (1 + self.rng.below(100) as u64);
        self.pass(ms);
        Clears::Nothing
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.elapsed_ms += ms;
        self.wallet().phone.clock.advance_ms(ms);
    }

    /// Whoever has the phone sets its date: back or ahead, by up to two years.
    fn change_clock(&mut self) -> Clears {
        let days = self.rng.below(1461) as i64 - 730;
        self.wallet().phone.clock.change(|now| now.wall_ms += days * 24 * HOUR_MS as i64);
        Clears::Nothing
    }

    fn older_files(&mut self) -> Clears {
        if let Some(older) = self.older.take() {
            self.right = Some(picture(self.wallet().folder.path()));
            self.between_runs(|folder| copy_files(older.path(), folder));
        }
        Clears::Nothing
    }

    fn right_files(&mut self) -> Clears {
        if let Some(right) = self.right.take() {
            self.between_runs(|folder| copy_files(right.path(), folder));
            return Clears::RightFiles;
        }
        Clears::Nothing
    }

    /// Makes a recovery code, writes it down and sets it.
    fn set_code(&mut self, session: &Session) -> RecoveryChange {
        let code = session.access().create_recovery_code().expect("a code");
        self.papers.push(Paper { digits: write_down(&code), pin: self.pin.clone() });
        session.access().set_recovery_code(&code).expect("set")
    }

    /// Finds the code in force, and with it the PIN: a process that was killed may have left the old ones or the new
    /// ones. `false`: a lock does not let the code be tried now.
    fn settle_code(&mut self) -> bool {
        if self.papers.is_empty() {
            return true;
        }
        let mut found = Vec::new();
        for paper in &self.papers {
            match enter(self.wallet(), &paper.digits) {
                Ok(_) => found.push(paper.pin.clone()),
                Err(CodeRefusal::Wrong) => {}
                // Until the first code takes effect, or the first recovery.
                Err(CodeRefusal::NotSetUp) => {
                    PIN.clone_into(&mut self.pin);
                    return true;
                }
                Err(CodeRefusal::Locked(_) | CodeRefusal::OldCode | CodeRefusal::Altered) => return false,
                Err(refusal) => panic!("{refusal:?}"),
            }
        }
        assert_eq!(found.len(), 1, "as many of {} codes open the wallet", self.papers.len());
        self.pin = found.remove(0);
        true
    }

    /// The owner enters the code that is in force, and sets a new PIN and a new code.
    fn recover(&mut self) -> Clears {
        let opened = self.papers.iter().rev().find_map(|paper| enter(self.wallet(), &paper.digits).ok());
        let Some(rescue) = opened else { return Clears::Nothing };
        self.finish(&rescue, true)
    }

    /// Sets a new PIN and a new code in an opened wallet.
    pub(crate) fn finish(&mut self, rescue: &Rescue, is_by_code: bool) -> Clears {
        let code = rescue.new_code().expect("a code");
        self.pins += 1;
        let pin = format!("{:06}", 481_507 + 7_919 * self.pins % 200_000);
        self.papers.push(Paper { digits: write_down(&code), pin: pin.clone() });
        let outcome = rescue.finish(&entry(&pin), &[], &code).expect("finished");
        self.pin = pin;
        self.log.begin_anew();
        // A phone that was recovered is not registered: the provider did not see who did it.
        let waited = self.opening_since_ms.is_some_and(|since| self.elapsed_ms >= since + OPENING_MS);
        match outcome {
            RecoveryOutcome::Done { lost_items, .. } if !is_by_code => {
                assert!(lost_items.is_empty(), "{lost_items:?}");
                assert!(!self.order_stands, "escrow cleared an order's lock");
                self.opening_since_ms = None;
                return Clears::Escrow;
            }
            RecoveryOutcome::Locked { lost_items, .. } if !is_by_code => {
                assert!(lost_items.is_empty(), "{lost_items:?}");
                return Clears::Escrow;
            }
            RecoveryOutcome::Done { lost_items, .. } => {
                assert!(lost_items.is_empty(), "{lost_items:?}");
                assert!(waited || !self.order_stands, "the code alone cleared an order's lock");
                (self.order_stands, self.opening_since_ms) = (false, None);
            }
            RecoveryOutcome::Locked { lost_items, .. } => {
                assert!(lost_items.is_empty(), "{lost_items:?}");
                self.opening_since_ms = self.opening_since_ms.or(Some(self.elapsed_ms));
            }
            other => panic!("not recovered: {other:?}"),
        }
        Clears::Code { waited }
    }

    fn between_runs(&mut self, meddle: impl FnOnce(&Path)) {
        self.wallet = self.wallet.take().map(|wallet| wallet.between_runs(meddle).expect("it opens again"));
    }

    /// Takes a picture of what the phone holds at one of the next calls to the keystore.
    fn film(&mut self) -> Camera {
        let (camera, calls) = (Camera::default(), AtomicUsize::new(0));
        let at = self.rng.below(KILLED_WITHIN);
        let (taken, keys) = (Arc::downgrade(&camera), self.wallet().phone.device_key.clone());
        let folder = self.wallet().folder.path().to_owned();
        self.wallet().phone.hooks.before(move |call| {
            // The camera is gone once the event is over.
            let Some(taken) = taken.upgrade().filter(|_| call.on_key().is_some()) else { return Ok(()) };
            if calls.fetch_add(1, Ordering::Relaxed) == at {
                *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some((picture(&folder), keys.picture()));
            }
            Ok(())
        });
        camera
    }

    /// The process was killed at that moment, and the app starts again.
    fn reopen_at(&mut self, moment: &TempDir, device_key: FakeDeviceKey) {
        let Some(Wallet { phone, policy, lock, folder }) = self.wallet.take() else { return };
        drop(lock);
        copy_files(moment.path(), folder.path());
        let phone = phone.with_keystore(device_key);
        let lock = open(&folder, &phone, &policy).expect("it opens again");
        self.wallet = Some(Wallet { phone, policy, lock, folder });
    }
}

/// What the phone held at one moment: its files, and its keystore.
type Camera = Arc<Mutex<Option<(TempDir, FakeDeviceKey)>>>;

fn enter(wallet: &Wallet, digits: &str) -> Result<Rescue, CodeRefusal> {
    match wallet.lock.recovery().enter_code(&code_entry(digits)) {
        CodeOutcome::Opened(rescue) => Ok(rescue),
        CodeOutcome::Refused(refusal) => Err(refusal),
    }
}
