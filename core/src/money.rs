//! Money: whole minor units of a currency, never a fraction and never a floating-point number.

mod category;
mod iso_4217;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text_field;
pub use category::Category;

/// The largest amount, in minor units: ten billion of a currency with two decimals. Sums of a few such amounts do not
/// overflow.
pub const MAX_MINOR: u64 = 1_000_000_000_000;

/// A currency code in the form of ISO 4217: three capital letters. [`Self::decimals`] says whether ISO 4217 lists it:
/// what was written before a code left the list is still read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Currency([u8; 3]);

/// An amount in minor units (cents, fen, yen) of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SerializedMoney", into = "SerializedMoney")]
pub struct Money {
    minor: u64,
    currency: Currency,
}

/// The form in which an amount is serialised.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SerializedMoney {
    minor: u64,
    currency: Currency,
}

/// Why something is not an amount or not a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amount is above [`MAX_MINOR`].
    #[error("is more than an amount may be")]
    TooMuch,
    /// The code is not three capital letters.
    #[error("is not a currency's code of three capital letters")]
    Currency,
}

impl Currency {
    /// Makes a currency from its code.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| MoneyError::Currency)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(MoneyError::Currency) }
    }

    /// How many decimals its amounts have: 2 if the minor unit is a hundredth. `None`: ISO 4217 does not list it.
    pub fn decimals(self) -> Option<u32> {
        iso_4217::decimals(&self.0)
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl Money {
    /// An amount of `minor` minor units. [`MoneyError::TooMuch`] above [`MAX_MINOR`].
    pub fn new(minor: u64, currency: Currency) -> Result<Self, MoneyError> {
        if minor > MAX_MINOR { Err(MoneyError::TooMuch) } else { Ok(Self { minor, currency }) }
    }

    /// The amount in minor units.
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The amount as a person reads it: `1,234.50 EUR`. An amount of a currency that ISO 4217 does not list is shown in
    /// minor units, and says so.
    pub fn to_text(self) -> String {
        let Some(decimals) = self.currency.decimals() else {
            return format!("{} {} (minor units)", self.minor, self.currency);
        };
        let unit = 10_u64.pow(decimals);
        let mut whole = (self.minor / unit).to_string();
        for place in (1..whole.len()).rev().filter(|place| (whole.len() - place).is_multiple_of(3)).collect::<Vec<_>>()
        {
            whole.insert(place, ',');
        }
        if decimals == 0 {
            return format!("{whole} {}", self.currency);
        }
        format!("{whole}.{:0width$} {}", self.minor % unit, self.currency, width = decimals as usize)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text_field::parsed(from, "a currency's code of three capital letters", |code| Self::new(code).ok())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

impl TryFrom<SerializedMoney> for Money {
    type Error = MoneyError;

    fn try_from(SerializedMoney { minor, currency }: SerializedMoney) -> Result<Self, MoneyError> {
        Self::new(minor, currency)
    }
}

impl From<Money> for SerializedMoney {
    fn from(Money { minor, currency }: Money) -> Self {
        Self { minor, currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_capital_letters_are_a_currency() {
        assert_eq!(Currency::new("CNY").expect("a currency").to_string(), "CNY");
        for code in ["", "EU", "EURO", "eur", "E1R", "ÄÖ", "€"] {
            assert_eq!(Currency::new(code), Err(MoneyError::Currency), "{code}");
        }
    }

    #[test]
    fn an_amount_is_read_with_its_decimals() {
        for (minor, code, text) in [
            (1_250, "EUR", "12.50 EUR"),
            (5, "EUR", "0.05 EUR"),
            (123_456_789, "EUR", "1,234,567.89 EUR"),
            (100_000, "EUR", "1,000.00 EUR"),
            (999, "JPY", "999 JPY"),
            (1_000, "JPY", "1,000 JPY"),
            (1_005, "KWD", "1.005 KWD"),
            (7, "AAA", "7 AAA (minor units)"),
        ] {
            let amount = Money::new(minor, Currency::new(code).expect("a currency")).expect("an amount");
            assert_eq!(amount.to_text(), text);
        }
    }

    #[test]
    fn an_amount_is_bounded_and_reads_as_it_was_written() {
        let euro = Currency::new("EUR").expect("a currency");
        assert_eq!(Money::new(MAX_MINOR + 1, euro), Err(MoneyError::TooMuch));
        let most = Money::new(MAX_MINOR, euro).expect("an amount");
        let json = serde_json::to_string(&most).expect("JSON");
        assert_eq!(json, r#"{"minor":1000000000000,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).expect("an amount"), most);
        for json in [
            r#"{"minor":1000000000001,"currency":"EUR"}"#,
            r#"{"minor":-1,"currency":"EUR"}"#,
            r#"{"minor":1.5,"currency":"EUR"}"#,
            r#"{"minor":1,"currency":"eur"}"#,
            r#"{"minor":1}"#,
        ] {
            assert!(serde_json::from_str::<Money>(json).is_err(), "{json}");
        }
    }
}
