//! Looking through the journal, a page at a time, newest first.

use super::details::Details;
use super::line::Line;
use crate::events::Kind;
use crate::time::Now;

/// Most entries a page holds.
pub const MAX_PAGE: usize = 200;

/// Most lines that one call looks at.
pub const SCANNED_LINES: usize = 1000;

/// Which entries to show. The default shows the newest of all kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only lines below this number: [`Page::next`] of the page before.
    pub below: Option<u64>,
    /// Only these kinds; empty for all.
    pub kinds: Vec<Kind>,
    /// Only lines written at this wall-clock time (ms since 1970) or later.
    pub from_wall_ms: Option<i64>,
    /// Only lines written before this wall-clock time.
    pub until_wall_ms: Option<i64>,
    /// Only lines whose details contain this text.
    pub text: Option<String>,
    /// Entries a page, 1 to [`MAX_PAGE`]; 0 means 50.
    pub limit: usize,
}

/// A line as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line's number.
    pub number: u64,
    /// When it was written.
    pub time: Now,
    /// What it is about. `None`: written by a newer version.
    pub kind: Option<Kind>,
    /// Its details. `None`: they are not what was written.
    pub details: Option<Details>,
}

/// A page of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// What to put into [`Query::below`] for the next page. `None` at the end.
    pub next: Option<u64>,
}

impl Query {
    /// A page of `lines`, which come newest first.
    pub(crate) fn page(&self, lines: &mut dyn Iterator<Item = Line>, private_key: &[u8; 32]) -> Page {
        let limit = if self.limit == 0 { 50 } else { self.limit.min(MAX_PAGE) };
        let mut entries = Vec::new();
        let mut next = None;
        for line in lines.take(SCANNED_LINES) {
            if entries.len() == limit {
                return Page { entries, next };
            }
            next = Some(line.number);
            entries.extend(self.select(&line, private_key));
        }
        // Line 1 is the oldest.
        Page { entries, next: next.filter(|number| *number > 1) }
    }

    /// The entry that a line makes, if it is asked for.
    pub(super) fn select(&self, line: &Line, private_key: &[u8; 32]) -> Option<Entry> {
        let kind = Kind::from_code(line.kind);
        let wall_ms = line.time.wall_ms;
        let wanted = (self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && self.from_wall_ms.is_none_or(|from| wall_ms >= from)
            && self.until_wall_ms.is_none_or(|until| wall_ms < until);
        if !wanted {
            return None;
        }
        let details = line.details.open(private_key, line.number);
        let has_text = |text: &String| details.as_ref().is_some_and(|details| details.contains(text));
        self.text.as_ref().is_none_or(has_text).then_some(Entry { number: line.number, time: line.time, kind, details })
    }
}
