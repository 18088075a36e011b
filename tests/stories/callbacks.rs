//! The app's own parts may fail and may call back into the lock. The lock neither hangs nor opens because of it.

use std::sync::{Arc, Mutex};

use walletlock_core::events::Kind;
use walletlock_core::platform::testing::{Call, FakeListener};
use walletlock_core::platform::{DeviceKeyFault, PlatformFault};
use walletlock_core::{LockError, LockStatus, NoVerdict, PinOutcome};

use crate::wallet::{PIN, Wallet, entry};

#[test]
fn listeners_hear_of_every_line_once_it_is_committed() {
    let wallet = Wallet::unconfigured("walletlock");
    let listener = Arc::new(FakeListener::default());
    let number = wallet.lock.add_listener(listener.clone());
    wallet.enrol(PIN).close();
    wallet.guess_wrong(1);
    let heard: Vec<_> = listener.events().iter().map(|event| (event.number, event.kind)).collect();
    assert_eq!(heard, [(1, Kind::Enrolled), (2, Kind::PinTried), (3, Kind::PinWrong)]);
    wallet.lock.remove_listener(number);
    drop(wallet.unlock());
    assert_eq!(listener.events().len(), 3);
}

#[test]
fn a_listener_may_call_back_in() {
    let wallet = Wallet::enrolled("walletlock");
    let (lock, seen) = (Arc::downgrade(&wallet.lock), Arc::new(Mutex::new(Vec::new())));
    let sees = seen.clone();
    wallet.phone.hooks.before(move |call| {
        if let Call::OnEvent(event) = call {
            let lock = lock.upgrade().expect("it is open");
            sees.lock().expect("not poisoned").push(lock.status().expect("a status"));
            if event.kind == Kind::PinWrong && event.number < 10 {
                drop(lock.verify_pin(&entry(PIN)));
            }
        }
        Ok(())
    });
    wallet.lock.add_listener(Arc::new(wallet.phone.hooks.clone()));
    wallet.guess_wrong(1);
    let left: Vec<_> = seen
        .lock()
        .expect("not poisoned")
        .iter()
        .map(|status| match status {
            LockStatus::Ready { tries_left } => tries_left.expect("a limit"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(left, [15, 15, 14, 16], "tried; wrong; the listener's own try; and that one right");
}

#[test]
fn a_listener_that_fails_changes_nothing_and_stops_nobody_else() {
    let wallet = Wallet::enrolled("walletlock");
    let other = Arc::new(FakeListener::default());
    wallet.phone.hooks.before(|call| match call {
        Call::OnEvent(_) => Err(DeviceKeyFault::Failed),
        _ => Ok(()),
    });
    wallet.lock.add_listener(Arc::new(wallet.phone.hooks.clone()));
    wallet.lock.add_listener(other.clone());
    assert_eq!(wallet.guess_wrong(1).tries_left, Some(15));
    assert_eq!(other.events().len(), 2);
}

#[test]
fn without_a_clock_nothing_is_asked_and_nothing_counted() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    wallet.phone.clock.break_down();
    assert!(matches!(wallet.verify(PIN), PinOutcome::NoVerdict(NoVerdict::Platform)));
    assert_eq!(wallet.lock.status(), Err(LockError::Platform(PlatformFault)));
    assert_eq!(session.vault().names(), Err(LockError::Platform(PlatformFault)));
    assert!(!session.is_live());
}

#[test]
fn without_randomness_no_try_is_free_and_no_key_is_made() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.phone.entropy.break_down();
    assert!(matches!(wallet.verify(PIN), PinOutcome::NoVerdict(NoVerdict::Platform)));
    assert_eq!(wallet.tries_left(), 16, "stopped before it was checked");

    let fresh = Wallet::unconfigured("walletlock");
    fresh.phone.entropy.break_down();
    assert_eq!(fresh.lock.enrol(&entry(PIN), &[]).err(), Some(LockError::Platform(PlatformFault)));
    assert!(fresh.phone.device_key.all_aliases().is_empty());
    assert_eq!(fresh.status(), LockStatus::Unconfigured);
}
