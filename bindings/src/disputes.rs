//! Disputes of payments.

use walletlock_core::disputes::{self, DisputeEnd, DisputeReason};

use crate::error::LockError;
use crate::session::Session;
use crate::types::{signed, unsigned};

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
impl Session {
    pub fn disputes(&self) -> Result<Vec<Dispute>, LockError> {
        Ok(self.core()?.disputes().all()?.into_iter().map(Into::into).collect())
    }

    /// Returns the number of the dispute.
    pub fn open_dispute(&self, line: i64, reason: DisputeReason, text: &str) -> Result<i32, LockError> {
        Ok(self.core()?.disputes().open(unsigned(line), reason, text)?.number.cast_signed())
    }

    pub fn dispute_evidence(&self, number: i32) -> Result<Option<String>, LockError> {
        Ok(self.core()?.disputes().evidence(number.cast_unsigned())?)
    }

    /// Notes who was told; or, without a name, how it ended.
    pub fn change_dispute(&self, number: i32, told: Option<String>, how: DisputeEnd) -> Result<bool, LockError> {
        let session = self.core()?;
        let (disputes, number) = (session.disputes(), number.cast_unsigned());
        Ok(match told {
            Some(to) => disputes.report(number, &to)?,
            None => disputes.end(number, how)?,
        })
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
