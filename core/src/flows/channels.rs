//! The owner's channels: setting one up, ordering, removing.

use super::in_session::{modify, with_key};
use super::recovery_change::RecoveryChange;
use super::sent_code::{CodeRequest, send, wait_left_ms};
use crate::engine::{Action, Engine, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::proof::{ChannelId, ChannelKind};
use crate::recovery::{Address, Channel, ChannelState};
use crate::time::Now;

/// A channel, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Its id.
    pub id: ChannelId,
    /// Its kind.
    pub kind: ChannelKind,
    /// The address with most of it hidden.
    pub mask: String,
    /// How it stands.
    pub state: ChannelState,
}

/// The channels, in the owner's order.
pub(crate) fn list(engine: &Engine, id: SessionId) -> Result<Vec<ChannelInfo>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    with_key(engine, id, |_, view| {
        let policy = &view.record.policy.recovery;
        let info = |channel: &Channel| ChannelInfo {
            id: channel.id,
            kind: channel.kind,
            mask: channel.mask.clone(),
            state: channel.state(policy, now),
        };
        Ok(view.record.recovery.channels.now(now).into_iter().map(info).collect())
    })
}

/// Begins to set a channel up, and asks the provider to send a code there. [`LockError::Invalid`]: this is no address
/// of that kind.
pub(crate) fn add(
    engine: &Engine,
    id: SessionId,
    kind: ChannelKind,
    address: &str,
) -> Result<(ChannelId, CodeRequest), LockError> {
    let address = match kind {
        ChannelKind::Sms => Address::sms(address),
        ChannelKind::Mail | ChannelKind::BackupMail => Address::mail(address),
    };
    let address = address.ok_or(LockError::Invalid("address"))?;
    let channel = change_kind(engine, id, kind, |work, now| {
        let record = &mut *work.record;
        if !record.is_registered() {
            return Err(LockError::WrongState);
        }
        // The provider hears the address with the first code only.
        if wait_left_ms(record, now) > 0 {
            return Err(LockError::LimitReached("codes for now"));
        }
        let channel = ChannelId(*work.random.bytes());
        if work.record.recovery.channels.propose(channel, kind, address.mask(), now) {
            work.note(&JournalEvent::ChannelCancelled { channel: kind.name() });
        }
        Ok(channel)
    })?;
    Ok((channel, send(engine, Some(id), channel, Some(address.as_str()))?))
}

/// Puts the channels in this order.
pub(crate) fn order(engine: &Engine, id: SessionId, ids: &[ChannelId]) -> Result<(), LockError> {
    change(engine, id, Action::Write, |work, _| {
        work.record.recovery.channels.order(ids);
        Ok(())
    })
}

/// Removes a channel: after a wait if it counts, else at once. In the session that set the wallet up it goes at once.
/// [`LockError::WrongState`]: there is no such channel, it is being removed already, or it is the second factor or
/// about to become it.
pub(crate) fn remove(engine: &Engine, id: SessionId, channel: ChannelId) -> Result<RecoveryChange, LockError> {
    let session = engine.sessions.open(id, Action::ChangeRecovery)?;
    change(engine, id, Action::ChangeRecovery, |work, now| {
        let record = &mut *work.record;
        let found = record.recovery.channels.find(channel, now).ok_or(LockError::WrongState)?;
        let (kind, is_pending) = (found.kind, !found.is_in_force(now));
        if kind == ChannelKind::Sms && !is_pending && record.recovery.second_factor.is_or_becomes_sms() {
            return Err(LockError::WrongState);
        }
        let wait_ms = if session.is_first { 0 } else { record.policy.recovery.pending_change_ms() };
        let wait_h = record.policy.recovery.pending_change_h;
        let left_ms = record.recovery.channels.remove(channel, wait_ms, now).ok_or(LockError::WrongState)?;
        match left_ms {
            0 if is_pending => work.note(&JournalEvent::ChannelCancelled { channel: kind.name() }),
            0 => work.settle_in_first_session(now),
            _ => work.note(&JournalEvent::ChannelLeaves { channel: kind.name(), wait_h }),
        }
        Ok(if left_ms == 0 { RecoveryChange::InForce } else { RecoveryChange::Pending { left_ms } })
    })
}

/// Cancels what waits for a channel. `false` if nothing does.
pub(crate) fn cancel(engine: &Engine, id: SessionId, channel: ChannelId) -> Result<bool, LockError> {
    change(engine, id, Action::Write, |work, now| {
        let cancelled = work.record.recovery.channels.cancel(channel, now);
        cancelled.iter().for_each(|kind| work.note(&JournalEvent::ChannelCancelled { channel: kind.name() }));
        Ok(cancelled.is_some())
    })
}

/// Changes the channels of this kind. Where the number is the second factor, whoever changes it needs that factor.
fn change_kind<T>(
    engine: &Engine,
    id: SessionId,
    kind: ChannelKind,
    change_it: impl FnOnce(&mut UnitOfWork<'_>, Now) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let is_factor = kind == ChannelKind::Sms
        && engine.ledger.read(|view| Ok(view.record.recovery.second_factor.is_or_becomes_sms()))?;
    if is_factor {
        engine.sessions.check_second_factor(id)?;
    }
    change(engine, id, Action::ChangeRecovery, change_it)
}

fn change<T>(
    engine: &Engine,
    id: SessionId,
    action: Action,
    change: impl FnOnce(&mut UnitOfWork<'_>, Now) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let now = engine.platform.clock.now()?;
    modify(engine, id, action, |_, work| {
        work.settle_recovery(now);
        change(work, now)
    })
}
