//! What a call that the keystore cut short leaves behind, and another call then begins: nothing of it comes back as damage, and nothing that is
//! somebody else's goes with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use walletlock_core::platform::testing::Call;
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose};
use walletlock_core::{LockError, LockStatus, PinOutcome, Removal};

use crate::wallet::{PIN, Wallet, entry, open, picture};

const NEW_PIN: &str = "582941";
const BUSY: LockError = LockError::DeviceKey(DeviceKeyFault::Busy);

/// Whether the keys of one wallet are listed.
fn lists_a_wallet(call: Call<'_>) -> bool {
    matches!(call, Call::Aliases { prefix: "" })
}

fn remove(wallet: &Wallet, pin: &str) -> Result<(), LockError> {
    match wallet.lock.remove(&entry(pin))? {
        Removal::Removed => Ok(()),
        Removal::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// The removal's row names the keys in force. One that should be gone long since is only listed.
#[test]
fn a_key_that_a_removal_did_not_list_is_no_damage_after_the_next_wallet_is_removed() {
    let wallet = Wallet::enrolled("walletlock");
    let (keeps, seen) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let (is_kept, was_kept) = (keeps.clone(), seen.clone());
    // The key of the first try stays.
    wallet.phone.hooks.before(move |call| match call {
        Call::Delete { alias } if alias.ends_with("/seal/1") && is_kept.load(Ordering::SeqCst) => {
            was_kept.store(true, Ordering::SeqCst);
            Err(DeviceKeyFault::Failed)
        }
        _ => Ok(()),
    });
    drop(wallet.unlock());
    // The commit after it: its key cannot be deleted, and so the removal's try has no verdict.
    assert!(!matches!(wallet.verify(PIN), PinOutcome::Right(_)));
    assert!(seen.load(Ordering::SeqCst), "the control: that key was to go");
    let phone = wallet.phone.clone();
    let kept = phone.device_key.all_aliases().into_iter().find(|alias| alias.ends_with("/seal/1")).expect("kept");
    keeps.store(false, Ordering::SeqCst);
    let keystore = phone.device_key.clone();
    // It turns up again once it was deleted, as after a restored keystore, and the list fails.
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

/// The first format named keys after the file alone: those of a file of that name in another folder may not be updated yet.
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

/// The row names only keys of the new place from then on. With one of the old place an old copy of the file would be worth something again.
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
