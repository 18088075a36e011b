//! Counting wrong PINs: what is allowed now, what a try costs before it is checked, and what its verdict changes.
//!
//! Everything here is a pure function of the counter, the policy and the instant. Storing it, durably and before the check, is
//! the part of `flows/`.

mod state;

pub(crate) use state::{AttemptGate, ChargeId, Lockout, Verdict};

#[cfg(test)]
mod tests;
