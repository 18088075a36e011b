//! U5: the PIN is none that is easy to guess or was used before, and the wallet reminds its owner of it.

use walletlock_core::pin::{Finding, Personal};
use walletlock_core::policy::Policy;
use walletlock_core::reminders::Reminder;
use walletlock_core::{Enrolment, LockError, LockStatus, PinChange, PinOutcome, Refusal, Session};

use crate::wallet::{PIN, Wallet, entry};

const DAY_MS: u64 = 86_400_000;

fn change(session: &Session, from: &str, to: &str) -> PinChange {
    session.access().change_pin(&entry(from), &entry(to), &[], true).expect("an outcome")
}

#[test]
fn a_guessable_pin_is_refused_with_every_reason_and_nothing_is_set() {
    let wallet = Wallet::unconfigured("walletlock");
    let birthday = [Personal::Birthday { year: 1990, month: 8, day: 5 }];
    for (pin, reasons) in [
        ("777777", vec![Finding::FewDigits]),
        ("890123", vec![Finding::Run, Finding::Date]),
        ("739739", vec![Finding::RepeatedBlock]),
        ("050890", vec![Finding::Personal, Finding::Date]),
        ("4937", vec![Finding::TooShort { min: 6 }]),
        ("493", vec![Finding::TooShort { min: 6 }]),
    ] {
        let refused = entry(pin);
        match wallet.lock.enrol(&refused, &birthday).expect("an outcome") {
            Enrolment::Forbidden(found) => assert_eq!(found, reasons),
            Enrolment::Enrolled(_) => panic!("accepted: {reasons:?}"),
        }
        assert_eq!(wallet.status(), LockStatus::Unconfigured);
    }
    assert!(wallet.phone.device_key.all_aliases().is_empty(), "no key is made for a refused PIN");
}

#[test]
fn a_weak_pin_is_the_policys_choice() {
    let judged = |forbid_weak| {
        let mut policy = Policy::default();
        policy.pin.forbid_weak = forbid_weak;
        let wallet = Wallet::with_policy(policy);
        wallet.lock.judge_pin(&entry("472274"), &[]).expect("a judgement")
    };
    assert_eq!((judged(false).findings, judged(false).allowed), (vec![Finding::Palindrome], true));
    assert!(!judged(true).allowed);
}

#[test]
fn judging_keeps_the_entry_and_enrolling_empties_it() {
    let wallet = Wallet::unconfigured("walletlock");
    let pin = entry(PIN);
    assert!(wallet.lock.judge_pin(&pin, &[]).expect("a judgement").allowed);
    assert_eq!(pin.length(), 6);
    assert!(matches!(wallet.lock.enrol(&pin, &[]), Ok(Enrolment::Enrolled(_))));
    assert_eq!(pin.length(), 0);
    assert_eq!(wallet.lock.enrol(&entry(PIN), &[]).err(), Some(LockError::WrongState), "a second time");
}

#[test]
fn the_last_five_pins_do_not_come_back() {
    let wallet = Wallet::enrolled("walletlock");
    let pins = [PIN, "582941", "604183", "719352", "830467", "951628", "360914"];
    for pair in pins.windows(2) {
        let session = match wallet.verify(pair[0]) {
            PinOutcome::Right(session) => session,
            other => panic!("{other:?}"),
        };
        assert_eq!(change(&session, pair[0], pair[1]), PinChange::Changed { biometrics_on: false });
        assert_eq!(
            change(&session, pair[1], pair[1]),
            PinChange::Forbidden(vec![Finding::UsedBefore]),
            "the one in force"
        );
    }
    let session = match wallet.verify("360914") {
        PinOutcome::Right(session) => session,
        other => panic!("{other:?}"),
    };
    for used in &pins[2..] {
        assert_eq!(change(&session, "360914", used), PinChange::Forbidden(vec![Finding::UsedBefore]), "{used}");
    }
    assert_eq!(change(&session, "360914", "582941"), PinChange::Changed { biometrics_on: false }, "the sixth last may");
}

#[test]
fn proposals_are_counted_so_that_they_tell_no_old_pins() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    for nth in 0..10 {
        assert_eq!(change(&session, PIN, PIN), PinChange::Forbidden(vec![Finding::UsedBefore]), "proposal {nth}");
    }
    let refused = session.access().change_pin(&entry(PIN), &entry("582941"), &[], true);
    assert_eq!(refused, Err(LockError::LimitReached("PIN proposals in this session")));
    assert_eq!(
        change(&wallet.unlock(), PIN, "582941"),
        PinChange::Changed { biometrics_on: false },
        "a new session may"
    );
}

#[test]
fn changing_counts_like_verifying() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    let proposed = entry("582941");
    for nth in 1..=5 {
        let current = entry(&format!("{:06}", 700_000 + nth));
        let refused = session.access().change_pin(&current, &proposed, &[], true).expect("an outcome");
        assert!(matches!(refused, PinChange::Refused(Refusal::Wrong(wrong)) if wrong.tries_left == Some(16 - nth)));
        assert_eq!((current.length(), proposed.length()), (0, 6), "only the current one is to be typed again");
    }
    assert!(matches!(wallet.status(), LockStatus::CoolingDown { .. }));
    assert_eq!(session.vault().read("anything"), Err(LockError::SessionEnded), "and every session ends");
    wallet.wait();
    assert!(matches!(wallet.verify("582941"), PinOutcome::Wrong(_)), "nothing was changed");
}

#[test]
fn removing_counts_like_verifying_and_then_leaves_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    wallet.unlock().vault().write("card", b"4111").expect("written");
    let refused = wallet.lock.remove(&entry("700001")).expect("an outcome");
    assert!(matches!(refused.refusal(), Some(Refusal::Wrong(wrong)) if wrong.tries_left == Some(15)));
    assert_eq!(wallet.lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    assert_eq!(wallet.status(), LockStatus::Unconfigured);
    assert!(wallet.phone.device_key.all_aliases().is_empty());
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Unconfigured);
    assert_eq!(wallet.enrol(PIN).vault().names(), Ok(vec![]));
}

#[test]
fn a_change_ends_the_other_sessions_and_the_old_pin_and_key() {
    let wallet = Wallet::enrolled("walletlock");
    let old_key = wallet.phone.device_key.all_aliases().remove(0);
    let (mine, other) = (wallet.unlock(), wallet.unlock());
    mine.vault().write("card", b"4111").expect("written");
    assert_eq!(change(&mine, PIN, "582941"), PinChange::Changed { biometrics_on: false });
    assert!(mine.is_live() && !other.is_live());
    assert!(matches!(wallet.verify(PIN), PinOutcome::Wrong(_)));
    let keys = wallet.phone.device_key.all_aliases();
    assert_eq!((keys.len(), keys.contains(&old_key)), (2, false), "the old key is gone: {keys:?}");
    drop((mine, other));
    let wallet = wallet.restart();
    let PinOutcome::Right(session) = wallet.verify("582941") else { panic!("the new PIN opens") };
    assert_eq!(
        session.vault().read("card").expect("read").expect("there").as_slice(),
        b"4111",
        "nothing was encrypted anew"
    );
}

#[test]
fn reminders_come_when_due_and_once_a_week() {
    let wallet = Wallet::enrolled("walletlock");
    assert_eq!(wallet.lock.take_reminder(), Ok(None));
    wallet.phone.clock.advance_ms(30 * DAY_MS);
    assert_eq!(wallet.lock.take_reminder(), Ok(Some(Reminder::Rehearse)));
    assert_eq!(wallet.lock.take_reminder(), Ok(None), "once a week");
    let wallet = wallet.restart();
    assert_eq!(wallet.lock.take_reminder(), Ok(None), "and a restart does not change that");
    wallet.phone.clock.advance_ms(7 * DAY_MS);
    assert_eq!(wallet.lock.take_reminder(), Ok(Some(Reminder::Rehearse)));
    drop(wallet.unlock());
    wallet.phone.clock.advance_ms(7 * DAY_MS);
    assert_eq!(wallet.lock.take_reminder(), Ok(Some(Reminder::Review)), "it was rehearsed; the history is next");
}

/// A phone was off for a long time, or someone changed its clock. The clock is corrected the same day.
#[test]
fn a_clock_that_was_wrong_neither_silences_reminders_nor_makes_them_due() {
    const YEARS_MS: i64 = 5 * 365 * DAY_MS as i64;
    let mut policy = Policy::default();
    policy.pin.change_after_days = Some(365);
    for (wrong_by, what) in [(YEARS_MS, "ahead"), (-YEARS_MS, "behind")] {
        let mut wallet = Wallet::with_policy(policy.clone());
        wallet.phone.clock.change(|now| now.wall_ms += wrong_by);
        wallet.enrol(PIN).close();
        wallet.phone.clock.advance_ms(3_600_000);
        assert_eq!(wallet.lock.take_reminder(), Ok(None), "{what}");
        wallet.phone.clock.change(|now| now.wall_ms -= wrong_by);
        assert_eq!(wallet.lock.take_reminder(), Ok(None), "{what}: nothing is due at once");
        let mut due = None;
        for week in 1..=53 {
            wallet.phone.clock.advance_ms(3 * DAY_MS);
            wallet.phone.clock.reboot();
            wallet.phone.clock.advance_ms(4 * DAY_MS);
            wallet = wallet.restart();
            drop(wallet.unlock());
            if wallet.lock.take_reminder() == Ok(Some(Reminder::Change)) {
                due = due.or(Some(week));
            }
        }
        assert_eq!(due, Some(53), "{what}: after a year");
    }
}
