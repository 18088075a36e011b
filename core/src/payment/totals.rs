//! What was paid, as the limits count it.

use serde::{Deserialize, Serialize};

use crate::money::Currency;
use crate::policy::{Limit, MAX_LIMITS, Measure, Period};
use crate::request::{Channel, ProofLevel, Scope};

/// How many windows a limit on thirty days counts.
const THIRTY: u64 = 30;

/// When a payment counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The number of the open window.
    pub(crate) window: u64,
    /// The number of the window in which the present night began, if it is night.
    pub(crate) night: Option<u64>,
    /// The estimate of the time, in milliseconds since 1970 UTC.
    pub(crate) estimate_ms: i64,
    /// For how long the phone has to be on until the next window opens, in milliseconds.
    pub(crate) opens_in_ms: u64,
    /// Nothing is left of what may be paid in this window: nobody knows what was paid in it before a rescue.
    pub(crate) is_full: bool,
}

/// What was counted for a payment, so that it can be lowered later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counted {
    pub(crate) channel: Channel,
    pub(crate) card: Option<String>,
    pub(crate) currency: Currency,
    /// What counts now, in minor units.
    pub(crate) minor: u64,
    pub(crate) level: ProofLevel,
    pub(crate) window: u64,
    pub(crate) night: Option<u64>,
    /// The number of the authorisation.
    pub(crate) seq: u64,
}

/// The sums, one bucket for each set of payments that some limit is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Totals(Vec<Bucket>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bucket {
    scope: Scope,
    currency: Currency,
    proof: Option<ProofLevel>,
    at_night: bool,
    /// A limit counts thirty of its windows, and not only the last two.
    keeps_thirty: bool,
    /// The number of the first authorisation that it counts.
    from_seq: u64,
    /// The windows in which something was paid, the latest last.
    days: Vec<Day>,
    always: Sum,
    since_proof: Sum,
}

/// A window's number, and what was paid in it: minor units, and payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Day(u64, u64, u64);

/// Minor units, and payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sum(u64, u64);

/// A limit that a payment would exceed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The limit.
    pub limit: Limit,
    /// What is left of it: minor units, or payments.
    pub left: u64,
}

impl Sum {
    fn of(self, measure: Measure) -> u64 {
        match measure {
            Measure::Amount => self.0,
            Measure::Count => self.1,
        }
    }

    fn add(&mut self, minor: u64, count: u64) {
        (self.0, self.1) = (self.0.saturating_add(minor), self.1.saturating_add(count));
    }

    fn lower(&mut self, minor: u64, count: u64) {
        (self.0, self.1) = (self.0.saturating_sub(minor), self.1.saturating_sub(count));
    }
}

impl Bucket {
    fn counts_for(&self, limit: &Limit) -> bool {
        let Self { scope, currency, proof, at_night, .. } = self;
        (*scope == limit.scope, *currency, *proof, *at_night) == (true, limit.currency, limit.proof, limit.at_night)
    }

    fn includes(&self, counted: &Counted) -> bool {
        self.scope.includes(counted.channel, counted.card.as_deref())
            && self.currency == counted.currency
            && self.proof.is_none_or(|most| counted.level <= most)
            && (!self.at_night || counted.night.is_some())
    }

    /// The number of the window in which it counts.
    fn day_of(&self, window: u64, night: Option<u64>) -> u64 {
        if self.at_night { night.unwrap_or(window) } else { window }
    }

    fn in_days(&self, from: u64) -> Sum {
        let mut sum = Sum::default();
        self.days.iter().filter(|day| day.0 >= from).for_each(|day| sum.add(day.1, day.2));
        sum
    }

    fn add(&mut self, day: u64, minor: u64, count: u64) {
        // A night begins in one window and ends in the next.
        let first = (day + 1).saturating_sub(if self.keeps_thirty { THIRTY } else { 2 });
        self.days.retain(|kept| kept.0 >= first);
        match self.days.iter_mut().find(|kept| kept.0 == day) {
            Some(kept) => (kept.1, kept.2) = (kept.1.saturating_add(minor), kept.2.saturating_add(count)),
            None => self.days.push(Day(day, minor, count)),
        }
        self.always.add(minor, count);
        self.since_proof.add(minor, count);
    }

    fn used(&self, limit: &Limit, moment: Moment) -> u64 {
        let day = self.day_of(moment.window, moment.night);
        let sum = match limit.per {
            Period::Payment => Sum::default(),
            Period::Day => self.in_days(day),
            Period::ThirtyDays => self.in_days((day + 1).saturating_sub(THIRTY)),
            Period::Always => self.always,
            Period::SinceProof => self.since_proof,
        };
        sum.of(limit.of)
    }
}

impl Totals {
    /// What is left of a limit: minor units, or payments.
    pub(crate) fn left(&self, limit: &Limit, moment: Moment) -> u64 {
        if moment.is_full && limit.per == Period::Day {
            return 0;
        }
        let used = self.0.iter().find(|bucket| bucket.counts_for(limit)).map_or(0, |bucket| bucket.used(limit, moment));
        limit.max.saturating_sub(used)
    }

    /// The limits that `counted` would exceed.
    pub(crate) fn exceeded<'a>(
        &self,
        limits: impl Iterator<Item = &'a Limit>,
        counted: &Counted,
        moment: Moment,
    ) -> Vec<Exceeded> {
        let exceeds = |limit: &Limit| {
            let left = self.left(limit, moment);
            let asked = if limit.of == Measure::Count { 1 } else { counted.minor };
            (asked > left).then(|| Exceeded { limit: limit.clone(), left })
        };
        limits.filter(|limit| concerns(limit, counted)).filter_map(exceeds).collect()
    }

    /// Counts a payment. Buckets that no limit names any more go.
    pub(crate) fn add(&mut self, limits: &[Limit], counted: &Counted) {
        self.0.retain(|bucket| limits.iter().any(|limit| bucket.counts_for(limit)));
        for limit in limits.iter().filter(|limit| limit.per != Period::Payment && concerns(limit, counted)) {
            // As many as there are limits, of the policy and of the owner.
            if !self.0.iter().any(|bucket| bucket.counts_for(limit)) && self.0.len() < 2 * MAX_LIMITS {
                self.0.push(Bucket {
                    scope: limit.scope.clone(),
                    currency: limit.currency,
                    proof: limit.proof,
                    at_night: limit.at_night,
                    keeps_thirty: false,
                    from_seq: counted.seq,
                    days: Vec::new(),
                    always: Sum::default(),
                    since_proof: Sum::default(),
                });
            }
        }
        for bucket in self.0.iter_mut().filter(|bucket| bucket.includes(counted)) {
            bucket.keeps_thirty =
                limits.iter().any(|limit| limit.per == Period::ThirtyDays && bucket.counts_for(limit));
            bucket.add(bucket.day_of(counted.window, counted.night), counted.minor, 1);
        }
    }

    /// Counts more for a payment that was counted, in the present window.
    pub(crate) fn add_excess(&mut self, counted: &Counted, minor: u64, count: u64, moment: Moment) {
        for bucket in self.0.iter_mut().filter(|bucket| bucket.includes(counted)) {
            bucket.add(bucket.day_of(moment.window, moment.night), minor, count);
        }
    }

    /// Counts less for a payment, in the window in which it was counted, as far as that still counts. `count`: how many
    /// payments less. What counts since the last proof stays.
    pub(crate) fn lower(&mut self, counted: &Counted, minor: u64, count: u64) {
        let counts_it = |bucket: &&mut Bucket| bucket.includes(counted) && bucket.from_seq <= counted.seq;
        for bucket in self.0.iter_mut().filter(counts_it) {
            let day = bucket.day_of(counted.window, counted.night);
            if let Some(kept) = bucket.days.iter_mut().find(|kept| kept.0 == day) {
                (kept.1, kept.2) = (kept.1.saturating_sub(minor), kept.2.saturating_sub(count));
            }
            bucket.always.lower(minor, count);
        }
    }

    /// A person proved something for a payment through this channel: what counts since the last proof begins anew.
    pub(crate) fn note_proof(&mut self, channel: Channel) {
        // Contactless payments count on until somebody proved something near.
        let is_near = |scope: &Scope| matches!(scope, Scope::Channel(channel) if !channel.is_remote());
        for bucket in self.0.iter_mut().filter(|bucket| !channel.is_remote() || !is_near(&bucket.scope)) {
            bucket.since_proof = Sum::default();
        }
    }

    /// Whether the record could hold these.
    pub(crate) fn is_in_range(&self) -> bool {
        self.0.len() <= 2 * MAX_LIMITS && self.0.iter().all(|bucket| bucket.days.len() <= THIRTY as usize + 2)
    }
}

/// Whether the limit counts such a payment.
fn concerns(limit: &Limit, counted: &Counted) -> bool {
    limit.scope.includes(counted.channel, counted.card.as_deref())
        && limit.currency == counted.currency
        && limit.proof.is_none_or(|most| counted.level <= most)
        && (!limit.at_night || counted.night.is_some())
}
