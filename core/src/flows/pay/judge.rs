//! Judging a payment by the record as it is: locked, frozen, card, currency, limits, risk, proof, in this order.

use super::clocks::Clocks;
use super::outcome::{Frozen, PaymentRefusal, Why};
use crate::biometric;
use crate::cards::CardState;
use crate::engine::{PaymentContext, View};
use crate::error::LockError;
use crate::flows::unlock_biometric::SensorState;
use crate::locks::SetBy;
use crate::payment::{
    BOOK_ROW, Book, Counted, Decision, Fingerprint, Known, MAX_OPEN, Moment, Question, Reservation, Shown, limit_lines,
};
use crate::policy::{Limit, Measure, Period};
use crate::record::{LockStatus, Record};
use crate::recovery::Factor;
use crate::request::{Channel, Payment, ProofLevel};
use crate::risk::{self, Amounts, Facts, PlaceFacts, Risk, RiskDemand};
use crate::time::Now;

const MINUTES_15_MS: i64 = 15 * 60 * 1_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A payment to be judged, and what was proven for it.
pub(super) struct Asked<'a> {
    pub(super) payment: &'a Payment,
    pub(super) fingerprint: Fingerprint,
    pub(super) context: &'a PaymentContext,
    pub(super) level: ProofLevel,
    pub(super) in_session: bool,
}

/// What the record says of it.
pub(super) enum Verdict {
    Refused(Vec<PaymentRefusal>),
    /// One of these proofs is needed, the weakest first.
    /// `shown`: what was shown when it was approved before.
    NeedsProof {
        any_of: Vec<ProofLevel>,
        why: Vec<Why>,
        shown: Option<Shown>,
    },
    /// What was proven is enough.
    Approved {
        counted: Counted,
        risks: Vec<Risk>,
    },
    /// It was approved before, and its authorisation may still be used.
    Again(Box<Reservation>),
}

/// The book of a wallet whose record is this. `None`: the row is not the one that the record names. Then the book is
/// lost: what it counted is in the record, and no vault is shut for it.
pub(super) fn open_book(
    record: &Record,
    wallet_id: &[u8; 16],
    row: impl FnOnce(&[u8]) -> Result<Option<Vec<u8>>, LockError>,
) -> Result<Option<Book>, LockError> {
    let Some(seal) = &record.payments.book else { return Ok(Some(Book::default())) };
    Ok(row(BOOK_ROW)?.and_then(|row| Book::open(&seal.key, wallet_id, seal.version, &row)))
}

/// [`open_book`], outside of a transaction. A lost book is empty.
pub(in crate::flows) fn book_of(view: &View<'_>) -> Result<Book, LockError> {
    Ok(open_book(view.record, &view.header.wallet_id, |id| Ok(view.store.item(id)?))?.unwrap_or_default())
}

/// Judges a payment. `book`: with the authorisations that are over marked so.
pub(super) fn judge(
    record: &Record,
    book: &Book,
    asked: &Asked<'_>,
    moment: Moment,
    sensor: SensorState,
    now: Now,
) -> Verdict {
    let Asked { payment, context, level, .. } = asked;
    if let Some(refusal) = stopped(record, payment, now) {
        return Verdict::Refused(vec![refusal]);
    }
    match book.reservations.find(asked.fingerprint) {
        Known::No => {}
        Known::Conflict => return Verdict::Refused(vec![PaymentRefusal::Conflict]),
        Known::Ended(state) => return Verdict::Refused(vec![PaymentRefusal::Ended(state)]),
        Known::Open(reservation)
            if *level >= reservation.counted.level && (*level > ProofLevel::Nothing || asked.in_session) =>
        {
            return Verdict::Again(Box::new(reservation.clone()));
        }
        Known::Open(reservation) => {
            let least = reservation.counted.level.max(ProofLevel::Biometrics);
            let any_of = available(record, payment, sensor, now).into_iter().filter(|it| *it >= least).collect();
            return Verdict::NeedsProof { any_of, why: Vec::new(), shown: reservation.shown.clone() };
        }
    }
    if book.reservations.open() >= MAX_OPEN {
        return Verdict::Refused(vec![PaymentRefusal::TooManyOpen]);
    }
    let limits = record.payments.all_limits(&record.policy.payment, now);
    let money = payment.counted();
    let counted = Counted {
        channel: payment.channel,
        card: payment.card.as_ref().map(|card| card.id.clone()),
        currency: money.currency(),
        minor: money.minor(),
        level: *level,
        window: moment.window,
        night: moment.night,
        seq: record.payments.seq + 1,
    };
    let risks =
        risk::evaluate(&record.policy.payment.risk, &facts(record, book, payment, context, &limits, moment, now));
    let offered = available(record, payment, sensor, now);
    let demanded = risks.iter().filter_map(|risk| match risk.demand {
        RiskDemand::Proof(level) => Some(level),
        RiskDemand::Refused { .. } => None,
    });
    // A rule asks for the strongest proof that the owner has set up, and not for more: nobody is locked out by a rule. One
    // that is set up and cannot be given now is asked for all the same: otherwise a thief would have it fail.
    let least = demanded.max().unwrap_or(ProofLevel::Nothing).min(set_up(record, now));
    let question = Question {
        of_policy: record.policy.payment.limits.len(),
        limits: &limits,
        totals: &record.payments.totals,
        counted: &counted,
        moment,
        in_session: asked.in_session,
        least,
    };
    let decision = question.decide();
    match &decision {
        Decision::CurrencyNotAllowed => return Verdict::Refused(vec![PaymentRefusal::CurrencyNotAllowed]),
        Decision::OverLimit(exceeded) => {
            return Verdict::Refused(
                exceeded.iter().map(|it| PaymentRefusal::over(it, counted.minor, moment)).collect(),
            );
        }
        Decision::Approved | Decision::NeedsProof { .. } => {}
    }
    let stops: Vec<_> = risks
        .iter()
        .filter_map(|risk| match risk.demand {
            RiskDemand::Refused { for_ms } => Some(PaymentRefusal::Risk { rule: risk.rule.clone(), for_ms }),
            RiskDemand::Proof(_) => None,
        })
        .collect();
    if !stops.is_empty() {
        return Verdict::Refused(stops);
    }
    match decision {
        Decision::NeedsProof { least, .. } => {
            let any_of: Vec<_> = offered.iter().copied().filter(|level| *level >= least).collect();
            if any_of.is_empty() {
                // Only a proof that is not set up, or that cannot be given now, is enough. What the strongest one at
                // hand passes is no reason.
                let strongest = offered.last().copied().unwrap_or(ProofLevel::Nothing);
                let over = question.exceeded(strongest);
                let by_limit = over.iter().map(|it| PaymentRefusal::over(it, counted.minor, moment));
                let set_up = set_up(record, now);
                let unmet = risks.into_iter().filter(|risk| match risk.demand {
                    RiskDemand::Proof(level) => level.min(set_up) > strongest,
                    RiskDemand::Refused { .. } => true,
                });
                let by_risk = unmet.map(|risk| PaymentRefusal::Risk { rule: risk.rule, for_ms: None });
                return Verdict::Refused(by_limit.chain(by_risk).collect());
            }
            let by_limit = limit_lines(&decision, context.language).into_iter().map(Why::Limit);
            let by_risk = risks.into_iter().map(Why::Risk);
            Verdict::NeedsProof { any_of, why: by_limit.chain(by_risk).collect(), shown: None }
        }
        _ => Verdict::Approved { counted, risks },
    }
}

/// Why nothing, or nothing through this channel or with this card, can be paid now.
pub(super) fn stopped(record: &Record, payment: &Payment, now: Now) -> Option<PaymentRefusal> {
    let standing = record.standing(now);
    if standing.is_wiped() || standing.suspends_sessions() || standing.locks_biometrics() {
        return Some(PaymentRefusal::Locked(LockStatus::of(record, now)));
    }
    let payments = &record.payments;
    let frozen = frozen(record, Some(payment.channel), now);
    if frozen.is_any() {
        return Some(PaymentRefusal::Frozen(frozen));
    }
    if let Some(stop) = payment.card_id().and_then(|card| record.cards.state_of(card, now))
        && stop != CardState::Active
    {
        return Some(PaymentRefusal::CardStopped(stop));
    }
    let off_ms = payments.off_left_ms(now);
    let is_registered = match (&record.policy.provider, record.provider.installation()) {
        (None, _) => off_ms == 0,
        (Some(_), installation) => {
            let known = installation.and_then(|installation| installation.owner_key);
            known.is_some() && known == payments.owner_key
        }
    };
    (!is_registered).then_some(PaymentRefusal::NotRegistered { left_ms: (off_ms > 0).then_some(off_ms) })
}

/// Who has frozen payments: all, or those through this channel.
pub(in crate::flows) fn frozen(record: &Record, channel: Option<Channel>, now: Now) -> Frozen {
    Frozen {
        by_owner: record.locks.freezes().contains(&SetBy::Owner),
        by_provider: record.locks.freezes().iter().any(|by| *by != SetBy::Owner),
        in_panic: record.payments.panic_left_ms(now).is_some(),
        channel: channel.is_some_and(|channel| record.payments.frozen_channels().contains(&channel)),
    }
}

/// The strongest proof that the owner has set up.
fn set_up(record: &Record, now: Now) -> ProofLevel {
    match record.recovery.second_factor.now(now) {
        Some(Factor::Authenticator(_)) => ProofLevel::PinAndCode,
        _ if record.biometric.slot().is_some() => ProofLevel::PinAndBiometrics,
        _ => ProofLevel::Pin,
    }
}

/// The proofs that the person can give now for this payment, the weakest first.
fn available(record: &Record, payment: &Payment, sensor: SensorState, now: Now) -> Vec<ProofLevel> {
    let gate = |amount| {
        let policy = &record.policy.biometric;
        let gate = biometric::Gate {
            policy,
            is_locked: record.standing(now).locks_biometrics(),
            availability: sensor.0,
            amount,
            risk_is_raised: false,
            now,
        };
        record.biometric.evaluate(&gate).is_ok()
    };
    let has_code = matches!(record.recovery.second_factor.now(now), Some(Factor::Authenticator(_)));
    let levels = [
        (ProofLevel::Biometrics, gate(Some(payment.counted()))),
        (ProofLevel::Pin, true),
        (ProofLevel::PinAndBiometrics, gate(None)),
        (ProofLevel::PinAndCode, has_code),
    ];
    levels.into_iter().filter(|(_, is_there)| *is_there).map(|(level, _)| level).collect()
}

fn facts<'a>(
    record: &Record,
    book: &Book,
    payment: &Payment,
    context: &'a PaymentContext,
    limits: &[Limit],
    moment: Moment,
    now: Now,
) -> Facts<'a> {
    let Moment { estimate_ms, night, .. } = moment;
    let risk = &record.policy.payment.risk;
    let money = payment.counted();
    let is_day_limit = |limit: &&Limit| {
        limit.per == Period::Day
            && limit.of == Measure::Amount
            && (!limit.at_night || night.is_some())
            && limit.currency == money.currency()
            && limit.proof.is_none()
            && limit.scope.includes(payment.channel, payment.card_id())
    };
    let card = payment.card_id().and_then(|card| book.amounts_of(card, money.currency()));
    Facts {
        payments_in_15_min: book.payments_within(MINUTES_15_MS, estimate_ms),
        payments_in_24_h: book.payments_within(DAY_MS, estimate_ms),
        refusals_in_1_h: book.refusals_within(HOUR_MS, estimate_ms),
        refusals_end_ms: book.refusals_end_ms(risk.refusals_for_stop.unwrap_or(1), HOUR_MS, estimate_ms),
        is_new_payee: !book.knows_payee(&payment.payee.id),
        minor: money.minor(),
        currency: Some(money.currency()),
        day_limit: limits.iter().filter(is_day_limit).map(|limit| limit.max).min(),
        card: card.map(|(count, sum, squares)| Amounts { count, sum, squares }),
        is_night: night.is_some(),
        place: context.place.map(|cell| {
            let (is_new, km_h) = book.compare_place(cell, estimate_ms);
            PlaceFacts { is_new, km_h }
        }),
        change_left_ms: record.payments.change_left_ms(now),
        flags: &context.flags,
    }
}

/// As [`judge`], by the record and the book as they are now, outside of a transaction.
pub(super) fn judge_now(
    view: &View<'_>,
    asked: &Asked<'_>,
    clocks: &Clocks,
    sensor: SensorState,
) -> Result<Verdict, LockError> {
    let mut book = book_of(view)?;
    book.reservations.expire(clocks.moment().estimate_ms);
    Ok(judge(view.record, &book, asked, clocks.moment(), sensor, clocks.now))
}
