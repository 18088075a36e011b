//! Guessing from many threads at once: each guess is charged, given back as a repetition, or refused, and the counts
//! add up.

use std::sync::{Arc, Barrier};
use std::thread;

use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::policy::Policy;
use walletlock_core::{Enrolment, LockError, LockStatus, NoVerdict, PinChange, PinOutcome, Refusal};

use crate::wallet::{PIN, Wallet, entry, is_pins_mac, is_told};

const THREADS: u32 = 16;

/// Sixteen threads enter a PIN at the same moment. Returns what each is told.
fn all_at_once(wallet: &Wallet, pin: impl Fn(u32) -> String + Sync) -> Vec<PinOutcome> {
    let start = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|nth| {
                let (start, pin) = (&start, &pin);
                scope.spawn(move || {
                    start.wait();
                    wallet.verify(&pin(nth))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

fn count(outcomes: &[PinOutcome], wanted: impl Fn(&PinOutcome) -> bool) -> u32 {
    outcomes.iter().filter(|outcome| wanted(outcome)).count() as u32
}

#[test]
fn sixteen_different_guesses_get_no_more_than_one_after_the_other() {
    let wallet = Wallet::enrolled("walletlock");
    let outcomes = all_at_once(&wallet, |nth| format!("{:06}", 700_000 + nth));
    let wrong = count(&outcomes, |outcome| matches!(outcome, PinOutcome::Wrong(_)));
    let refused = count(&outcomes, |outcome| matches!(outcome, PinOutcome::Locked(LockStatus::CoolingDown { .. })));
    assert_eq!((wrong, refused), (5, 11), "the fifth brings a cooldown, also for those that came at the same time");
    assert_eq!(wallet.tries_left(), 11);
    assert!(matches!(wallet.lock.verify_journal(), Ok(Chain::Intact { .. })));
}

#[test]
fn sixteen_times_the_same_guess_costs_one_try() {
    let mut policy = Policy::default();
    // No wait at five failures, so that every guess is checked.
    policy.lockout.cooldowns.retain(|cooldown| cooldown.from > 15);
    policy.lockout.lock_at = Some(100);
    let wallet = Wallet::with_policy(policy);
    wallet.enrol(PIN).close();
    let outcomes = all_at_once(&wallet, |_| "700001".to_owned());
    let counted = count(&outcomes, |outcome| matches!(outcome, PinOutcome::Wrong(wrong) if !wrong.repeated));
    let repeated = count(&outcomes, |outcome| matches!(outcome, PinOutcome::Wrong(wrong) if wrong.repeated));
    assert_eq!(counted + repeated, THREADS);
    assert!(counted >= 1);
    assert_eq!(wallet.tries_left(), 100 - counted, "what was counted is what is missing");
}

#[test]
fn a_right_pin_among_guesses_takes_back_no_open_one() {
    let mut policy = Policy::default();
    policy.lockout.cooldowns.retain(|cooldown| cooldown.from > 15);
    policy.lockout.lock_at = Some(100);
    let wallet = Wallet::with_policy(policy);
    wallet.enrol(PIN).close();
    let outcomes = all_at_once(&wallet, |nth| if nth == 7 { PIN.to_owned() } else { format!("{:06}", 700_000 + nth) });
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, PinOutcome::Right(_))), 1);
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, PinOutcome::Wrong(_))), 15);
    let session = wallet.unlock();
    let entries = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page").entries;
    // Lines stand in the order of the commits: compare each with the failures settled before it.
    let mut failures = 0;
    for entry in entries.iter().rev() {
        match entry.kind {
            Some(Kind::PinWrong) => {
                failures += 1;
                let said: u32 = entry.details.as_ref().expect("readable").0["failures"].parse().expect("a number");
                assert!(said >= failures, "{said} failures after {failures} settled as wrong");
            }
            Some(Kind::PinRight) => failures = 0,
            _ => {}
        }
    }
    drop(outcomes);
}

/// Runs `interruption` once the key of a PIN has made its next MAC.
fn interrupt(wallet: &Wallet, interruption: impl FnOnce() + Send + 'static) {
    wallet.phone.hooks.once_after(is_pins_mac, interruption);
}

#[test]
fn an_old_pin_checked_while_it_is_changed_opens_nothing_and_costs_nothing() {
    for pin in [PIN, "700001"] {
        let wallet = Wallet::enrolled("walletlock");
        let session = wallet.unlock();
        interrupt(&wallet, move || {
            assert_eq!(
                session.access().change_pin(&entry(PIN), &entry("582941"), &[], true),
                Ok(PinChange::Changed { biometrics_on: false })
            );
        });
        assert!(matches!(wallet.verify(pin), PinOutcome::NoVerdict(NoVerdict::TryAgain)));
        assert_eq!(wallet.lock.status(), Ok(LockStatus::Ready { tries_left: Some(16) }));
        assert!(matches!(wallet.verify("582941"), PinOutcome::Right(_)));
    }
}

#[test]
fn a_pin_checked_while_the_wallet_is_removed_opens_nothing() {
    let wallet = Wallet::enrolled("walletlock");
    let other = wallet.lock.clone();
    interrupt(&wallet, move || assert_eq!(other.remove(&entry(PIN)).expect("an outcome").refusal(), None));
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Unconfigured)));
    assert!(matches!(wallet.lock.enrol(&entry("582941"), &[]), Ok(Enrolment::Enrolled(_))));
}

#[test]
fn of_two_enrolments_at_once_one_is_refused() {
    let wallet = Wallet::unconfigured("walletlock");
    let other = wallet.lock.clone();
    interrupt(&wallet, move || {
        assert_eq!(other.enrol(&entry("582941"), &[]).err(), Some(LockError::WrongState));
    });
    assert!(matches!(wallet.lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
    assert_eq!(wallet.phone.hooks.unmet(), 0, "the control: there were two");
    assert!(matches!(wallet.verify(PIN), PinOutcome::Right(_)));
}

#[test]
fn of_two_changes_at_once_one_wins_and_its_key_stays() {
    let wallet = Wallet::enrolled("walletlock");
    let (first, second) = (wallet.unlock(), wallet.unlock());
    // The first change has proven its PIN and is about to make its slot when the second change runs from beginning to
    // end.
    let hooks = wallet.phone.hooks.clone();
    interrupt(&wallet, move || {
        hooks.once_after(is_pins_mac, move || {
            assert_eq!(
                second.access().change_pin(&entry(PIN), &entry("604183"), &[], true),
                Ok(PinChange::Changed { biometrics_on: false })
            );
        });
    });
    let changed = first.access().change_pin(&entry(PIN), &entry("582941"), &[], true);
    assert_eq!(changed, Ok(PinChange::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))));
    assert!(matches!(wallet.verify("604183"), PinOutcome::Right(_)));
    assert!(matches!(wallet.verify("582941"), PinOutcome::Wrong(_)));
    assert_eq!(wallet.phone.device_key.all_aliases().len(), 2, "and no key is left over");
}

#[test]
fn a_lock_event_while_a_right_pin_is_checked_lets_it_open_no_session() {
    let wallet = Wallet::enrolled("walletlock");
    let other = wallet.lock.clone();
    interrupt(&wallet, move || other.lock_now());
    let PinOutcome::Right(session) = wallet.verify(PIN) else { panic!("the PIN is right all the same") };
    assert!(!session.is_live());
    assert_eq!(session.vault().names(), Err(LockError::SessionEnded));
}

#[test]
fn a_session_of_a_removed_wallet_does_not_touch_the_next_one() {
    let wallet = Wallet::enrolled("walletlock");
    let old = wallet.unlock();
    assert_eq!(wallet.lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    let new = wallet.enrol("582941");
    assert_eq!(old.vault().names(), Err(LockError::SessionEnded));
    assert_eq!(old.vault().write("card", b"4111"), Err(LockError::SessionEnded));
    assert_eq!(new.vault().names(), Ok(vec![]));
}

/// Another wallet is enrolled as soon as the listeners are told of the wipe, before the call that wiped has returned.
#[test]
fn a_wallet_made_while_the_last_one_is_wiped_keeps_its_key() {
    let wallet = Wallet::enrolled("trezor");
    wallet.lock.add_listener(Arc::new(wallet.phone.hooks.clone()));
    let lock = wallet.lock.clone();
    wallet
        .phone
        .hooks
        .once_before(is_told(Kind::Wiped), move || drop(lock.enrol(&entry("582941"), &[]).expect("enrolled")));
    for nth in 1..=15 {
        wallet.guess_wrong(nth);
        wallet.wait();
    }
    drop(wallet.guess(16));
    assert!(matches!(wallet.verify("582941"), PinOutcome::Right(_)));
}
