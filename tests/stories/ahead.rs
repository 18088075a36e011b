//! The thread that makes the next seal key ahead: nobody waits for it, and it leaves nothing behind that looks like
//! damage.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::platform::testing::{Call, FakeDeviceKey, FakePhone};
use walletlock_core::policy::Policy;
use walletlock_core::policy::{AntiRollback, RollbackProtection};
use walletlock_core::{Enrolment, LockStatus, NoVerdict, Options, PinOutcome, WalletLock};

use crate::wallet::{PIN, entry, open, open_with};

/// Holds the thread up: while the door is shut, the keystore makes no seal key. It also counts who makes keys.
struct Door {
    device_key: FakeDeviceKey,
    is_shut: Mutex<bool>,
    moved: Condvar,
    fails: AtomicBool,
    /// How many seal keys are being made now.
    waiting: AtomicU32,
    /// How many seal keys a call made itself, instead of the thread.
    made_in_calls: AtomicU32,
}

impl Door {
    fn before(phone: &FakePhone, is_shut: bool) -> Arc<Self> {
        let door = Arc::new(Self {
            device_key: phone.device_key.clone(),
            is_shut: Mutex::new(is_shut),
            moved: Condvar::new(),
            fails: AtomicBool::new(false),
            waiting: AtomicU32::new(0),
            made_in_calls: AtomicU32::new(0),
        });
        let passed = door.clone();
        phone.hooks.before(move |call| match call {
            Call::Create { alias, .. } if call.is("create", "seal") && !alias.ends_with("/seal/0") => passed.pass(),
            _ => Ok(()),
        });
        door
    }

    fn pass(&self) -> Result<(), DeviceKeyFault> {
        let is_thread = thread::current().name() == Some("walletlock-seal");
        self.made_in_calls.fetch_add(u32::from(!is_thread), Ordering::SeqCst);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut is_shut = self.is_shut.lock().unwrap_or_else(PoisonError::into_inner);
        while *is_shut {
            is_shut = self.moved.wait(is_shut).unwrap_or_else(PoisonError::into_inner);
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        if self.fails.load(Ordering::SeqCst) { Err(DeviceKeyFault::Busy) } else { Ok(()) }
    }

    fn set(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap_or_else(PoisonError::into_inner) = is_shut;
        self.moved.notify_all();
    }

    /// Waits until the thread has begun to make a key and is held up by the shut door.
    fn meet_thread(&self) {
        while self.waiting.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
    }

    /// Waits until there is a key whose alias ends with `alias`.
    fn meet_key(&self, alias: &str) {
        while !self.device_key.all_aliases().iter().any(|there| there.ends_with(alias)) {
            thread::yield_now();
        }
    }
}

struct Home {
    phone: FakePhone,
    folder: TempDir,
    door: Arc<Door>,
    lock: Arc<WalletLock>,
}

impl Home {
    /// A phone with a PIN set. The second seal key has been made or is being made.
    fn enrolled(is_shut: bool) -> Self {
        let phone = FakePhone::default();
        let door = Door::before(&phone, is_shut);
        let folder = TempDir::new().expect("a folder");
        let lock = start(&phone, &folder, "wallet.db");
        enrol(&lock);
        Self { phone, folder, door, lock }
    }
}

fn start(phone: &FakePhone, folder: &TempDir, name: &str) -> Arc<WalletLock> {
    let options = Options {
        path: folder.path().join(name),
        policy: Policy::default(),
        platform: phone.platform(),
        calibration: Calibration::Fixed(KdfCost::CHEAP),
        anti_rollback: AntiRollback::Fixed(RollbackProtection::On),
    };
    Arc::new(WalletLock::open(options).expect("it opens"))
}

fn enrol(lock: &Arc<WalletLock>) {
    match lock.enrol(&entry(PIN), &[]) {
        Ok(Enrolment::Enrolled(session)) => session.close(),
        other => panic!("not enrolled: {other:?}"),
    }
}

fn unlock(lock: &Arc<WalletLock>) {
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)));
}

#[test]
fn the_next_key_is_made_by_the_thread_and_not_by_who_waits() {
    let home = Home::enrolled(false);
    for nth in 1..20 {
        home.door.meet_key(&format!("/seal/{nth}"));
        unlock(&home.lock);
    }
    assert_eq!(home.door.made_in_calls.load(Ordering::SeqCst), 0);
}

#[test]
fn who_needs_the_key_that_is_being_made_waits_for_it() {
    let home = Home::enrolled(true);
    home.door.meet_thread();
    let lock = home.lock.clone();
    let tries = thread::spawn(move || unlock(&lock));
    // A call that needs no key is not held up.
    assert!(home.lock.status().expect("a status").is_ready());
    home.door.set(false);
    tries.join().expect("the PIN was right");
    assert_eq!(home.door.made_in_calls.load(Ordering::SeqCst), 0);
}

#[test]
fn what_the_thread_could_not_make_the_call_makes_or_charges_nothing() {
    let home = Home::enrolled(true);
    home.door.meet_thread();
    home.door.fails.store(true, Ordering::SeqCst);
    home.door.set(false);
    let busy = NoVerdict::DeviceKey(DeviceKeyFault::Busy);
    assert!(matches!(home.lock.verify_pin(&entry(PIN)), PinOutcome::NoVerdict(cause) if cause == busy));
    assert_eq!(home.lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }));
    home.door.fails.store(false, Ordering::SeqCst);
    unlock(&home.lock);
    assert!(home.door.made_in_calls.load(Ordering::SeqCst) > 0);
}

#[test]
fn closing_waits_for_the_key_and_the_next_opening_is_sound() {
    let Home { phone, folder, door, lock } = Home::enrolled(true);
    door.meet_thread();
    let opener = door.clone();
    let opens = thread::spawn(move || opener.set(false));
    drop(lock);
    opens.join().expect("the door opens");
    assert_eq!(door.waiting.load(Ordering::SeqCst), 0, "nobody makes a key any more");
    let lock = open(&folder, &phone, &Policy::default()).expect("it opens again, at once");
    unlock(&lock);
}

#[test]
fn removing_and_setting_a_pin_anew_while_a_key_is_made_leaves_no_stray() {
    for _ in 0..20 {
        let Home { phone, folder, lock, .. } = Home::enrolled(false);
        unlock(&lock);
        assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
        assert_eq!(phone.device_key.all_aliases(), Vec::<String>::new(), "a key here would be damage");
        enrol(&lock);
        unlock(&lock);
        assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
        drop(lock);
        let lock = start(&phone, &folder, "wallet.db");
        assert_eq!(lock.status(), Ok(LockStatus::Unconfigured));
    }
}

#[test]
fn two_wallets_of_one_phone_do_not_touch_each_others_keys() {
    let Home { phone, folder, lock, .. } = Home::enrolled(false);
    let other = start(&phone, &folder, "other.db");
    enrol(&other);
    thread::scope(|scope| {
        for lock in [&lock, &other] {
            scope.spawn(|| (0..10).for_each(|_| unlock(lock)));
        }
    });
    assert_eq!(other.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    unlock(&lock);
    drop((lock, other));
    let lock = open(&folder, &phone, &Policy::default()).expect("it opens again");
    unlock(&lock);
}

#[test]
fn many_threads_take_turns() {
    let home = Home::enrolled(false);
    let PinOutcome::Right(session) = home.lock.verify_pin(&entry(PIN)) else { panic!("the PIN is right") };
    thread::scope(|scope| {
        // No more tries at once than the policy allows without a wait.
        for _ in 0..4 {
            scope.spawn(|| (0..8).for_each(|_| unlock(&home.lock)));
        }
        // While the seal key is being rotated, `prepare` must not make the key in force anew.
        for _ in 0..2 {
            scope.spawn(|| (0..200).for_each(|_| home.lock.prepare().expect("prepared")));
        }
        scope.spawn(|| (0..20).for_each(|nth| session.vault().write("card", &[nth]).expect("written")));
    });
    drop(session);
    let Home { phone, folder, lock, .. } = home;
    drop(lock);
    assert!(phone.device_key.all_aliases().len() <= 3, "{:?}", phone.device_key.all_aliases());
    unlock(&open(&folder, &phone, &Policy::default()).expect("it opens again"));
}

#[test]
fn a_keystore_that_calls_back_in_is_told_to_try_later_and_may_close_the_lock() {
    for anti_rollback in [AntiRollback::Fixed(RollbackProtection::On), AntiRollback::WithoutThread] {
        let phone = FakePhone::default();
        let folder = TempDir::new().expect("a folder");
        let lock = open_with(&folder, &phone, &Policy::default(), anti_rollback).expect("it opens");
        enrol(&lock);
        unlock(&lock);
        unlock(&lock);
        let (told, called) = (Arc::new(Mutex::new(Vec::new())), lock.clone());
        let tells = told.clone();
        // This may be the last handle of the lock. Then the lock is closed inside a call of the keystore.
        let call_back = move || {
            if let PinOutcome::NoVerdict(cause) = called.verify_pin(&entry(PIN)) {
                tells.lock().expect("not poisoned").push(cause);
            }
        };
        phone.hooks.once_before(|call| matches!(call, Call::Create { .. }), call_back);
        lock.prepare().expect("prepared");
        unlock(&lock);
        unlock(&lock);
        drop(lock);
        // With a thread, the key may have existed already, and then nothing called back.
        let told = std::mem::take(&mut *told.lock().expect("not poisoned"));
        assert!(told.iter().all(|cause| *cause == NoVerdict::DeviceKey(DeviceKeyFault::Busy)), "{told:?}");
        assert!(!told.is_empty() || anti_rollback != AntiRollback::WithoutThread);
        while open(&folder, &phone, &Policy::default()).is_err() {
            thread::park_timeout(Duration::from_millis(1));
        }
    }
}
