//! What was paid, as far as a later payment needs it: the reservations, and what the risk rules look at. It is a row of
//! its own, sealed under a key that the record holds, so it can be read and written while the wallet is locked.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::reservation::Reservations;
use crate::binary;
use crate::crypto::{AeadKey, Random, sha256};
use crate::money::{Currency, Money};

/// The id of the book's row among the items. It has another length than the ids of items.
pub(crate) const BOOK_ROW: &[u8] = b"payments";

/// The format in which the book is written. It stands before it.
const FORMAT: u8 = 1;
/// Longest book, in bytes. A full one has about 150 KiB.
const MAX_BYTES: usize = 256 * 1024;
/// How many payees are known.
const MAX_PAYEES: usize = 1_000;
/// How many cards' amounts are known.
const MAX_CARDS: usize = 32;
/// How many of the last payments' times are known: as many as a rule may count.
const MAX_TIMES: usize = 64;
/// How many of the last refusals' times are known.
const MAX_REFUSALS: usize = 16;
/// How many refusals are written in 24 hours: it takes no proof to be refused, and whoever asks on and on does not fill
/// the journal.
const MAX_WRITTEN: usize = 20;
const DAY_MS: i64 = 86_400_000;
/// How many places are known.
const MAX_PLACES: usize = 64;
const PAYEE_BYTES: usize = 8;

/// A place, in tenths of a degree: about eleven kilometres from north to south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Latitude in tenths of a degree, -900 to 900.
    pub latitude: i16,
    /// Longitude in tenths of a degree, -1800 to 1800.
    pub longitude: i16,
}

/// The book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Book {
    pub(crate) reservations: Reservations,
    /// Hashes of the last payees' ids, the latest last.
    #[serde(with = "payees")]
    payees: VecDeque<[u8; PAYEE_BYTES]>,
    cards: Vec<CardAmounts>,
    /// When the last payments were approved, by the estimate, the latest last.
    times: VecDeque<i64>,
    refusals: VecDeque<i64>,
    /// When payments were refused, of the last refusals that have a line in the journal.
    written: VecDeque<i64>,
    places: VecDeque<Cell>,
    last_place: Option<(Cell, i64)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardAmounts {
    card: String,
    currency: Currency,
    count: u64,
    sum: u64,
    /// The sum of the squares: its high and its low 64 bits.
    squares: (u64, u64),
}

/// Count, sum and sum of squares of the amounts that were paid with a card.
pub(crate) type CardSums = (u64, u128, u128);

mod payees {
    use super::{PAYEE_BYTES, VecDeque};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(payees: &VecDeque<[u8; PAYEE_BYTES]>, to: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = payees.iter().flatten().copied().collect();
        to.serialize_bytes(&bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<VecDeque<[u8; PAYEE_BYTES]>, D::Error> {
        let (payees, rest) = <&[u8]>::deserialize(from)?.as_chunks::<PAYEE_BYTES>();
        if rest.is_empty() { Ok(payees.iter().copied().collect()) } else { Err(D::Error::custom("not whole hashes")) }
    }
}

/// What is known of a payment that was approved.
pub(crate) struct Approved<'a> {
    pub(crate) payee: &'a str,
    pub(crate) card: Option<&'a str>,
    pub(crate) amount: Money,
    pub(crate) place: Option<Cell>,
    pub(crate) estimate_ms: i64,
}

impl Book {
    pub(crate) fn open(key: &[u8; 32], wallet_id: &[u8; 16], version: u64, row: &[u8]) -> Option<Self> {
        let bytes = AeadKey::new(key).open(&associated_data(wallet_id, version), row)?;
        let (FORMAT, book): (u8, Self) = binary::from_bytes(&bytes)? else { return None };
        book.is_in_range().then_some(book)
    }

    pub(crate) fn seal(
        &self,
        random: &mut Random,
        key: &[u8; 32],
        wallet_id: &[u8; 16],
        version: u64,
    ) -> Option<Vec<u8>> {
        AeadKey::new(key).seal(
            random,
            &associated_data(wallet_id, version),
            &binary::to_bytes(&(FORMAT, self), MAX_BYTES)?,
        )
    }

    /// Notes a payment that was approved.
    pub(crate) fn note_approved(&mut self, approved: &Approved<'_>) {
        let Approved { payee, card, amount, place, estimate_ms } = *approved;
        let hash = payee_hash(payee);
        self.payees.retain(|known| *known != hash);
        push(&mut self.payees, hash, MAX_PAYEES);
        push(&mut self.times, estimate_ms, MAX_TIMES);
        if let Some(card) = card {
            self.note_amount(card, amount);
        }
        if let Some(cell) = place {
            self.places.retain(|known| *known != cell);
            push(&mut self.places, cell, MAX_PLACES);
            self.last_place = Some((cell, estimate_ms));
        }
    }

    fn note_amount(&mut self, card: &str, amount: Money) {
        let (minor, currency) = (amount.minor(), amount.currency());
        let place = self.cards.iter().position(|known| known.card == card && known.currency == currency);
        let mut amounts = match place {
            Some(place) => self.cards.remove(place),
            None => CardAmounts { card: card.to_owned(), currency, count: 0, sum: 0, squares: (0, 0) },
        };
        let square = u128::from(minor) * u128::from(minor);
        let squares = join(amounts.squares).saturating_add(square);
        amounts.count = amounts.count.saturating_add(1);
        amounts.sum = amounts.sum.saturating_add(minor);
        amounts.squares = ((squares >> 64) as u64, squares as u64);
        if self.cards.len() >= MAX_CARDS {
            self.cards.remove(0);
        }
        self.cards.push(amounts);
    }

    /// Notes a refusal that the risk rules count.
    pub(crate) fn note_refusal(&mut self, estimate_ms: i64) {
        push(&mut self.refusals, estimate_ms, MAX_REFUSALS);
    }

    /// Whether one more refusal may be written: fewer than twenty were within the last 24 hours.
    pub(crate) fn may_write_refusal(&self, estimate_ms: i64) -> bool {
        (count_within(&self.written, DAY_MS, estimate_ms) as usize) < MAX_WRITTEN
    }

    /// Notes a refusal that gets a line in the journal.
    pub(crate) fn note_written(&mut self, estimate_ms: i64) {
        push(&mut self.written, estimate_ms, MAX_WRITTEN);
    }

    /// How many payments were approved within the last `within_ms`.
    pub(crate) fn payments_within(&self, within_ms: i64, estimate_ms: i64) -> u32 {
        count_within(&self.times, within_ms, estimate_ms)
    }

    /// How many payments were refused within the last `within_ms`.
    pub(crate) fn refusals_within(&self, within_ms: i64, estimate_ms: i64) -> u32 {
        count_within(&self.refusals, within_ms, estimate_ms)
    }

    /// Milliseconds until fewer than `most` refusals lie within the last `within_ms`.
    pub(crate) fn refusals_end_ms(&self, most: u32, within_ms: i64, estimate_ms: i64) -> u64 {
        let nth = self.refusals.iter().rev().nth((most.max(1) - 1) as usize);
        let left = nth.map(|time| time.saturating_add(within_ms).saturating_sub(estimate_ms));
        u64::try_from(left.unwrap_or(0).min(within_ms)).unwrap_or(0)
    }

    pub(crate) fn knows_payee(&self, payee: &str) -> bool {
        self.payees.contains(&payee_hash(payee))
    }

    pub(crate) fn amounts_of(&self, card: &str, currency: Currency) -> Option<CardSums> {
        let known = self.cards.iter().find(|known| known.card == card && known.currency == currency)?;
        Some((known.count, known.sum.into(), join(known.squares)))
    }

    /// Whether the place is new, although others are known; and how many km/h it takes to get there from the last one.
    pub(crate) fn compare_place(&self, cell: Cell, estimate_ms: i64) -> (bool, Option<u64>) {
        let is_new = !self.places.is_empty() && !self.places.contains(&cell);
        let speed = self.last_place.map(|(last, time_ms)| {
            // At least a minute, so that two payments at the edge of a cell are no journey.
            let minutes = (estimate_ms.saturating_sub(time_ms) / 60_000).max(1);
            distance_km(last, cell).saturating_mul(60) / u64::try_from(minutes).unwrap_or(1)
        });
        (is_new, speed)
    }

    fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { reservations, payees, cards, times, refusals, written, places, last_place: _ } = self;
        reservations.is_in_range()
            && payees.len() <= MAX_PAYEES
            && cards.len() <= MAX_CARDS
            && times.len() <= MAX_TIMES
            && refusals.len() <= MAX_REFUSALS
            && written.len() <= MAX_WRITTEN
            && places.len() <= MAX_PLACES
    }
}

impl Cell {
    /// Whether there is such a place.
    pub fn is_valid(self) -> bool {
        self.latitude.unsigned_abs() <= 900 && self.longitude.unsigned_abs() <= 1_800
    }
}

fn join(squares: (u64, u64)) -> u128 {
    u128::from(squares.0) << 64 | u128::from(squares.1)
}

fn payee_hash(payee: &str) -> [u8; PAYEE_BYTES] {
    let mut short = [0; PAYEE_BYTES];
    short.iter_mut().zip(sha256(&[payee.as_bytes()])).for_each(|(to, from)| *to = from);
    short
}

fn push<T>(to: &mut VecDeque<T>, value: T, most: usize) {
    if to.len() >= most {
        to.pop_front();
    }
    to.push_back(value);
}

/// A time that lies far ahead, because a heartbeat set the estimate back since, does not count.
fn count_within(times: &VecDeque<i64>, within_ms: i64, estimate_ms: i64) -> u32 {
    let is_within = |time: &&i64| estimate_ms.saturating_sub(**time).saturating_abs() < within_ms;
    u32::try_from(times.iter().filter(is_within).count()).unwrap_or(u32::MAX)
}

/// The distance on a sphere (haversine). A cell more or less does not matter: neighbouring cells are no distance.
fn distance_km(from: Cell, to: Cell) -> u64 {
    const EARTH_KM: f64 = 6_371.0;
    let radians = |tenths: i16| (f64::from(tenths) / 10.0).to_radians();
    let (lat1, lat2) = (radians(from.latitude), radians(to.latitude));
    let (dlat, dlon) = (lat2 - lat1, radians(to.longitude) - radians(from.longitude));
    let a = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    let km = 2.0 * EARTH_KM * a.sqrt().clamp(0.0, 1.0).asin();
    // Two points of neighbouring cells may lie next to each other.
    (km as u64).saturating_sub(32)
}

fn associated_data(wallet_id: &[u8; 16], version: u64) -> Vec<u8> {
    [b"walletlock v1 payments".as_slice(), wallet_id, &version.to_be_bytes()].concat()
}
