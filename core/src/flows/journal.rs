//! Reading the journal, summing it up, verifying it, exporting it, and deleting its oldest lines.

use std::ops::Range;

use super::in_session::{earlier_keys, modify, with_key};
use crate::crypto::DataKey;
use crate::engine::{Action, Engine, SessionId, View};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::hex;
use crate::journal::{
    Chain, DetailsOpener, ExportPart, Exporter, Head, Line, MAX_PAGE, Page, Query, SCANNED_LINES, Summary, Summing,
};

pub(crate) fn page(engine: &Engine, id: SessionId, query: &Query) -> Result<Page, LockError> {
    with_key(engine, id, |data_key, view| {
        let opener = opener(&view, data_key)?;
        let below = query.below.unwrap_or(u64::MAX);
        let (record, start) = (view.record, view.record.journal_start(&view.header.wallet_id));
        Ok(view.store.lines_below(below, |lines| query.page(lines, &opener, &start, &record.journal))?)
    })
}

pub(crate) fn export(engine: &Engine, id: SessionId, after: u64, limit: usize) -> Result<ExportPart, LockError> {
    with_key(engine, id, |data_key, view| {
        let exporter = exporter(&view, data_key)?;
        let limit = limit.clamp(1, MAX_PAGE);
        let (deleted, head) = (view.record.deleted.as_ref(), &view.record.journal);
        if after > 0 && deleted.is_some_and(|deleted| after < deleted.number) {
            // Lines were deleted since the first part was made.
            return Err(LockError::WrongState);
        }
        let part = view.store.lines_after(after, |lines| exporter.part(after, lines.take(limit), deleted, head))?;
        part.ok_or(LockError::Invalid("journal line"))
    })
}

pub(crate) fn public_key(engine: &Engine, id: SessionId) -> Result<Vec<u8>, LockError> {
    with_key(engine, id, |data_key, view| Ok(exporter(&view, data_key)?.public_key()))
}

/// What was spent on payments that were approved at these wall-clock times. It reads the whole journal, in steps.
pub(crate) fn summary(engine: &Engine, id: SessionId, wanted: Range<i64>) -> Result<Summary, LockError> {
    let mut summing = Summing::default();
    walk(engine, id, Walk::Down { below: u64::MAX }, &mut |line, opener| {
        summing.add(line, opener, &wanted);
        true
    })?;
    Ok(summing.finish())
}

/// Where a walk through the journal begins, and in which direction it goes.
#[derive(Clone, Copy)]
pub(super) enum Walk {
    /// The lines below this one, newest first.
    Down { below: u64 },
    /// The lines after this one, oldest first.
    Up { after: u64 },
}

/// Shows lines to `visit` until it returns `false` or there are no more. In steps of [`SCANNED_LINES`], so that checking a
/// PIN does not wait for the end of a long journal.
pub(super) fn walk(
    engine: &Engine,
    id: SessionId,
    mut from: Walk,
    visit: &mut dyn FnMut(&Line, &DetailsOpener<'_>) -> bool,
) -> Result<(), LockError> {
    loop {
        let step = with_key(engine, id, |data_key, view| {
            let opener = opener(&view, data_key)?;
            let (mut last, mut goes_on) = (None, true);
            let mut show = |lines: &mut dyn Iterator<Item = Line>| {
                for line in lines.take(SCANNED_LINES) {
                    last = Some(line.number);
                    goes_on = visit(&line, &opener);
                    if !goes_on {
                        return;
                    }
                }
            };
            match from {
                Walk::Down { below } => view.store.lines_below(below, &mut show)?,
                Walk::Up { after } => view.store.lines_after(after, &mut show)?,
            }
            Ok(last.filter(|_| goes_on))
        })?;
        let Some(last) = step else { return Ok(()) };
        from = match from {
            Walk::Down { .. } => Walk::Down { below: last },
            Walk::Up { .. } => Walk::Up { after: last },
        };
    }
}

fn opener<'a>(view: &View<'a>, data_key: &DataKey) -> Result<DetailsOpener<'a>, LockError> {
    Ok(DetailsOpener::new(data_key, &view.header.wallet_id, earlier_keys(view, data_key)?.journal))
}

pub(super) fn exporter<'a>(view: &View<'a>, data_key: &DataKey) -> Result<Exporter<'a>, LockError> {
    let exporter = Exporter::new(data_key, &view.header.wallet_id, opener(view, data_key)?);
    exporter.ok_or(LockError::Invalid("journal key"))
}

/// Checks every line against the chain's head in the sealed record.
pub(crate) fn verify(engine: &Engine) -> Result<Chain, LockError> {
    let mut verified = None;
    loop {
        // In steps of `SCANNED_LINES`, so that checking a PIN does not wait for the end of a long journal.
        let chain = engine.ledger.read(|view| {
            let wallet_id = view.header.wallet_id;
            let start = || (wallet_id, view.record.journal_start(&wallet_id));
            let (whose, mut head) = verified.take().unwrap_or_else(start);
            let start = view.record.journal_start(&wallet_id);
            if whose != wallet_id || head.number < start.number {
                // Another wallet is there, or lines that were not checked yet were deleted.
                return Err(LockError::WrongState);
            }
            let from = head.number;
            let steps =
                |lines: &mut dyn Iterator<Item = Line>| lines.take(SCANNED_LINES).all(|line| head.verify_next(&line));
            if !view.store.lines_after(from, steps)? {
                return Ok(Some(Chain::BrokenAt { number: head.number + 1 }));
            }
            if head.number - from < SCANNED_LINES as u64 {
                return Ok(Some(view.record.journal.compare(&head)));
            }
            verified = Some((whose, head));
            Ok(None)
        })?;
        if let Some(chain) = chain {
            return Ok(chain);
        }
    }
}

/// Most lines that one call deletes.
const DELETED_LINES: u64 = 10 * SCANNED_LINES as u64;
const DAY_MS: i64 = 86_400_000;

/// Deletes the oldest lines: those that were written before this wall-clock time, up to [`DELETED_LINES`] of them. What
/// the policy keeps stays, and so does everything from the first line on that a dispute needs or whose alert was not
/// shown. The chain is checked up to the last of them first: a deletion must not hide that a line was tampered with.
pub(crate) fn delete_lines(engine: &Engine, id: SessionId, before_wall_ms: i64) -> Result<u64, LockError> {
    super::in_session::check(engine, id, Action::DeleteLines)?;
    let now = engine.sessions.read_clock()?.now;
    let first_disputed = super::disputes::first_line(engine, id)?.unwrap_or(u64::MAX);
    let mut reached: Option<(Head, Head)> = None;
    let (start, head) = loop {
        let step = with_key(engine, id, |_, view| {
            let record = view.record;
            let start = record.journal_start(&view.header.wallet_id);
            let (start, mut head) = reached.take().unwrap_or_else(|| (start.clone(), start));
            let keep_ms = i64::from(record.policy.history.keep_days) * DAY_MS;
            // By the estimate of the time, which nobody sets ahead. Until there is one, nothing is old.
            let now_ms = record.payments.estimated_ms(now).unwrap_or(i64::MIN).min(now.wall_ms);
            let before_ms = before_wall_ms.min(now_ms.saturating_sub(keep_ms));
            let (from, most) = (head.number, record.alerts_seen.min(first_disputed - 1).min(record.journal.number));
            let may_go = |line: &Line| line.number <= most && line.time.wall_ms < before_ms;
            let mut is_whole = true;
            view.store.lines_after(from, |lines| {
                for line in lines.take(SCANNED_LINES).take_while(may_go) {
                    is_whole &= head.verify_next(&line);
                }
            })?;
            if !is_whole {
                return Err(LockError::Invalid("journal line"));
            }
            let is_full = head.number - start.number >= DELETED_LINES;
            let goes_on = !is_full && head.number - from >= SCANNED_LINES as u64;
            Ok((start, head, goes_on))
        })?;
        let (start, head, goes_on) = step;
        if !goes_on {
            break (start, head);
        }
        reached = Some((start, head));
    };
    let lines = head.number - start.number;
    if lines > 0 {
        modify(engine, id, Action::DeleteLines, |data_key, work| {
            let disputed = super::disputes::read_in(work, data_key)?.first_line();
            let is_needed = disputed.is_some_and(|first| first <= head.number);
            if is_needed || work.record.journal_start(work.wallet_id) != start {
                // Another call disputed one of them, or deleted some, meanwhile.
                return Err(LockError::WrongState);
            }
            work.rows.delete_lines_up_to(head.number)?;
            work.note(&JournalEvent::LinesDeleted { up_to: head.number, link: &hex::encode(head.link()) });
            work.record.deleted = Some(head);
            Ok(())
        })?;
    }
    Ok(lines)
}

/// Adds a journal line for each item, as if the item had been written: tests get a long journal in one commit.
#[cfg(feature = "testing")]
pub(crate) fn fill(engine: &Engine, id: SessionId, items: &[String]) -> Result<(), LockError> {
    modify(engine, id, Action::Write, |_, work| {
        items.iter().for_each(|item| work.note(&JournalEvent::ItemWritten { item }));
        Ok(())
    })
}
