//! The journal's lines, queries and exports, and the events that listeners are told of. Their numbers are signed, as in
//! [`crate::types`].

use walletlock_core::events::{self, Kind};
use walletlock_core::journal::{self, LineState};
use walletlock_core::money::{Category, Currency};

use crate::error::{LockError, invalid};
use crate::payments::{Money, PaymentChannel, minor_units};
use crate::types::{signed, signed_32, unsigned};

#[uniffi::remote(Enum)]
pub enum Kind {
    Enrolled,
    PinTried,
    PinRight,
    PinWrong,
    PinRepeated,
    PinNoVerdict,
    PinRefused,
    OpenTriesCounted,
    Locked,
    PinChanged,
    KdfUpgraded,
    PolicyChanged,
    ItemWritten,
    ItemDeleted,
    Wiped,
    BiometricsOn,
    BiometricsOff,
    BiometricsAsked,
    BiometricsRight,
    BiometricsNotRecognised,
    BiometricsEnded,
    BiometricsRefused,
    CodePending,
    CodeCancelled,
    CodeSet,
    CodeWithdrawn,
    Recovered,
    ItemLost,
    RescueRowRestored,
    ProviderRegistered,
    LockOrdered,
    Frozen,
    Unfrozen,
    WipeOrdered,
    UnlockGranted,
    LockCleared,
    ProviderKeyRevoked,
    OrderWithheld,
    HeartbeatDue,
    HeartbeatExpired,
    RemoteWipeAllowed,
    LockRestored,
    LockSet,
    EscrowPending,
    EscrowCancelled,
    EscrowOn,
    EscrowOff,
    ChannelPending,
    ChannelSet,
    ChannelLeaves,
    ChannelRemoved,
    ChannelCancelled,
    CodeAsked,
    CodeTyped,
    Proven,
    RecoveryWaits,
    RecoveryCancelled,
    SecondFactorPending,
    SecondFactorCancelled,
    SecondFactorOn,
    SecondFactorOff,
    SecondFactorTried,
    SecondFactorRight,
    PasswordSet,
    ChannelChangePaused,
    PaymentReserved,
    PaymentApproved,
    PaymentReleased,
    PaymentRefused,
    PaymentCaptured,
    PaymentDeclined,
    LimitSet,
    LimitPending,
    LimitCancelled,
    LimitRaised,
    ChannelFrozen,
    PanicFrozen,
    CardAdded,
    CardFrozen,
    CardUnfrozen,
    CardRemoved,
    CardRestored,
    CardDestroyed,
    LinesDeleted,
    DisputeOpened,
    DisputeReported,
    DisputeClosed,
}

#[uniffi::remote(Enum)]
pub enum LineState {
    Reserved,
    Approved,
    Released,
    Refused,
    Captured,
    Declined,
}

#[uniffi::remote(Enum)]
pub enum Category {
    Groceries,
    Dining,
    Transport,
    Travel,
    Health,
    Entertainment,
    Education,
    Bills,
    Cash,
    Shopping,
    Other,
}

#[derive(uniffi::Record)]
pub struct Event {
    pub number: i64,
    pub wall_ms: i64,
    pub kind: Kind,
}

#[derive(uniffi::Record)]
pub struct JournalQuery {
    pub below: Option<i64>,
    pub kinds: Vec<Kind>,
    pub from_wall_ms: Option<i64>,
    pub until_wall_ms: Option<i64>,
    pub text: Option<String>,
    pub card: Option<String>,
    pub channel: Option<PaymentChannel>,
    pub amount: Option<AmountRange>,
    pub state: Option<LineState>,
    pub category: Option<Category>,
    pub limit: i32,
}

#[derive(uniffi::Record)]
pub struct AmountRange {
    pub currency: String,
    pub from_minor: i64,
    pub to_minor: i64,
}

#[derive(uniffi::Record)]
pub struct JournalEntry {
    pub number: i64,
    pub boot_count: Option<i32>,
    pub since_boot_ms: i64,
    pub wall_ms: i64,
    pub kind: Option<Kind>,
    pub details: Option<std::collections::HashMap<String, String>>,
}

#[derive(uniffi::Record)]
pub struct JournalPage {
    pub entries: Vec<JournalEntry>,
    pub next: Option<i64>,
    pub newest: i64,
    pub oldest: i64,
}

/// What was spent in one month with one card on one category, in one currency.
#[derive(uniffi::Record)]
pub struct Spent {
    pub year: i32,
    pub month: i32,
    pub card: Option<String>,
    pub category: Category,
    pub amount: Money,
    pub payments: i32,
}

#[derive(uniffi::Record)]
pub struct Summary {
    pub spent: Vec<Spent>,
    pub unreadable: i64,
}

/// A part of an exported journal. The next part begins after line `next`; null if this part ends with the signature.
#[derive(uniffi::Record)]
pub struct ExportPart {
    pub text: String,
    pub next: Option<i64>,
}

#[derive(uniffi::Enum)]
pub enum Chain {
    Intact { lines: i64 },
    BrokenAt { number: i64 },
}

impl From<events::Event> for Event {
    fn from(event: events::Event) -> Self {
        Self { number: signed(event.number), wall_ms: event.time.wall_ms, kind: event.kind }
    }
}

impl TryFrom<JournalQuery> for journal::Query {
    type Error = LockError;

    fn try_from(query: JournalQuery) -> Result<Self, LockError> {
        Ok(Self {
            below: query.below.map(unsigned),
            kinds: query.kinds,
            from_wall_ms: query.from_wall_ms,
            until_wall_ms: query.until_wall_ms,
            text: query.text,
            card: query.card,
            channel: query.channel,
            amount: query.amount.map(TryInto::try_into).transpose()?,
            state: query.state,
            category: query.category,
            limit: usize::try_from(query.limit).unwrap_or(0),
        })
    }
}

impl TryFrom<AmountRange> for journal::AmountRange {
    type Error = LockError;

    fn try_from(range: AmountRange) -> Result<Self, LockError> {
        Ok(Self {
            currency: Currency::new(&range.currency).map_err(|_| invalid("currency"))?,
            from_minor: minor_units(range.from_minor, "amount")?,
            to_minor: minor_units(range.to_minor, "amount")?,
        })
    }
}

impl From<journal::Summary> for Summary {
    fn from(summary: journal::Summary) -> Self {
        let spent = |spent: journal::Spent| Spent {
            year: spent.month.year,
            month: spent.month.month.into(),
            card: spent.card,
            category: spent.category,
            amount: Money { minor: signed(spent.minor), currency: spent.currency.to_string() },
            payments: signed_32(spent.payments),
        };
        Self { spent: summary.spent.into_iter().map(spent).collect(), unreadable: signed(summary.unreadable) }
    }
}

impl From<journal::Page> for JournalPage {
    fn from(page: journal::Page) -> Self {
        let entry = |entry: journal::Entry| JournalEntry {
            number: signed(entry.number),
            boot_count: entry.time.boot.map(signed_32),
            since_boot_ms: signed(entry.time.since_boot_ms),
            wall_ms: entry.time.wall_ms,
            kind: entry.kind,
            details: entry.details.map(|details| details.0.into_iter().collect()),
        };
        Self {
            entries: page.entries.into_iter().map(entry).collect(),
            next: page.next.map(signed),
            newest: signed(page.newest),
            oldest: signed(page.oldest),
        }
    }
}

impl From<journal::ExportPart> for ExportPart {
    fn from(part: journal::ExportPart) -> Self {
        Self { text: part.text, next: part.next.map(signed) }
    }
}

impl From<journal::Chain> for Chain {
    fn from(chain: journal::Chain) -> Self {
        match chain {
            journal::Chain::Intact { lines } => Self::Intact { lines: signed(lines) },
            journal::Chain::BrokenAt { number } => Self::BrokenAt { number: signed(number) },
        }
    }
}
