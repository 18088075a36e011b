//! The journal, as an open wallet reads it.

use super::Session;
use crate::error::LockError;
use crate::flows::journal;
use crate::journal::{ExportPart, Page, Query, Summary};

/// The journal of an open wallet.
#[derive(Clone, Copy, Debug)]
pub struct JournalHandle<'a>(pub(super) &'a Session);

impl JournalHandle<'_> {
    /// Reads a page of the journal, newest line first, in readable form.
    ///
    /// One call looks at no more than [`crate::journal::SCANNED_LINES`] lines, so that a search through a long journal
    /// does not delay a PIN check. So a page may hold fewer entries than asked for, or none, and still have a next
    /// page.
    pub fn page(&self, query: &Query) -> Result<Page, LockError> {
        journal::page(&self.0.engine, self.0.id, query)
    }

    /// What was spent, by month, card, category and currency, on payments that were approved from `from_wall_ms` on and
    /// before `until_wall_ms` (wall clock, ms since 1970). Reads the whole journal: about two seconds for a million lines.
    pub fn summary(&self, from_wall_ms: i64, until_wall_ms: i64) -> Result<Summary, LockError> {
        journal::summary(&self.0.engine, self.0.id, from_wall_ms..until_wall_ms)
    }

    /// Deletes the oldest lines, those that were written before this wall-clock time (ms since 1970). Lines that the
    /// policy's `history.keep_days` keeps stay, and so does everything from the first line on that an open dispute
    /// needs, or whose alert was not acknowledged. The chain then begins after the last deleted line, and a line says
    /// so. One call deletes at most 10,000 lines and says how many: ask again until it is 0.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    /// [`LockError::Invalid`]: a line was tampered with; nothing is deleted.
    pub fn delete_lines(&self, before_wall_ms: i64) -> Result<u64, LockError> {
        journal::delete_lines(&self.0.engine, self.0.id, before_wall_ms)
    }

    /// Exports a part of the journal as evidence: JSON lines from the line after `after` (0: from the start), up to
    /// `limit` of them (1 to [`crate::journal::MAX_PAGE`]). Ask again with [`ExportPart::next`] until it is `None`; the
    /// last part is signed.
    pub fn export(&self, after: u64, limit: usize) -> Result<ExportPart, LockError> {
        journal::export(&self.0.engine, self.0.id, after, limit)
    }

    /// The public Ed25519 key for checking the signature of exports. An app that registers it with its provider can
    /// later show that an export is its own.
    pub fn public_key(&self) -> Result<Vec<u8>, LockError> {
        journal::public_key(&self.0.engine, self.0.id)
    }

    /// Adds a journal line for each item, as if the item had been written, in one commit: a long journal for tests and
    /// benches.
    #[cfg(feature = "testing")]
    pub fn fill(&self, items: &[String]) -> Result<(), LockError> {
        journal::fill(&self.0.engine, self.0.id, items)
    }
}
