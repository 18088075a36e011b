//! A wipe that another call overtakes, or that fails halfway: once it reports that it is done, nothing opens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use walletlock_core::platform::testing::Call;
use walletlock_core::platform::{DeviceKeyFault, PlatformFault};
use walletlock_core::{CodeRefusal, Enrolment, LockError, LockStatus, PinOutcome, WalletLock};

use crate::recovery_code::{enter, with_code};
use crate::wallet::{PIN, Wallet, copy_files, entry, open, picture};
use crate::wipe::keys_of;

/// A wallet with a PIN set and an item in its vault.
fn with_item() -> Wallet {
    let wallet = Wallet::enrolled("walletlock");
    wallet.unlock().vault().write("seed", b"correct horse").expect("written");
    wallet
}

/// Whether the call makes the mark of a wiped wallet.
fn is_mark(call: Call<'_>) -> bool {
    call.is("create", "wiped")
}

/// While the returned switch is set, the phone's keystore makes and deletes nothing.
fn busy_switch(wallet: &Wallet) -> Arc<AtomicBool> {
    let is_busy = Arc::new(AtomicBool::new(false));
    let seen = is_busy.clone();
    wallet.phone.hooks.before(move |call| match call {
        Call::Create { .. } | Call::Delete { .. } if seen.load(Ordering::SeqCst) => Err(DeviceKeyFault::Busy),
        _ => Ok(()),
    });
    is_busy
}

/// Opens the files of a picture on a copy of the phone as it is now.
fn open_on_a_copy(wallet: &Wallet, picture: &TempDir) -> Arc<WalletLock> {
    let phone = wallet.phone.with_keystore(wallet.phone.device_key.picture());
    open(picture, &phone, &wallet.policy).expect("it opens")
}

#[test]
fn a_session_that_begins_while_the_wallet_is_wiped_ends_with_it() {
    let wallet = with_item();
    let opened = Arc::new(Mutex::new(None));
    let (lock, session) = (wallet.lock.clone(), opened.clone());
    wallet.phone.hooks.once_after(is_mark, move || {
        let PinOutcome::Right(unlocked) = lock.verify_pin(&entry(PIN)) else { panic!("not unlocked") };
        *session.lock().expect("not poisoned") = Some(unlocked);
    });
    assert_eq!(wallet.lock.wipe(), Ok(()));
    let session = opened.lock().expect("not poisoned").take().expect("it began");
    assert_eq!(session.vault().read("seed"), Err(LockError::SessionEnded));
    assert!(!session.is_live(), "and no data key is kept");
}

#[test]
fn a_wipe_that_is_asked_for_again_does_what_the_keystore_did_not() {
    let wallet = with_item();
    let before = picture(wallet.folder.path());
    let is_busy = busy_switch(&wallet);
    is_busy.store(true, Ordering::SeqCst);
    let busy = Err(LockError::DeviceKey(DeviceKeyFault::Busy));
    assert_eq!(wallet.lock.wipe(), busy);
    let copy = open_on_a_copy(&wallet, &before);
    assert!(matches!(copy.verify_pin(&entry(PIN)), PinOutcome::Right(_)), "the control: the copy from before it opens");
    drop(copy);
    assert_eq!(wallet.lock.wipe(), busy, "it is not done yet");
    is_busy.store(false, Ordering::SeqCst);
    assert_eq!(wallet.lock.wipe(), Ok(()));
    assert_eq!(keys_of(&wallet, "pin"), 0);
    assert_eq!(open_on_a_copy(&wallet, &before).status(), Ok(LockStatus::Wiped));
    assert!(matches!(wallet.lock.enrol(&entry("582941"), &[]), Ok(Enrolment::Enrolled(_))));
}

/// The next opening finishes the wipe of a marked wallet, whatever else failed. Until then nothing may be stored in it.
#[test]
fn what_is_marked_as_wiped_opens_no_more() {
    let wallet = with_item();
    let is_busy = busy_switch(&wallet);
    let (hooks, becomes_busy) = (wallet.phone.hooks.clone(), is_busy.clone());
    wallet.phone.hooks.once_after(is_mark, move || {
        becomes_busy.store(true, Ordering::SeqCst);
        hooks.fail_next(|call| matches!(call, Call::Now), DeviceKeyFault::Failed);
    });
    assert_eq!(wallet.lock.wipe(), Err(LockError::Platform(PlatformFault)), "the record could not be written");
    is_busy.store(false, Ordering::SeqCst);
    assert_eq!(keys_of(&wallet, "pin"), 1, "nor the key be deleted");
    assert!(matches!(wallet.lock.verify_pin(&entry(PIN)), PinOutcome::Locked(LockStatus::Wiped)));
    assert_eq!(
        open_on_a_copy(&wallet, &picture(wallet.folder.path())).status(),
        Ok(LockStatus::Wiped),
        "and so it is when it is opened again"
    );
}

/// The keystore makes no mark while the wallet is wiped. The next first PIN makes up for that: its row takes the place of
/// the one that says whose wallet was wiped.
#[test]
fn a_new_wallet_is_begun_only_once_the_wiped_one_has_its_mark() {
    let (wallet, paper) = with_code("walletlock");
    let before = picture(wallet.folder.path());
    let is_busy = busy_switch(&wallet);
    is_busy.store(true, Ordering::SeqCst);
    assert_eq!(wallet.lock.wipe(), Err(LockError::DeviceKey(DeviceKeyFault::Busy)));
    is_busy.store(false, Ordering::SeqCst);
    wallet.phone.hooks.fail_next(is_mark, DeviceKeyFault::Busy);
    let refused = wallet.lock.enrol(&entry("582941"), &[]).err();
    assert_eq!(refused, Some(LockError::DeviceKey(DeviceKeyFault::Busy)), "not without the mark");
    assert_eq!(wallet.lock.status(), Ok(LockStatus::Wiped));
    drop(wallet.enrol("582941"));
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    let refusal = enter(&wallet, &paper).err();
    assert_eq!(refusal, Some(CodeRefusal::Locked(LockStatus::Wiped)), "the paper of the wiped wallet");
}
