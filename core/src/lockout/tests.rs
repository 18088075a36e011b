//! What the lock promises, written down a second time: from the design, not from the code beside it.

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

/// The same counter with its stored form edited, as no code of ours would.
fn edited(lockout: &Lockout, edit: impl FnOnce(&mut serde_json::Value)) -> Lockout {
    let mut json = serde_json::to_value(lockout).unwrap();
    edit(&mut json);
    serde_json::from_value(json).unwrap()
}
