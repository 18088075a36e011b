//! The journal: what happened, in a chain that nobody can quietly shorten or change.
//!
//! A line's number, time and kind are open; its details are sealed. Where the data key is at hand, that is done under a subkey of it; while
//! the wallet is locked, to a public key whose private half hangs on the data key. Either way they are read only when the wallet is open.

mod details;
mod export;
mod line;
mod query;
mod sealing;
#[cfg(test)]
mod tests;

pub use details::Details;
pub(crate) use export::Exporter;
pub use export::{EXPORT_FORMAT, ExportPart};
pub use line::{Chain, Head, Line};
pub use query::{Entry, MAX_PAGE, Page, Query, SCANNED_LINES};
pub use sealing::SealedDetails;
pub(crate) use sealing::{DetailsKey, DetailsOpener, DetailsSealer, derive_public_key};
