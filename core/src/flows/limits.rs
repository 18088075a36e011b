//! The owner's limits, and what is left of every limit.

use super::in_session::{modify, with_key};
use super::pay::PaymentClocks;
use crate::engine::{Action, Engine, SessionId};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::payment::{LimitChange, OwnerLimit};
use crate::policy::{Limit, Period};

/// A limit, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitState {
    /// The limit.
    pub limit: Limit,
    /// Who set it.
    pub is_owners: bool,
    /// What is left of it: minor units, or payments.
    pub left: u64,
    /// For a limit on a day: milliseconds of powered-on time until the next day begins.
    pub reopens_in_ms: Option<u64>,
    /// What the owner's limit becomes later.
    pub raise: Option<crate::payment::PendingRaise>,
}

/// All limits that hold, the policy's first.
pub(crate) fn all(engine: &Engine, id: SessionId) -> Result<Vec<LimitState>, LockError> {
    let clocks = PaymentClocks::read(engine)?;
    with_key(engine, id, |_, view| {
        let payments = &view.record.payments;
        let reopens_in_ms = clocks.moment().opens_in_ms;
        let state = |limit: &Limit, is_owners: bool, raise| LimitState {
            left: payments.totals.left(limit, clocks.moment()),
            reopens_in_ms: (limit.per == Period::Day).then_some(reopens_in_ms),
            limit: limit.clone(),
            is_owners,
            raise,
        };
        let policy = view.record.policy.payment.limits.iter().map(|limit| state(limit, false, None));
        let owner = payments.limits.all(clocks.now).into_iter();
        let owner = owner.map(|OwnerLimit { limit, raise }| state(&limit, true, raise));
        Ok(policy.chain(owner).collect())
    })
}

/// Sets a limit of the owner; or, without `max`, has it go. Lower holds at once, higher after a wait.
///
/// [`LockError::PinNeeded`]: raising needs a PIN that was just entered. [`LockError::LimitReached`]: there are as many
/// limits as there may be. [`LockError::Invalid`]: there is no such limit.
pub(crate) fn set(engine: &Engine, id: SessionId, limit: &Limit, max: Option<u64>) -> Result<LimitChange, LockError> {
    let limit = Limit { max: max.unwrap_or(0), ..limit.clone() };
    // An owner's limit is passed by nothing.
    if limit.proof.is_some() || limit.validate("limit").is_err() {
        return Err(LockError::Invalid("limit"));
    }
    let is_raised = with_key(engine, id, |_, view| Ok(view.record.payments.limits.is_raised_by(&limit, max)))?;
    let action = if is_raised { Action::RaiseLimit } else { Action::Pay };
    change(engine, id, action, &limit, max)
}

fn change(
    engine: &Engine,
    id: SessionId,
    action: Action,
    limit: &Limit,
    max: Option<u64>,
) -> Result<LimitChange, LockError> {
    let now = engine.sessions.read_clock()?.now;
    modify(engine, id, action, |_, work| {
        work.settle_limits(now);
        if action == Action::Pay && work.record.payments.limits.is_raised_by(limit, max) {
            // Another call lowered it meanwhile.
            return Err(LockError::WrongState);
        }
        let wait_h = work.record.policy.payment.raise_after_h;
        let wait_ms = u64::from(wait_h) * 3_600_000;
        let of_policy = work.record.policy.payment.limits.len();
        let changed = work.record.payments.limits.set(limit, max, of_policy, wait_ms, now);
        let changed = changed.ok_or(LockError::LimitReached("limits"))?;
        let name = limit.to_string();
        match changed {
            LimitChange::Set => work.note(&JournalEvent::LimitSet { limit: &name, max: limit.max }),
            LimitChange::Pending { .. } => work.note(&JournalEvent::LimitPending { limit: &name, max, wait_h }),
            LimitChange::Unchanged => {}
        }
        Ok(changed)
    })
}

/// Cancels a raise that waits. `false`: none does.
pub(crate) fn cancel(engine: &Engine, id: SessionId, limit: &Limit) -> Result<bool, LockError> {
    modify(engine, id, Action::Pay, |_, work| {
        let was_cancelled = work.record.payments.limits.cancel(limit);
        if was_cancelled {
            work.note(&JournalEvent::LimitCancelled { limit: &limit.to_string() });
        }
        Ok(was_cancelled)
    })
}
