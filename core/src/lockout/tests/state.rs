//! What a try costs and what its verdict changes, rule by rule.

use serde_json::json;

use super::{
    AttemptGate, ChargeId, Cooldown, Lockout, LockoutPolicy, Policy, Settled, Verdict, at, boot_unreadable, edited,
};
use crate::time::{SAVE_BEFORE_POWER_OFF_MS, SAVE_WHILE_WATCHED_MS};

/// No waits; locks at 10; two tries without a verdict are refunded.
fn plain() -> LockoutPolicy {
    LockoutPolicy {
        cooldowns: Vec::new(),
        lock_at: Some(10),
        wipe_at: None,
        per_boot_limit: None,
        duplicate_window_s: 300,
        duplicate_memory: 5,
        no_verdict_budget: 2,
    }
}

/// 30 s after the 2nd failure, none after the 3rd, 60 s after each from the 4th on.
fn with_waits() -> LockoutPolicy {
    let cooldowns = vec![Cooldown { from: 2, to: Some(2), wait_s: 30 }, Cooldown { from: 4, to: None, wait_s: 60 }];
    LockoutPolicy { cooldowns, lock_at: None, ..plain() }
}

/// One counter and the tries made with it, numbered from 0.
struct Run {
    policy: LockoutPolicy,
    lockout: Lockout,
    charges: Vec<ChargeId>,
    now_ms: u64,
}

impl Run {
    fn new(policy: LockoutPolicy) -> Self {
        Self { lockout: Lockout::new(&policy), policy, charges: Vec::new(), now_ms: 1000 }
    }

    /// Plays a script: `c` charges a try; `w0` settles the first try as wrong, and likewise `r` as right, `d` as
    /// duplicate, `n` as without a verdict; `x` is a new process. Returns what the last settlement did.
    fn play(&mut self, script: &str) -> Option<Settled> {
        let mut last = None;
        for step in script.split_whitespace() {
            let (step, number) = step.split_at(1);
            let verdict = match step {
                "c" => {
                    let charge = self.lockout.charge(&self.policy, at(1, self.now_ms)).expect("allowed");
                    self.charges.push(charge);
                    continue;
                }
                "x" => {
                    self.lockout.count_open_as_wrong(at(1, self.now_ms));
                    continue;
                }
                "r" => Verdict::Right,
                "w" => Verdict::Wrong,
                "d" => Verdict::Duplicate,
                "n" => Verdict::None,
                other => panic!("{other}"),
            };
            let charge = self.charges[number.parse::<usize>().unwrap()];
            let before = self.lockout.clone();
            last = self.lockout.settle(&self.policy, charge, verdict);
            if last.is_none() {
                assert_eq!(self.lockout, before, "{script}: settling nothing changes nothing");
            }
        }
        last
    }

    fn gate(&self) -> AttemptGate {
        self.lockout.evaluate(&self.policy, at(1, self.now_ms))
    }

    fn remaining_ms(&self) -> u64 {
        match self.gate() {
            AttemptGate::Ready { .. } => 0,
            AttemptGate::CoolingDown { remaining_ms, .. } => remaining_ms,
            other => panic!("{other:?}"),
        }
    }
}

fn counted(counted: bool) -> Option<Settled> {
    Some(Settled { counted, wipe: false, durable: false })
}

#[test]
fn a_new_counter_is_ready() {
    for policy in [plain(), with_waits(), Policy::default().lockout] {
        let lockout = Lockout::new(&policy);
        assert_eq!(lockout.failures(), 0);
        assert!(lockout.is_in_range());
        let tries_left = policy.lock_at;
        for now in [at(0, 0), at(9, 99), boot_unreadable(0)] {
            assert_eq!(lockout.evaluate(&policy, now), AttemptGate::Ready { tries_left });
        }
    }
}

#[test]
fn each_verdict_removes_what_it_should_and_nothing_else() {
    for (script, failures, last) in [
        ("c", 1, None),
        ("c w0", 1, counted(true)),
        ("c r0", 0, counted(false)),
        ("c d0", 0, counted(false)),
        ("c n0", 0, counted(false)),
        // A right try removes itself and the tries settled as wrong before it.
        ("c w0 c w1 c r2", 0, counted(false)),
        ("c c w0 r1", 0, counted(false)),
        ("c c w1 r0", 0, counted(false)),
        ("c w0 c d1 c r2 c", 1, counted(false)),
        // A right try never removes one that is still open.
        ("c c r0", 1, counted(false)),
        ("c c r1", 1, counted(false)),
        ("c w0 c c c w1 r3", 1, counted(false)),
        ("c c c c r1", 3, counted(false)),
        ("c c r0 w1", 1, counted(true)),
        ("c c r0 r1", 0, counted(false)),
        ("c c r1 w0 c w2", 2, counted(true)),
        // A refund removes only its own try.
        ("c c w1 d0", 1, counted(false)),
        ("c c d1 w0", 1, counted(true)),
        ("c c c d1", 2, counted(false)),
        ("c w0 c w1 c d2", 2, counted(false)),
        ("c w0 c w1 c n2", 2, counted(false)),
        ("c c r0 d1", 0, counted(false)),
        ("c c r0 n1", 0, counted(false)),
        // A try that is already settled stays as it is.
        ("c w0 w0", 1, None),
        ("c w0 r0", 1, None),
        ("c w0 d0", 1, None),
        ("c w0 n0", 1, None),
        ("c r0 w0", 0, None),
        ("c r0 c r0", 1, None),
        ("c d0 c d0", 1, None),
        ("c n0 c n0", 1, None),
        // In a new process, the tries that were open count and can no longer be settled.
        ("c x", 1, None),
        ("c x r0", 1, None),
        ("c x w0", 1, None),
        ("c x d0", 1, None),
        ("c x n0", 1, None),
        ("c c w0 x d1", 2, None),
        ("c c c x x", 3, None),
        ("c c x c r2", 0, counted(false)),
        ("c x c d1", 1, counted(false)),
    ] {
        let mut run = Run::new(plain());
        assert_eq!(run.play(script), last, "{script}");
        assert_eq!(run.lockout.failures(), failures, "{script}");
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: Some(10 - failures) }, "{script}");
        assert!(run.lockout.is_in_range());
    }
}

#[test]
fn another_policy_gives_back_what_its_budget_has_left() {
    // The old budget, how many tries were refunded from it, the new budget, and how many more tries are refunded.
    for (before, given_back, after, more) in [(2, 1, 3, 2), (2, 1, 1, 0), (5, 0, 1, 1), (3, 3, 1, 0), (0, 0, 2, 2)] {
        let mut run = Run::new(LockoutPolicy { no_verdict_budget: before, ..plain() });
        for nth in 0..given_back {
            assert_eq!(run.play(&format!("c n{nth}")).map(|settled| settled.counted), Some(false));
        }
        let changed = LockoutPolicy { no_verdict_budget: after, ..plain() };
        run.lockout.change_policy(&run.policy, &changed);
        run.policy = changed;
        for nth in given_back..given_back + more {
            assert!(!run.lockout.budget_is_spent());
            run.play(&format!("c n{nth}"));
        }
        assert!(run.lockout.budget_is_spent(), "{before} {given_back} {after}");
    }
}

#[test]
fn the_budget_for_no_verdict_is_refilled_by_a_right_pin_only() {
    for (script, failures, last) in [
        ("c n0 c n1", 0, counted(false)),
        ("c n0 c n1 c n2", 1, counted(true)),
        ("c n0 c n1 c n2 c n3", 2, counted(true)),
        ("c c c n0 n1 n2", 1, counted(true)),
        ("c n0 c n1 c r2 c n3 c n4", 0, counted(false)),
        ("c n0 c n1 c r2 c n3 c n4 c n5", 1, counted(true)),
        ("c n0 c n1 c w2 c n3", 2, counted(true)),
        ("c n0 c d1 c n2 c n3", 1, counted(true)),
        ("c n0 c n1 c x c n3", 2, counted(true)),
        // A try that is settled twice uses the budget once.
        ("c n0 n0 c n1 c n2", 1, counted(true)),
        ("c c n0 n0 n1", 0, counted(false)),
        // A right PIN refills the budget, but never beyond its size.
        ("c r0 c r1 c n2 c n3 c n4", 1, counted(true)),
    ] {
        let mut run = Run::new(plain());
        assert_eq!(run.play(script), last, "{script}");
        assert_eq!(run.lockout.failures(), failures, "{script}");
    }
    let mut none = Run::new(LockoutPolicy { no_verdict_budget: 0, ..plain() });
    assert_eq!(none.play("c n0"), counted(true));
    // A right PIN refills the budget to the size that the policy has at that moment.
    let mut grown = Run::new(LockoutPolicy { no_verdict_budget: 0, ..plain() });
    grown.policy.no_verdict_budget = 1;
    assert_eq!(grown.play("c n0"), counted(true));
    assert_eq!(grown.play("c r1 c n2"), counted(false));
    assert_eq!(grown.play("c n3"), counted(true));
}

#[test]
fn the_budget_is_spent_when_nothing_is_left_of_it() {
    let mut run = Run::new(plain());
    for (script, spent) in [("", false), ("c n0", false), ("c n1", true), ("c n2", true), ("c r3", false)] {
        run.play(script);
        assert_eq!(run.lockout.budget_is_spent(), spent, "after {script}");
    }
}

/// A try whose settlement could not be written must cost exactly as much as a wrong PIN.
#[test]
fn tries_whose_settlement_was_lost_become_wrong_ones() {
    let policy = LockoutPolicy { per_boot_limit: Some(5), ..plain() };
    let mut run = Run::new(policy);
    run.play("c c c c w3");
    run.lockout.count_as_wrong(&[run.charges[0], run.charges[2], run.charges[3]]);
    assert_eq!(run.lockout.failures(), 4, "each counts once, settled or not");
    assert_eq!(run.gate(), AttemptGate::Ready { tries_left: Some(1) });
    assert_eq!(run.play("w0"), None, "it is settled");
    assert_eq!(run.play("r1"), counted(false));
    assert_eq!(run.lockout.failures(), 0, "the right PIN takes back what was settled as wrong");
    assert_eq!(run.gate(), AttemptGate::Ready { tries_left: Some(5) });
    run.lockout.count_as_wrong(&run.charges);
    assert_eq!(run.lockout.failures(), 0, "none of them is open");
}

#[test]
fn a_charge_is_never_named_twice() {
    let mut run = Run::new(plain());
    run.play("c r0 c c w1 d2 c x c r4");
    run.lockout = edited(&run.lockout, |_| {});
    run.play("c r5 c");
    for (i, charge) in run.charges.iter().enumerate() {
        assert!(!run.charges[..i].contains(charge), "{i}");
    }
    let bogus: ChargeId = serde_json::from_value(json!(4_000_000)).unwrap();
    for verdict in [Verdict::Right, Verdict::Wrong, Verdict::Duplicate, Verdict::None] {
        let before = run.lockout.clone();
        assert_eq!(run.lockout.settle(&run.policy, bogus, verdict), None);
        assert_eq!(run.lockout, before);
    }
}

#[test]
fn a_wait_begins_with_the_charge_and_goes_with_it_when_it_is_refunded() {
    for (script, remaining_ms) in [
        ("c", 0),
        ("c c", 30_000),
        ("c c w1", 30_000),
        ("c c w1 w0", 30_000),
        // The try that caused the wait is refunded or right: no wait.
        ("c w0 c d1", 0),
        ("c w0 c n1", 0),
        ("c w0 c r1", 0),
        ("c c d1", 0),
        ("c c n1", 0),
        ("c c r1", 0),
        // Another try is refunded or right: the wait stays as long as its own try counts.
        ("c c d0", 30_000),
        ("c c n0", 30_000),
        ("c c r0", 30_000),
        ("c c r0 w1", 30_000),
        ("c c r0 d1", 0),
        ("c c r0 r1", 0),
        ("c c d0 n1", 0),
        // No verdict, and the budget is spent: the try counts, so the wait stays.
        ("c n0 c n1 c c n3", 30_000),
        // A new process does not change the wait.
        ("c c x", 30_000),
        ("c c x d1", 30_000),
        ("c x c x", 30_000),
        // A right PIN ends the wait of a try that was settled as wrong before.
        ("c c w1 r0", 0),
    ] {
        let mut run = Run::new(with_waits());
        run.policy.no_verdict_budget = 2;
        run.play(script);
        assert_eq!(run.remaining_ms(), remaining_ms, "{script}");
    }
}

#[test]
fn without_a_wait_there_is_none_to_save() {
    let mut run = Run::new(with_waits());
    run.play("c w0");
    assert_eq!(run.lockout.saved_wait(), None);
    run.play("c w1");
    assert_eq!(run.lockout.saved_wait().map(|wait| wait.saved_ms()), Some(30_000));
    run.now_ms += 30_000;
    run.play("c w2");
    assert_eq!(run.lockout.saved_wait(), None, "the third brings none");
}

#[test]
fn the_next_charge_brings_its_own_wait() {
    let mut run = Run::new(with_waits());
    run.play("c c");
    run.now_ms += 29_999;
    assert_eq!(run.gate(), AttemptGate::CoolingDown { remaining_ms: 1, tries_left: None });
    assert_eq!(run.lockout.charge(&run.policy, at(1, run.now_ms)), Err(run.gate()));
    run.now_ms += 1;
    assert_eq!(run.gate(), AttemptGate::Ready { tries_left: None });
    run.play("c");
    assert_eq!(run.remaining_ms(), 0, "none after the 3rd");
    // The previous wait was over, so a restart does not bring it back.
    assert_eq!(run.lockout.evaluate(&run.policy, at(2, 0)), AttemptGate::Ready { tries_left: None });
    run.play("c");
    assert_eq!(run.remaining_ms(), 60_000);
    run.play("d1 n0");
    assert_eq!((run.remaining_ms(), run.lockout.failures()), (60_000, 2), "the wait belongs to the 4th try");
    run.play("d3");
    assert_eq!((run.remaining_ms(), run.lockout.failures()), (0, 1));
}

#[test]
fn a_restart_begins_what_was_saved_again_and_the_wall_clock_does_nothing() {
    let mut run = Run::new(with_waits());
    run.play("c c w0 w1");
    let remaining = |lockout: &Lockout, now| match lockout.evaluate(&with_waits(), now) {
        AttemptGate::CoolingDown { remaining_ms, .. } => remaining_ms,
        AttemptGate::Ready { .. } => 0,
        other => panic!("{other:?}"),
    };
    let start_ms = run.now_ms;
    let mut far_ahead = at(1, start_ms + 10_000);
    far_ahead.wall_ms = i64::MAX;
    assert_eq!(remaining(&run.lockout, far_ahead), 20_000);
    assert_eq!(
        remaining(&run.lockout, at(2, start_ms + 10_000)),
        20_000,
        "10 s have passed, with or without a restart"
    );
    assert_eq!(remaining(&run.lockout, at(2, 0)), 30_000, "restarted");
    assert_eq!(remaining(&run.lockout, at(1, start_ms - 1_000)), 31_000, "a reading used late");
    assert!(!run.lockout.save_wait(at(1, start_ms + 29_999), SAVE_WHILE_WATCHED_MS));
    assert!(run.lockout.save_wait(at(2, 500), SAVE_WHILE_WATCHED_MS), "a restart is saved at once");
    assert!(!run.lockout.save_wait(at(2, 1_499), SAVE_BEFORE_POWER_OFF_MS));
    assert!(run.lockout.clone().save_wait(at(2, 1_500), SAVE_BEFORE_POWER_OFF_MS), "and a moment that may be the last");
    assert!(!run.lockout.save_wait(at(2, 1_500), SAVE_WHILE_WATCHED_MS));
    // The first reading after the restart was so close to the saved one that it may have been a late one.
    assert_eq!(remaining(&run.lockout, at(2, 30_499)), 1);
    assert_eq!(remaining(&run.lockout, at(2, 30_500)), 0);
    assert!(run.lockout.save_wait(at(2, 30_500), SAVE_WHILE_WATCHED_MS), "its end is saved");
    assert_eq!(remaining(&run.lockout, at(3, 0)), 0, "and does not come back");
    assert!(!run.lockout.save_wait(at(3, 0), SAVE_WHILE_WATCHED_MS));
    assert!(!Lockout::new(&with_waits()).save_wait(at(1, 0), SAVE_WHILE_WATCHED_MS), "no wait, nothing to save");
}

#[test]
fn only_a_settled_wrong_verdict_wipes() {
    let policy = LockoutPolicy { lock_at: None, wipe_at: Some(2), no_verdict_budget: 1, ..plain() };
    let wiped = Some(Settled { counted: true, wipe: true, durable: true });
    let refunded = Some(Settled { counted: false, wipe: false, durable: true });
    for (script, last, failures) in [
        ("c w0", counted(true), 1),
        ("c w0 c w1", wiped, 2),
        // An open try at the limit locks. Only the wrong verdict that completes the count wipes.
        ("c c", None, 2),
        ("c c w0", counted(true), 2),
        ("c c w0 w1", wiped, 2),
        ("c c w1 w0", wiped, 2),
        ("c w0 c d1", refunded, 1),
        ("c w0 c n1", refunded, 1),
        ("c w0 c r1", refunded, 0),
        ("c c w0 r1", refunded, 0),
        ("c c r1 w0", counted(true), 1),
        // With the budget spent, a try without a verdict counts, but does not wipe.
        ("c n0 c n1 c n2", counted(true), 2),
        ("c n0 c c n1 w2", wiped, 2),
        // A try that a killed process left open does not wipe either.
        ("c c x", None, 2),
        ("c w0 c x", counted(true), 2),
        ("c w0 c x w1", None, 2),
    ] {
        let mut run = Run::new(policy.clone());
        assert_eq!(run.play(script), last, "{script}");
        assert_eq!(run.lockout.failures(), failures, "{script}");
        let stopped = run.gate() == AttemptGate::TooManyAttempts;
        assert_eq!(stopped, failures >= 2, "{script}");
    }
}

#[test]
fn a_wrong_verdict_beyond_the_limit_wipes_too() {
    // Three tries were running when the limit was lowered.
    let mut run = Run::new(LockoutPolicy { lock_at: None, wipe_at: Some(3), ..plain() });
    run.play("c c c");
    run.policy.wipe_at = Some(1);
    let wiped = Some(Settled { counted: true, wipe: true, durable: true });
    assert_eq!(run.play("w0"), wiped);
    assert_eq!(run.play("w1"), wiped);
}

#[test]
fn the_earlier_of_lock_and_wipe_stops() {
    for (lock_at, wipe_at, stop) in [
        (Some(2), None, Some(2)),
        (None, Some(2), Some(2)),
        (Some(2), Some(3), Some(2)),
        (Some(3), Some(2), Some(2)),
        (None, None, None),
    ] {
        let mut run = Run::new(LockoutPolicy { lock_at, wipe_at, ..plain() });
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: stop });
        run.play("c");
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: stop.map(|stop| stop - 1) });
        run.play("c");
        let after = if stop.is_some() { AttemptGate::TooManyAttempts } else { AttemptGate::Ready { tries_left: None } };
        assert_eq!(run.gate(), after, "lock_at {lock_at:?}, wipe_at {wipe_at:?}");
        run.play("d0");
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: stop.map(|stop| stop - 1) }, "a refund unlocks");
    }
}

#[test]
fn a_settlement_must_last_only_if_losing_it_would_lock_for_good() {
    let refund = |durable| Some(Settled { counted: false, wipe: false, durable });
    let policy = LockoutPolicy { lock_at: Some(3), ..plain() };
    for (script, last) in [
        ("c w0 c r1", refund(false)),
        ("c w0 c d1", refund(false)),
        ("c w0 c n1", refund(false)),
        ("c w0 c w1 c r2", refund(true)),
        ("c w0 c w1 c d2", refund(true)),
        ("c w0 c w1 c n2", refund(true)),
        ("c w0 c w1 c w2", counted(true)),
        ("c c c w0", counted(true)),
        ("c c c r0", refund(true)),
        ("c c c w0 r1", refund(true)),
        ("c c c r0 r1", refund(false)),
        ("c c c d0 r1", refund(false)),
        ("c n0 c n1 c c c n2", counted(true)),
    ] {
        assert_eq!(Run::new(policy.clone()).play(script), last, "{script}");
    }
    // The count can be beyond the limit, after a change to a policy that locks earlier.
    let mut run = Run::new(plain());
    run.play("c c c c");
    run.policy.lock_at = Some(3);
    assert_eq!(run.play("d0"), refund(true));
    assert_eq!(run.play("d1"), refund(true));
    assert_eq!(run.play("d2"), refund(false));
    // Without `lock_at` and `wipe_at`, nothing locks permanently.
    let mut run = Run::new(LockoutPolicy { lock_at: None, ..plain() });
    assert_eq!(run.play("c w0 c w1 c w2 c r3"), refund(false));
    // A lock that a restart lifts is not permanent.
    let mut run = Run::new(LockoutPolicy { lock_at: None, per_boot_limit: Some(1), ..plain() });
    assert_eq!(run.play("c r0"), refund(false));
}

#[test]
fn the_limit_per_boot_ends_with_a_restart_and_counts_on() {
    let policy = LockoutPolicy { lock_at: Some(5), per_boot_limit: Some(2), ..plain() };
    let mut lockout = Lockout::new(&policy);
    let mut guess = |now, verdict| {
        let charge = lockout.charge(&policy, now);
        if let Ok(charge) = charge {
            lockout.settle(&policy, charge, verdict).unwrap();
        }
        (charge.err(), lockout.evaluate(&policy, now))
    };
    let ready = |tries_left| AttemptGate::Ready { tries_left: Some(tries_left) };
    assert_eq!(guess(at(7, 0), Verdict::Wrong), (None, ready(1)));
    assert_eq!(guess(at(7, 1), Verdict::Wrong), (None, AttemptGate::UntilRestart));
    assert_eq!(guess(at(7, u64::MAX), Verdict::Wrong), (Some(AttemptGate::UntilRestart), AttemptGate::UntilRestart));
    assert_eq!(
        guess(at(6, 0), Verdict::Right).0,
        Some(AttemptGate::UntilRestart),
        "a smaller boot count proves no restart"
    );
    assert_eq!(
        guess(boot_unreadable(0), Verdict::Right).0,
        Some(AttemptGate::UntilRestart),
        "nor does one that is not read"
    );
    assert_eq!(guess(at(8, 0), Verdict::Wrong), (None, ready(1)));
    assert_eq!(guess(at(8, 0), Verdict::Duplicate), (None, ready(1)));
    assert_eq!(guess(at(8, 0), Verdict::None), (None, ready(1)));
    assert_eq!(
        guess(at(9, 0), Verdict::Wrong),
        (None, ready(1)),
        "the 4th in all leaves one, whatever the restart gives"
    );
    assert_eq!(guess(at(9, 0), Verdict::Right), (None, ready(2)), "a right PIN clears both counts");
    assert_eq!(guess(at(9, 0), Verdict::Wrong), (None, ready(1)));
    assert_eq!(guess(at(9, 0), Verdict::Wrong), (None, AttemptGate::UntilRestart));
    assert_eq!(guess(at(10, 0), Verdict::Wrong), (None, ready(1)));
    assert_eq!(guess(at(11, 0), Verdict::Wrong), (None, ready(1)));
    assert_eq!(guess(at(11, 0), Verdict::Wrong), (None, AttemptGate::TooManyAttempts), "the 5th in all");
    assert_eq!(guess(at(12, 0), Verdict::Right).0, Some(AttemptGate::TooManyAttempts));
}

#[test]
fn tries_left_is_the_smaller_of_both_limits() {
    for (lock_at, per_boot_limit, tries_left) in [
        (None, None, [None, None]),
        (Some(5), None, [Some(5), Some(4)]),
        (None, Some(3), [Some(3), Some(2)]),
        (Some(5), Some(3), [Some(3), Some(2)]),
        (Some(3), Some(5), [Some(3), Some(2)]),
    ] {
        let mut run = Run::new(LockoutPolicy { lock_at, per_boot_limit, ..plain() });
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: tries_left[0] });
        run.play("c");
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: tries_left[1] });
        run.play("w0");
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: tries_left[1] });
    }
    let policy = LockoutPolicy { lock_at: Some(5), per_boot_limit: Some(3), ..with_waits() };
    let mut run = Run::new(policy);
    run.play("c c");
    assert_eq!(run.gate(), AttemptGate::CoolingDown { remaining_ms: 30_000, tries_left: Some(1) });
    run.now_ms += 30_000;
    run.play("c");
    assert_eq!(run.gate(), AttemptGate::UntilRestart, "a stop outranks a wait");
}

#[test]
fn open_tries_count_for_the_boot_in_which_they_are_found() {
    let policy = LockoutPolicy { per_boot_limit: Some(2), ..plain() };
    let charged = |tries: usize, boot: u32| {
        let mut lockout = Lockout::new(&policy);
        for _ in 0..tries {
            lockout.charge(&policy, at(boot, 0)).unwrap();
        }
        lockout
    };
    let ready = |tries_left| AttemptGate::Ready { tries_left: Some(tries_left) };
    assert_eq!([0, 1, 2].map(|tries| charged(tries, 3).open_tries()), [0, 1, 2]);
    // The process is killed; the phone does not restart.
    let mut killed = charged(1, 3);
    assert_eq!(killed.count_open_as_wrong(at(3, 5)), 1);
    assert_eq!(killed.open_tries(), 0);
    assert_eq!(killed.evaluate(&policy, at(3, 5)), ready(1));
    assert_eq!(killed.evaluate(&policy, at(4, 0)), ready(2));
    // The phone restarts in between. From then on, only a boot count above 4 proves another restart.
    let mut restarted = charged(2, 3);
    assert_eq!(restarted.count_open_as_wrong(at(4, 5)), 2);
    assert_eq!(restarted.evaluate(&policy, at(4, 5)), AttemptGate::UntilRestart);
    assert_eq!(restarted.evaluate(&policy, at(5, 0)), ready(2));
    // Tries settled before the restart do not count for the new boot.
    let mut mixed = charged(2, 3);
    let first: ChargeId = serde_json::from_value(json!(1)).unwrap();
    mixed.settle(&policy, first, Verdict::Wrong).unwrap();
    assert_eq!(mixed.count_open_as_wrong(at(4, 5)), 1);
    assert_eq!(mixed.evaluate(&policy, at(4, 5)), ready(1));
    assert_eq!(mixed.failures(), 2);
    // The boot count is noted even if no try is open.
    let mut twice = charged(1, 3);
    twice.count_open_as_wrong(at(3, 0));
    assert_eq!(twice.count_open_as_wrong(at(4, 0)), 0);
    assert_eq!(twice.evaluate(&policy, at(4, 0)), ready(2));
    let charge = twice.charge(&policy, at(4, 0)).unwrap();
    twice.settle(&policy, charge, Verdict::Wrong).unwrap();
    assert_eq!(twice.evaluate(&policy, at(4, 0)), ready(1));
    // If the boot count cannot be read, the known one is kept.
    let mut unread = charged(2, 3);
    assert_eq!(unread.count_open_as_wrong(boot_unreadable(5)), 2);
    assert_eq!(unread.evaluate(&policy, at(3, 0)), AttemptGate::UntilRestart);
    assert_eq!(unread.evaluate(&policy, at(4, 0)), ready(2));
}

#[test]
fn a_boot_count_that_is_not_read_gives_no_tries_away() {
    let policy = LockoutPolicy { per_boot_limit: Some(2), ..plain() };
    let wrong = |lockout: &mut Lockout, now| {
        let charge = lockout.charge(&policy, now).unwrap();
        lockout.settle(&policy, charge, Verdict::Wrong).unwrap();
    };
    let ready = |tries_left| AttemptGate::Ready { tries_left: Some(tries_left) };

    // One try in boot 1; then, after a restart, one try while the boot count cannot be read. The second try counts in
    // boot 2.
    let mut lockout = Lockout::new(&policy);
    wrong(&mut lockout, at(1, 0));
    wrong(&mut lockout, boot_unreadable(10));
    assert_eq!(lockout.evaluate(&policy, boot_unreadable(10)), AttemptGate::UntilRestart);
    assert_eq!(
        lockout.evaluate(&policy, at(2, 20)),
        AttemptGate::UntilRestart,
        "boot 2 may be the one of the second try"
    );

    // The boot count was never read before: only a later, larger reading proves a restart.
    let mut lockout = Lockout::new(&policy);
    wrong(&mut lockout, boot_unreadable(0));
    wrong(&mut lockout, boot_unreadable(0));
    assert_eq!(lockout.evaluate(&policy, at(9, 0)), AttemptGate::UntilRestart);
    assert_eq!(lockout.count_open_as_wrong(at(9, 0)), 0);
    assert_eq!(lockout.evaluate(&policy, at(9, 0)), AttemptGate::UntilRestart);
    assert_eq!(lockout.evaluate(&policy, at(10, 0)), ready(2), "and it does not last for ever");
}

#[test]
fn a_boot_count_that_went_backwards_neither_frees_nor_locks_for_ever() {
    let policy = LockoutPolicy { per_boot_limit: Some(2), ..plain() };
    let wrong = |lockout: &mut Lockout, now| {
        let charge = lockout.charge(&policy, now).unwrap();
        lockout.settle(&policy, charge, Verdict::Wrong).unwrap();
    };
    let mut lockout = Lockout::new(&policy);
    wrong(&mut lockout, at(40, 0));
    wrong(&mut lockout, at(3, 0));
    assert_eq!(lockout.evaluate(&policy, at(3, 0)), AttemptGate::UntilRestart, "both count");
    assert_eq!(
        lockout.evaluate(&policy, at(4, 0)),
        AttemptGate::Ready { tries_left: Some(2) },
        "from 3 on it grew again"
    );
    let mut lockout = Lockout::new(&policy);
    wrong(&mut lockout, at(40, 0));
    wrong(&mut lockout, at(40, 0));
    assert_eq!(lockout.evaluate(&policy, at(4, 0)), AttemptGate::UntilRestart);
    lockout.count_open_as_wrong(at(3, 0));
    assert_eq!(lockout.evaluate(&policy, at(3, 0)), AttemptGate::UntilRestart);
    assert_eq!(lockout.evaluate(&policy, at(4, 0)), AttemptGate::Ready { tries_left: Some(2) });
}

#[test]
fn so_many_are_under_way_at_once_and_no_more() {
    let policy = LockoutPolicy { lock_at: Some(100), ..plain() };
    let mut run = Run::new(policy);
    for under_way in 0..32 {
        assert_eq!(run.gate(), AttemptGate::Ready { tries_left: Some(100 - under_way) });
        run.play("c");
    }
    assert!(run.lockout.is_in_range());
    assert_eq!(run.gate(), AttemptGate::TooManyAtOnce);
    let before = run.lockout.clone();
    assert_eq!(run.lockout.charge(&run.policy, at(1, 2000)), Err(AttemptGate::TooManyAtOnce));
    assert_eq!(run.lockout, before);
    run.play("w7");
    assert_eq!(run.gate(), AttemptGate::Ready { tries_left: Some(68) });
    run.play("c");
    assert_eq!(run.gate(), AttemptGate::TooManyAtOnce);
    assert_eq!(run.lockout.failures(), 33);
    // The stop that lasts longest is reported first.
    run.policy.lock_at = Some(33);
    assert_eq!(run.gate(), AttemptGate::TooManyAttempts);
    run.policy = LockoutPolicy { lock_at: None, per_boot_limit: Some(33), ..plain() };
    assert_eq!(run.gate(), AttemptGate::UntilRestart);
    run.policy.per_boot_limit = None;
    run.play("w8");
    run.policy.cooldowns = vec![Cooldown { from: 34, to: None, wait_s: 5 }];
    run.play("c");
    assert_eq!(run.gate(), AttemptGate::CoolingDown { remaining_ms: 5000, tries_left: None });
    run.now_ms += 5000;
    assert_eq!(run.gate(), AttemptGate::TooManyAtOnce);
    assert_eq!(run.lockout.count_open_as_wrong(at(1, run.now_ms)), 32);
    assert_eq!(run.lockout.failures(), 34);
    assert_eq!(run.gate(), AttemptGate::Ready { tries_left: None });
}

#[test]
fn refusals_of_one_cooldown_are_noted_once() {
    let mut run = Run::new(with_waits());
    assert!(!run.lockout.note_refusal(at(1, run.now_ms)), "nothing cools down");
    run.play("c c");
    assert!(run.lockout.note_refusal(at(1, run.now_ms)));
    assert!(!run.lockout.note_refusal(at(1, run.now_ms)));
    run.play("w1");
    run.lockout.count_open_as_wrong(at(1, run.now_ms));
    assert!(run.lockout.save_wait(at(2, 0), SAVE_WHILE_WATCHED_MS));
    run.lockout = edited(&run.lockout, |_| {});
    assert!(!run.lockout.note_refusal(at(2, 0)), "neither a restart nor a new process makes it another cooldown");
    assert!(run.lockout.save_wait(at(1, run.now_ms), SAVE_WHILE_WATCHED_MS));
    run.now_ms += 30_000;
    run.play("c");
    assert!(!run.lockout.note_refusal(at(1, run.now_ms)), "none after the 3rd");
    run.play("c");
    assert!(run.lockout.note_refusal(at(1, run.now_ms)), "the next cooldown");
    assert!(!run.lockout.note_refusal(at(1, run.now_ms)));
    run.play("d3 c");
    assert!(run.lockout.note_refusal(at(1, run.now_ms)), "and the next");
    let mut run = Run::new(with_waits());
    run.play("c c");
    assert!(!run.lockout.note_refusal(at(1, run.now_ms + 30_000)), "it is over: nobody is turned away");
    assert!(run.lockout.note_refusal(at(1, run.now_ms + 29_999)));
}

#[test]
fn counters_stop_growing_instead_of_wrapping() {
    let policy = LockoutPolicy { lock_at: None, ..plain() };
    let at_the_top = |wrong: u32| {
        edited(&Lockout::new(&policy), |json| {
            json["wrong"] = json!(wrong);
            json["wrong_this_boot"] = json!(wrong);
            json["boot"] = json!(1);
        })
    };
    let counts = |lockout: &Lockout| {
        let json = serde_json::to_value(lockout).unwrap();
        (json["wrong"].clone(), json["wrong_this_boot"].clone())
    };
    for (wrong, after) in [(999_998, 999_999), (999_999, 1_000_000), (1_000_000, 1_000_000)] {
        let mut settled = at_the_top(wrong);
        let charge = settled.charge(&policy, at(1, 0)).unwrap();
        assert!(settled.is_in_range());
        assert_eq!(settled.settle(&policy, charge, Verdict::Wrong), counted(true));
        assert_eq!((counts(&settled), settled.failures()), ((json!(after), json!(after)), after));
        assert!(settled.is_in_range());

        let mut found = at_the_top(wrong);
        found.charge(&policy, at(1, 0)).unwrap();
        assert_eq!(found.count_open_as_wrong(at(1, 0)), 1);
        assert_eq!((counts(&found), found.failures()), ((json!(after), json!(after)), after));
        assert!(found.is_in_range());
    }
}

#[test]
fn a_stored_counter_holding_a_number_that_is_never_written_is_refused() {
    let mut run = Run::new(with_waits());
    run.play("c w0 c w1");
    run.now_ms += 30_000;
    run.play("c c");
    let good = run.lockout;
    assert!(good.is_in_range());
    type Edit = (&'static str, fn(&mut serde_json::Value));
    let fine: [Edit; 8] = [
        ("most wrong", |json| json["wrong"] = json!(1_000_000)),
        ("most wrong this boot", |json| json["wrong_this_boot"] = json!(1_000_000)),
        ("largest budget", |json| json["no_verdict_left"] = json!(100)),
        ("longest wait", |json| json["cooldown"]["wait"]["left_ms"] = json!(283_824_000_000_u64)),
        ("most open", |json| {
            json["open"] = json!((1..=32).collect::<Vec<_>>());
            json["next"] = json!(33);
        }),
        ("no wait", |json| json["cooldown"] = json!(null)),
        ("no boot count", |json| json["boot"] = json!(null)),
        ("any clock", |json| json["cooldown"]["wait"]["since_boot_ms"] = json!(u64::MAX)),
    ];
    for (name, edit) in fine {
        assert!(edited(&good, edit).is_in_range(), "{name}");
    }
    let out_of_range: [Edit; 8] = [
        ("wrong", |json| json["wrong"] = json!(1_000_001)),
        ("wrong this boot", |json| json["wrong_this_boot"] = json!(1_000_001)),
        ("budget", |json| json["no_verdict_left"] = json!(101)),
        ("wait", |json| json["cooldown"]["wait"]["left_ms"] = json!(283_824_000_001_u64)),
        ("too many open", |json| {
            json["open"] = json!((1..=33).collect::<Vec<_>>());
            json["next"] = json!(34);
        }),
        ("an open one not yet charged", |json| json["next"] = json!(4)),
        ("none of them charged", |json| json["next"] = json!(1)),
        ("one far ahead", |json| json["open"] = json!([3, 4, u64::MAX])),
    ];
    for (name, edit) in out_of_range {
        assert!(!edited(&good, edit).is_in_range(), "{name}");
    }
}

#[test]
fn the_stored_form_is_pinned() {
    let mut run = Run::new(with_waits());
    run.play("c n0 c w1 c");
    run.lockout.note_refusal(at(1, run.now_ms));
    let expected = json!({
        "wrong": 1,
        "open": [3],
        "next": 4,
        "cooldown": {
            "charge": 3,
            "wait": { "left_ms": 30_000, "boot": 1, "since_boot_ms": 1000 },
            "refusal_noted": true,
        },
        "boot": 1,
        "wrong_this_boot": 1,
        "no_verdict_left": 1,
    });
    assert_eq!(serde_json::to_value(&run.lockout).unwrap(), expected);
    assert_eq!(serde_json::from_value::<Lockout>(expected.clone()).unwrap(), run.lockout);
    for unknown in ["", "/cooldown", "/cooldown/wait"] {
        let mut more = expected.clone();
        more.pointer_mut(unknown).unwrap()["more"] = json!(1);
        assert!(serde_json::from_value::<Lockout>(more).is_err(), "an unknown field in {unknown:?}");
    }
    for missing in ["wrong", "open", "next", "wrong_this_boot", "no_verdict_left"] {
        let mut less = expected.clone();
        less.as_object_mut().unwrap().remove(missing);
        assert!(serde_json::from_value::<Lockout>(less).is_err(), "without {missing}");
    }
}

#[test]
fn a_policy_that_stops_whom_the_one_in_force_lets_try_is_not_for_now() {
    let limits = |lock_at, wipe_at, per_boot_limit| LockoutPolicy { lock_at, wipe_at, per_boot_limit, ..plain() };
    let in_force = limits(Some(6), None, Some(6));
    // Three tries are settled as wrong, and one is still open.
    let mut run = Run::new(in_force.clone());
    run.play("c w0 c w1 c w2 c");
    let leaves = |to: LockoutPolicy| run.lockout.leaves_a_try(&in_force, &to, at(1, run.now_ms));
    for (to, leaves_a_try) in [
        (limits(Some(5), None, None), true),
        (limits(Some(4), None, None), false),
        (limits(None, Some(5), None), true),
        (limits(None, Some(4), None), false),
        (limits(Some(9), Some(4), None), false),
        (limits(Some(6), None, Some(5)), true),
        (limits(Some(6), None, Some(4)), false),
        (limits(None, None, None), true),
    ] {
        assert_eq!(leaves(to.clone()), leaves_a_try, "{to:?}");
    }
    let restarted = at(2, 0);
    assert!(!run.lockout.leaves_a_try(&in_force, &limits(None, None, Some(1)), restarted), "one is open");
    assert!(run.lockout.leaves_a_try(&in_force, &limits(None, None, Some(2)), restarted));
    // A policy that stops until a restart may not be replaced by one that stops permanently.
    let stopped = limits(None, None, Some(4));
    assert!(!run.lockout.leaves_a_try(&stopped, &limits(Some(4), None, Some(4)), at(1, run.now_ms)));
    assert!(run.lockout.leaves_a_try(&stopped, &limits(None, None, Some(3)), at(1, run.now_ms)), "as it was");
}

#[test]
fn who_was_verified_otherwise_has_so_many_tries_and_no_wait() {
    // Of ten tries, so many were settled as wrong and so many are open: after `leave_tries(3)` so many are left.
    for (script, left) in [
        ("", 10),
        ("c w0 c w1", 8),
        ("c w0 c w1 c w2 c w3 c w4 c w5 c w6", 3),
        ("c w0 c w1 c w2 c w3 c w4 c w5 c w6 c w7 c w8 c w9", 3),
        ("c w0 c w1 c w2 c w3 c w4 c w5 c w6 c w7 c c", 3),
        ("c c c c c c c c c c", 0),
    ] {
        let mut run = Run::new(plain());
        run.play(script);
        let open = run.lockout.open_tries();
        run.lockout.leave_tries(&run.policy, 3);
        assert_eq!(run.lockout.tries_left(&run.policy, at(1, run.now_ms)), Some(left), "{script}");
        assert_eq!(run.lockout.open_tries(), open, "{script}: open tries stay charged");
    }
    let mut run = Run::new(LockoutPolicy { lock_at: Some(2), ..plain() });
    run.play("c w0 c w1");
    run.lockout.leave_tries(&run.policy, 3);
    assert_eq!(run.gate(), AttemptGate::Ready { tries_left: Some(2) }, "no more than the policy gives");

    let mut run = Run::new(with_waits());
    run.play("c w0 c w1");
    assert_eq!(run.remaining_ms(), 30_000);
    run.lockout.leave_tries(&run.policy, 3);
    assert_eq!((run.remaining_ms(), run.lockout.failures()), (0, 2), "without a stop, only the wait ends");
    run.play("c w2 c");
    run.lockout.leave_tries(&run.policy, 3);
    assert_eq!(run.remaining_ms(), 60_000, "the wait of a try that is still open");

    let mut run = Run::new(LockoutPolicy { per_boot_limit: Some(2), ..plain() });
    run.play("c w0 c w1");
    run.lockout.leave_tries(&run.policy, 3);
    assert_eq!(run.gate(), AttemptGate::UntilRestart, "only a restart ends that");
}
