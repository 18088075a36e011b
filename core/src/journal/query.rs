//! Reading and searching the journal, one page at a time, newest lines first. `filter.rs` says which lines.

use super::details::Details;
use super::filter::{AmountRange, LineState, Wanted};
use super::line::{Head, Line};
use super::sealing::DetailsOpener;
use crate::events::Kind;
use crate::money::Category;
use crate::request::Channel;
use crate::time::Now;

/// Most entries on a page.
pub const MAX_PAGE: usize = 200;

/// Most lines that one call reads.
pub const SCANNED_LINES: usize = 1000;

/// Which entries to show. The default shows the newest entries of all kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only lines with a lower number than this: [`Page::next`] of the previous page.
    pub below: Option<u64>,
    /// Only these kinds; empty for all.
    pub kinds: Vec<Kind>,
    /// Only lines written at this wall-clock time (ms since 1970) or later.
    pub from_wall_ms: Option<i64>,
    /// Only lines written before this wall-clock time.
    pub until_wall_ms: Option<i64>,
    /// Only lines whose details contain this text, such as a payee.
    pub text: Option<String>,
    /// Only lines about this card.
    pub card: Option<String>,
    /// Only lines about payments through this channel.
    pub channel: Option<Channel>,
    /// Only lines about payments of so much.
    pub amount: Option<AmountRange>,
    /// Only lines that say this of a payment.
    pub state: Option<LineState>,
    /// Only lines about payments in this category.
    pub category: Option<Category>,
    /// Entries on a page, 1 to [`MAX_PAGE`]; more are cut to that. 0 means 50.
    pub limit: usize,
}

/// A line as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line's number.
    pub number: u64,
    /// When it was written.
    pub time: Now,
    /// What the line is about. `None`: a newer version wrote the line.
    pub kind: Option<Kind>,
    /// The line's details. `None`: they are not what was written.
    pub details: Option<Details>,
}

/// A page of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// The value of [`Query::below`] for the next page. `None` at the end. A page that is not full, even an empty one,
    /// can have a next page: one call reads at most [`SCANNED_LINES`] lines.
    pub next: Option<u64>,
    /// The number of the newest line of the journal, and of the oldest one that was not deleted: how far a search is.
    pub newest: u64,
    /// See [`Self::newest`].
    pub oldest: u64,
}

impl Query {
    /// Makes a page of `lines`, which must come newest first. `start`: the last line that was deleted.
    pub(crate) fn page(
        &self,
        lines: &mut dyn Iterator<Item = Line>,
        opener: &DetailsOpener<'_>,
        start: &Head,
        head: &Head,
    ) -> Page {
        let wanted = Wanted::of(self);
        let limit = if self.limit == 0 { 50 } else { self.limit.min(MAX_PAGE) };
        let mut page = Page { entries: Vec::new(), next: None, newest: head.number, oldest: start.number + 1 };
        for line in lines.take(SCANNED_LINES) {
            if page.entries.len() == limit {
                return page;
            }
            page.next = Some(line.number);
            page.entries.extend(select(&line, &wanted, opener));
        }
        page.next = page.next.filter(|number| *number > page.oldest);
        page
    }
}

/// The entry for a line, if it is wanted.
fn select(line: &Line, wanted: &Wanted<'_>, opener: &DetailsOpener<'_>) -> Option<Entry> {
    let kind = Kind::from_code(line.kind);
    if !wanted.matches_open(kind, line.time.wall_ms) {
        return None;
    }
    let details = opener.open(&line.details, line.number);
    if !wanted.matches_details(details.as_ref()) {
        return None;
    }
    let details = details.map(|details| details.to_details());
    Some(Entry { number: line.number, time: line.time, kind, details })
}
