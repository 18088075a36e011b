//! Guessing from many threads at once: each guess is charged, given back as a repetition, or turned away, and the sum holds.

use std::sync::Barrier;
use std::thread;

use walletlock_core::journal::{Chain, Kind, Query};
use walletlock_core::lockout::Policy;
use walletlock_core::{LockStatus, PinOutcome};

use crate::wallet::{PIN, Wallet};

const THREADS: u32 = 16;

/// What each of sixteen threads is told that enter a PIN at the same moment.
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
    // No wait at five, so that every one of them is checked.
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
    let entries = session.journal(&Query { limit: 200, ..Query::default() }).expect("a page").entries;
    // Lines are in the order of the commits: count back what each settlement left.
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
