//! The limits on payments.

use walletlock_core as core;
use walletlock_core::money::Currency;
use walletlock_core::payment;
use walletlock_core::policy::{self, Measure, Period};
use walletlock_core::request::{ProofLevel, Scope};

use crate::error::{LockError, invalid};
use crate::payments::minor_units;
use crate::session::Session;
use crate::types::signed;

#[uniffi::remote(Enum)]
pub enum Period {
    Payment,
    Day,
    ThirtyDays,
    Always,
    SinceProof,
}

/// `scope` is written as in a policy.
#[derive(uniffi::Record)]
pub struct Limit {
    pub scope: String,
    pub currency: String,
    pub per: Period,
    pub max: i64,
    pub counts_payments: bool,
    pub proof: Option<ProofLevel>,
    pub at_night: bool,
}

/// `raise_left_ms` is null if no raise waits. `raise_to` is null then too, and if the limit goes.
#[derive(uniffi::Record)]
pub struct LimitState {
    pub limit: Limit,
    pub is_owners: bool,
    pub left: i64,
    pub reopens_in_ms: Option<i64>,
    pub raise_left_ms: Option<i64>,
    pub raise_to: Option<i64>,
}

#[derive(uniffi::Enum)]
pub enum LimitChange {
    Set,
    Pending { left_ms: i64 },
    Unchanged,
}

#[uniffi::export]
impl Session {
    pub fn limits(&self) -> Result<Vec<LimitState>, LockError> {
        Ok(self.core()?.limits().all()?.into_iter().map(Into::into).collect())
    }

    /// Sets a limit of the owner, or takes it away.
    pub fn change_limit(&self, limit: Limit, removes: bool) -> Result<LimitChange, LockError> {
        let limit = limit.try_into()?;
        let limits = self.core()?.limits();
        Ok(if removes { limits.remove(&limit)?.into() } else { limits.set(&limit)?.into() })
    }

    pub fn cancel_raise(&self, limit: Limit) -> Result<bool, LockError> {
        Ok(self.core()?.limits().cancel_raise(&limit.try_into()?)?)
    }
}

impl From<policy::Limit> for Limit {
    fn from(limit: policy::Limit) -> Self {
        Self {
            scope: limit.scope.to_string(),
            currency: limit.currency.to_string(),
            per: limit.per,
            max: signed(limit.max),
            counts_payments: limit.of == Measure::Count,
            proof: limit.proof,
            at_night: limit.at_night,
        }
    }
}

impl TryFrom<Limit> for policy::Limit {
    type Error = LockError;

    fn try_from(limit: Limit) -> Result<Self, LockError> {
        Ok(Self {
            scope: Scope::parse(&limit.scope).ok_or_else(|| invalid("limit"))?,
            currency: Currency::new(&limit.currency).map_err(|_| invalid("currency"))?,
            per: limit.per,
            max: minor_units(limit.max, "limit")?,
            of: if limit.counts_payments { Measure::Count } else { Measure::Amount },
            proof: limit.proof,
            at_night: limit.at_night,
        })
    }
}

impl From<core::LimitState> for LimitState {
    fn from(state: core::LimitState) -> Self {
        Self {
            limit: state.limit.into(),
            is_owners: state.is_owners,
            left: signed(state.left),
            reopens_in_ms: state.reopens_in_ms.map(signed),
            raise_left_ms: state.raise.map(|raise| signed(raise.left_ms)),
            raise_to: state.raise.and_then(|raise| raise.to).map(signed),
        }
    }
}

impl From<payment::LimitChange> for LimitChange {
    fn from(change: payment::LimitChange) -> Self {
        match change {
            payment::LimitChange::Set => Self::Set,
            payment::LimitChange::Pending { left_ms } => Self::Pending { left_ms: signed(left_ms) },
            payment::LimitChange::Unchanged => Self::Unchanged,
        }
    }
}
