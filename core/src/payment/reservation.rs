//! What was set aside for payments, and what became of it.

use serde::{Deserialize, Serialize};

use super::lines::Language;
use super::totals::{Counted, Moment, Totals};
use crate::crypto::sha256;
use crate::hex;
use crate::request::Payee;

/// How many authorisations may be out at once.
pub(crate) const MAX_OPEN: usize = 8;
/// How many payments are kept whose end nobody told. One more ends the oldest.
const MAX_PRESUMED: usize = 64;
/// How many payments are kept that ended, so that the same id gets the same answer.
const MAX_ENDED: usize = 64;
/// How much the provider's clock may differ, in milliseconds.
const SKEW_MS: i64 = 60_000;
/// No policy allows an authorisation that is valid for longer.
const LONGEST_MS: i64 = 600_000;

/// A payment for which something was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reservation {
    /// The first eight bytes of SHA-256 of the payment's id.
    #[serde(with = "hex::array")]
    id: [u8; 8],
    /// The first 16 bytes of SHA-256 of the payment's content.
    #[serde(with = "hex::array")]
    content: [u8; 16],
    #[serde(with = "hex::array")]
    pub(crate) jti: [u8; 16],
    pub(crate) counted: Counted,
    /// For the journal's lines about what becomes of it.
    pub(crate) payee: String,
    pub(crate) payee_id: String,
    pub(crate) mcc: Option<u16>,
    state: State,
    /// Its proof was right, so its authorisation was handed out, or may have been.
    is_kept: bool,
    /// It was captured by the app's word. The provider's first word still lowers it.
    is_by_app: bool,
    /// What was shown and signed, while the authorisation may be used: asked for again, it is the same.
    pub(crate) shown: Option<Shown>,
    /// When the authorisation ends, by the estimate, in milliseconds since 1970 UTC.
    expires_ms: i64,
    /// From when to when the authorisation is valid, by the wall clock, in seconds since 1970.
    pub(crate) issued_s: i64,
    pub(crate) expires_s: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// The authorisation may be used.
    Reserved,
    /// It ended, and nobody told whether it was used: it counts as used.
    Presumed,
    Captured,
    Declined,
}

/// What was shown and signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    pub(crate) lines: Vec<String>,
    pub(crate) language: Language,
    pub(crate) risks: Vec<String>,
}

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// It was approved, and may be used.
    Reserved,
    /// Its authorisation ended, and nobody told whether it was used. It counts as used.
    Presumed,
    /// It was charged.
    Captured {
        /// What was charged, in minor units of the currency that is counted.
        minor: u64,
    },
    /// It was not charged.
    Declined,
}

/// What the provider, or the app, says of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// So many minor units were charged.
    Captured(u64),
    /// Nothing was charged. Only the provider says so.
    Declined,
}

/// What a settlement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It changed what counts, or the payment's state.
    Changed(PaymentState),
    /// The payment was settled so already, or in a way that this does not change.
    Unchanged(PaymentState),
    /// No such payment is known, or its end was forgotten.
    Unknown,
    /// It would loosen, and only a signed word of the provider does that.
    NotAllowed,
}

/// Which payment it is, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    id: [u8; 8],
    content: [u8; 16],
}

impl Fingerprint {
    /// `content`: the payment's fields in their frozen form.
    pub(crate) fn of(id: &str, content: &[u8]) -> Self {
        Self { id: short(id.as_bytes()), content: short(content) }
    }
}

fn short<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut short = [0; N];
    short.iter_mut().zip(sha256(&[bytes])).for_each(|(to, from)| *to = from);
    short
}

/// All reservations, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Reservations(Vec<Reservation>);

/// A new reservation.
pub(crate) struct NewReservation {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) jti: [u8; 16],
    pub(crate) counted: Counted,
    pub(crate) payee: Payee,
    pub(crate) mcc: Option<u16>,
    pub(crate) expires_ms: i64,
    pub(crate) issued_s: i64,
    pub(crate) expires_s: i64,
    pub(crate) shown: Shown,
}

/// What is known of a payment with this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known<'a> {
    No,
    /// The same payment, and its authorisation may still be used.
    Open(&'a Reservation),
    /// The same payment, which ended.
    Ended(PaymentState),
    /// Another payment with the same id.
    Conflict,
}

impl Reservation {
    fn end(&mut self, state: State) {
        (self.state, self.shown) = (state, None);
    }

    pub(crate) fn state(&self) -> PaymentState {
        match self.state {
            State::Reserved => PaymentState::Reserved,
            State::Presumed => PaymentState::Presumed,
            State::Captured => PaymentState::Captured { minor: self.counted.minor },
            State::Declined => PaymentState::Declined,
        }
    }
}

impl Reservations {
    pub(crate) fn find(&self, fingerprint: Fingerprint) -> Known<'_> {
        match self.0.iter().find(|known| known.id == fingerprint.id) {
            None => Known::No,
            Some(known) if known.content != fingerprint.content => Known::Conflict,
            Some(known) if known.state == State::Reserved => Known::Open(known),
            Some(known) => Known::Ended(known.state()),
        }
    }

    /// What became of the payment with this id.
    pub(crate) fn state_of(&self, id: &str) -> Option<PaymentState> {
        self.of(id).map(Reservation::state)
    }

    /// The reservation of the payment with this id.
    pub(crate) fn of(&self, id: &str) -> Option<&Reservation> {
        let id = short(id.as_bytes());
        self.0.iter().find(|known| known.id == id)
    }

    /// How many authorisations are out.
    pub(crate) fn open(&self) -> usize {
        self.0.iter().filter(|known| known.state == State::Reserved).count()
    }

    /// Sets aside. The caller has counted it, and checked that there is room and that the id is new.
    pub(crate) fn add(&mut self, new: NewReservation) {
        let NewReservation { fingerprint, jti, counted, payee, mcc, expires_ms, issued_s, expires_s, shown } = new;
        let Payee { name: payee, id: payee_id } = payee;
        let Fingerprint { id, content } = fingerprint;
        let (state, is_kept, is_by_app, shown) = (State::Reserved, false, false, Some(shown));
        self.0.push(Reservation {
            id,
            content,
            jti,
            counted,
            payee,
            payee_id,
            mcc,
            state,
            is_kept,
            is_by_app,
            shown,
            expires_ms,
            issued_s,
            expires_s,
        });
    }

    /// Its proof was right: from here on it is not taken back. `false`: it is not there any more, because another proof
    /// for it was not right meanwhile, or because its time is over.
    pub(crate) fn keep(&mut self, jti: &[u8; 16]) -> bool {
        let kept = self.0.iter_mut().find(|known| known.jti == *jti && known.state == State::Reserved);
        kept.map(|known| known.is_kept = true).is_some()
    }

    /// Takes back what was set aside for a PIN that was not right: nothing was handed out for it. Returns what it
    /// counted.
    pub(crate) fn release(&mut self, jti: &[u8; 16]) -> Option<Counted> {
        let is_it = |known: &Reservation| known.jti == *jti && known.state == State::Reserved && !known.is_kept;
        let place = self.0.iter().position(is_it)?;
        Some(self.0.remove(place).counted)
    }

    /// Ends the authorisations whose time is over: they count as used. Returns how many.
    pub(crate) fn expire(&mut self, estimate_ms: i64) -> usize {
        let is_over = |known: &&mut Reservation| {
            let is_past = known.expires_ms.saturating_add(SKEW_MS) <= estimate_ms;
            // A heartbeat set the estimate back: no authorisation lasts so long.
            let is_far_ahead = known.expires_ms.saturating_sub(estimate_ms) > LONGEST_MS;
            known.state == State::Reserved && (is_past || is_far_ahead)
        };
        let over = self.0.iter_mut().filter(is_over).map(|known| known.end(State::Presumed)).count();
        self.drop_oldest(MAX_PRESUMED, |state| state == State::Presumed);
        self.drop_oldest(MAX_ENDED, |state| matches!(state, State::Captured | State::Declined));
        over
    }

    fn drop_oldest(&mut self, most: usize, is_such: impl Fn(State) -> bool) {
        let such = self.0.iter().filter(|known| is_such(known.state)).count();
        let mut too_many = such.saturating_sub(most);
        self.0.retain(|known| {
            let goes = too_many > 0 && is_such(known.state);
            too_many -= usize::from(goes);
            !goes
        });
    }

    /// Settles a payment. `signed`: the provider says so, of the authorisation with this `jti`. The app's word, without
    /// one, only tightens.
    pub(crate) fn settle(
        &mut self,
        totals: &mut Totals,
        id: &str,
        settlement: Settlement,
        signed: Option<&[u8; 16]>,
        moment: Moment,
    ) -> Settled {
        let id = short(id.as_bytes());
        let is_it = |known: &&mut Reservation| known.id == id && signed.is_none_or(|jti| *jti == known.jti);
        let Some(known) = self.0.iter_mut().find(is_it) else { return Settled::Unknown };
        let before = known.counted.minor;
        let is_signed = signed.is_some();
        // What only the app said may still be lowered, once, by the provider.
        let is_open = match known.state {
            State::Reserved | State::Presumed => true,
            State::Captured => known.is_by_app && is_signed,
            State::Declined => false,
        };
        match (known.state, settlement) {
            (_, Settlement::Declined) if is_open => {
                if !is_signed {
                    return Settled::NotAllowed;
                }
                totals.lower(&known.counted, before, 1);
                known.counted.minor = 0;
                known.end(State::Declined);
            }
            (_, Settlement::Captured(minor)) if is_open => {
                if minor < before {
                    if !is_signed {
                        return Settled::NotAllowed;
                    }
                    totals.lower(&known.counted, before - minor, 0);
                }
                totals.add_excess(&known.counted, minor.saturating_sub(before), 0, moment);
                known.counted.minor = minor;
                known.end(State::Captured);
            }
            // More than was told before. What the provider said was captured is never lowered: a refund restores nothing.
            (State::Captured, Settlement::Captured(minor)) if minor > before => {
                totals.add_excess(&known.counted, minor - before, 0, moment);
                known.counted.minor = minor;
            }
            (State::Declined, Settlement::Captured(minor)) => {
                totals.add_excess(&known.counted, minor, 1, moment);
                known.counted.minor = minor;
                known.end(State::Captured);
            }
            _ => return Settled::Unchanged(known.state()),
        }
        known.is_by_app = !is_signed;
        Settled::Changed(known.state())
    }

    /// Whether a row could hold these.
    pub(crate) fn is_in_range(&self) -> bool {
        self.0.len() <= MAX_OPEN + MAX_PRESUMED + MAX_ENDED + MAX_OPEN
    }
}

#[cfg(test)]
#[test]
fn the_states_keep_their_numbers() {
    let states = [State::Reserved, State::Presumed, State::Captured, State::Declined];
    crate::binary::tests::are_numbered_from_0(&states);
}
