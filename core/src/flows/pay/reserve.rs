//! Setting aside what a payment may cost: in the transaction that charges its proof, kept or released by the one that
//! settles it.

use std::cell::{Cell, RefCell};

use super::clocks::Clocks;
use super::judge::{Asked, Verdict, judge, open_book, stopped};
use super::outcome::PaymentRefusal;
use super::sign::{ByOwner, sign_by_owner};
use crate::crypto::DataKey;
use crate::engine::{Engine, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::flows::unlock_biometric::SensorState;
use crate::flows::unlock_pin::WithTry;
use crate::payment::{Approved, BOOK_ROW, Book, BookSeal, Counted, NewReservation, Reservation, Shown};
use crate::request::{Channel, Payment, ProofLevel};
use crate::time::Now;

/// A payment that is set aside together with the charge of its proof.
pub(super) struct Reserving<'a> {
    pub(super) asked: Asked<'a>,
    pub(super) clocks: Cell<Clocks>,
    /// What is shown and signed.
    pub(super) lines: &'a [String],
    pub(super) sensor: SensorState,
    pub(super) end: RefCell<ReserveEnd>,
}

/// How setting aside ended.
#[derive(Clone, Default)]
pub(super) enum ReserveEnd {
    /// It did not come to that.
    #[default]
    NotTried,
    Refused(Vec<PaymentRefusal>),
    /// A stronger proof is needed now.
    NeedsMore,
    Reserved(Box<Reserved>),
}

/// What is set aside.
#[derive(Clone)]
pub(super) struct Reserved {
    pub(super) jti: [u8; 16],
    pub(super) seq: u64,
    pub(super) level: ProofLevel,
    pub(super) issued_s: i64,
    pub(super) expires_s: i64,
    pub(super) shown: Shown,
    /// It was set aside before: the authorisation is made again.
    pub(super) is_again: bool,
    /// `None`: its proof was not right yet.
    pub(super) by_owner: Option<ByOwner>,
}

impl WithTry for Reserving<'_> {
    fn charge(&self, work: &mut UnitOfWork<'_>) -> Result<bool, LockError> {
        let end = self.reserve(work)?;
        let goes_on = matches!(end, ReserveEnd::Reserved(_));
        *self.end.borrow_mut() = end;
        Ok(goes_on)
    }

    fn read_clocks(&self, engine: &Engine) -> Result<(), LockError> {
        self.clocks.set(Clocks::read(engine)?);
        Ok(())
    }

    fn settle(&self, work: &mut UnitOfWork<'_>, data_key: Option<&DataKey>) -> Result<(), LockError> {
        let ReserveEnd::Reserved(mut reserved) = self.end.borrow().clone() else { return Ok(()) };
        if !work.record.is_alive() {
            return Ok(());
        }
        // A freeze may have come while the PIN was checked.
        if let Some(data_key) = data_key {
            let stopped = stopped(work.record, self.asked.payment, self.clocks.get().now);
            if stopped.is_none() && self.keep(work, &mut reserved, data_key)? {
                *self.end.borrow_mut() = ReserveEnd::Reserved(reserved);
                return Ok(());
            }
            let end = stopped.map_or(ReserveEnd::NotTried, |refusal| ReserveEnd::Refused(vec![refusal]));
            *self.end.borrow_mut() = end;
        }
        self.release(work, &reserved)
    }
}

impl Reserving<'_> {
    /// Judges once more, and sets aside.
    pub(super) fn reserve(&self, work: &mut UnitOfWork<'_>) -> Result<ReserveEnd, LockError> {
        let (Self { asked, sensor, .. }, clocks) = (self, self.clocks.get());
        work.settle_limits(clocks.now);
        let moment = clocks.settle(&mut work.record.payments);
        let mut book = book_in(work, clocks.now)?;
        book.reservations.expire(moment.estimate_ms);
        let (counted, risks) = match judge(work.record, &book, asked, moment, *sensor, clocks.now) {
            Verdict::Refused(reasons) => return Ok(ReserveEnd::Refused(reasons)),
            Verdict::NeedsProof { .. } => return Ok(ReserveEnd::NeedsMore),
            Verdict::Again(reservation) => {
                let Reservation { jti, counted, issued_s, expires_s, shown, .. } = *reservation;
                let Some(shown) = shown else { return Ok(ReserveEnd::NeedsMore) };
                let (seq, level, is_again, by_owner) = (counted.seq, counted.level, true, None);
                let again = Reserved { jti, seq, level, issued_s, expires_s, shown, is_again, by_owner };
                return Ok(ReserveEnd::Reserved(Box::new(again)));
            }
            Verdict::Approved { counted, risks } => (counted, risks),
        };
        let jti = *work.random.bytes();
        let valid_s = valid_s(work, asked.payment);
        let issued_s = clocks.now.wall_ms.div_euclid(1_000);
        let (expires_s, expires_ms) =
            (issued_s.saturating_add(valid_s), moment.estimate_ms.saturating_add(valid_s.saturating_mul(1_000)));
        let payments = &mut work.record.payments;
        let limits = payments.all_limits(&work.record.policy.payment, clocks.now);
        payments.seq = counted.seq;
        payments.totals.add(&limits, &counted);
        let risks: Vec<_> = risks.iter().map(|risk| risk.rule.name()).collect();
        let (seq, level) = (counted.seq, counted.level);
        note(work, asked.payment, &counted, &risks);
        let (fingerprint, language) = (asked.fingerprint, asked.context.language);
        let shown = Shown { lines: self.lines.to_vec(), language, risks };
        let (is_again, by_owner) = (false, None);
        let reserved = Reserved { jti, seq, level, issued_s, expires_s, shown: shown.clone(), is_again, by_owner };
        let (payee, mcc) = (asked.payment.payee.clone(), asked.payment.mcc);
        book.reservations.add(NewReservation {
            fingerprint,
            jti,
            counted,
            payee,
            mcc,
            expires_ms,
            issued_s,
            expires_s,
            shown,
        });
        put_book(work, &book)?;
        Ok(ReserveEnd::Reserved(Box::new(reserved)))
    }

    /// The proof was right. `false`: what was set aside is not there any more.
    pub(super) fn keep(
        &self,
        work: &mut UnitOfWork<'_>,
        reserved: &mut Reserved,
        data_key: &DataKey,
    ) -> Result<bool, LockError> {
        let (Asked { payment, context, .. }, clocks) = (&self.asked, self.clocks.get());
        let mut book = book_in(work, clocks.now)?;
        if !book.reservations.keep(&reserved.jti) {
            return Ok(false);
        }
        let by_owner = sign_by_owner(work.record, work.wallet_id, data_key, payment, reserved);
        let by_owner = by_owner.ok_or(LockError::Invalid("payment"))?;
        if !reserved.is_again {
            book.note_approved(&Approved {
                payee: &payment.payee.id,
                card: payment.card_id(),
                amount: payment.counted(),
                place: context.place,
                estimate_ms: clocks.moment().estimate_ms,
            });
            if reserved.level > ProofLevel::Nothing {
                work.record.payments.totals.note_proof(payment.channel);
            }
            if let Some(card) = payment.card_id() {
                work.record.cards.note_used(card, clocks.moment().estimate_ms);
            }
            let counted = payment.counted();
            work.note(&JournalEvent::PaymentApproved {
                payment,
                counted_minor: counted.minor(),
                currency: counted.currency(),
                seq: reserved.seq,
                utc_offset_s: clocks.utc_offset_s(),
                token: &by_owner.text,
            });
        }
        reserved.by_owner = Some(by_owner);
        put_book(work, &book)?;
        Ok(true)
    }

    /// The proof was not right, or there was no verdict: unless another proof was right meanwhile, nothing was handed
    /// out, so nothing counts.
    fn release(&self, work: &mut UnitOfWork<'_>, reserved: &Reserved) -> Result<(), LockError> {
        if reserved.is_again {
            return Ok(());
        }
        let mut book = book_in(work, self.clocks.get().now)?;
        if let Some(counted) = book.reservations.release(&reserved.jti) {
            work.record.payments.totals.lower(&counted, counted.minor, 1);
            put_book(work, &book)?;
            work.note(&JournalEvent::PaymentReleased { payment: &self.asked.payment.id, seq: reserved.seq });
        }
        Ok(())
    }
}

fn valid_s(work: &UnitOfWork<'_>, payment: &Payment) -> i64 {
    let policy = &work.record.policy.payment;
    i64::from(match payment.channel {
        Channel::CodeShown => policy.shown_code_valid_s,
        Channel::InStore | Channel::Online | Channel::CodeScanned | Channel::Transfer => policy.valid_s,
    })
}

fn note(work: &mut UnitOfWork<'_>, payment: &Payment, counted: &Counted, risks: &[String]) {
    let risk = risks.join(", ");
    work.note(&JournalEvent::PaymentReserved {
        payment,
        counted_minor: counted.minor,
        currency: counted.currency,
        proof: counted.level.name(),
        seq: counted.seq,
        window: counted.window,
        risk: (!risks.is_empty()).then_some(&risk),
    });
}

/// The book, in a transaction. One that is lost begins anew, and the journal says so.
pub(super) fn book_in(work: &mut UnitOfWork<'_>, now: Now) -> Result<Book, LockError> {
    if let Some(book) = open_book(work.record, work.wallet_id, |id| Ok(work.rows.item(id)?))? {
        return Ok(book);
    }
    work.note(&JournalEvent::ItemLost { item: "payments" });
    work.record.payments.book = None;
    // Nobody knows what was usual.
    work.record.payments.note_change(now);
    Ok(Book::default())
}

/// Writes the book under its next version.
pub(super) fn put_book(work: &mut UnitOfWork<'_>, book: &Book) -> Result<(), LockError> {
    let UnitOfWork { record, random, .. } = work;
    let seal = record.payments.book.get_or_insert_with(|| BookSeal::make(random));
    seal.version += 1;
    let sealed = book.seal(random, &seal.key, work.wallet_id, seal.version);
    work.rows.put_item(BOOK_ROW, &sealed.ok_or(LockError::Invalid("payments"))?)?;
    Ok(())
}
