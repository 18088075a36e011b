//! Replacing a policy: what counts as easing it.

use proptest::prelude::*;

use super::{expected_wait_s, full};
use crate::policy::{Cooldown, LockoutPolicy, PinPolicy, Policy, SessionPolicy};

#[test]
fn easing_any_field_is_not_as_strict_and_tightening_it_is() {
    type Edit = (&'static str, fn(&mut Policy));
    let tightened: [Edit; 31] = [
        ("lines kept for longer", |p| p.history.keep_days += 1),
        ("longer PINs", |p| p.pin.min_digits += 1),
        ("room for longer PINs", |p| p.pin.max_digits += 1),
        ("more remembered", |p| p.pin.remember += 1),
        ("shorter idle", |p| p.session.idle_s -= 1),
        ("shorter session", |p| p.session.absolute_s -= 1),
        ("longer wait before a changed recovery code", |p| p.recovery.pending_change_h += 1),
        ("longer passwords", |p| p.recovery.password.min_length += 1),
        ("passwords of all classes", |p| p.recovery.password.require_classes = true),
        ("more passwords remembered", |p| p.recovery.password.remember += 1),
        ("longer wait after proofs on this phone", |p| p.recovery.proofs_wait_h += 1),
        ("shorter codes by SMS", |p| p.recovery.sms_valid_s -= 1),
        ("shorter codes by mail", |p| p.recovery.mail_valid_s -= 1),
        ("fewer tries a code", |p| p.recovery.tries_per_code -= 1),
        ("fewer codes a day", |p| p.recovery.codes_a_day -= 1),
        ("a second factor at every unlocking", |p| p.second_factor.at_unlock = true),
        ("longer wait", |p| p.lockout.cooldowns[0].wait_s += 1),
        ("wait from one earlier", |p| p.lockout.cooldowns[0].from -= 1),
        ("wait to one later", |p| p.lockout.cooldowns[0].to = Some(5)),
        ("wait from the first failure on", |p| {
            p.lockout.cooldowns.insert(0, Cooldown { from: 1, to: Some(1), wait_s: 1 });
        }),
        ("longer last wait", |p| p.lockout.cooldowns[2].wait_s += 1),
        ("earlier lock", |p| p.lockout.lock_at = Some(19)),
        ("lock at the first", |p| p.lockout.lock_at = Some(1)),
        ("fewer per boot", |p| p.lockout.per_boot_limit = Some(6)),
        ("shorter duplicate window", |p| p.lockout.duplicate_window_s -= 1),
        ("no duplicate window", |p| p.lockout.duplicate_window_s = 0),
        ("fewer duplicates", |p| p.lockout.duplicate_memory -= 1),
        ("no duplicates", |p| p.lockout.duplicate_memory = 0),
        ("smaller budget", |p| p.lockout.no_verdict_budget -= 1),
        ("no budget", |p| p.lockout.no_verdict_budget = 0),
        ("several at once", |p| {
            p.pin.min_digits += 1;
            p.lockout.lock_at = Some(10);
            p.lockout.no_verdict_budget = 0;
        }),
    ];
    for (name, edit) in tightened {
        let mut stricter = full();
        edit(&mut stricter);
        assert_eq!(stricter.validate(), Ok(()), "{name}");
        assert!(stricter.is_at_least_as_strict_as(&full()), "{name}");
        assert!(!full().is_at_least_as_strict_as(&stricter), "the reverse of: {name}");
    }
    let eased: [Edit; 10] = [
        ("no room for long PINs", |p| p.pin.max_digits = 7),
        ("weak PINs allowed", |p| p.pin.forbid_weak = false),
        ("never locked", |p| p.lockout.lock_at = None),
        ("no limit per boot", |p| p.lockout.per_boot_limit = None),
        ("no waits", |p| p.lockout.cooldowns.clear()),
        ("no wait from the last step on", |p| p.lockout.cooldowns.truncate(2)),
        ("only the wait after the thousandth is left out", |p| p.lockout.cooldowns[2].to = Some(999)),
        ("only the waits beyond the thousandth are left out", |p| p.lockout.cooldowns[2].to = Some(1000)),
        ("one wait longer and another shorter", |p| {
            p.lockout.cooldowns[0].wait_s += 100;
            p.lockout.cooldowns[1].wait_s -= 1;
        }),
        ("one tightened does not pay for another", |p| {
            p.pin.min_digits = 11;
            p.lockout.lock_at = Some(1);
            p.session.idle_s += 1;
        }),
    ];
    for (name, edit) in eased {
        let mut easier = full();
        edit(&mut easier);
        assert_eq!(easier.validate(), Ok(()), "{name}");
        assert!(!easier.is_at_least_as_strict_as(&full()), "{name}");
    }
    let free: [Edit; 4] = [
        ("name", |p| p.name = "theirs".to_owned()),
        ("contacts", |p| p.contacts.clear()),
        ("reminders off", |p| (p.pin.rehearse_after_days, p.pin.change_after_days) = (None, None)),
        ("reminders later", |p| (p.pin.rehearse_after_days, p.pin.change_after_days) = (Some(3650), Some(3650))),
    ];
    for (name, edit) in free {
        let mut other = full();
        edit(&mut other);
        assert!(other.is_at_least_as_strict_as(&full()) && full().is_at_least_as_strict_as(&other), "{name}");
    }
    for wipe_at in [None, Some(1), Some(24), Some(26)] {
        let mut other = full();
        other.lockout.wipe_at = wipe_at;
        assert!(!other.is_at_least_as_strict_as(&full()), "wipe_at {wipe_at:?}");
        assert!(!full().is_at_least_as_strict_as(&other), "from wipe_at {wipe_at:?}");
    }
}

#[test]
fn of_the_presets_only_a_few_may_replace_another_without_the_pin() {
    let mut pairs = Vec::new();
    for new in crate::policy::presets::NAMES {
        for sealed in crate::policy::presets::NAMES {
            let [new_policy, sealed_policy] = [new, sealed].map(|name| Policy::preset(name).unwrap());
            let strict = new_policy.is_at_least_as_strict_as(&sealed_policy);
            assert!(strict || new != sealed, "{new} is as strict as itself");
            if strict && new != sealed {
                pairs.push((new, sealed));
            }
        }
    }
    assert_eq!(pairs, [("mobile_wallet_cn", "nist_800_63b")]);
}

prop_compose! {
    /// A policy from small ranges, so that two of them are often comparable.
    fn any_policy()(
        (min_digits, max_digits) in (4_u32..7, 10_u32..12),
        forbid_weak: bool,
        remember in 0_u32..3,
        (idle_s, absolute_s) in (1_u32..4, 4_u32..7),
        waits in prop::collection::vec(0_u64..3, 4),
        endless: bool,
        lock_at in prop::option::of(1_u32..4),
        wipe_at in prop::option::weighted(0.2, 1_u32..3),
        per_boot_limit in prop::option::of(1_u32..4),
        (duplicate_window_s, duplicate_memory, no_verdict_budget) in (0_u32..3, 0_u32..3, 0_u32..3),
    ) -> Policy {
        let named = (1..).zip(waits).filter(|(_, wait_s)| *wait_s > 0);
        let mut cooldowns: Vec<_> = named.map(|(at, wait_s)| Cooldown { from: at, to: Some(at), wait_s }).collect();
        if let Some(last) = cooldowns.last_mut().filter(|_| endless) {
            last.to = None;
        }
        let mut policy = full();
        policy.pin = PinPolicy { min_digits, max_digits, forbid_weak, remember, ..policy.pin };
        policy.session = SessionPolicy { idle_s, absolute_s };
        policy.lockout = LockoutPolicy {
            cooldowns, lock_at, wipe_at, per_boot_limit, duplicate_window_s, duplicate_memory, no_verdict_budget,
        };
        if policy.validate().is_err() {
            policy.lockout.lock_at = Some(3);
        }
        policy
    }
}

/// `policy`, with one field (chosen by number) taken from `other`.
fn with_one_of(policy: &Policy, other: &Policy, field: usize) -> Policy {
    let (mut policy, other) = (policy.clone(), other.clone());
    match field {
        0 => policy.pin.min_digits = other.pin.min_digits,
        1 => policy.pin.forbid_weak = other.pin.forbid_weak,
        2 => policy.pin.remember = other.pin.remember,
        3 => policy.session.idle_s = other.session.idle_s,
        4 => policy.session.absolute_s = other.session.absolute_s,
        5 => policy.lockout.cooldowns = other.lockout.cooldowns,
        6 => policy.lockout.lock_at = other.lockout.lock_at,
        7 => policy.lockout.wipe_at = other.lockout.wipe_at,
        8 => policy.lockout.per_boot_limit = other.lockout.per_boot_limit,
        9 => policy.lockout.duplicate_window_s = other.lockout.duplicate_window_s,
        10 => policy.lockout.duplicate_memory = other.lockout.duplicate_memory,
        11 => policy.pin.max_digits = other.pin.max_digits,
        _ => policy.lockout.no_verdict_budget = other.lockout.no_verdict_budget,
    }
    policy
}

/// Whether no field of `new` helps a guesser more than in `sealed`. Does not use the function under test.
fn no_better_for_a_guesser(new: &Policy, sealed: &Policy) -> bool {
    let number = |limit: Option<u32>| limit.map_or(u64::MAX, u64::from);
    let (mine, theirs) = (&new.lockout, &sealed.lockout);
    new.pin.min_digits >= sealed.pin.min_digits
        && (new.pin.forbid_weak || !sealed.pin.forbid_weak)
        && new.pin.remember >= sealed.pin.remember
        && new.pin.max_digits >= sealed.pin.max_digits
        && new.session.idle_s <= sealed.session.idle_s
        && new.session.absolute_s <= sealed.session.absolute_s
        && (0..=1100).all(|n| expected_wait_s(mine, n) >= expected_wait_s(theirs, n))
        && number(mine.lock_at) <= number(theirs.lock_at)
        && mine.wipe_at == theirs.wipe_at
        && number(mine.per_boot_limit) <= number(theirs.per_boot_limit)
        && mine.duplicate_window_s <= theirs.duplicate_window_s
        && mine.duplicate_memory <= theirs.duplicate_memory
        && mine.no_verdict_budget <= theirs.no_verdict_budget
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn strictness_is_an_order(c in any_policy(), other in any_policy(), fields in [0_usize..13, 0_usize..13]) {
        let one = with_one_of(&c, &other, fields[0]);
        let two = with_one_of(&one, &other, fields[1]);
        let policies = [c, one, two, other];
        for a in &policies {
            prop_assert!(a.is_at_least_as_strict_as(a));
            for b in &policies {
                let strict = a.is_at_least_as_strict_as(b);
                prop_assert_eq!(strict, no_better_for_a_guesser(a, b));
                for c in &policies {
                    if strict && b.is_at_least_as_strict_as(c) {
                        prop_assert!(a.is_at_least_as_strict_as(c));
                    }
                }
            }
        }
    }
}
