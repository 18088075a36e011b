//! The journal: what happened, in a chain that nobody can quietly shorten or change.
//!
//! A line's number, time and kind are open; its details are sealed to a public key whose private half hangs on the data key. So lines
//! can be written while the wallet is locked, and read only when it is open.

mod details;
mod export;
mod line;
mod query;
#[cfg(test)]
mod tests;

pub use details::{Details, SealedDetails};
pub(crate) use details::{derive_private_key, derive_public_key};
pub(crate) use export::Exporter;
pub use export::{EXPORT_FORMAT, ExportPart};
pub use line::{Chain, Head, Line};
pub use query::{Entry, MAX_PAGE, Page, Query, SCANNED_LINES};
