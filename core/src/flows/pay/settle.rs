//! What became of a payment: the provider's signed word, the app's word where it only tightens, and time.

use super::reserve::{book_in, put_book};
use crate::engine::{Engine, UnitOfWork};
use crate::error::LockError;
use crate::events::{JournalEvent, PaymentParties};
use crate::money::MAX_MINOR;
use crate::payment::{Moment, PaymentState, Reservation, Settled, Settlement};
use crate::store::Durability;
use crate::time::Now;

/// What is said of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settle<'a> {
    pub(crate) payment: &'a str,
    pub(crate) settlement: Settlement,
    /// The provider says so, of the authorisation with this `jti`. `None`: the app says so.
    pub(crate) jti: Option<&'a [u8; 16]>,
    /// The provider's signed word.
    pub(crate) receipt: Option<&'a str>,
}

/// Settles a payment in a transaction. What is charged beyond what was set aside counts in the window that is open.
pub(crate) fn settle_in(work: &mut UnitOfWork<'_>, said: &Settle<'_>, now: Now) -> Result<Settled, LockError> {
    let Settle { payment, settlement, jti, receipt } = *said;
    let moment = moment(work, now);
    let mut book = book_in(work, now)?;
    book.reservations.expire(moment.estimate_ms);
    let totals = &mut work.record.payments.totals;
    let settled = book.reservations.settle(totals, payment, settlement, jti, moment);
    let Settled::Changed(state) = settled else { return Ok(settled) };
    put_book(work, &book)?;
    let Some(Reservation { counted, payee, payee_id, mcc, .. }) = book.reservations.of(payment) else {
        return Ok(settled);
    };
    let (card, channel, mcc) = (counted.card.as_deref(), counted.channel, *mcc);
    let of = PaymentParties { payment, payee, payee_id, card, channel, mcc };
    let (by, currency) = (if jti.is_some() { "provider" } else { "app" }, counted.currency);
    match state {
        PaymentState::Captured { minor } => {
            work.note(&JournalEvent::PaymentCaptured { of, minor, currency, by, receipt });
        }
        PaymentState::Declined => work.note(&JournalEvent::PaymentDeclined { of, by, receipt }),
        PaymentState::Reserved | PaymentState::Presumed => {}
    }
    Ok(settled)
}

/// The window that is open, as it was at the last payment: the platform cannot be asked for the zone here. What is
/// charged beyond what was set aside may count in a window that is over.
fn moment(work: &UnitOfWork<'_>, now: Now) -> Moment {
    let windows = work.record.payments.windows.map(|windows| windows.grown(now));
    Moment {
        window: windows.map_or(0, |windows| windows.number()),
        night: None,
        estimate_ms: work.record.payments.estimate_ms(now),
        opens_in_ms: 0,
        is_full: false,
    }
}

/// The app says that so many minor units were charged: all that was set aside, or more. `None`: no such payment is
/// known. [`LockError::Invalid`]: it is less, which only the provider's signed word tells.
pub(crate) fn captured_by_app(engine: &Engine, payment: &str, minor: u64) -> Result<Option<PaymentState>, LockError> {
    if minor > MAX_MINOR {
        return Err(LockError::Invalid("captured amount"));
    }
    let now = engine.sessions.read_clock()?.now;
    let said = Settle { payment, settlement: Settlement::Captured(minor), jti: None, receipt: None };
    let settled =
        engine.ledger.commit(&mut engine.draw()?, now, Durability::Flushed, |work| settle_in(work, &said, now))?;
    match settled {
        Settled::Changed(state) | Settled::Unchanged(state) => Ok(Some(state)),
        Settled::Unknown => Ok(None),
        Settled::NotAllowed => Err(LockError::Invalid("captured amount")),
    }
}
