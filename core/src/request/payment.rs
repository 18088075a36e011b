//! A payment, as the app asks for it and as the person sees it.

use serde::{Deserialize, Deserializer, Serialize};

use super::shows_what_it_says;
use crate::error::LockError;
use crate::hex;
use crate::money::{Currency, MAX_MINOR, Money};
use crate::text_field;

/// The longest name of a payee, in bytes of UTF-8.
pub const MAX_PAYEE_BYTES: usize = 200;
/// The longest id of a payment, a card or a payee, in bytes.
const MAX_ID_BYTES: usize = 36;

/// A payment that is asked for. [`Payment::validate`] checks it: a payment that does not pass is refused by every call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The app's own name for it, 1 to 36 printable ASCII characters. The same id and content gets the same answer;
    /// the same id with other content is a conflict.
    pub id: String,
    /// The amount, or the highest amount.
    pub amount: Money,
    /// Whether the amount is exact.
    pub kind: AmountKind,
    /// The most that is charged beside the amount, in minor units of the same currency.
    pub fee_max_minor: u64,
    /// Who is paid.
    pub payee: Payee,
    /// What it is paid with. `None`: not by card.
    pub card: Option<CardRef>,
    /// How it is paid.
    pub channel: Channel,
    /// What the payee sells: the category code of ISO 18245.
    pub mcc: Option<u16>,
    /// The most that is charged, with the fee, if the account has another currency. Then limits count this.
    pub billing: Option<Money>,
    /// The provider's nonce for this payment, at most 64 printable ASCII characters.
    pub nonce: Option<String>,
}

/// Whether the amount of a payment is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountKind {
    /// Exactly this amount.
    Exact,
    /// At most this amount: tips, hotels, fuel (Regulation (EU) 2018/389, article 5(3)(a)).
    UpTo,
}

/// Who is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    /// The name that the person reads.
    pub name: String,
    /// What identifies the payee to the provider, 1 to 36 printable ASCII characters.
    pub id: String,
}

/// A card, as the payment names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRef {
    /// The app's own name for it, 1 to 36 printable ASCII characters. It is never a card's full number.
    pub id: String,
    /// The network and the last four digits, for the person.
    pub label: String,
    /// The last four digits.
    pub last4: String,
}

/// The public key of the owner's signatures under payments: Ed25519 (RFC 8032).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct OwnerPublicKey(#[serde(with = "hex::array")] pub(crate) [u8; 32]);

/// How a payment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// At a terminal, contactless.
    InStore,
    /// On a web page or in an app.
    Online,
    /// The phone shows a code that the payee scans.
    CodeShown,
    /// The phone scans a code that the payee shows.
    CodeScanned,
    /// To an account.
    Transfer,
}

impl Channel {
    pub(crate) const ALL: [Self; 5] = [Self::InStore, Self::Online, Self::CodeShown, Self::CodeScanned, Self::Transfer];

    /// The name in a policy, in the journal and in an authorisation.
    pub fn name(self) -> &'static str {
        match self {
            Self::InStore => "in_store",
            Self::Online => "online",
            Self::CodeShown => "code_shown",
            Self::CodeScanned => "code_scanned",
            Self::Transfer => "transfer",
        }
    }

    /// Whether it is a remote payment: made over the internet, without the payee's device near (Regulation (EU)
    /// 2018/389, article 16; Directive (EU) 2015/2366, article 4(6)).
    pub fn is_remote(self) -> bool {
        matches!(self, Self::Online | Self::Transfer)
    }
}

/// What a person proved for a payment, the weaker first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofLevel {
    /// Nothing: an open session is enough.
    Nothing,
    /// A finger or face.
    Biometrics,
    /// The PIN.
    Pin,
    /// The PIN, and a finger or face.
    PinAndBiometrics,
    /// The PIN, and a code of the second factor.
    PinAndCode,
}

impl ProofLevel {
    pub(crate) const ALL: [Self; 5] =
        [Self::Nothing, Self::Biometrics, Self::Pin, Self::PinAndBiometrics, Self::PinAndCode];

    /// The name in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Biometrics => "biometrics",
            Self::Pin => "PIN",
            Self::PinAndBiometrics => "PIN and biometrics",
            Self::PinAndCode => "PIN and code",
        }
    }

    /// How many factors it shows beside the phone itself: 0, 1 or 2.
    pub fn factors(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Biometrics | Self::Pin => 1,
            Self::PinAndBiometrics | Self::PinAndCode => 2,
        }
    }
}

/// The payments that a limit is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All payments. Written `all`.
    All,
    /// Remote payments: [`Channel::is_remote`]. Written `remote`.
    Remote,
    /// Payments through one channel. Written as the channel's name.
    Channel(Channel),
    /// Payments with one card. Written `card:` and the card's id.
    Card(String),
}

impl Scope {
    /// Reads a scope. `None`: it is none.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "all" => Some(Self::All),
            "remote" => Some(Self::Remote),
            _ => match text.strip_prefix("card:") {
                Some(id) => is_id(id, MAX_ID_BYTES).then(|| Self::Card(id.to_owned())),
                None => Channel::ALL.into_iter().find(|channel| channel.name() == text).map(Self::Channel),
            },
        }
    }

    /// Whether it includes a payment with this card through this channel.
    pub(crate) fn includes(&self, channel: Channel, card: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Remote => channel.is_remote(),
            Self::Channel(of) => *of == channel,
            Self::Card(id) => card == Some(id.as_str()),
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Remote => f.write_str("remote"),
            Self::Channel(channel) => f.write_str(channel.name()),
            Self::Card(id) => write!(f, "card:{id}"),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text_field::parsed(from, "`all`, `remote`, a channel, or `card:` and an id", Self::parse)
    }
}

impl Payment {
    /// A payment of an exact amount to a payee, online, without a card: the rest is the caller's to set.
    pub fn new(id: &str, amount: Money, payee: Payee) -> Self {
        Self {
            id: id.to_owned(),
            amount,
            kind: AmountKind::Exact,
            fee_max_minor: 0,
            payee,
            card: None,
            channel: Channel::Online,
            mcc: None,
            billing: None,
            nonce: None,
        }
    }

    /// Checks every field. [`LockError::Invalid`] names the one that is wrong. A name that is blank or too long, or that
    /// holds characters that make a text look like another one, is wrong: control characters, and those that change the
    /// direction of text (Unicode Technical Report 36, 2.5).
    pub fn validate(&self) -> Result<(), LockError> {
        let Self { id, amount, kind: _, fee_max_minor, payee, card, channel: _, mcc, billing, nonce } = self;
        let is_name = |name: &str| (1..=MAX_PAYEE_BYTES).contains(&name.len()) && shows_what_it_says(name);
        let total = amount.minor().saturating_add(*fee_max_minor);
        let is_card = |card: &CardRef| {
            is_id(&card.id, MAX_ID_BYTES)
                && card.label.len() <= MAX_ID_BYTES
                && shows_what_it_says(&card.label)
                && !holds_card_number(&card.label)
                && !holds_card_number(&card.id)
                && card.last4.len() == 4
                && card.last4.bytes().all(|digit| digit.is_ascii_digit())
        };
        for (what, is_right) in [
            ("payment id", is_id(id, MAX_ID_BYTES)),
            ("amount", amount.minor() > 0 && total <= MAX_MINOR),
            ("fee", *fee_max_minor <= MAX_MINOR),
            ("payee", is_name(&payee.name) && is_id(&payee.id, MAX_ID_BYTES)),
            ("card", card.as_ref().is_none_or(is_card)),
            ("merchant category", mcc.is_none_or(|code| code <= 9999)),
            (
                "billing amount",
                billing.is_none_or(|billing| billing.minor() > 0 && billing.currency() != amount.currency()),
            ),
            ("nonce", nonce.as_ref().is_none_or(|nonce| is_id(nonce, 64))),
        ] {
            if !is_right {
                return Err(LockError::Invalid(what));
            }
        }
        Ok(())
    }

    /// What limits count: the most that may be charged, in the currency of the account.
    pub fn counted(&self) -> Money {
        let total = self.amount.minor().saturating_add(self.fee_max_minor).min(MAX_MINOR);
        self.billing.or(Money::new(total, self.amount.currency()).ok()).unwrap_or(self.amount)
    }

    /// The currency that limits count.
    pub fn counted_currency(&self) -> Currency {
        self.counted().currency()
    }

    pub(crate) fn card_id(&self) -> Option<&str> {
        self.card.as_ref().map(|card| card.id.as_str())
    }
}

/// Whether a text is 1 to `most` printable ASCII characters without blanks.
pub(crate) fn is_id(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a text holds what may be a card's full number: 12 to 19 digits whose check digit is right (ISO/IEC 7812-1,
/// annex B), also with blanks or hyphens between them.
pub(crate) fn holds_card_number(text: &str) -> bool {
    let mut digits = Vec::new();
    for byte in text.bytes().chain([b'.']) {
        match byte {
            b'0'..=b'9' => digits.push(u32::from(byte - b'0')),
            b' ' | b'-' if !digits.is_empty() => {}
            _ => {
                if (12..=19).contains(&digits.len()) && has_right_check_digit(&digits) {
                    return true;
                }
                digits.clear();
            }
        }
    }
    false
}

/// Luhn's algorithm.
fn has_right_check_digit(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weighted = digits.iter().rev().enumerate().map(|(i, digit)| if i % 2 == 1 { doubled(*digit) } else { *digit });
    weighted.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment() -> Payment {
        let ten = Money::new(1_000, Currency::new("EUR").expect("a currency")).expect("an amount");
        Payment::new("order-1", ten, Payee { name: "Café 烘焙".to_owned(), id: "m-1".to_owned() })
    }

    fn fault(change: impl FnOnce(&mut Payment)) -> Option<LockError> {
        let mut changed = payment();
        change(&mut changed);
        changed.validate().err()
    }

    #[test]
    fn a_payee_says_what_it_shows() {
        assert_eq!(payment().validate(), Ok(()));
        for payee in ["", "  ", "a\nb", "moc\u{202e}live", "a\u{2066}b", "\u{200f}", &"x".repeat(201)] {
            assert_eq!(fault(|it| it.payee.name = payee.to_owned()), Some(LockError::Invalid("payee")), "{payee:?}");
        }
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let euro = Currency::new("EUR").expect("a currency");
        let card = |id: &str, label: &str, last4: &str| {
            Some(CardRef { id: id.to_owned(), label: label.to_owned(), last4: last4.to_owned() })
        };
        for (change, what) in [
            (Box::new(|it: &mut Payment| it.id = String::new()) as Box<dyn FnOnce(&mut Payment)>, "payment id"),
            (Box::new(|it| it.id = "x".repeat(37)), "payment id"),
            (Box::new(|it| it.id = "a b".to_owned()), "payment id"),
            (Box::new(move |it| it.amount = Money::new(0, euro).expect("an amount")), "amount"),
            (Box::new(|it| it.fee_max_minor = MAX_MINOR), "amount"),
            (Box::new(|it| it.fee_max_minor = u64::MAX), "amount"),
            (Box::new(|it| it.payee.id = "é".to_owned()), "payee"),
            (Box::new(|it| it.mcc = Some(10_000)), "merchant category"),
            (Box::new(move |it| it.billing = Money::new(0, euro).ok()), "billing amount"),
            (Box::new(|it| it.nonce = Some(String::new())), "nonce"),
            (Box::new(move |it| it.card = card("c 1", "Visa", "1111")), "card"),
            (Box::new(move |it| it.card = card("c1", "4111 1111-1111 1111", "1111")), "card"),
            (Box::new(move |it| it.card = card("4111111111111111", "Visa", "1111")), "card"),
            (Box::new(move |it| it.card = card("c1", "Visa", "111")), "card"),
        ] {
            assert_eq!(fault(change), Some(LockError::Invalid(what)), "{what}");
        }
        assert_eq!(fault(|it| it.card = card("c1", "Visa", "1111")), None);
    }

    #[test]
    fn a_full_number_is_told_by_its_length_and_its_check_digit() {
        for (text, holds) in [
            ("4111111111111111", true),
            ("my card 4111-1111-1111-1111!", true),
            ("4111111111111112", false),
            ("6304000000000000", true),
            ("00000000000", false),
            ("Visa 1111", false),
        ] {
            assert_eq!(holds_card_number(text), holds, "{text}");
        }
    }

    #[test]
    fn a_scope_reads_as_it_is_written() {
        let scopes = [Scope::All, Scope::Remote, Scope::Card("c-1".to_owned())];
        for scope in scopes.into_iter().chain(Channel::ALL.map(Scope::Channel)) {
            assert_eq!(Scope::parse(&scope.to_string()), Some(scope));
        }
        for text in ["", "card:", "card:a b", "shop", "ALL"] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }
}
