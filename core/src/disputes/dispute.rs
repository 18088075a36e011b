//! One dispute.

use serde::{Deserialize, Serialize};

use crate::calendar::months_later;
use crate::error::LockError;
use crate::request::{holds_card_number, shows_what_it_says};

/// The longest text of a dispute, in bytes of UTF-8.
pub const MAX_DISPUTE_TEXT_BYTES: usize = 1_000;
/// The longest name of whoever was told, in bytes of UTF-8.
const MAX_NAME_BYTES: usize = 200;
/// Directive (EU) 2015/2366, article 71(1): a payer tells of an unauthorised payment within 13 months of the debit.
const MONTHS_TO_REPORT: i64 = 13;

/// A payment that the owner disputes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// Its number: 1 for the first dispute of the wallet.
    pub number: u32,
    /// The payment's id.
    pub payment: String,
    /// The number of the journal's line that the owner complained about.
    pub line: u64,
    /// The number of the first line about the payment.
    pub first_line: u64,
    /// When it was opened, by the wall clock: milliseconds since 1970.
    pub opened_wall_ms: i64,
    /// Until when the owner should have told the bank, by the wall clock: 13 months after the line.
    pub report_by_wall_ms: i64,
    /// Why.
    pub reason: DisputeReason,
    /// What the owner says, in the owner's words.
    pub text: String,
    /// The card that was frozen. `None`: all payments were.
    pub frozen_card: Option<String>,
    /// The notice about the freeze, which this phone signed for the provider. `None`: there is no provider, or the
    /// keystore failed.
    pub freeze_notice: Option<String>,
    /// When somebody was told, by the wall clock.
    pub reported_wall_ms: Option<i64>,
    /// Who was told.
    pub reported_to: Option<String>,
    /// How it ended. `None`: it is open.
    pub ended: Option<DisputeEnd>,
}

/// Why a payment is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeReason {
    /// The owner did not make it.
    NotMine,
    /// Another amount was agreed.
    WrongAmount,
    /// It was charged twice.
    ChargedTwice,
    /// What was paid for did not come.
    NotReceived,
    /// Anything else: the text says what.
    Other,
}

/// How a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeEnd {
    /// The money came back.
    Refunded,
    /// The bank refused.
    Rejected,
    /// The owner withdrew it.
    Withdrawn,
}

/// What the file of evidence says about a dispute.
#[derive(Serialize)]
pub(crate) struct Said<'a> {
    dispute: u32,
    payment: &'a str,
    line: u64,
    reason: &'a str,
    text: &'a str,
    opened_wall_ms: i64,
    made_wall_ms: i64,
    report_by_wall_ms: i64,
    reported_wall_ms: Option<i64>,
    reported_to: Option<&'a str>,
    frozen: String,
    freeze_notice: Option<&'a str>,
}

impl DisputeReason {
    /// The name in the journal and in the file of evidence.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotMine => "not mine",
            Self::WrongAmount => "wrong amount",
            Self::ChargedTwice => "charged twice",
            Self::NotReceived => "not received",
            Self::Other => "other",
        }
    }
}

impl DisputeEnd {
    /// The name in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refunded => "refunded",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Dispute {
    /// Until when the bank should be told of a payment from this time.
    pub(crate) fn report_by_wall_ms(paid_wall_ms: i64) -> i64 {
        months_later(paid_wall_ms, MONTHS_TO_REPORT)
    }

    /// Checks what the owner says. It may be empty, and have several lines.
    pub(crate) fn check_text(text: &str) -> Result<(), LockError> {
        let is_clear = text.split('\n').all(|line| line.trim().is_empty() || shows_what_it_says(line));
        if text.len() > MAX_DISPUTE_TEXT_BYTES || !is_clear || holds_card_number(&text.replace('\n', " ")) {
            return Err(LockError::Invalid("dispute text"));
        }
        Ok(())
    }

    /// Checks the name of whoever was told.
    pub(crate) fn check_name(name: &str) -> Result<(), LockError> {
        let is_right = name.len() <= MAX_NAME_BYTES && shows_what_it_says(name) && !holds_card_number(name);
        if is_right { Ok(()) } else { Err(LockError::Invalid("dispute name")) }
    }

    /// What the file of evidence says, made at this time.
    pub(crate) fn said(&self, made_wall_ms: i64) -> Said<'_> {
        Said {
            dispute: self.number,
            payment: &self.payment,
            line: self.line,
            reason: self.reason.name(),
            text: &self.text,
            opened_wall_ms: self.opened_wall_ms,
            made_wall_ms,
            report_by_wall_ms: self.report_by_wall_ms,
            reported_wall_ms: self.reported_wall_ms,
            reported_to: self.reported_to.as_deref(),
            frozen: self.frozen_card.as_ref().map_or_else(|| "all".to_owned(), |card| format!("card:{card}")),
            freeze_notice: self.freeze_notice.as_deref(),
        }
    }
}
