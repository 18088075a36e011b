//! A later version may ask for a dearer Argon2id: the next right PIN brings the slot there, without the person
//! noticing.

use std::sync::Arc;

use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::policy::AntiRollback;
use walletlock_core::{Options, WalletLock};

use crate::wallet::{PIN, Wallet, is_pins_mac};

pub(crate) const DEARER: KdfCost = KdfCost { memory_kib: 128, passes: 2, lanes: 1 };

/// The same phone with a version of Walletlock that chooses this cost.
pub(crate) fn with_version_that_chooses(wallet: Wallet, cost: KdfCost) -> Wallet {
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let path = folder.path().join("wallet.db");
    let calibration = Calibration::Fixed(cost);
    let options = Options {
        path,
        policy: policy.clone(),
        platform: phone.platform(),
        calibration,
        anti_rollback: AntiRollback::default(),
    };
    let lock = Arc::new(WalletLock::open(options).expect("it opens"));
    Wallet { phone, policy, lock, folder }
}

/// The costs that the slot was brought to, newest first.
fn upgrades(wallet: &Wallet) -> Vec<String> {
    let query = Query { kinds: vec![Kind::KdfUpgraded], ..Query::default() };
    let page = wallet.unlock().journal().page(&query).expect("a page");
    page.entries.into_iter().map(|entry| entry.details.expect("readable").0["memory_kib"].clone()).collect()
}

#[test]
fn the_next_right_pin_after_prepare_makes_the_slot_dearer() {
    let wallet = with_version_that_chooses(Wallet::enrolled("walletlock"), DEARER);
    assert!(upgrades(&wallet).is_empty(), "nothing was measured yet");
    wallet.lock.prepare().expect("prepared");
    wallet.guess_wrong(1);
    assert_eq!(upgrades(&wallet), ["128"], "once, by the right PIN");
    assert_eq!(upgrades(&wallet), ["128"]);
    let wallet = wallet.restart();
    drop(wallet.unlock());
    wallet.lock.prepare().expect("prepared");
    assert_eq!(upgrades(&wallet), ["128"], "a version that chooses a cheaper one changes nothing");
}

#[test]
fn an_upgrade_that_fails_is_tried_again_and_the_pin_stays_right() {
    let wallet = with_version_that_chooses(Wallet::enrolled("walletlock"), DEARER);
    wallet.lock.prepare().expect("prepared");
    let before = wallet.phone.device_key.calls();
    // The first MAC is for the verdict, the second for the upgrade.
    wallet.phone.hooks.fail_after(1, is_pins_mac, DeviceKeyFault::Busy);
    drop(wallet.unlock());
    assert_eq!(wallet.phone.device_key.calls().hmac - before.hmac, 1, "the verdict's was answered");
    assert_eq!(wallet.phone.hooks.unmet(), 0, "and the upgrade's was not");
    assert!(upgrades(&wallet).is_empty());
    wallet.lock.prepare().expect("prepared");
    assert_eq!(upgrades(&wallet), ["128"]);
    assert!(matches!(wallet.verify(PIN), walletlock_core::PinOutcome::Right(_)));
}
