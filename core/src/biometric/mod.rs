//! When biometrics may be used: how long, how often and how much since the last right PIN, and what their own failures mean.
//!
//! Everything here is a pure function of the record's part, the policy and the instant. Showing the prompt, and opening the slot with what it
//! gives, is the part of `flows/`.

mod state;

pub(crate) use state::{Biometric, Gate, denial_of};

#[cfg(test)]
mod tests;
