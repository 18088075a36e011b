//! Which lines a query wants. Number, time and kind of a line are open; everything else is decrypted first. There is no
//! index over it: an index that could be searched without the key would tell which lines are about the same.

use super::details::Plaintext;
use super::query::Query;
use crate::events::Kind;
use crate::money::{Category, Currency};

/// The fields that a text is not searched in: what stands there is no text.
const NO_TEXT: [&str; 3] = ["token", "receipt", "link"];

/// What a line says of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// It was set aside, and its proof checked.
    Reserved,
    /// It was approved.
    Approved,
    /// Its proof was not right.
    Released,
    /// It was refused.
    Refused,
    /// It was charged.
    Captured,
    /// It was not charged.
    Declined,
}

/// Amounts of a currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountRange {
    /// The currency.
    pub currency: Currency,
    /// The smallest amount.
    pub from_minor: u64,
    /// The largest amount.
    pub to_minor: u64,
}

/// What is wanted, prepared for many lines.
pub(super) struct Wanted<'a> {
    query: &'a Query,
    text: Option<Needle>,
    currency: String,
    /// Whether a line without details cannot match.
    needs_details: bool,
}

impl LineState {
    fn kind(self) -> Kind {
        match self {
            Self::Reserved => Kind::PaymentReserved,
            Self::Approved => Kind::PaymentApproved,
            Self::Released => Kind::PaymentReleased,
            Self::Refused => Kind::PaymentRefused,
            Self::Captured => Kind::PaymentCaptured,
            Self::Declined => Kind::PaymentDeclined,
        }
    }
}

impl<'a> Wanted<'a> {
    pub(super) fn of(query: &'a Query) -> Self {
        let Query { text, card, channel, amount, category, .. } = query;
        Self {
            query,
            text: text.as_deref().map(Needle::new),
            currency: amount.map(|range| range.currency.to_string()).unwrap_or_default(),
            needs_details: text.is_some()
                || card.is_some()
                || channel.is_some()
                || amount.is_some()
                || category.is_some(),
        }
    }

    /// Whether what is open of a line matches.
    pub(super) fn matches_open(&self, kind: Option<Kind>, wall_ms: i64) -> bool {
        let Query { kinds, from_wall_ms, until_wall_ms, state, category, .. } = self.query;
        (kinds.is_empty() || kind.is_some_and(|kind| kinds.contains(&kind)))
            && from_wall_ms.is_none_or(|from| wall_ms >= from)
            && until_wall_ms.is_none_or(|until| wall_ms < until)
            && state.is_none_or(|state| kind == Some(state.kind()))
            && (category.is_none() || kind.is_some_and(Kind::is_of_payment))
    }

    /// Whether the details match. `None`: they do not open.
    pub(super) fn matches_details(&self, details: Option<&Plaintext>) -> bool {
        if !self.needs_details {
            return true;
        }
        let Some(details) = details else { return false };
        let Query { card, channel, amount, category, .. } = self.query;
        self.text.as_ref().is_none_or(|text| contains(details, text))
            && card.as_deref().is_none_or(|card| details.field("card") == Some(card))
            && channel.is_none_or(|channel| details.field("channel") == Some(channel.name()))
            && category.is_none_or(|category| Category::of(mcc(details)) == category)
            && amount.is_none_or(|range| {
                let is_in = |minor: u64| (range.from_minor..=range.to_minor).contains(&minor);
                amount_of(details).is_some_and(|(minor, currency)| is_in(minor) && currency == self.currency)
            })
    }
}

/// The category code that a line names.
pub(super) fn mcc(details: &Plaintext) -> Option<u16> {
    details.field("mcc")?.parse().ok()
}

/// What was charged, or else what was asked for: minor units and currency.
fn amount_of(details: &Plaintext) -> Option<(u64, &str)> {
    let read = |minor: &str, currency: &str| Some((details.field(minor)?.parse().ok()?, details.field(currency)?));
    read("captured_minor", "counted_currency").or_else(|| read("amount_minor", "currency"))
}

fn contains(details: &Plaintext, text: &Needle) -> bool {
    details.pairs().any(|(name, value)| !NO_TEXT.contains(&name) && (text.is_in(name) || text.is_in(value)))
}

/// A text that is searched for, ignoring case.
pub(super) struct Needle(String);

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    /// Whether `text` contains the text searched for.
    pub(super) fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.0);
        }
        // The same result without an allocation: most texts are ASCII, and a search compares millions of them.
        let needle = self.0.as_bytes();
        needle.is_empty() || text.as_bytes().windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::details::Details;
    use crate::request::Channel;

    #[test]
    fn a_text_is_found_in_upper_and_lower_case_alike() {
        for (needle, text, is_in) in [
            ("", "", true),
            ("", "card", true),
            ("CARD 7", "a card 7!", true),
            ("card", "CARD", true),
            ("card", "car", false),
            ("card", "", false),
            ("é", "card", false),
            ("É", "café", true),
            ("straße", "STRAßE 7", true),
            ("k", "\u{212a}", true),
            ("7", "３７", false),
        ] {
            assert_eq!(Needle::new(needle).is_in(text), is_in, "{needle} in {text}");
        }
    }

    fn line(fields: &[(&str, &str)]) -> Plaintext {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Details(fields.collect()).to_plaintext(&[7; 16]).expect("short")
    }

    fn range(from_minor: u64, to_minor: u64) -> Option<AmountRange> {
        Some(AmountRange { currency: Currency::new("EUR").expect("a currency"), from_minor, to_minor })
    }

    #[test]
    fn each_filter_wants_what_it_says() {
        let paid = line(&[
            ("amount_minor", "950"),
            ("card", "c-1"),
            ("channel", "in_store"),
            ("currency", "EUR"),
            ("mcc", "5462"),
            ("payee", "Bakery"),
            ("token", "Butcher"),
        ]);
        let charged = line(&[("amount_minor", "950"), ("captured_minor", "900"), ("counted_currency", "EUR")]);
        let query = Query::default();
        for (query, of_paid, of_charged) in [
            (query.clone(), true, true),
            (Query { text: Some("bAKER".to_owned()), ..query.clone() }, true, false),
            (Query { text: Some("Butcher".to_owned()), ..query.clone() }, false, false),
            (Query { card: Some("c-1".to_owned()), ..query.clone() }, true, false),
            (Query { card: Some("c".to_owned()), ..query.clone() }, false, false),
            (Query { channel: Some(Channel::InStore), ..query.clone() }, true, false),
            (Query { channel: Some(Channel::Online), ..query.clone() }, false, false),
            (Query { category: Some(Category::Groceries), ..query.clone() }, true, false),
            (Query { category: Some(Category::Other), ..query.clone() }, false, true),
            (Query { amount: range(950, 950), ..query.clone() }, true, false),
            (Query { amount: range(0, 900), ..query.clone() }, false, true),
            (Query { amount: range(901, 949), ..query.clone() }, false, false),
        ] {
            let wanted = Wanted::of(&query);
            assert_eq!(wanted.matches_details(Some(&paid)), of_paid, "{query:?}");
            assert_eq!(wanted.matches_details(Some(&charged)), of_charged, "{query:?}");
        }
        let yen = AmountRange { currency: Currency::new("JPY").expect("a currency"), from_minor: 0, to_minor: 9_999 };
        let query = Query { amount: Some(yen), ..Query::default() };
        assert!(!Wanted::of(&query).matches_details(Some(&paid)), "another currency");
    }

    #[test]
    fn what_is_open_of_a_line_is_asked_first() {
        let approved = Some(Kind::PaymentApproved);
        for (query, kind, matches) in [
            (Query::default(), None, true),
            (Query { kinds: vec![Kind::Locked], ..Query::default() }, approved, false),
            (Query { kinds: vec![Kind::Locked], ..Query::default() }, None, false),
            (Query { state: Some(LineState::Approved), ..Query::default() }, approved, true),
            (Query { state: Some(LineState::Captured), ..Query::default() }, approved, false),
            (Query { category: Some(Category::Other), ..Query::default() }, approved, true),
            (Query { category: Some(Category::Other), ..Query::default() }, Some(Kind::CardAdded), false),
            (Query { from_wall_ms: Some(7), ..Query::default() }, approved, true),
            (Query { from_wall_ms: Some(8), ..Query::default() }, approved, false),
            (Query { until_wall_ms: Some(7), ..Query::default() }, approved, false),
        ] {
            assert_eq!(Wanted::of(&query).matches_open(kind, 7), matches, "{query:?} {kind:?}");
        }
    }

    #[test]
    fn details_that_do_not_open_match_only_what_needs_none() {
        assert!(Wanted::of(&Query::default()).matches_details(None));
        let query = Query { text: Some(String::new()), ..Query::default() };
        assert!(!Wanted::of(&query).matches_details(None));
    }
}
