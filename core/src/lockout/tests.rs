//! Tests of the counter. They are written from the design, not from the code under test.

mod model;
mod presets;
mod state;

use super::state::{AttemptGate, ChargeId, Lockout, Settled, Verdict};
use crate::policy::{Cooldown, LockoutPolicy, Policy};
use crate::time::Now;

const DAY: u64 = 86_400;

fn at(boot: u32, since_boot_ms: u64) -> Now {
    Now { boot: Some(boot), since_boot_ms, wall_ms: 0 }
}

fn boot_unreadable(since_boot_ms: u64) -> Now {
    Now { boot: None, since_boot_ms, wall_ms: 0 }
}

/// The same counter after its stored form was edited in a way in which our code never writes it.
fn edited(lockout: &Lockout, edit: impl FnOnce(&mut serde_json::Value)) -> Lockout {
    let mut json = serde_json::to_value(lockout).unwrap();
    edit(&mut json);
    serde_json::from_value(json).unwrap()
}
