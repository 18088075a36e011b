//! Reading and searching the journal, one page at a time, newest lines first.

use super::details::Details;
use super::line::Line;
use super::sealing::DetailsOpener;
use crate::events::Kind;
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
    /// Only lines whose details contain this text.
    pub text: Option<String>,
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
}

impl Query {
    /// Makes a page of `lines`, which must come newest first.
    pub(crate) fn page(&self, lines: &mut dyn Iterator<Item = Line>, opener: &DetailsOpener<'_>) -> Page {
        let text = self.text.as_deref().map(Needle::new);
        let limit = if self.limit == 0 { 50 } else { self.limit.min(MAX_PAGE) };
        let mut entries = Vec::new();
        let mut next = None;
        for line in lines.take(SCANNED_LINES) {
            if entries.len() == limit {
                return Page { entries, next };
            }
            next = Some(line.number);
            entries.extend(self.select(&line, text.as_ref(), opener));
        }
        // Line 1 is the oldest.
        Page { entries, next: next.filter(|number| *number > 1) }
    }

    /// The entry for a line, if the line matches the query.
    fn select(&self, line: &Line, text: Option<&Needle>, opener: &DetailsOpener<'_>) -> Option<Entry> {
        let kind = Kind::from_code(line.kind);
        let wall_ms = line.time.wall_ms;
        let wanted = (self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && self.from_wall_ms.is_none_or(|from| wall_ms >= from)
            && self.until_wall_ms.is_none_or(|until| wall_ms < until);
        if !wanted {
            return None;
        }
        let details = opener.open(&line.details, line.number);
        if text.is_some_and(|text| !details.as_ref().is_some_and(|details| details.contains(text))) {
            return None;
        }
        let details = details.map(|details| details.to_details());
        Some(Entry { number: line.number, time: line.time, kind, details })
    }
}

/// A text that is searched for, ignoring case.
pub(super) struct Needle(String);

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    /// Whether `text` contains the text searched for.
    pub(super) fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.0);
        }
        // The same result without an allocation: most texts are ASCII, and a search compares millions of them.
        let needle = self.0.as_bytes();
        needle.is_empty() || text.as_bytes().windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_upper_and_lower_case_alike() {
        for (needle, text, is_in) in [
            ("", "", true),
            ("", "card", true),
            ("CARD 7", "a card 7!", true),
            ("card", "CARD", true),
            ("card", "car", false),
            ("card", "", false),
            ("é", "card", false),
            ("É", "café", true),
            ("straße", "STRAßE 7", true),
            ("k", "\u{212a}", true),
            ("7", "３７", false),
        ] {
            assert_eq!(Needle::new(needle).is_in(text), is_in, "{needle} in {text}");
        }
    }
}
