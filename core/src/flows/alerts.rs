//! What the owner is to be told: an alert is a line of the journal of a kind that alerts, above the line up to which alerts
//! were acknowledged.

use crate::engine::Engine;
use crate::error::LockError;
use crate::events::{AlertClass, Kind};
use crate::journal::{Line, SCANNED_LINES};
use crate::store::Durability;
use crate::time::Now;

/// Something that the owner is to be told. Its details are in the journal's line of this number, and only the open wallet
/// shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The number of the journal's line.
    pub number: u64,
    /// When it happened.
    pub time: Now,
    /// What happened.
    pub kind: Kind,
    /// What it is about.
    pub class: AlertClass,
}

/// Alerts that were not acknowledged, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingAlerts {
    /// The alerts of the lines that this call looked at.
    pub alerts: Vec<Alert>,
    /// The last line that this call looked at. Once its alerts were shown, this may be acknowledged.
    pub up_to: u64,
    /// There are more lines: ask again, after `up_to`.
    pub has_more: bool,
}

/// The alerts after line `after` that were not acknowledged. One call looks at up to [`SCANNED_LINES`] lines.
pub(crate) fn pending(engine: &Engine, after: u64) -> Result<PendingAlerts, LockError> {
    engine.ledger.read(|view| {
        let record = view.record;
        // A caller may be further than this process was given of this wallet: another wallet was there before.
        let after = after.min(engine.alerts_given.up_to(&view.header.wallet_id));
        let from = record.alerts_seen.max(after.min(record.journal.number));
        let mut pending = PendingAlerts { alerts: Vec::new(), up_to: from, has_more: false };
        view.store.lines_after(from, |lines| {
            for line in lines.take(SCANNED_LINES).take_while(|line| line.number <= record.journal.number) {
                pending.up_to = line.number;
                pending.alerts.extend(alert(&line));
            }
        })?;
        // If lines are missing, asking again brings none.
        pending.has_more = pending.up_to > from && pending.up_to < record.journal.number;
        engine.alerts_given.note(&view.header.wallet_id, pending.up_to);
        Ok(pending)
    })
}

/// The alerts up to this line were shown. It is not flushed: after a power cut the last ones come again.
/// [`LockError::Invalid`]: this process was not given the alerts up to this line, so it cannot have shown them.
pub(crate) fn acknowledge(engine: &Engine, up_to: u64) -> Result<(), LockError> {
    let now = engine.sessions.read_clock()?.now;
    engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, |work| {
        if up_to > engine.alerts_given.up_to(work.wallet_id) || up_to > work.record.journal.number {
            return Err(LockError::Invalid("alert"));
        }
        work.record.alerts_seen = work.record.alerts_seen.max(up_to);
        Ok(())
    })
}

fn alert(line: &Line) -> Option<Alert> {
    let kind = Kind::from_code(line.kind)?;
    Some(Alert { number: line.number, time: line.time, kind, class: kind.alert()? })
}
