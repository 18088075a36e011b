//! Another call overtakes a call that takes its time. What the slow call knew is out of date then, and it must not act
//! on it.

use std::sync::Arc;

use walletlock_core::events::Kind;
use walletlock_core::platform::testing::Call;
use walletlock_core::policy::Policy;
use walletlock_core::{Enrolment, LockError, LockStatus, NoVerdict, PinChange, PinOutcome, Refusal};

use crate::wallet::{PIN, Wallet, entry, is_told};

/// Whether the call reads the clock.
fn is_reading(call: Call<'_>) -> bool {
    matches!(call, Call::Now)
}

/// Whether the call asks if the device key is ready.
fn is_probe(call: Call<'_>) -> bool {
    matches!(call, Call::Ready { .. })
}

/// A wallet with a PIN set. The phone's hooks are told of its events.
fn listening(policy: &str) -> Wallet {
    let wallet = Wallet::with_policy(Policy::parse(policy).expect("a policy"));
    wallet.lock.add_listener(Arc::new(wallet.phone.hooks.clone()));
    drop(wallet.enrol(PIN));
    wallet
}

#[test]
fn a_reading_used_late_ends_no_wait_early() {
    let wallet = Wallet::enrolled("walletlock");
    (1..=4).for_each(|nth| drop(wallet.guess(nth)));
    let (lock, clock) = (wallet.lock.clone(), wallet.phone.clock.clone());
    wallet.phone.hooks.once_after(is_reading, move || {
        clock.advance_ms(20_000);
        assert!(matches!(lock.verify_pin(&entry("700005")), PinOutcome::Wrong(wrong) if wrong.cooldown_ms == 30_000));
    });
    drop(wallet.lock.status());
    wallet.phone.clock.advance_ms(29_999);
    assert!(matches!(wallet.lock.status(), Ok(LockStatus::CoolingDown { remaining_ms: 1, .. })));
}

#[test]
fn a_reading_used_late_ends_no_session() {
    let wallet = Wallet::enrolled("walletlock");
    let session = Arc::new(wallet.unlock());
    let (other, clock) = (session.clone(), wallet.phone.clock.clone());
    wallet.phone.hooks.once_after(is_reading, move || {
        clock.advance_ms(1);
        assert_eq!(other.vault().names(), Ok(vec![]));
    });
    assert_eq!(session.vault().names(), Ok(vec![]), "it was read before the other, and is used after it");
    assert_eq!(wallet.phone.hooks.unmet(), 0, "the control: another came in between");
    assert!(session.is_live());
    wallet.phone.clock.change(|now| now.wall_ms -= 5_002);
    assert!(!session.is_live(), "a clock set back still ends it");
}

#[test]
fn a_try_meant_for_a_removed_wallet_costs_the_next_one_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    let lock = wallet.lock.clone();
    wallet.phone.hooks.once_after(is_probe, move || {
        assert_eq!(lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
        assert!(matches!(lock.enrol(&entry("582941"), &[]), Ok(Enrolment::Enrolled(_))));
    });
    assert!(matches!(wallet.guess(1), PinOutcome::NoVerdict(NoVerdict::TryAgain)));
    assert_eq!(wallet.lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }));
}

#[test]
fn a_pin_that_was_replaced_since_it_was_proven_changes_nothing() {
    let wallet = listening("walletlock");
    let (first, second) = (wallet.unlock(), wallet.unlock());
    wallet.phone.hooks.once_before(is_told(Kind::PinRight), move || {
        assert_eq!(
            second.access().change_pin(&entry(PIN), &entry("604183"), &[], true),
            Ok(PinChange::Changed { biometrics_on: false })
        );
    });
    let changed = first.access().change_pin(&entry(PIN), &entry("582941"), &[], true);
    assert_eq!(changed, Ok(PinChange::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))));
    assert!(matches!(wallet.lock.verify_pin(&entry("604183")), PinOutcome::Right(_)), "the later PIN stays");
}

#[test]
fn sessions_are_over_when_the_listeners_hear_of_the_lock() {
    let wallet = listening("walletlock");
    (1..=3).for_each(|nth| drop(wallet.guess(nth)));
    let session = Arc::new(wallet.unlock());
    (4..=7).for_each(|nth| drop(wallet.guess(nth)));
    assert!(session.is_live());
    let other = session.clone();
    wallet.phone.hooks.once_before(is_told(Kind::PinWrong), move || assert!(!other.is_live()));
    drop(wallet.guess(8));
    assert_eq!(wallet.phone.hooks.unmet(), 0, "they heard of it");
}

#[test]
fn a_wipe_that_overtakes_a_session_is_no_damage() {
    let wallet = listening(r#"{"name": "wipes", "lockout": {"cooldowns": [], "lock_at": null, "wipe_at": 1}}"#);
    let session = Arc::new(wallet.unlock());
    let lock = wallet.lock.clone();
    wallet.phone.hooks.once_after(
        |call| matches!(call, Call::Fill),
        move || {
            assert!(matches!(lock.verify_pin(&entry("700001")), PinOutcome::Locked(LockStatus::Wiped)));
        },
    );
    assert_eq!(session.vault().write("card", b"4111"), Err(LockError::SessionEnded));
    assert_eq!(wallet.lock.status(), Ok(LockStatus::Wiped));
    assert!(matches!(wallet.lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
}

#[test]
fn other_sessions_are_over_when_the_listeners_hear_of_a_new_pin() {
    let wallet = listening("walletlock");
    let (mine, other) = (wallet.unlock(), wallet.unlock());
    wallet.phone.hooks.once_before(is_told(Kind::PinChanged), move || assert!(!other.is_live()));
    assert_eq!(
        mine.access().change_pin(&entry(PIN), &entry("582941"), &[], true),
        Ok(PinChange::Changed { biometrics_on: false })
    );
    assert_eq!(wallet.phone.hooks.unmet(), 0, "they heard of it");
    assert!(mine.is_live());
}
