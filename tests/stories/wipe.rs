//! A wipe: because the phone is lost, or because the limit is reached. Half a wipe is a wipe, and nothing on its way to
//! the disk brings the wallet back.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::events::{Event, Kind};
use walletlock_core::journal::Chain;
use walletlock_core::platform::testing::FakeListener;
use walletlock_core::platform::{DeviceKey, DeviceKeyFault};
use walletlock_core::policy::AntiRollback;
use walletlock_core::{LockError, LockReason, LockStatus, PinOutcome};

use crate::camera::{Camera, fail_key_after};
use crate::wallet::{PIN, Wallet, copy_files, entry, open, open_with, picture};

pub(crate) fn keys_of(wallet: &Wallet, kind: &str) -> usize {
    wallet.phone.device_key.all_aliases().iter().filter(|alias| alias.contains(&format!("/{kind}/"))).count()
}

/// A wallet of `trezor` with one try left before it is wiped.
fn at_the_last_try() -> Wallet {
    let wallet = Wallet::enrolled("trezor");
    wallet.unlock().vault().write("seed", b"correct horse").expect("written");
    for nth in 1..=15 {
        wallet.guess_wrong(nth);
        wallet.wait();
    }
    wallet
}

#[test]
fn a_lost_phone_is_wiped_without_its_pin() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    session.vault().write("seed", b"correct horse").expect("written");
    let listener = Arc::new(FakeListener::default());
    wallet.lock.add_listener(listener.clone());
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let told: Vec<Event> = listener.events();
    assert!(matches!(told.as_slice(), [Event { kind: Kind::Wiped, .. }]), "{told:?}");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(session.vault().read("seed"), Err(LockError::SessionEnded));
    assert_eq!(keys_of(&wallet, "pin"), 0);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Wiped)));
    assert!(matches!(wallet.lock.verify_journal(), Ok(Chain::Intact { .. })), "the journal is what remains");
    assert_eq!(wallet.lock.wipe(), Ok(()), "once more changes nothing");
    drop(session);
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped);
    let session = wallet.enrol("582941");
    assert_eq!(session.vault().names(), Ok(vec![]));
    drop(session);
    let wallet = wallet.restart();
    assert!(wallet.status().is_ready(), "a new wallet is not a wiped one");
    assert_eq!(keys_of(&wallet, "wiped"), 1, "the mark of the one before outlives it");
}

#[test]
fn where_there_is_no_wallet_there_is_nothing_to_wipe() {
    let wallet = Wallet::unconfigured("walletlock");
    assert_eq!(wallet.lock.wipe(), Err(LockError::WrongState));
    assert!(wallet.phone.device_key.all_aliases().is_empty());
}

#[test]
fn a_copy_from_before_the_wipe_is_wiped_too() {
    for by_limit in [false, true] {
        let wallet = at_the_last_try();
        let before = picture(wallet.folder.path());
        if by_limit {
            assert!(matches!(wallet.guess(16), PinOutcome::Locked(LockStatus::Wiped)));
        } else {
            wallet.lock.wipe().expect("wiped");
        }
        let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
        assert_eq!(wallet.status(), LockStatus::Wiped);
        assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Wiped)));
        assert_eq!(wallet.lock.policy().expect("the app's").name, "trezor");
        assert_eq!(wallet.lock.verify_journal(), Err(LockError::WrongState), "nothing of it is left");
        let wallet = wallet.restart();
        assert_eq!(wallet.status(), LockStatus::Wiped, "and so it stays");
        drop(wallet.enrol("582941"));
        assert!(wallet.restart().status().is_ready());
    }
}

/// The control: the mark in the keystore says that the wallet was wiped. Without it the copy only fails to open.
#[test]
fn the_same_copy_without_the_mark_is_damage() {
    let wallet = at_the_last_try();
    let before = picture(wallet.folder.path());
    wallet.lock.wipe().expect("wiped");
    let mark = wallet.phone.device_key.all_aliases().into_iter().find(|alias| alias.contains("/wiped/"));
    wallet.phone.device_key.delete(&mark.expect("the mark")).expect("deleted");
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert!(matches!(wallet.status(), LockStatus::Locked { reason: LockReason::DataDamaged, .. }));
}

#[test]
fn a_wiped_wallet_without_its_files_is_wiped() {
    for damage in
        [|_: &Path| {}, |path: &Path| fs::write(path, b"no database at all, but more than nothing").expect("written")]
    {
        let wallet = Wallet::enrolled("walletlock");
        wallet.lock.wipe().expect("wiped");
        let path = wallet.path();
        let wallet = wallet
            .between_runs(|folder| {
                copy_files(TempDir::new().expect("an empty folder").path(), folder);
                damage(&path);
            })
            .expect("it opens");
        assert_eq!(wallet.status(), LockStatus::Wiped);
        drop(wallet.enrol(PIN));
        assert!(wallet.restart().status().is_ready());
    }
}

/// A file that is no database, a database with broken pages, and damage that only the wipe finds.
#[test]
fn a_damaged_wallet_is_wiped_too() {
    type Damage = fn(&Path);
    let damages: [(&str, bool, Damage); 3] = [
        ("no database", true, |path| fs::write(path, b"no database at all, but more than nothing").expect("written")),
        ("broken pages", true, |path| {
            let mut bytes = fs::read(path).expect("read");
            bytes[4096..].fill(0xff);
            fs::write(path, bytes).expect("written");
        }),
        ("no journal", false, |path| {
            let database = rusqlite::Connection::open(path).expect("a database");
            database.execute_batch("DROP TABLE journal").expect("dropped");
        }),
    ];
    for (what, is_seen, damage) in damages {
        let wallet = Wallet::enrolled("walletlock");
        let path = wallet.path();
        let wallet = wallet.between_runs(|_| damage(&path)).expect("it opens");
        let is_damaged = matches!(wallet.status(), LockStatus::Locked { reason: LockReason::DataDamaged, .. });
        assert_eq!(is_damaged, is_seen, "{what}");
        assert_eq!(wallet.lock.wipe(), Ok(()), "{what}");
        assert_eq!(wallet.status(), LockStatus::Wiped, "{what}");
        assert_eq!((keys_of(&wallet, "pin"), keys_of(&wallet, "seal")), (0, 0), "{what}");
        let wallet = wallet.restart();
        assert_eq!(wallet.status(), LockStatus::Wiped, "{what}");
        drop(wallet.enrol(PIN));
        assert!(wallet.restart().status().is_ready(), "{what}");
    }
}

/// At each keystore call of a wipe, the call fails or the process is killed. Nothing opens the wallet once the PIN's
/// key is gone, and the wallet reports `Wiped` as soon as the mark is made.
#[test]
fn a_wipe_that_meets_a_fault_or_a_kill_is_a_wipe_or_none() {
    let mut wiped_by_half = 0;
    for nth in 0.. {
        let wallet = Wallet::enrolled("walletlock");
        wallet.unlock().vault().write("seed", b"correct horse").expect("written");
        let Wallet { phone, policy, lock, folder } = wallet;
        drop(lock);
        let lock = open_with(&folder, &phone, &policy, AntiRollback::WithoutThread).expect("it opens");
        let camera = Camera::on(&phone, folder.path());
        fail_key_after(nth, &phone, DeviceKeyFault::Failed);
        let wiped = lock.wipe();
        let all_were_met = phone.hooks.unmet() > 0;
        assert_eq!(lock.status(), Ok(LockStatus::Wiped), "{nth}: {wiped:?}");
        assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Locked(LockStatus::Wiped)), "{nth}");
        drop(lock);
        let now = phone.with_keystore(phone.device_key.clone());
        for picture in camera.pictures() {
            let phone = phone.with_keystore(picture.device_key);
            let killed = format!("{nth}: killed at {}", picture.call);
            let lock = open(&picture.folder, &phone, &policy).expect("it opens again");
            let is_wiped = lock.status() == Ok(LockStatus::Wiped);
            let opens = matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_));
            // Without the mark, half a wipe may be taken for damage. That opens nothing either.
            assert!(is_wiped != opens || nth == 0, "{killed}: {:?}", lock.status());
            assert!(is_wiped || nth == 0 || picture.call == "create wiped", "{killed}, marked");
            wiped_by_half += u32::from(is_wiped);
        }
        let lock = open(&folder, &now, &policy).expect("it opens again");
        assert_eq!(lock.status(), Ok(LockStatus::Wiped), "{nth}");
        if all_were_met {
            assert_eq!(wiped, Ok(()));
            break;
        }
    }
    assert!(wiped_by_half > 10, "{wiped_by_half}");
}
