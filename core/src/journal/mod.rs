//! The journal: a hash chain of lines about what happened, so that nobody can shorten or change it unnoticed.
//!
//! A line's number, time and kind are readable by anyone; its details are sealed. Where the data key is at hand, they
//! are sealed under a subkey of it. While the wallet is locked, they are sealed to a public key whose private key is
//! derived from the data key. In both cases they can be read only when the wallet is open.

mod details;
mod evidence;
mod export;
mod filter;
mod line;
mod query;
mod sealing;
mod summary;
#[cfg(test)]
mod tests;

pub use details::Details;
pub use evidence::EVIDENCE_FORMAT;
pub(crate) use evidence::Evidence;
pub(crate) use export::Exporter;
pub use export::{EXPORT_FORMAT, ExportPart};
pub use filter::{AmountRange, LineState};
pub use line::{Chain, Head, Line};
pub use query::{Entry, MAX_PAGE, Page, Query, SCANNED_LINES};
pub use sealing::SealedDetails;
pub(crate) use sealing::{DetailsKey, DetailsOpener, DetailsSealer, EarlierJournalKeys, derive_journal_key};
pub(crate) use summary::Summing;
pub use summary::{Spent, Summary};
