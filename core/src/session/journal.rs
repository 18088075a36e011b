//! What happened, as an open wallet reads it.

use super::Session;
use crate::error::LockError;
use crate::flows::journal;
use crate::journal::{ExportPart, Page, Query};

/// The journal of an open wallet.
#[derive(Clone, Copy, Debug)]
pub struct JournalHandle<'a>(pub(super) &'a Session);

impl JournalHandle<'_> {
    /// A page of the journal, newest first, as a person reads it.
    ///
    /// A call looks at [`crate::journal::SCANNED_LINES`] lines at most, so that a search through a long journal never keeps a PIN waiting: a
    /// page may hold fewer entries than asked for, or none, and still have a next one.
    pub fn page(&self, query: &Query) -> Result<Page, LockError> {
        journal::page(&self.0.engine, self.0.id, query)
    }

    /// A part of the journal as evidence: JSON lines from the line after `after` (0: from the start), up to `limit` of them (1 to
    /// [`crate::journal::MAX_PAGE`]). Ask again with [`ExportPart::next`] until it is `None`; the last part is signed.
    pub fn export(&self, after: u64, limit: usize) -> Result<ExportPart, LockError> {
        journal::export(&self.0.engine, self.0.id, after, limit)
    }

    /// The Ed25519 key that signs exports. An app that registers it with its provider can later show that an export is its own.
    pub fn public_key(&self) -> Result<Vec<u8>, LockError> {
        journal::public_key(&self.0.engine, self.0.id)
    }

    /// Adds a line for each item, as if it had been written, in one commit: a long journal for tests and benches.
    #[cfg(feature = "testing")]
    pub fn fill(&self, items: &[String]) -> Result<(), LockError> {
        journal::fill(&self.0.engine, self.0.id, items)
    }
}
