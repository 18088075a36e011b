//! Payments that the owner disputes: why, what was frozen, who was told, and how it ended. The open wallet keeps them in an
//! item of the vault.

mod dispute;
mod list;
#[cfg(test)]
mod tests;

pub use dispute::{Dispute, DisputeEnd, DisputeReason, MAX_DISPUTE_TEXT_BYTES};
pub use list::MAX_DISPUTES;
pub(crate) use list::{DISPUTES_ITEM, Disputes};
