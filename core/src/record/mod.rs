//! The sealed record: everything that the lock's decisions depend on. It is small, has a version, and is sealed and
//! written as a whole.

mod format;
mod format_1;
mod parts;
mod standing;
mod status;
mod survivors;

#[cfg(test)]
pub(crate) use format::MAX_BYTES;
pub(crate) use format::{FORMAT, RecordHeader, SealKey, SealedUnder, UnsealError, seal_key_input};
pub(crate) use parts::{Life, Record};
pub(crate) use standing::Standing;
pub use status::{FinderMessage, LockStatus, Remedy, RemedyState};
pub(crate) use survivors::{Survivors, SurvivorsKey};

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod provider_tests;
#[cfg(test)]
mod tests;
