//! An app is told whether a session is open, when it ends by itself, and why the last one ended.

use walletlock_core::platform::testing::Act;
use walletlock_core::{LockError, OpenSessions, PinChange, Session, SessionEnd};

use crate::u6_biometrics::{unlocked, unlocking, with_biometrics};
use crate::wallet::{PIN, Wallet, entry};

fn open(wallet: &Wallet) -> OpenSessions {
    wallet.lock.open_sessions().expect("the clock can be read")
}

fn ended(because: SessionEnd) -> OpenSessions {
    OpenSessions { next_end_ms: None, last_end: Some(because) }
}

#[test]
fn the_next_end_is_that_of_the_session_that_ends_first() {
    let wallet = Wallet::enrolled("walletlock");
    assert_eq!(open(&wallet), ended(SessionEnd::Closed), "the one of the enrolment");
    let _first = wallet.unlock();
    wallet.phone.clock.advance_ms(30_000);
    let second = wallet.unlock();
    assert_eq!(open(&wallet).next_end_ms, Some(90_000), "the first one's two minutes without use");
    wallet.phone.clock.advance_ms(89_999);
    assert_eq!(open(&wallet).next_end_ms, Some(1), "asking prolongs nothing");
    assert_eq!(second.vault().names(), Ok(vec![]));
    wallet.phone.clock.advance_ms(1);
    assert_eq!(open(&wallet), OpenSessions { next_end_ms: Some(119_999), last_end: Some(SessionEnd::Time) });
}

#[test]
fn each_end_says_why() {
    type Ends = fn(&Wallet, Session) -> Option<Session>;
    let ends: [(&str, SessionEnd, Ends); 10] = [
        ("closed", SessionEnd::Closed, |_, session| {
            session.close();
            Some(session)
        }),
        ("dropped", SessionEnd::Closed, |_, _| None),
        ("idle", SessionEnd::Time, |wallet, session| {
            wallet.phone.clock.advance_ms(120_000);
            Some(session)
        }),
        ("a clock set back", SessionEnd::Time, |wallet, session| {
            wallet.phone.clock.change(|now| now.wall_ms -= 3_600_000);
            Some(session)
        }),
        ("a restart", SessionEnd::Time, |wallet, session| {
            wallet.phone.clock.reboot();
            Some(session)
        }),
        ("locked by the app", SessionEnd::Locked, |wallet, session| {
            wallet.lock.lock_now();
            Some(session)
        }),
        ("the screen went off", SessionEnd::ScreenOff, |wallet, session| {
            wallet.lock.screen_went_off();
            Some(session)
        }),
        ("wrong PINs", SessionEnd::Locked, |wallet, session| {
            (1..=5).for_each(|nth| drop(wallet.guess(nth)));
            Some(session)
        }),
        ("wiped", SessionEnd::Locked, |wallet, session| {
            assert_eq!(wallet.lock.wipe(), Ok(()));
            Some(session)
        }),
        ("removed", SessionEnd::Locked, |wallet, session| {
            assert!(wallet.lock.remove(&entry(PIN)).is_ok());
            Some(session)
        }),
    ];
    for (what, because, end) in ends {
        let wallet = Wallet::enrolled("walletlock");
        let session = end(&wallet, wallet.unlock());
        assert_eq!(open(&wallet), ended(because), "{what}");
        // Dropping a session that has ended does not change the reason.
        drop(session);
        assert_eq!(open(&wallet), ended(because), "{what}, and dropped");
    }
}

#[test]
fn what_opens_the_wallet_was_replaced() {
    let wallet = Wallet::enrolled("walletlock");
    let (session, _other) = (wallet.unlock(), wallet.unlock());
    let changed = session.access().change_pin(&entry(PIN), &entry("605842"), &[], true);
    assert!(matches!(changed, Ok(PinChange::Changed { .. })), "{changed:?}");
    assert_eq!(open(&wallet).last_end, Some(SessionEnd::Replaced));
    assert!(session.is_live());

    let wallet = with_biometrics();
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    let by_finger = unlocked(wallet.lock.verify_biometrics(&unlocking()));
    assert_eq!(session.access().disable_biometrics(), Ok(true));
    assert_eq!(open(&wallet).last_end, Some(SessionEnd::Replaced));
    assert!(session.is_live() && !by_finger.is_live());
}

#[test]
fn without_a_clock_nobody_says_what_is_open() {
    let wallet = Wallet::enrolled("walletlock");
    let _session = wallet.unlock();
    wallet.phone.clock.break_down();
    assert!(matches!(wallet.lock.open_sessions(), Err(LockError::Platform(_))));
}

#[test]
fn that_the_last_session_was_closed_is_told_without_a_clock() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    wallet.phone.clock.break_down();
    drop(session);
    assert_eq!(open(&wallet), ended(SessionEnd::Closed));
}
