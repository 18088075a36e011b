//! When biometrics may be used: how long, how often and for how much money since the last right PIN, and what their
//! failures change.
//!
//! Everything here is a pure function of the record's part, the policy and the instant. `flows/` shows the prompt and
//! opens the slot with its result.

mod state;

pub(crate) use state::{Biometric, Gate, denial_of};

#[cfg(test)]
mod tests;
