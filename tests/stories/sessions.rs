//! A right PIN opens the wallet for a while, and no clock makes that longer.

use walletlock_core::{LockError, Now, PinOutcome};

use crate::wallet::{PIN, Wallet};

#[test]
fn a_session_ends_when_idle_and_in_any_case_after_its_time() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    wallet.phone.clock.advance_ms(119_999);
    assert_eq!(session.vault().names(), Ok(vec![]));
    wallet.phone.clock.advance_ms(120_000);
    assert_eq!(session.vault().names(), Err(LockError::SessionEnded), "two minutes without use");

    let session = wallet.unlock();
    for _ in 0..14 {
        wallet.phone.clock.advance_ms(60_000);
        assert_eq!(session.vault().names(), Ok(vec![]));
    }
    wallet.phone.clock.advance_ms(59_999);
    assert!(session.is_live());
    wallet.phone.clock.advance_ms(1);
    assert!(!session.is_live(), "fifteen minutes in any case");
    assert_eq!(session.vault().names(), Err(LockError::SessionEnded));
}

#[test]
fn clocks_and_restarts_end_a_session_and_never_prolong_it() {
    type Change = fn(&mut Now);
    let changes: [(&str, Change); 4] = [
        ("the wall clock set back", |now| now.wall_ms -= 5_001),
        ("time since boot going backwards", |now| now.since_boot_ms -= 1),
        ("a reboot", |now| now.boot = Some(2)),
        ("an unreadable boot count", |now| now.boot = None),
    ];
    for (why, change) in changes {
        let wallet = Wallet::enrolled("walletlock");
        let session = wallet.unlock();
        wallet.phone.clock.change(change);
        assert!(!session.is_live(), "{why}");
        assert_eq!(session.vault().write("card", b"4111"), Err(LockError::SessionEnded), "{why}");
    }
}

#[test]
fn closing_locking_and_every_lock_end_it() {
    let wallet = Wallet::enrolled("walletlock");
    let (closed, other) = (wallet.unlock(), wallet.unlock());
    closed.close();
    assert!(!closed.is_live() && other.is_live());
    wallet.lock.lock_now();
    assert!(!other.is_live());

    let session = wallet.unlock();
    wallet.guess_all_wrong(1..=4);
    assert!(session.is_live(), "a few slips lock nothing");
    wallet.guess_wrong(5);
    assert!(!session.is_live(), "a cooldown is a lock");
}

#[test]
fn without_a_boot_count_no_pin_is_asked_for() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.phone.clock.change(|now| now.boot = None);
    for pin in [PIN, "700001"] {
        assert!(matches!(wallet.verify(pin), PinOutcome::NoVerdict(walletlock_core::NoVerdict::Platform)));
    }
    assert_eq!(wallet.tries_left(), 16);
}

/// Networks correct a phone's clock every day, by a second or so.
#[test]
fn a_small_correction_of_the_clock_ends_no_session_and_no_row_of_them_prolongs_one() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    wallet.phone.clock.change(|now| now.wall_ms -= 300);
    assert_eq!(session.vault().names(), Ok(vec![]), "0.3 s back");
    for _ in 0..5 {
        wallet.phone.clock.change(|now| now.wall_ms -= 940);
        assert!(session.is_live());
        drop(session.vault().names());
    }
    wallet.phone.clock.change(|now| now.wall_ms -= 1);
    assert!(!session.is_live(), "more than five seconds in all, however it was used meanwhile");
    let session = wallet.unlock();
    wallet.phone.clock.change(|now| now.wall_ms -= 4_000);
    wallet.phone.clock.advance_ms(119_999);
    assert!(session.is_live());
    wallet.phone.clock.advance_ms(1);
    assert!(!session.is_live(), "idle for two minutes, whatever the wall clock says");
}
