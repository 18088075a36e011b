//! The keystore cut a call short, and then another call begins. What the first call left must not come back as damage,
//! and what belongs to another wallet must not be deleted with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use walletlock_core::platform::testing::{Act as Touch, Call};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose};
use walletlock_core::request::PromptId;
use walletlock_core::{BiometricChange, LockError, LockReason, LockStatus, PinOutcome, Removal};

use crate::wallet::{PIN, Wallet, copy_files, entry, open, picture};

const NEW_PIN: &str = "582941";
const BUSY: LockError = LockError::DeviceKey(DeviceKeyFault::Busy);

/// Whether the call lists the keys of one wallet.
fn lists_a_wallet(call: Call<'_>) -> bool {
    matches!(call, Call::Aliases { prefix: "" })
}

fn remove(wallet: &Wallet, pin: &str) -> Result<(), LockError> {
    match wallet.lock.remove(&entry(pin))? {
        Removal::Removed => Ok(()),
        Removal::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// The removal's row names the keys in force. A key that should have been deleted earlier is found only by listing.
#[test]
fn a_key_that_a_removal_did_not_list_is_no_damage_after_the_next_wallet_is_removed() {
    let wallet = Wallet::enrolled("walletlock");
    let (keeps, seen) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let (is_kept, was_kept) = (keeps.clone(), seen.clone());
    // The seal key of the first try cannot be deleted.
    wallet.phone.hooks.before(move |call| match call {
        Call::Delete { alias } if alias.ends_with("/seal/1") && is_kept.load(Ordering::SeqCst) => {
            was_kept.store(true, Ordering::SeqCst);
            Err(DeviceKeyFault::Failed)
        }
        _ => Ok(()),
    });
    drop(wallet.unlock());
    // The next commit first deletes that key, which fails. So this try has no verdict.
    assert!(!matches!(wallet.verify(PIN), PinOutcome::Right(_)));
    assert!(seen.load(Ordering::SeqCst), "the control: that key was to go");
    let phone = wallet.phone.clone();
    let kept = phone.device_key.all_aliases().into_iter().find(|alias| alias.ends_with("/seal/1")).expect("kept");
    keeps.store(false, Ordering::SeqCst);
    let keystore = phone.device_key.clone();
    // The key turns up again after it was deleted, as in a restored keystore, and the list fails.
    phone.hooks.once_before(lists_a_wallet, move || keystore.create(&kept, KeyPurpose::Seal).expect("made"));
    phone.hooks.fail_next(lists_a_wallet, DeviceKeyFault::Busy);
    assert_eq!(remove(&wallet, PIN), Err(BUSY));
    wallet.enrol(NEW_PIN).close();
    assert_eq!(remove(&wallet, NEW_PIN), Ok(()));
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Unconfigured);
    wallet.enrol(PIN).close();
}

#[test]
fn a_wipe_is_told_of_until_another_wallet_is_begun() {
    let wallet = Wallet::enrolled("walletlock");
    assert_eq!(wallet.lock.wipe(), Ok(()));
    wallet.phone.hooks.fail_next(lists_a_wallet, DeviceKeyFault::Busy);
    assert_eq!(wallet.lock.enrol(&entry(NEW_PIN), &[]).err(), Some(BUSY));
    assert_eq!(wallet.status(), LockStatus::Wiped);
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped, "and so it is when it is opened again");
    wallet.enrol(NEW_PIN).close();
}

/// The id of a damaged wallet is not known, so its wipe is kept as a mark of the place.
#[test]
fn a_wallet_begun_after_a_damaged_one_was_wiped_and_cut_short_is_not_told_as_wiped_later() {
    let wallet = Wallet::enrolled("walletlock")
        .between_runs(|folder| std::fs::write(folder.join("wallet.db"), b"no database").expect("written"));
    let mut wallet = wallet.expect("it opens");
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let is_mark_of_place = |call: Call<'_>| call.is("delete", "wiped");
    wallet.phone.hooks.fail_next(is_mark_of_place, DeviceKeyFault::Busy);
    assert_eq!(wallet.lock.enrol(&entry(NEW_PIN), &[]).err(), Some(BUSY));
    assert_eq!(wallet.phone.hooks.unmet(), 0, "the control: the mark was to go");
    for _ in 0..3 {
        assert_eq!(wallet.status(), LockStatus::Unconfigured, "the first wallet is gone, and a second was begun");
        wallet = wallet.restart();
    }
    wallet.enrol(NEW_PIN).close();
}

/// After a wipe, someone puts back a copy of the file from the time when the wallet was being made. Here the file is
/// also moved, and the keystore is busy for a moment.
#[test]
fn a_wallet_that_was_being_made_and_is_marked_is_wiped_wherever_its_file_is() {
    let Wallet { phone, policy, lock, folder } = Wallet::unconfigured("walletlock");
    let is_mark = |call: Call<'_>| call.is("exists", "wiped");
    phone.hooks.fail_next(|call| call.is("create", "pin"), DeviceKeyFault::Busy);
    assert_eq!(lock.enrol(&entry(PIN), &[]).err(), Some(BUSY));
    drop(lock);
    let seal_key = phone.device_key.all_aliases().into_iter().find(|alias| alias.ends_with("/seal/0")).expect("made");
    let wallet_id = seal_key.split('/').nth(1).expect("its wallet");
    let ahead = seal_key.replace("/seal/0", "/seal/1");
    for alias in [format!("walletlock/wiped/{wallet_id}"), ahead] {
        phone.device_key.create(&alias, KeyPurpose::Seal).expect("made");
    }
    let folder = picture(folder.path());
    phone.hooks.fail_next(is_mark, DeviceKeyFault::Busy);
    let lock = open(&folder, &phone, &policy).expect("it opens");
    assert_eq!(lock.status(), Ok(LockStatus::Busy));
    assert_eq!(lock.recheck(), Ok(LockStatus::Wiped));
    let left = phone.device_key.all_aliases();
    assert!(left.iter().all(|alias| alias.contains("/wiped/")), "{left:?}");
    let wallet = Wallet { phone, policy, lock, folder };
    wallet.enrol(NEW_PIN).close();
}

/// A second wallet, begun after the removal of another was cut short and then finished.
struct SecondWallet {
    wallet: Wallet,
    /// The files as the interrupted removal left them.
    cut_short: TempDir,
    /// The files of the second wallet.
    second: TempDir,
}

impl SecondWallet {
    fn begun() -> Self {
        let wallet = Wallet::enrolled("walletlock");
        wallet.phone.hooks.fail_next(|call| call.is("delete", "pin"), DeviceKeyFault::Busy);
        assert_eq!(remove(&wallet, PIN), Err(BUSY));
        let cut_short = picture(wallet.folder.path());
        let wallet = wallet.restart();
        assert_eq!(wallet.status(), LockStatus::Unconfigured, "the control: the removal is finished");
        wallet.enrol(NEW_PIN).close();
        let second = picture(wallet.folder.path());
        Self { wallet, cut_short, second }
    }
}

/// Someone puts a copy from an interrupted removal over the files of a later wallet. This must not make room for a
/// third wallet: wrong PINs tried on the third would not count on the second.
#[test]
fn a_later_wallet_is_told_as_damaged_under_a_copy_from_while_an_earlier_one_was_being_removed() {
    let SecondWallet { wallet, cut_short, second } = SecondWallet::begun();
    let mut wallet = wallet.between_runs(|folder| copy_files(cut_short.path(), folder)).expect("it opens");
    for _ in 0..3 {
        let status = wallet.status();
        assert!(matches!(status, LockStatus::Locked { reason: LockReason::DataDamaged, .. }), "{status:?}");
        assert_eq!(wallet.lock.enrol(&entry(PIN), &[]).err(), Some(LockError::DataDamaged));
        wallet = wallet.restart();
    }
    let wallet = wallet.between_runs(|folder| copy_files(second.path(), folder)).expect("it opens");
    assert!(matches!(wallet.verify(NEW_PIN), PinOutcome::Right(_)), "the owner's own files are back");
}

/// The wipe of a damaged wallet is known only by the place's mark until the wallet's own mark is made. A row that is
/// put there meanwhile must not undo the wipe.
#[test]
fn a_wipe_that_was_cut_short_is_finished_under_a_copy_from_while_an_earlier_wallet_was_being_removed() {
    let SecondWallet { wallet, cut_short, second } = SecondWallet::begun();
    let damage = |folder: &std::path::Path| std::fs::write(folder.join("wallet.db"), b"no database").expect("written");
    let wallet = wallet.between_runs(damage).expect("it opens");
    wallet.phone.hooks.fail_next(|call| matches!(call, Call::Aliases { .. }), DeviceKeyFault::Busy);
    assert_eq!(wallet.lock.wipe(), Err(BUSY));
    assert_eq!(wallet.phone.hooks.unmet(), 0, "the control: the second wallet's own mark is not made yet");
    let wallet = wallet.between_runs(|folder| copy_files(cut_short.path(), folder)).expect("it opens");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    let wallet = wallet.between_runs(|folder| copy_files(second.path(), folder)).expect("it opens");
    assert_eq!(wallet.status(), LockStatus::Wiped);
}

/// Where there is no wallet, only keys that belong to no wallet at all are cleared.
#[test]
fn a_moved_wallet_keeps_its_finger_when_another_is_begun_at_its_old_place() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Touch::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    drop(session);
    let Wallet { phone, policy, lock, folder: old } = wallet;
    drop(lock);
    let folder = picture(old.path());
    let moved = Wallet { lock: open(&folder, &phone, &policy).expect("it opens"), phone, policy, folder };
    // From here on its PIN's key is at the new place.
    drop(moved.unlock());
    let finger = || moved.phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/biometric/")).count();
    assert_eq!(finger(), 1, "the control");
    for file in std::fs::read_dir(old.path()).expect("readable") {
        std::fs::remove_file(file.expect("readable").path()).expect("removed");
    }
    let second = open(&old, &moved.phone, &moved.policy).expect("it opens");
    assert_eq!(second.status(), Ok(LockStatus::Unconfigured));
    assert_eq!(finger(), 1);
}

/// Format 1 named keys after the file alone. Such keys may belong to a file of that name in another folder that is not
/// updated yet.
#[test]
fn opening_a_wiped_wallet_leaves_keys_that_are_named_after_the_file_alone() {
    let wallet = Wallet::enrolled("walletlock");
    let others = ["wallet.db/pin/0000000000000001", "wallet.db/seal/7"];
    for alias in others {
        wallet.phone.device_key.create(alias, KeyPurpose::Seal).expect("made");
    }
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped);
    let left = wallet.phone.device_key.all_aliases();
    assert!(others.iter().all(|other| left.iter().any(|alias| alias == other)), "{left:?}");
}

/// After the move the row names only keys of the new place. If a key of the old place were left, an old copy of the
/// file would open again.
#[test]
fn a_moved_wallet_leaves_no_key_of_its_old_place_though_it_was_killed_before_deleting_it() {
    for kind in ["pin", "seal"] {
        let Wallet { phone, policy, lock, folder } = Wallet::enrolled("walletlock");
        let old = phone.device_key.all_aliases();
        drop(lock);
        let folder = picture(folder.path());
        let lock = open(&folder, &phone, &policy).expect("it opens");
        let of_old = old.clone();
        let meant = move |call: Call<'_>| {
            call.is("delete", kind) && call.on_key().is_some_and(|(_, alias)| of_old.iter().any(|old| old == alias))
        };
        phone.hooks.fail_next(meant, DeviceKeyFault::Failed);
        lock.verify_pin(&entry(PIN));
        assert_eq!(phone.hooks.unmet(), 0, "{kind}: the control: it was to be deleted");
        let wallet = Wallet { phone, policy, lock, folder }.restart();
        drop(wallet.unlock());
        let wallet = wallet.restart();
        let left = wallet.phone.device_key.all_aliases();
        assert!(!left.iter().any(|alias| old.contains(alias)), "{kind}: {left:?}");
    }
}

#[test]
fn an_app_that_saves_the_time_of_a_busy_wallet_has_nothing_to_save() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.phone.device_key.fail_with(Some(DeviceKeyFault::Busy));
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Busy);
    assert_eq!(wallet.lock.save_time(), Ok(()));
}
