//! The keystore lies once, at a call where that could do harm: no wallet is lost, no other wallet is touched, and no
//! right PIN is called wrong.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::testing::{Call, FakePhone, FaultyKeystore, Misbehaviour};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose};
use walletlock_core::policy::{AntiRollback, Policy};
use walletlock_core::{
    Enrolment, LockError, LockReason, LockStatus, NoVerdict, Options, PinChange, PinOutcome, Removal, WalletLock,
};

use crate::fixtures::{SECOND_PIN, fixture, phone_of};
use crate::wallet::{PIN, Wallet, entry, open, picture};

/// A wallet whose keystore can lie.
struct Liar {
    wallet: Wallet,
    lies: FaultyKeystore,
}

fn open_at(path: &Path, phone: &FakePhone, policy: &Policy, lies: &FaultyKeystore) -> Arc<WalletLock> {
    let options = Options {
        path: path.to_owned(),
        policy: policy.clone(),
        platform: lies.platform(phone),
        calibration: Calibration::Fixed(KdfCost::CHEAP),
        anti_rollback: AntiRollback::default(),
    };
    Arc::new(WalletLock::open(options).expect("it opens"))
}

impl Liar {
    fn enrolled() -> Self {
        let wallet = Wallet::enrolled("walletlock");
        let lies = FaultyKeystore::of(&wallet.phone);
        Self { wallet, lies }.restart()
    }

    fn restart(self) -> Self {
        let Self { wallet: Wallet { phone, policy, lock, folder }, lies } = self;
        drop(lock);
        let lock = open_at(&folder.path().join("wallet.db"), &phone, &policy, &lies);
        Self { wallet: Wallet { phone, policy, lock, folder }, lies }
    }

    fn all_told(&self) {
        assert_eq!(self.lies.unmet(), 0, "every lie was told");
    }
}

fn reason(lock: &WalletLock) -> Option<LockReason> {
    match lock.status().expect("a status") {
        LockStatus::Locked { reason, .. } => Some(reason),
        _ => None,
    }
}

fn opens(lock: &WalletLock, pin: &str) -> bool {
    matches!(lock.verify_pin(&entry(pin)), PinOutcome::Right(_))
}

fn anything(_: Call<'_>) -> bool {
    true
}

#[test]
fn an_empty_list_at_opening_is_no_damage() {
    let liar = Liar::enrolled();
    for lie in [
        Misbehaviour::ListsNothing,
        Misbehaviour::ListsLess,
        Misbehaviour::IsNotThere,
        Misbehaviour::IsGone,
        Misbehaviour::FlipsABit,
    ] {
        liar.lies.inject(lie, |call| !matches!(call, Call::Exists { alias } if alias.contains("/wiped/")));
    }
    let liar = liar.restart();
    assert_eq!(reason(&liar.wallet.lock), None);
    assert!(liar.wallet.lock.recheck().expect("a status").is_ready());
    assert!(opens(&liar.wallet.lock, PIN));
}

#[test]
fn a_removal_under_an_empty_list_removes_every_key() {
    let liar = Liar::enrolled();
    drop(liar.wallet.unlock());
    liar.wallet.lock.prepare().expect("prepared");
    liar.lies.inject(Misbehaviour::ListsNothing, anything);
    assert_eq!(liar.wallet.lock.remove(&entry(PIN)), Ok(Removal::Removed));
    liar.all_told();
    assert_eq!(liar.wallet.phone.device_key.all_aliases(), Vec::<String>::new());
    assert_eq!(liar.restart().wallet.status(), LockStatus::Unconfigured);
}

#[test]
fn a_wallet_begun_under_an_empty_list_after_a_damaged_one_was_wiped_is_not_wiped_at_the_next_opening() {
    let wallet = Wallet::enrolled("walletlock");
    let lies = FaultyKeystore::of(&wallet.phone);
    let path = wallet.path();
    let wallet = wallet.between_runs(|_| fs::write(&path, b"no database at all").expect("written")).expect("it opens");
    let liar = Liar { wallet, lies }.restart();
    assert_eq!(reason(&liar.wallet.lock), Some(LockReason::DataDamaged));
    assert_eq!(liar.wallet.lock.wipe(), Ok(()));
    liar.lies.inject(Misbehaviour::ListsNothing, anything);
    drop(liar.wallet.enrol(PIN));
    liar.all_told();
    let liar = liar.restart();
    assert!(opens(&liar.wallet.lock, PIN), "{:?}", liar.wallet.lock.status());
}

#[test]
fn what_is_left_of_a_wiped_wallet_goes_although_the_list_was_empty_once() {
    let liar = Liar::enrolled();
    liar.wallet.lock.prepare().expect("prepared");
    assert_eq!(liar.wallet.lock.wipe(), Ok(()));
    liar.lies.inject(Misbehaviour::ListsNothing, anything);
    liar.lies.inject(Misbehaviour::Fails(DeviceKeyFault::Busy), |call| call.is("create", "seal"));
    let busy = LockError::DeviceKey(DeviceKeyFault::Busy);
    assert_eq!(liar.wallet.lock.enrol(&entry(PIN), &[]).err(), Some(busy));
    liar.all_told();
    let liar = liar.restart().restart();
    assert_eq!(liar.wallet.status(), LockStatus::Unconfigured);
}

#[test]
fn two_wallets_of_one_file_name_live_side_by_side() {
    let wallet = Wallet::enrolled("walletlock");
    let lies = FaultyKeystore::of(&wallet.phone);
    let other_folder = wallet.folder.path().join("other");
    fs::create_dir(&other_folder).expect("a folder");
    let other_path = other_folder.join("wallet.db");
    let enrol = |lock: &WalletLock| {
        let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry("582941"), &[]) else { panic!("not enrolled") };
        session.vault().write("seed", b"the other's").expect("written");
    };
    let other = open_at(&other_path, &wallet.phone, &wallet.policy, &lies);
    enrol(&other);
    drop(other);
    let wallet = wallet.restart();
    let other = open_at(&other_path, &wallet.phone, &wallet.policy, &lies);
    assert!(opens(&wallet.lock, PIN) && opens(&other, "582941"));
    assert_eq!(other.wipe(), Ok(()));
    assert!(opens(&wallet.lock, PIN), "and after the other was wiped");
    enrol(&other);
    assert_eq!(other.remove(&entry("582941")), Ok(Removal::Removed));
    drop(other);
    let wallet = wallet.restart();
    assert!(opens(&wallet.lock, PIN), "and after the other was removed");
    let other = open_at(&other_path, &wallet.phone, &wallet.policy, &lies);
    assert_eq!(other.status(), Ok(LockStatus::Unconfigured));
    enrol(&other);
    assert_eq!(wallet.lock.wipe(), Ok(()));
    assert!(opens(&other, "582941"), "the other way round");
}

#[test]
fn a_wrong_answer_while_the_pin_is_changed_is_no_brick() {
    for succeed in 0..2 {
        let liar = Liar::enrolled();
        let session = liar.wallet.unlock();
        let (keys, answered) = (liar.wallet.phone.device_key.all_aliases(), std::sync::atomic::AtomicUsize::new(0));
        // The lie is told in one of the two answers of the new PIN's key.
        liar.lies.inject(Misbehaviour::FlipsABit, move |call| {
            call.is("hmac", "pin")
                && call.on_key().is_some_and(|(_, alias)| !keys.iter().any(|old| old == alias))
                && answered.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == succeed
        });
        let changed = session.access().change_pin(&entry(PIN), &entry("582941"), &[], true);
        assert_eq!(changed, Err(LockError::DeviceKey(DeviceKeyFault::Busy)), "answer {succeed}");
        drop(session);
        liar.all_told();
        let liar = liar.restart();
        assert!(opens(&liar.wallet.lock, PIN), "the PIN that was in force");
        let session = liar.wallet.unlock();
        let changed = session.access().change_pin(&entry(PIN), &entry("582941"), &[], true);
        assert_eq!(changed, Ok(PinChange::Changed { biometrics_on: false }));
        drop(session);
        assert!(opens(&liar.restart().wallet.lock, "582941"));
    }
}

#[test]
fn a_wrong_answer_of_a_new_seal_key_seals_nothing() {
    let liar = Liar::enrolled();
    liar.lies.inject(Misbehaviour::FlipsABit, |call| call.is("hmac", "seal"));
    let busy = NoVerdict::DeviceKey(DeviceKeyFault::Busy);
    assert!(matches!(liar.wallet.verify(PIN), PinOutcome::NoVerdict(cause) if cause == busy));
    liar.all_told();
    assert_eq!(liar.wallet.tries_left(), 16, "before it was charged");
    let liar = liar.restart();
    assert!(opens(&liar.wallet.lock, PIN));
    liar.lies.inject(Misbehaviour::FlipsABit, |call| call.is("hmac", "seal"));
    let liar = liar.restart();
    liar.all_told();
    assert_eq!(liar.wallet.status(), LockStatus::Busy, "two different answers do not count as an answer");
    assert!(liar.wallet.lock.recheck().expect("a status").is_ready());
}

#[test]
fn the_right_pin_is_right_although_the_first_answer_was_not() {
    let liar = Liar::enrolled();
    liar.lies.inject(Misbehaviour::FlipsABit, |call| call.is("hmac", "pin"));
    assert!(opens(&liar.wallet.lock, PIN));
    liar.all_told();
    liar.lies.inject(Misbehaviour::FlipsABit, |call| call.is("hmac", "pin"));
    let busy = NoVerdict::DeviceKey(DeviceKeyFault::Busy);
    assert!(matches!(liar.wallet.guess(1), PinOutcome::NoVerdict(cause) if cause == busy), "a wrong one is not told");
    assert_eq!(liar.wallet.tries_left(), 16, "and given back");
}

/// The process was killed while it deleted the previous seal key, or (`is_settled`) later, after that deletion had
/// failed. Then the keystore loses the newest seal key.
#[test]
fn a_seal_key_that_is_lost_while_the_one_before_is_there_loses_no_wallet() {
    for is_settled in [false, true] {
        let wallet = Wallet::enrolled("walletlock");
        let newest =
            |wallet: &Wallet| wallet.phone.device_key.all_aliases().iter().any(|alias| alias.ends_with("/seal/1"));
        let taken = Arc::new(std::sync::Mutex::new(None));
        let (kept, folder, keys) = (taken.clone(), wallet.folder.path().to_owned(), wallet.phone.device_key.clone());
        wallet.phone.hooks.once_before(
            |call| call.is("delete", "seal"),
            move || {
                *kept.lock().expect("not poisoned") = Some((picture(&folder), keys.picture()));
            },
        );
        wallet.phone.hooks.fail_next(|call| call.is("delete", "seal"), DeviceKeyFault::Busy);
        assert!(matches!(wallet.guess(1), PinOutcome::NoVerdict(_)), "the old key was not deleted");
        assert!(newest(&wallet));
        let mut found = taken.lock().expect("not poisoned").take().expect("a rotation");
        if is_settled {
            found = (picture(wallet.folder.path()), wallet.phone.device_key.picture());
        }
        let (files, keys) = found;
        let lost = keys.all_aliases().into_iter().find(|alias| alias.ends_with("/seal/1")).expect("the newest");
        keys.delete(&lost).expect("deleted");
        let phone = wallet.phone.with_keystore(keys.clone());
        let lock = open(&files, &phone, &wallet.policy).expect("it opens");
        let left = if is_settled { 16 } else { 15 };
        assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(left) }), "settled: {is_settled}");
        assert!(opens(&lock, PIN));
        drop(lock);
        assert!(opens(&open(&files, &phone, &wallet.policy).expect("it opens"), PIN), "and at the opening after it");
    }
}

#[test]
fn a_lost_seal_key_is_made_anew_only_once_nothing_hangs_on_its_name() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.phone.hooks.fail_next(|call| call.is("delete", "seal"), DeviceKeyFault::Busy);
    assert!(matches!(wallet.guess(1), PinOutcome::NoVerdict(_)), "the old key was not deleted");
    let keys = wallet.phone.device_key.clone();
    let lost = keys.all_aliases().into_iter().find(|alias| alias.ends_with("/seal/1")).expect("the newest");
    keys.delete(&lost).expect("deleted");
    let lies = FaultyKeystore::of(&wallet.phone);
    let mut liar = Liar { wallet, lies };
    for _ in 0..2 {
        // The key is made, and then the keystore does not answer for a moment. A kill of the process there would be the
        // same.
        liar.lies
            .inject(Misbehaviour::Fails(DeviceKeyFault::Busy), |call| call.is("hmac", "seal") && is_number(call, 1));
        liar = liar.restart();
        drop(liar.wallet.lock.prepare());
        assert_eq!(reason(&liar.wallet.lock), None);
    }
    liar.lies.stop();
    let liar = liar.restart();
    assert!(opens(&liar.wallet.lock, PIN), "{:?}", liar.wallet.lock.status());
}

/// Whether the call is about the seal key of this epoch.
fn is_number(call: Call<'_>, number: u32) -> bool {
    call.on_key().is_some_and(|(_, alias)| alias.ends_with(&format!("/seal/{number}")))
}

#[test]
fn a_fault_of_a_question_is_no_answer_to_it() {
    let liar = Liar::enrolled();
    // A question that fails with `Gone` was about the probe key, or asked only whether a key exists. It says nothing
    // about the seal key.
    for operation in ["exists", "delete", "create"] {
        liar.lies.inject(Misbehaviour::IsGone, |call| call.is("hmac", "seal"));
        let is_probes = move |call: Call<'_>| call.is(operation, "probe");
        if operation == "exists" {
            liar.lies.inject(Misbehaviour::Fails(DeviceKeyFault::Gone), |call| call.is("exists", "seal"));
        } else {
            liar.lies.inject(Misbehaviour::IsNotThere, |call| call.is("exists", "seal"));
            liar.lies.inject(Misbehaviour::Fails(DeviceKeyFault::Gone), is_probes);
        }
    }
    let mut liar = liar;
    for _ in 0..3 {
        liar = liar.restart();
        assert_eq!(liar.wallet.status(), LockStatus::Busy);
        assert_eq!(reason(&liar.wallet.lock), None);
    }
    liar.lies.stop();
    assert!(liar.wallet.lock.recheck().expect("a status").is_ready());
    assert!(opens(&liar.wallet.lock, PIN));
}

#[test]
fn a_keystore_that_is_busy_for_a_minute_is_waited_for() {
    let liar = Liar::enrolled();
    liar.lies.inject(Misbehaviour::IsBusyForAMinute, anything);
    let liar = liar.restart();
    assert_eq!(liar.wallet.status(), LockStatus::Busy);
    assert_eq!(liar.wallet.lock.recheck(), Ok(LockStatus::Busy));
    liar.wallet.phone.clock.advance_ms(60_000);
    assert_eq!(liar.wallet.lock.recheck(), Ok(LockStatus::Ready { tries_left: Some(16) }));
    assert!(opens(&liar.wallet.lock, PIN));
}

#[test]
fn a_file_that_was_moved_finds_its_keys_and_its_place_after_the_next_right_pin() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.unlock().vault().write("seed", b"correct horse").expect("written");
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let elsewhere = picture(folder.path());
    drop(folder);
    let places = |phone: &FakePhone| {
        let aliases = phone.device_key.all_aliases();
        let mut places: Vec<_> =
            aliases.iter().filter_map(|alias| alias.split_once('/')).map(|(place, _)| place.to_owned()).collect();
        places.dedup();
        places
    };
    let before = places(&phone);
    let lock = open(&elsewhere, &phone, &policy).expect("it opens");
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("its owner does not get in") };
    assert_eq!(session.vault().read("seed").expect("read").expect("there").as_slice(), b"correct horse");
    drop(session);
    let after = places(&phone);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_ne!(before, after);
    drop(lock);
    assert!(opens(&open(&elsewhere, &phone, &policy).expect("it opens"), PIN));
}

#[test]
fn a_wallet_of_format_1_is_brought_up_to_date_by_the_right_pin() {
    for schema in ["schema_1", "schema_1_epochs"] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("wallet.db");
        fs::copy(fixture(schema), &path).expect("copied");
        let phone = phone_of(schema);
        let policy = Policy::default();
        let lock = open(&folder, &phone, &policy).expect("it opens");
        let old = |phone: &FakePhone| {
            phone.device_key.all_aliases().iter().filter(|alias| alias.starts_with("wallet.db/")).count()
        };
        assert!(old(&phone) >= 2, "{schema}: keys of format 1");
        assert!(opens(&lock, SECOND_PIN), "{schema}");
        drop(lock);
        assert_eq!(old(&phone), 0, "{schema}: {:?}", phone.device_key.all_aliases());
        let connection = rusqlite::Connection::open(&path).expect("a database");
        let format: u32 = connection.query_row("SELECT format FROM record", [], |row| row.get(0)).expect("a record");
        assert_eq!(format, 2, "{schema}");
        drop(connection);
        let lock = open(&folder, &phone, &policy).expect("it opens");
        assert_eq!(lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }), "{schema}");
        assert!(opens(&lock, SECOND_PIN), "{schema}");
    }
}

#[test]
fn a_wipe_that_the_keystore_refused_is_finished_by_the_next_one() {
    let wallet = Wallet::enrolled("walletlock");
    let before = picture(wallet.folder.path());
    for (operation, kind) in [("create", "wiped"), ("create", "probe"), ("delete", "pin"), ("create", "seal")] {
        wallet.phone.hooks.fail_next(move |call| call.is(operation, kind), DeviceKeyFault::Busy);
    }
    assert_eq!(wallet.lock.wipe(), Err(LockError::DeviceKey(DeviceKeyFault::Busy)));
    // Setting a PIN fails too. Then only the row can be read.
    wallet.phone.hooks.fail_next(|call| matches!(call, Call::Aliases { .. }), DeviceKeyFault::Busy);
    assert!(wallet.lock.enrol(&entry(PIN), &[]).is_err());
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let phone = wallet.phone.with_keystore(wallet.phone.device_key.picture());
    let lock = open(&before, &phone, &wallet.policy).expect("it opens");
    assert!(!matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)), "{:?}", lock.status());
}

#[test]
fn one_yes_about_a_mark_wipes_no_wallet() {
    let wallet = Wallet::enrolled("walletlock");
    // A key of the mark's alias that is no mark: `exists` says yes, and then the key does not answer.
    let id = wallet.phone.device_key.all_aliases().into_iter().find_map(|alias| {
        alias.ends_with("/seal/0").then(|| alias.split('/').nth(1).expect("the wallet's id").to_owned())
    });
    let mark = format!("walletlock/wiped/{}", id.expect("its first key"));
    let keys = wallet.phone.device_key.clone();
    keys.create(&mark, KeyPurpose::Seal).expect("made");
    let lost = mark.clone();
    wallet.phone.hooks.once_after(move |call| call.is("exists", "wiped"), move || keys.delete(&lost).expect("deleted"));
    let wallet = wallet.restart();
    assert_eq!(wallet.phone.hooks.unmet(), 0);
    assert!(wallet.status().is_ready(), "{:?}", wallet.status());
    drop(wallet.unlock());
}
