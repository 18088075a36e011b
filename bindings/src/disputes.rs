//! Disputes of payments, and whom to tell.

use walletlock_core::disputes::{self, DisputeEnd, DisputeReason};
use walletlock_core::policy::Contact;

use crate::error::LockError;
use crate::session::Session;
use crate::types::{signed, unsigned};
use crate::wallet_lock::WalletLock;

#[uniffi::remote(Enum)]
pub enum DisputeReason {
    NotMine,
    WrongAmount,
    ChargedTwice,
    NotReceived,
    Other,
}

#[uniffi::remote(Enum)]
pub enum DisputeEnd {
    Refunded,
    Rejected,
    Withdrawn,
}

#[derive(uniffi::Record)]
pub struct Dispute {
    pub number: i32,
    pub payment: String,
    pub line: i64,
    pub opened_wall_ms: i64,
    pub report_by_wall_ms: i64,
    pub reason: DisputeReason,
    pub text: String,
    pub frozen_card: Option<String>,
    pub freeze_notice: Option<String>,
    pub reported_wall_ms: Option<i64>,
    pub reported_to: Option<String>,
    pub ended: Option<DisputeEnd>,
}

#[uniffi::export]
impl WalletLock {
    pub fn contacts(&self) -> Result<Vec<Contact>, LockError> {
        Ok(self.core()?.policy()?.contacts)
    }
}

#[uniffi::export]
impl Session {
    pub fn disputes(&self) -> Result<Vec<Dispute>, LockError> {
        Ok(self.core()?.disputes().all()?.into_iter().map(Into::into).collect())
    }

    pub fn open_dispute(&self, line: i64, reason: DisputeReason, text: &str) -> Result<Dispute, LockError> {
        Ok(self.core()?.disputes().open(unsigned(line), reason, text)?.into())
    }

    pub fn dispute_evidence(&self, number: i32) -> Result<Option<String>, LockError> {
        Ok(self.core()?.disputes().evidence(number.cast_unsigned())?)
    }

    pub fn report_dispute(&self, number: i32, to: &str) -> Result<bool, LockError> {
        Ok(self.core()?.disputes().report(number.cast_unsigned(), to)?)
    }

    pub fn end_dispute(&self, number: i32, how: DisputeEnd) -> Result<bool, LockError> {
        Ok(self.core()?.disputes().end(number.cast_unsigned(), how)?)
    }
}

impl From<disputes::Dispute> for Dispute {
    fn from(dispute: disputes::Dispute) -> Self {
        Self {
            number: dispute.number.cast_signed(),
            payment: dispute.payment,
            line: signed(dispute.line),
            opened_wall_ms: dispute.opened_wall_ms,
            report_by_wall_ms: dispute.report_by_wall_ms,
            reason: dispute.reason,
            text: dispute.text,
            frozen_card: dispute.frozen_card,
            freeze_notice: dispute.freeze_notice,
            reported_wall_ms: dispute.reported_wall_ms,
            reported_to: dispute.reported_to,
            ended: dispute.ended,
        }
    }
}
