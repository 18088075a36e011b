//! What was spent, by month, card and category.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::details::Plaintext;
use super::filter::mcc;
use super::line::Line;
use super::sealing::DetailsOpener;
use crate::calendar::Month;
use crate::events::Kind;
use crate::money::{Category, Currency};

/// What was spent in one month with one card on one category, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The month in which the payments were approved, by the zone that the phone was in.
    pub month: Month,
    /// The card. `None`: not by card.
    pub card: Option<String>,
    /// What was bought.
    pub category: Category,
    /// The currency that limits count.
    pub currency: Currency,
    /// What was charged, in minor units. A payment of which nobody said what was charged counts whole; one that was
    /// declined does not count.
    pub minor: u64,
    /// How many payments.
    pub payments: u32,
}

/// What was spent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The latest month first; within a month by card, category and currency.
    pub spent: Vec<Spent>,
    /// Lines about payments that do not open: they are in no sum.
    pub unreadable: u64,
}

/// Ordered as a summary is: the latest month first.
type Group = (Reverse<Month>, Option<String>, Category, Currency);

/// A summary that is being made, of lines that come newest first. So what became of a payment is known before the line
/// that approved it.
#[derive(Default)]
pub(crate) struct Summing {
    /// What was charged for the payments whose approval was not read yet. `None`: nothing.
    charged: HashMap<String, Option<u64>>,
    groups: BTreeMap<Group, (u64, u32)>,
    unreadable: u64,
}

impl Summing {
    /// Adds a line. `wanted`: payments that were approved at these wall-clock times count.
    pub(crate) fn add(&mut self, line: &Line, opener: &DetailsOpener<'_>, wanted: &Range<i64>) {
        let Some(kind) = Kind::from_code(line.kind) else { return };
        if !matches!(kind, Kind::PaymentApproved | Kind::PaymentCaptured | Kind::PaymentDeclined) {
            return;
        }
        let details = opener.open(&line.details, line.number);
        let is_read = details.and_then(|details| self.count(kind, &details, line.time.wall_ms, wanted)).is_some();
        self.unreadable += u64::from(!is_read);
    }

    /// `None`: the line does not say what such a line says.
    fn count(&mut self, kind: Kind, details: &Plaintext, wall_ms: i64, wanted: &Range<i64>) -> Option<()> {
        let payment = details.field("payment")?;
        match kind {
            Kind::PaymentApproved => {
                let counted: u64 = details.field("counted_minor")?.parse().ok()?;
                let currency = Currency::new(details.field("counted_currency")?).ok()?;
                let offset_s: i64 = details.field("utc_offset_s")?.parse().ok()?;
                let charged = self.charged.remove(payment).unwrap_or(Some(counted));
                let Some(minor) = charged.filter(|_| wanted.contains(&wall_ms)) else { return Some(()) };
                let month = Month::at(wall_ms.saturating_add(offset_s.saturating_mul(1_000)));
                let card = details.field("card").map(str::to_owned);
                let group = (Reverse(month), card, Category::of(mcc(details)), currency);
                let (sum, payments) = self.groups.entry(group).or_default();
                (*sum, *payments) = (sum.saturating_add(minor), payments.saturating_add(1));
            }
            // The newest line about what became of a payment counts.
            Kind::PaymentCaptured => {
                let minor = details.field("captured_minor")?.parse().ok()?;
                self.charged.entry(payment.to_owned()).or_insert(Some(minor));
            }
            _ => {
                self.charged.entry(payment.to_owned()).or_insert(None);
            }
        }
        Some(())
    }

    /// The summary.
    pub(crate) fn finish(self) -> Summary {
        let spent = self.groups.into_iter().map(|((Reverse(month), card, category, currency), (minor, payments))| {
            Spent { month, card, category, currency, minor, payments }
        });
        Summary { spent: spent.collect(), unreadable: self.unreadable }
    }
}
