//! When an older copy of the files is opened, the keystore may hold a key of a later epoch. That key is deleted before
//! a new key takes its alias. Once a new key of that alias is in force, it is never deleted as a stale one.

use std::sync::{Arc, Mutex};

use walletlock_core::platform::testing::Call;
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose};
use walletlock_core::{LockStatus, NoVerdict, PinOutcome};

use crate::wallet::{PIN, Wallet, copy_files, is_pins_mac, picture};

/// Whether the call deletes the seal key with this number.
fn is_deletion(number: u32) -> impl Fn(Call<'_>) -> bool + Send + Sync + 'static {
    move |call| matches!(call, Call::Delete { alias } if alias.ends_with(&format!("/seal/{number}")))
}

#[test]
fn a_key_that_is_in_force_is_not_taken_for_a_stale_one() {
    let wallet = Wallet::enrolled("walletlock");
    // The wallet's files while a PIN is tried.
    let (before, folder) = (Arc::new(Mutex::new(None)), wallet.folder.path().to_owned());
    let kept = before.clone();
    wallet.phone.hooks.once_before(is_pins_mac, move || {
        *kept.lock().expect("not poisoned") = Some(picture(&folder));
    });
    assert!(matches!(wallet.verify("700001"), PinOutcome::Wrong(_)));
    let before = before.lock().expect("not poisoned").take().expect("a try was under way");
    // The seal key of that moment is not deleted by the next try. Two later seal keys are made.
    wallet.phone.hooks.fail_next(is_deletion(1), DeviceKeyFault::Failed);
    let failed = NoVerdict::DeviceKey(DeviceKeyFault::Failed);
    assert!(matches!(wallet.guess(2), PinOutcome::NoVerdict(cause) if cause == failed));
    wallet.lock.prepare().expect("prepared");
    let keys = wallet.phone.device_key.clone();
    let third = keys.all_aliases().into_iter().find(|alias| alias.ends_with("/seal/3")).expect("made ahead");

    // The last of them is deleted, but the keystore reports that it failed.
    wallet.phone.hooks.once_before(is_deletion(3), move || keys.delete(&third).expect("deleted"));
    wallet.phone.hooks.fail_next(is_deletion(3), DeviceKeyFault::Failed);
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert_eq!(wallet.lock.status(), Ok(LockStatus::Ready { tries_left: Some(15) }), "the charge still counts");
    wallet.lock.prepare().expect("prepared");
    assert!(matches!(wallet.verify(PIN), PinOutcome::Right(_)));
    assert_eq!(wallet.phone.hooks.unmet(), 0, "the control: it was deleted");
    let wallet = wallet.restart();
    assert!(matches!(wallet.verify(PIN), PinOutcome::Right(_)), "{:?}", wallet.lock.status());
}

/// A recovery that failed halfway made a seal key for a later epoch, and the keystore did not delete it. Its owner gets in
/// all the same when the wallet comes to that epoch, without a restart of the app.
#[test]
fn a_key_of_a_later_epoch_that_was_left_behind_keeps_nobody_out() {
    let wallet = Wallet::enrolled("walletlock");
    let keys = wallet.phone.device_key.clone();
    let aliases = keys.all_aliases();
    let (family, newest) = aliases
        .iter()
        .filter_map(|alias| alias.rsplit_once('/').filter(|(family, _)| family.ends_with("/seal")))
        .filter_map(|(family, number)| Some((family.to_owned(), number.parse::<u32>().ok()?)))
        .max_by_key(|(_, number)| *number)
        .expect("a seal key");
    for later in 2..4 {
        keys.create(&format!("{family}/{}", newest + later), KeyPurpose::Seal).expect("left behind");
    }
    for _ in 0..4 {
        assert!(matches!(wallet.verify(PIN), PinOutcome::Right(_)), "{:?}", wallet.lock.status());
    }
    let wallet = wallet.restart();
    assert!(matches!(wallet.verify(PIN), PinOutcome::Right(_)), "{:?}", wallet.lock.status());
}
