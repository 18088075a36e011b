//! What the lock promises, written down a second time: from the design, not from the code beside it.

mod model;
mod policy;
mod presets;
mod state;

use super::policy::{Cooldown, LockoutPolicy};
use super::{AttemptGate, ChargeId, Lockout, Policy, Settled, Verdict};
use crate::platform::testing::schedules;
use crate::time::Now;

const DAY: u64 = 86_400;

/// What a policy's cooldowns say of this count, read without the code under test.
fn expected_wait_s(policy: &LockoutPolicy, failures: u32) -> u64 {
    let steps = policy.cooldowns.iter().map(|step| (step.from, step.to.unwrap_or(schedules::FOR_EVER), step.wait_s));
    schedules::wait_s(steps, failures)
}

fn at(boot: u32, since_boot_ms: u64) -> Now {
    Now { boot: Some(boot), since_boot_ms, wall_ms: 0 }
}

fn boot_unreadable(since_boot_ms: u64) -> Now {
    Now { boot: None, since_boot_ms, wall_ms: 0 }
}

/// The same counter with its stored form edited, as no code of ours would.
fn edited(lockout: &Lockout, edit: impl FnOnce(&mut serde_json::Value)) -> Lockout {
    let mut json = serde_json::to_value(lockout).unwrap();
    edit(&mut json);
    serde_json::from_value(json).unwrap()
}
