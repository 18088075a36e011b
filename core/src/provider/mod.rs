//! What the provider, the backend of the app, and the phone say to each other: signed words, and what each of them
//! changes in the record.
//!
//! Everything here is a pure function of the record's part, the policy, the word and the instant. `flows/` reads the
//! clock, stores the part, and applies the effect. `README.md` beside this file documents every byte.

mod allowance;
mod claims;
pub(crate) mod escrow;
mod fields;
mod jws;
mod outcome;
mod request;
#[cfg(any(test, feature = "testing"))]
pub mod signer;
mod state;

pub(crate) use allowance::AllowanceState;
pub(crate) use claims::{Claims, GrantAct, Heartbeat, Order, OrderAct, OrderReason, Word};
pub use jws::MAX_WORD_BYTES;
pub use outcome::{WordDone, WordError, WordOutcome};
pub(crate) use request::{
    Asked, EscrowPart, ProofPurpose, Report, ReportedChange, ReportedChannel, RequestParts, der_to_fixed, joined,
};
pub use request::{ProviderRequest, RequestKind};
pub(crate) use state::{Call, Effect, Installation, Provider, Reading, Scene, read};

#[cfg(test)]
mod tests;
