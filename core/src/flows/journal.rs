//! Reading the journal, verifying it, and exporting it.

use super::in_session::{earlier_keys, with_key};
use crate::crypto::DataKey;
use crate::engine::{Engine, SessionId, View};
use crate::error::LockError;
use crate::journal::{Chain, DetailsOpener, ExportPart, Exporter, Head, Line, MAX_PAGE, Page, Query, SCANNED_LINES};

pub(crate) fn page(engine: &Engine, id: SessionId, query: &Query) -> Result<Page, LockError> {
    with_key(engine, id, |data_key, view| {
        let opener = opener(&view, data_key)?;
        let below = query.below.unwrap_or(u64::MAX);
        Ok(view.store.lines_below(below, |lines| query.page(lines, &opener))?)
    })
}

pub(crate) fn export(engine: &Engine, id: SessionId, after: u64, limit: usize) -> Result<ExportPart, LockError> {
    with_key(engine, id, |data_key, view| {
        let exporter = exporter(&view, data_key)?;
        let limit = limit.clamp(1, MAX_PAGE);
        let head = &view.record.journal;
        let part = view.store.lines_after(after, |lines| exporter.part(after, lines.take(limit), head))?;
        part.ok_or(LockError::Invalid("journal line"))
    })
}

pub(crate) fn public_key(engine: &Engine, id: SessionId) -> Result<Vec<u8>, LockError> {
    with_key(engine, id, |data_key, view| Ok(exporter(&view, data_key)?.public_key()))
}

fn opener<'a>(view: &View<'a>, data_key: &DataKey) -> Result<DetailsOpener<'a>, LockError> {
    Ok(DetailsOpener::new(data_key, &view.header.wallet_id, earlier_keys(view, data_key)?.journal))
}

fn exporter<'a>(view: &View<'a>, data_key: &DataKey) -> Result<Exporter<'a>, LockError> {
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
            let (whose, mut head) = verified.take().unwrap_or_else(|| (wallet_id, Head::start(&wallet_id)));
            if whose != wallet_id {
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

/// Adds a journal line for each item, as if the item had been written: tests get a long journal in one commit.
#[cfg(feature = "testing")]
pub(crate) fn fill(engine: &Engine, id: SessionId, items: &[String]) -> Result<(), LockError> {
    super::in_session::modify(engine, id, crate::engine::Action::Write, |_, work| {
        items.iter().for_each(|item| work.note(&crate::events::JournalEvent::ItemWritten { item }));
        Ok(())
    })
}
