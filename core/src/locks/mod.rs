//! The locks that stand beside the PIN's counter. They stack: each that was set stands until what may clear it does.
//! `table.rs` is the one table of what clears what.
//!
//! Everything here is a pure function of the record's part.

mod reason;
mod state;
mod table;

pub use reason::{LockReason, WhoLocked};
pub(crate) use state::{Finder, Locks, SetBy, SetLock};
pub(crate) use table::{Way, ways};

#[cfg(test)]
mod tests;
