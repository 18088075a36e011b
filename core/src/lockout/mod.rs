//! The counter of wrong PINs: whether a try is allowed now, what a try costs before it is checked, and what its verdict
//! changes.
//!
//! Everything here is a pure function of the counter, the policy and the instant. `flows/` stores the counter, durably
//! and before the check.

mod state;

pub(crate) use state::{AttemptGate, ChargeId, Lockout, Verdict};

#[cfg(test)]
mod tests;
