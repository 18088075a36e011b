//! The one sealed record: everything that decides, small, versioned, sealed as one and written as one.

mod format;
mod parts;
mod standing;
mod status;

#[cfg(test)]
pub(crate) use format::MAX_BYTES;
pub(crate) use format::{FORMAT, RecordHeader, SealKey, SealedUnder, UnsealError, seal_key_input};
pub(crate) use parts::{Life, Record};
pub(crate) use standing::Standing;
pub use status::{LockReason, LockStatus, Remedy, WhoLocked};

#[cfg(test)]
mod tests;
