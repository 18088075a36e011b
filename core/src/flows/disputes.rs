//! Disputing a payment from a line of the journal: stops what it was paid with, collects the evidence, and keeps how far
//! the dispute is.

use zeroize::Zeroizing;

use super::in_session::{modify, with_key};
use super::journal::{Walk, exporter, walk};
use super::vault_items::{read_item, read_item_in, write_item};
use super::{cards, freeze, request};
use crate::cards::CardState;
use crate::crypto::DataKey;
use crate::disputes::{DISPUTES_ITEM, Dispute, DisputeEnd, DisputeReason, Disputes};
use crate::engine::{Action, Engine, SessionId, UnitOfWork, View};
use crate::error::LockError;
use crate::events::{JournalEvent, Kind};
use crate::journal::{DetailsOpener, Evidence, Head, Line, SCANNED_LINES};
use crate::provider::{ProviderRequest, RequestKind};

/// How far back the first line about a payment is looked for. An authorisation is valid for ten minutes, so it lies near
/// the line that approved the payment; what became of a payment may be told months later.
const LOOKED_BACK: usize = 100 * SCANNED_LINES;
/// Most lines about a payment in a file of evidence. A payment has three or four.
const MAX_LINES: usize = 64;
/// At most so many other lines between two lines about the payment are in the file, as hashes.
const MAX_BETWEEN: u64 = 200;

/// All disputes, the oldest first.
pub(crate) fn all(engine: &Engine, id: SessionId) -> Result<Vec<Dispute>, LockError> {
    with_key(engine, id, |data_key, view| Ok(read(&view, data_key)?.list))
}

/// The first line of the journal that an open dispute needs.
pub(super) fn first_line(engine: &Engine, id: SessionId) -> Result<Option<u64>, LockError> {
    with_key(engine, id, |data_key, view| Ok(read(&view, data_key)?.first_line()))
}

/// Disputes the payment that this line is about: freezes its card, or all payments if it was not by a card that the
/// wallet keeps. A payment whose dispute is open gets that one.
pub(crate) fn open(
    engine: &Engine,
    id: SessionId,
    line: u64,
    reason: DisputeReason,
    text: &str,
) -> Result<Dispute, LockError> {
    Dispute::check_text(text)?;
    let now = engine.sessions.read_clock()?.now;
    let mut about = None;
    walk(engine, id, Walk::Down { below: line.saturating_add(1) }, &mut |found, opener| {
        about = Some(found).filter(|found| found.number == line).and_then(|found| About::read(found, opener));
        false
    })?;
    let About { payment, card, kind, wall_ms } = about.ok_or(LockError::Invalid("journal line"))?;
    let (frozen_card, open) = with_key(engine, id, |data_key, view| {
        let state = |card: &String| view.record.cards.state_of(card, now);
        let frozen_card = card.filter(|card| state(card).is_some_and(|state| state != CardState::Destroyed));
        let disputes = read(&view, data_key)?;
        let open = disputes.open_of(&payment).cloned();
        if open.is_none() && !disputes.has_room() {
            return Err(LockError::LimitReached("disputes"));
        }
        Ok((frozen_card, open))
    })?;
    if let Some(open) = open {
        return Ok(open);
    }
    let first_line = if kind == Kind::PaymentReserved { line } else { first_line_about(engine, id, line, &payment)? };
    match &frozen_card {
        Some(card) => drop(cards::freeze(engine, card)?),
        None => freeze::freeze(engine, None)?,
    }
    // Without a provider there is nobody to tell. If the keystore fails, payments are frozen all the same.
    let freeze_notice = request::request(engine, RequestKind::FreezeNotice, &ProviderRequest::default()).ok();
    let mut dispute = Dispute {
        number: 0,
        payment,
        line,
        first_line,
        opened_wall_ms: now.wall_ms,
        report_by_wall_ms: Dispute::report_by_wall_ms(wall_ms),
        reason,
        text: text.to_owned(),
        frozen_card,
        freeze_notice,
        reported_wall_ms: None,
        reported_to: None,
        ended: None,
    };
    change(engine, id, Action::Pay, &mut |disputes, work| {
        if let Some(open) = disputes.open_of(&dispute.payment) {
            // Another call was faster.
            dispute = open.clone();
            return Ok(false);
        }
        dispute.number = disputes.add(dispute.clone()).ok_or(LockError::LimitReached("disputes"))?;
        let (payment, reason) = (dispute.payment.as_str(), dispute.reason.name());
        work.note(&JournalEvent::DisputeOpened { dispute: dispute.number, payment, reason });
        Ok(true)
    })?;
    Ok(dispute)
}

/// Notes who was told of a dispute, and when. `false`: there is no such dispute, or it was reported.
pub(crate) fn report(engine: &Engine, id: SessionId, number: u32, to: &str) -> Result<bool, LockError> {
    Dispute::check_name(to)?;
    let now = engine.sessions.read_clock()?.now;
    change(engine, id, Action::Write, &mut |disputes, work| {
        let is_first = disputes.report(number, to, now.wall_ms);
        if is_first {
            work.note(&JournalEvent::DisputeReported { dispute: number, to });
        }
        Ok(is_first)
    })
}

/// Ends a dispute. What was frozen stays frozen. `false`: there is no such dispute, or it ended.
pub(crate) fn end(engine: &Engine, id: SessionId, number: u32, how: DisputeEnd) -> Result<bool, LockError> {
    change(engine, id, Action::Write, &mut |disputes, work| {
        let was_open = disputes.end(number, how);
        if was_open {
            work.note(&JournalEvent::DisputeClosed { dispute: number, how: how.name() });
        }
        Ok(was_open)
    })
}

/// The file of evidence. `None`: there is no such dispute.
pub(crate) fn evidence(engine: &Engine, id: SessionId, number: u32) -> Result<Option<String>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let found = with_key(engine, id, |data_key, view| Ok(read(&view, data_key)?.find(number).cloned()))?;
    let Some(dispute) = found else { return Ok(None) };
    let about = lines_about(engine, id, &dispute)?;
    if about.is_empty() {
        // They were deleted, or somebody changed them.
        return Err(LockError::Invalid("journal line"));
    }
    with_key(engine, id, |data_key, view| {
        let unwritable = || LockError::Invalid("journal line");
        let mut evidence =
            Evidence::begin(exporter(&view, data_key)?, &dispute.said(now.wall_ms)).ok_or_else(unwritable)?;
        let start = view.record.journal_start(&view.header.wallet_id);
        let mut last: Option<u64> = None;
        for number in &about {
            let goes_on = last.filter(|last| number - last <= MAX_BETWEEN);
            let before = match goes_on {
                Some(last) => last,
                None => {
                    let head = if number - 1 == start.number { start.clone() } else { head_at(&view, number - 1)? };
                    evidence.begin_run(&head);
                    number - 1
                }
            };
            let written = view.store.lines_after(before, |lines| {
                let mut lines = lines.take_while(|line| line.number <= *number);
                lines.try_for_each(|line| evidence.add(&line, line.number == *number))
            })?;
            written.ok_or_else(unwritable)?;
            last = Some(*number);
        }
        evidence.finish(&view.record.journal).ok_or_else(unwritable).map(Some)
    })
}

/// What a line says of a payment.
struct About {
    payment: String,
    card: Option<String>,
    kind: Kind,
    wall_ms: i64,
}

impl About {
    /// `None`: the line is about no payment, or its details do not open.
    fn read(line: &Line, opener: &DetailsOpener<'_>) -> Option<Self> {
        let kind = Kind::from_code(line.kind).filter(|kind| kind.is_of_payment())?;
        let details = opener.open(&line.details, line.number)?;
        let payment = details.field("payment")?.to_owned();
        Some(Self { payment, card: details.field("card").map(str::to_owned), kind, wall_ms: line.time.wall_ms })
    }
}

/// The line that set the payment aside; or this line, if that one is too far back.
fn first_line_about(engine: &Engine, id: SessionId, line: u64, payment: &str) -> Result<u64, LockError> {
    let (mut first, mut looked_at) = (line, 0);
    walk(engine, id, Walk::Down { below: line }, &mut |found, opener| {
        looked_at += 1;
        let is_it = found.kind == Kind::PaymentReserved.code()
            && About::read(found, opener).is_some_and(|about| about.payment == payment);
        if is_it {
            first = found.number;
        }
        !is_it && looked_at < LOOKED_BACK
    })?;
    Ok(first)
}

/// The numbers of the lines about the payment, in order.
fn lines_about(engine: &Engine, id: SessionId, dispute: &Dispute) -> Result<Vec<u64>, LockError> {
    let mut about = Vec::new();
    walk(engine, id, Walk::Up { after: dispute.first_line - 1 }, &mut |line, opener| {
        if About::read(line, opener).is_some_and(|about| about.payment == dispute.payment) {
            about.push(line.number);
        }
        about.len() < MAX_LINES
    })?;
    Ok(about)
}

/// The chain up to this line.
fn head_at(view: &View<'_>, number: u64) -> Result<Head, LockError> {
    let line = view.store.lines_below(number + 1, |lines| lines.next().filter(|line| line.number == number))?;
    Ok(Head::at(&line.ok_or(LockError::Invalid("journal line"))?))
}

fn read(view: &View<'_>, data_key: &DataKey) -> Result<Disputes, LockError> {
    parse(read_item(view, data_key, DISPUTES_ITEM)?)
}

/// The disputes, in a transaction.
pub(super) fn read_in(work: &UnitOfWork<'_>, data_key: &DataKey) -> Result<Disputes, LockError> {
    parse(read_item_in(work, data_key, DISPUTES_ITEM)?)
}

fn parse(bytes: Option<Zeroizing<Vec<u8>>>) -> Result<Disputes, LockError> {
    bytes.map_or(Ok(Disputes::default()), |bytes| Disputes::from_bytes(&bytes).ok_or(LockError::NewerVersion))
}

/// Changes the disputes, and writes them if `change` returns `true`.
fn change(
    engine: &Engine,
    id: SessionId,
    action: Action,
    change: &mut dyn FnMut(&mut Disputes, &mut UnitOfWork<'_>) -> Result<bool, LockError>,
) -> Result<bool, LockError> {
    modify(engine, id, action, |data_key, work| {
        let mut disputes = read_in(work, data_key)?;
        let is_changed = change(&mut disputes, work)?;
        if is_changed {
            let bytes = disputes.to_bytes().ok_or(LockError::LimitReached("disputes"))?;
            write_item(work, data_key, DISPUTES_ITEM, &bytes)?;
        }
        Ok(is_changed)
    })
}
