//! T2: the keystore lies or fails once, at any call from an order on to the grant that clears it. The order is carried
//! out all the same, nothing sheds it, and the owner gets back in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::platform::testing::{FaultyKeystore, Misbehaviour};
use walletlock_core::policy::AntiRollback;
use walletlock_core::{
    LockError, LockReason, LockStatus, NoVerdict, Options, PinOutcome, ProviderRequest, RequestKind, WalletLock,
    WordDone,
};

use crate::backend::{Backend, done};
use crate::wallet::{PIN, Wallet};

/// The wallet on a keystore that can lie.
fn with_liar(wallet: Wallet) -> (Wallet, FaultyKeystore) {
    let lies = FaultyKeystore::of(&wallet.phone);
    (reopen(wallet, &lies), lies)
}

fn reopen(wallet: Wallet, lies: &FaultyKeystore) -> Wallet {
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let options = Options {
        path: folder.path().join("wallet.db"),
        policy: policy.clone(),
        platform: lies.platform(&phone),
        calibration: Calibration::Fixed(KdfCost::CHEAP),
        anti_rollback: AntiRollback::default(),
    };
    let lock = Arc::new(WalletLock::open(options).expect("it opens"));
    Wallet { phone, policy, lock, folder }
}

/// The status, looked at once more if the keystore failed while it was opened.
fn status(wallet: &Wallet) -> LockStatus {
    match wallet.status() {
        LockStatus::Busy => {
            wallet.phone.clock.advance_ms(60_000);
            wallet.lock.recheck().expect("a status")
        }
        status => status,
    }
}

/// The same call again, a minute later, if the keystore failed.
fn twice<T>(wallet: &Wallet, call: impl Fn() -> Result<T, LockError>) -> T {
    call()
        .or_else(|_| {
            wallet.phone.clock.advance_ms(60_000);
            call()
        })
        .expect("the keystore lies once")
}

/// Plays an order, a new start of the app and a grant, with this lie at the nth call where it fits. `false`: there were
/// fewer such calls.
fn play(lie: Misbehaviour, nth: usize) -> bool {
    let (backend, wallet) = Backend::enrolled();
    let (wallet, lies) = with_liar(wallet);
    let what = format!("{lie:?} at call {nth}");
    let lost = backend.lock(&wallet, "lost");
    let calls = AtomicUsize::new(0);
    lies.inject(lie, move |_| calls.fetch_add(1, Ordering::SeqCst) == nth);

    assert_eq!(wallet.lock.provider().accept(&lost), done(WordDone::Locked), "{what}");
    let is_lost =
        |wallet: &Wallet| matches!(status(wallet), LockStatus::Locked { reason: LockReason::LostOrStolen, .. });
    assert!(is_lost(&wallet), "{what}");
    let wallet = reopen(wallet, &lies);
    assert!(is_lost(&wallet), "{what}");
    let provider = wallet.lock.provider();
    let request = twice(&wallet, || provider.request(RequestKind::Unlock, &ProviderRequest::default()));
    let grant = backend.grant(&wallet, "unlock", &request, 1);
    assert_eq!(Ok(twice(&wallet, || provider.redeem(&grant))), done(WordDone::Unlocked), "{what}");
    let wallet = reopen(wallet, &lies);
    assert!(status(&wallet).is_ready(), "{what}");
    match wallet.verify(PIN) {
        PinOutcome::Right(_) => {}
        PinOutcome::NoVerdict(NoVerdict::DeviceKey(_)) => {
            wallet.phone.clock.advance_ms(60_000);
            drop(wallet.unlock());
        }
        other => panic!("{what}: {other:?}"),
    }
    lies.unmet() == 0
}

#[test]
fn a_keystore_that_lies_once_stops_no_order_and_bricks_nobody() {
    // The other faults differ in their names only.
    let others = [DeviceKeyFault::Gone, DeviceKeyFault::Busy, DeviceKeyFault::NoHardware].map(Misbehaviour::Fails);
    for lie in Misbehaviour::TEMPORARY.into_iter().filter(|lie| !others.contains(lie)) {
        let mut nth = 0;
        while play(lie, nth) {
            nth += 1;
        }
        assert!(nth > 0, "{lie:?} fitted nowhere");
    }
}
