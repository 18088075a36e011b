//! Which waits and stops a policy may ask for.

use serde_json::{Value, json};

use super::{full, refused};
use crate::policy::{Cooldown, LockoutPolicy, Policy};

#[test]
fn cooldowns_stand_in_order_and_only_the_last_has_no_end() {
    let step = |from: u32, to: Option<u32>| Cooldown { from, to, wait_s: 1 };
    let validated = |cooldowns: Vec<Cooldown>| {
        let policy = Policy { lockout: LockoutPolicy { cooldowns, ..full().lockout }, ..full() };
        policy.validate().map_err(|error| (error.field, error.problem))
    };
    for steps in [
        vec![step(1, Some(1)), step(2, Some(2)), step(3, None)],
        vec![step(1, Some(999)), step(1000, None)],
        vec![step(1, Some(999)), step(1000, Some(1000))],
        vec![step(1, Some(1000))],
        vec![step(1000, None)],
    ] {
        assert_eq!(validated(steps.clone()), Ok(()), "{steps:?}");
    }
    let not_last = "only the last cooldown may leave it out";
    for (steps, field, says) in [
        (vec![step(5, Some(7)), step(7, Some(9))], "lockout.cooldowns[1].from", "must be from 8 to 1000"),
        (vec![step(5, Some(7)), step(5, Some(7))], "lockout.cooldowns[1].from", "must be from 8 to 1000"),
        (vec![step(5, Some(7)), step(3, Some(4))], "lockout.cooldowns[1].from", "must be from 8 to 1000"),
        (
            vec![step(5, Some(5)), step(6, Some(9)), step(9, None)],
            "lockout.cooldowns[2].from",
            "must be from 10 to 1000",
        ),
        (vec![step(5, Some(4))], "lockout.cooldowns[0].to", "must be from 5 to 1000"),
        (vec![step(5, None), step(6, None)], "lockout.cooldowns[0].to", not_last),
        (vec![step(5, Some(5)), step(6, None), step(7, Some(8))], "lockout.cooldowns[1].to", not_last),
        (vec![step(1, Some(1000)), step(1000, None)], "lockout.cooldowns[1].from", "must be from 1001 to 1000"),
    ] {
        assert_eq!(validated(steps), Err((field.to_owned(), says.to_owned())));
    }
}

#[test]
fn guessing_must_be_stopped_or_slowed_for_ever() {
    let with = |cooldowns: Value, lock_at: Option<u32>, wipe_at: Option<u32>| {
        json!({ "lockout": { "cooldowns": cooldowns, "lock_at": lock_at, "wipe_at": wipe_at, "per_boot_limit": 3 } })
            .to_string()
    };
    let ending = json!([{ "from": 1, "to": 5, "wait_s": 9 }, { "from": 6, "to": 1000, "wait_s": 9 }]);
    let endless = json!([{ "from": 1, "to": 5, "wait_s": 9 }, { "from": 1000, "wait_s": 1 }]);
    for policy in [
        with(json!([]), Some(1000), None),
        with(json!([]), None, Some(1000)),
        with(ending.clone(), None, Some(3)),
        with(endless, None, None),
    ] {
        assert_eq!(Policy::from_json(&policy).map(|_| ()), Ok(()), "{policy}");
    }
    for policy in [with(json!([]), None, None), with(ending, None, None)] {
        let says =
            "needs lock_at, wipe_at or a last cooldown without `to`: wrong PINs must be stopped or slowed for ever";
        assert_eq!(refused(&policy), ("lockout".to_owned(), says.to_owned()));
    }
}
