//! Older copies of the wallet's files, put back: each is detected, because the key that sealed it is gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use walletlock_core::journal::Chain;
use walletlock_core::platform::testing::{FakeEntropy, FakePhone};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, Entropy};
use walletlock_core::policy::Policy;
use walletlock_core::policy::{AntiRollback, RollbackProtection};
use walletlock_core::{LockError, LockReason, LockStatus, NoVerdict, PinChange, PinOutcome, Session, WalletLock};

use crate::camera::{Camera, calls, fail_key_after};
use crate::wallet::{PIN, Wallet, entry, open, open_with};

const NEW_PIN: &str = "582941";

/// The wallet's files at one moment.
#[derive(Clone, PartialEq)]
struct Files {
    database: Vec<u8>,
    log: Option<Vec<u8>>,
}

impl Files {
    fn of(folder: &Path) -> Self {
        let log = fs::read(folder.join("wallet.db-wal")).ok().filter(|log| !log.is_empty());
        Self { database: fs::read(folder.join("wallet.db")).expect("the database"), log }
    }

    fn put(&self, folder: &Path) {
        fs::write(folder.join("wallet.db"), &self.database).expect("written");
        let log = folder.join("wallet.db-wal");
        match &self.log {
            Some(bytes) => fs::write(log, bytes).expect("written"),
            None => drop(fs::remove_file(log)),
        }
    }

    /// Opens the files on a copy of the present phone, in another folder, so that nothing done there counts here.
    fn open_on(&self, phone: &FakePhone, policy: &Policy) -> (Arc<WalletLock>, TempDir) {
        let folder = TempDir::new().expect("a folder");
        (self.open_in(&folder, phone, policy), folder)
    }

    /// The same, in this folder.
    fn open_in(&self, folder: &TempDir, phone: &FakePhone, policy: &Policy) -> Arc<WalletLock> {
        self.put(folder.path());
        open(folder, &phone.with_keystore(phone.device_key.picture()), policy).expect("damage is no error")
    }
}

fn is_damaged(lock: &WalletLock) -> bool {
    matches!(lock.status(), Ok(LockStatus::Locked { reason: LockReason::DataDamaged, .. }))
}

fn unlock(lock: &Arc<WalletLock>, pin: &str) -> Session {
    match lock.verify_pin(&entry(pin)) {
        PinOutcome::Right(session) => session,
        other => panic!("not unlocked: {other:?}"),
    }
}

/// A number below `bound`, from a stream that is the same in every run.
fn below(chance: &FakeEntropy, bound: u32) -> u32 {
    let mut bytes = [0; 4];
    chance.fill(&mut bytes).expect("it never breaks down");
    u32::from_le_bytes(bytes) % bound
}

/// A policy without waits, because the test would have to sit them out.
fn patient() -> Policy {
    let mut policy = Policy::default();
    policy.lockout.cooldowns.clear();
    policy.lockout.lock_at = Some(1000);
    policy
}

/// A life of `steps` random steps. Returns the files as they were before each step.
fn live(steps: u32) -> (Wallet, Vec<Files>) {
    let chance = FakeEntropy::new(11);
    let mut wallet = Wallet::with_policy(patient());
    wallet.enrol(PIN).close();
    let mut pin = PIN;
    let mut albums = Vec::new();
    for step in 0..steps {
        albums.push(Files::of(wallet.folder.path()));
        match below(&chance, 12) {
            0..5 => drop(wallet.guess_wrong(step)),
            5 | 6 => drop(unlock(&wallet.lock, pin)),
            7 | 8 => unlock(&wallet.lock, pin).vault().write("card", &step.to_be_bytes()).expect("written"),
            9 => drop(unlock(&wallet.lock, pin).vault().delete("card").expect("deleted")),
            10 => {
                let new = [PIN, NEW_PIN, "604183", "719352", "830467", "951628", "360914"][step as usize % 7];
                let changed = unlock(&wallet.lock, pin)
                    .access()
                    .change_pin(&entry(pin), &entry(new), &[], true)
                    .expect("an outcome");
                pin = if matches!(changed, PinChange::Changed { .. }) { new } else { pin };
            }
            _ => wallet = wallet.restart(),
        }
    }
    // The last step charges a try, so each of the copies is from before that charge.
    wallet.guess_wrong(steps);
    (wallet, albums)
}

#[test]
fn every_earlier_copy_of_a_random_life_is_damage() {
    let (wallet, albums) = live(200);
    let now = Files::of(wallet.folder.path());
    for (step, before) in albums.iter().enumerate() {
        let (lock, _folder) = before.open_on(&wallet.phone, &wallet.policy);
        assert!(is_damaged(&lock), "the copy from before step {step}");
        assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Locked(_)), "step {step}");
    }
    let (lock, _folder) = now.open_on(&wallet.phone, &wallet.policy);
    assert!(!is_damaged(&lock), "the control: the present one is not");
    assert_eq!(lock.status(), wallet.lock.status());
}

/// The result of opening mixed files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mixed {
    Damage,
    Present,
    /// The record is the present one. What is older or missing beside it is reported as soon as someone reads it.
    Told,
}

#[test]
fn every_mix_of_an_earlier_copy_is_damage_or_has_the_present_record() {
    let (wallet, albums) = live(200);
    let now = Files::of(wallet.folder.path());
    let (intact, status) = (wallet.lock.verify_journal(), wallet.lock.status());
    // In the wallet's own folder, because its keys are searched for by place.
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let mut found = BTreeMap::<Mixed, u32>::new();
    for (step, before) in albums.iter().enumerate() {
        let after = albums.get(step + 1).unwrap_or(&now);
        let mixed = |database: &Files, log: Option<&Files>| Files {
            database: database.database.clone(),
            log: log.and_then(|files| files.log.clone()),
        };
        for files in [
            mixed(before, Some(&now)),
            mixed(&now, Some(before)),
            mixed(before, Some(after)),
            mixed(after, Some(before)),
            mixed(before, None),
            mixed(&now, None),
        ] {
            let lock = files.open_in(&folder, &phone, &policy);
            let mix = if is_damaged(&lock) {
                Mixed::Damage
            } else {
                assert_eq!(lock.status(), status, "step {step}: a counter that was");
                match lock.verify_journal() {
                    chain if chain == intact => Mixed::Present,
                    Ok(Chain::BrokenAt { .. }) | Err(LockError::DataDamaged) => Mixed::Told,
                    other => panic!("step {step}: {other:?}"),
                }
            };
            *found.entry(mix).or_default() += 1;
        }
    }
    assert!(found[&Mixed::Damage] > 900 && found.contains_key(&Mixed::Present), "{found:?}");
}

#[test]
fn a_changed_pin_is_not_brought_back() {
    let wallet = Wallet::enrolled("walletlock");
    let before = Files::of(wallet.folder.path());
    let session = wallet.unlock();
    assert_eq!(
        session.access().change_pin(&entry(PIN), &entry(NEW_PIN), &[], true),
        Ok(PinChange::Changed { biometrics_on: false })
    );
    let (lock, _folder) = before.open_on(&wallet.phone, &wallet.policy);
    assert!(is_damaged(&lock));
    assert!(!matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)));
}

#[test]
fn on_another_phone_a_copy_is_damage() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_wrong(1);
    let copy = Files::of(wallet.folder.path());
    let entropy = Arc::new(FakeEntropy::new(2));
    let other = Wallet::on(FakePhone { entropy, ..FakePhone::default() }, Policy::default());
    other.enrol(PIN).close();
    other.guess_wrong(1);
    for phone in [&FakePhone::default(), &other.phone] {
        let (lock, _folder) = copy.open_on(phone, &wallet.policy);
        assert!(is_damaged(&lock), "a phone without its keys, or with those of another wallet");
    }
}

/// An attacker who puts back the whole phone, including the keystore's own files, cannot be stopped. SECURITY.md says
/// so.
#[test]
fn a_keystore_that_is_put_back_too_brings_back_the_counter() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.guess_wrong(1);
    let (files, keystore) = (Files::of(wallet.folder.path()), wallet.phone.device_key.picture());
    wallet.guess_all_wrong(2..=4);
    let phone = wallet.phone.with_keystore(keystore);
    let (lock, _folder) = files.open_on(&phone, &wallet.policy);
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(15) }));
    let (lock, _folder) = files.open_on(&wallet.phone, &wallet.policy);
    assert!(is_damaged(&lock), "the files alone do not");
}

#[test]
fn without_protection_a_copy_brings_back_the_counter_and_the_app_can_know() {
    let mut wallet = Wallet::unconfigured("walletlock");
    assert_eq!(wallet.lock.rollback_protection(), Err(LockError::WrongState), "nothing is chosen yet");
    wallet = wallet.reopened_with(AntiRollback::Fixed(RollbackProtection::Off));
    wallet.enrol(PIN).close();
    assert_eq!(wallet.lock.rollback_protection(), Ok(RollbackProtection::Off));
    let before = Files::of(wallet.folder.path());
    let deleted = wallet.phone.device_key.calls().delete;
    wallet.guess_wrong(1);
    assert_eq!(wallet.phone.device_key.calls().delete, deleted);
    let (lock, _folder) = before.open_on(&wallet.phone, &wallet.policy);
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }));

    // The protection was chosen for the wallet. How the app opens it later does not change that.
    wallet = wallet.reopened_with(AntiRollback::Fixed(RollbackProtection::On));
    assert_eq!(wallet.lock.rollback_protection(), Ok(RollbackProtection::Off));
}

#[test]
fn a_keystore_in_memory_is_fast_enough() {
    let wallet = Wallet::unconfigured("walletlock").reopened_with(AntiRollback::Measured);
    let deleted = Arc::new(AtomicUsize::new(0));
    let counted = deleted.clone();
    wallet.phone.hooks.before(move |call| {
        counted.fetch_add(usize::from(call.is("delete", "seal")), Ordering::SeqCst);
        Ok(())
    });
    wallet.enrol(PIN).close();
    assert_eq!(wallet.lock.rollback_protection(), Ok(RollbackProtection::On));
    assert_eq!(deleted.load(Ordering::SeqCst), 1, "the key that was measured");
}

/// What a step does. The error says why it did not do all of it.
type Does = fn(&Arc<WalletLock>) -> Result<(), NoVerdict>;

fn guess(lock: &Arc<WalletLock>) -> Result<(), NoVerdict> {
    match lock.verify_pin(&entry("700001")) {
        PinOutcome::Wrong(_) => Ok(()),
        PinOutcome::NoVerdict(cause) => Err(cause),
        other => panic!("{other:?}"),
    }
}

fn change(lock: &Arc<WalletLock>) -> Result<(), NoVerdict> {
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { return Err(NoVerdict::TryAgain) };
    match session.access().change_pin(&entry(PIN), &entry(NEW_PIN), &[], true) {
        Ok(PinChange::Changed { biometrics_on: false }) => Ok(()),
        _ => Err(NoVerdict::TryAgain),
    }
}

fn write(lock: &Arc<WalletLock>) -> Result<(), NoVerdict> {
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { return Err(NoVerdict::TryAgain) };
    session.vault().write("card", b"4111").map_err(|_| NoVerdict::TryAgain)
}

/// At each keystore call of a try, a changed PIN and a write, the call fails or the process is killed. The wallet opens
/// again and counts what it must, its owner gets in, and no keys are left but its own.
#[test]
fn a_rotation_that_meets_a_fault_or_a_kill_loses_neither_the_wallet_nor_a_charge() {
    let mut met = 0;
    for (is_guess, does) in [(true, guess as Does), (false, change), (false, write)] {
        for nth in 0.. {
            let wallet = Wallet::enrolled("walletlock");
            let Wallet { phone, policy, lock, folder } = wallet;
            drop(lock);
            let lock = open_with(&folder, &phone, &policy, AntiRollback::WithoutThread).expect("it opens");
            let camera = Camera::on(&phone, folder.path());
            fail_key_after(nth, &phone, DeviceKeyFault::Busy);
            let done = does(&lock);
            if phone.hooks.unmet() > 0 {
                assert_eq!(done, Ok(()), "nothing failed");
                break;
            }
            for picture in camera.pictures() {
                let killed = format!("{nth}: killed at {}", picture.call);
                let phone = phone.with_keystore(picture.device_key);
                let lock = open(&picture.folder, &phone, &policy).expect("it opens again");
                let Ok(LockStatus::Ready { tries_left: Some(left) }) = lock.status() else {
                    panic!("{killed}: {:?}", lock.status())
                };
                if is_guess && picture.call == "hmac pin" {
                    assert_eq!(left, 15, "{killed}: what is learnt from here on is paid for");
                }
                let rights = [PIN, NEW_PIN].map(|pin| matches!(lock.verify_pin(&entry(pin)), PinOutcome::Right(_)));
                assert_eq!(rights.iter().filter(|right| **right).count(), 1, "{killed}");
                drop(lock);
                let keys = phone.device_key.all_aliases();
                drop(open(&picture.folder, &phone, &policy).expect("it opens once more"));
                assert!(phone.device_key.all_aliases().len() <= 3, "{killed}: {keys:?}");
                met += 1;
            }
            // The process that met the fault goes on too.
            let rights = [PIN, NEW_PIN].map(|pin| matches!(lock.verify_pin(&entry(pin)), PinOutcome::Right(_)));
            assert_eq!(rights.iter().filter(|right| **right).count(), 1, "{nth}: {done:?}");
        }
    }
    assert!(met > 150, "{met}");
}

#[test]
fn while_the_last_key_cannot_be_deleted_nothing_is_learnt() {
    let wallet = Wallet::enrolled("walletlock");
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let lock = open_with(&folder, &phone, &policy, AntiRollback::WithoutThread).expect("it opens");
    lock.prepare().expect("prepared");
    let camera = Camera::on(&phone, folder.path());
    fail_key_after(1, &phone, DeviceKeyFault::Busy);
    let busy = || NoVerdict::DeviceKey(DeviceKeyFault::Busy);
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::NoVerdict(cause) if cause == busy()));
    assert_eq!(calls(&camera.pictures()), ["ready pin", "delete seal"], "the PIN's key is not asked");
    assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }), "given back");

    fail_key_after(1, &phone, DeviceKeyFault::Busy);
    assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::NoVerdict(cause) if cause == busy()));
    assert_eq!(calls(&camera.pictures()), ["ready pin", "delete seal"], "tried again before anything is charged");

    drop(unlock(&lock, PIN));
    let all = ["ready pin", "delete seal", "create seal", "hmac seal", "hmac seal", "delete seal", "hmac pin"];
    assert_eq!(calls(&camera.pictures()), all, "the one before, and then the one of this try");
    assert_eq!(phone.device_key.all_aliases().len(), 2);
}

#[test]
fn what_the_next_key_is_made_of_was_never_used_before() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.lock.prepare().expect("prepared");
    let aliases = wallet.phone.device_key.all_aliases();
    let next = aliases.into_iter().find(|alias| alias.ends_with("/seal/1")).expect("made ahead");
    let mac = |wallet: &Wallet| wallet.phone.device_key.hmac(&next, b"which key is it").expect("there");
    let first = mac(&wallet);
    let wallet = wallet.restart();
    assert_eq!(mac(&wallet), first, "it outlasts the process, and nobody waits for its end");
    wallet.guess_wrong(1);
    assert_ne!(mac(&wallet), first, "but nothing is sealed with it");
}
