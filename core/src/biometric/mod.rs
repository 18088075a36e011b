//! When biometrics may be used: how long, how often and how much since the last right PIN, and what their own failures mean.
//!
//! Everything here is a pure function of the record's part, the policy and the instant. Showing the prompt, and opening the slot with what it
//! gives, is [`crate::WalletLock`]'s part.

pub mod policy;
mod purpose;
mod state;

pub use policy::{BiometricPolicy, Budget};
pub use purpose::{BiometricRequest, MAX_PAYEE_BYTES, Payment, PromptId};
pub use state::BiometricDenial;
pub(crate) use state::{Biometric, Gate};

#[cfg(test)]
mod tests;
