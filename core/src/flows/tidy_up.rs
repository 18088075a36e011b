//! After a recovery: what is to be tidied up. And at any time: which single loss would leave no way back.

use super::in_session::{modify, with_key};
use super::recovery_progress::{kinds, set_up};
use crate::engine::{Action, Engine, SessionId};
use crate::error::LockError;
use crate::recovery::{ChannelState, ChecklistLine, Facts, HealthLine, Task};

/// The lines of the list.
pub(crate) fn checklist(engine: &Engine, id: SessionId) -> Result<Vec<ChecklistLine>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    with_key(engine, id, |_, view| {
        let record = view.record;
        let recovery = &record.recovery;
        let channels = recovery.channels.in_force(now);
        let is_fresh = |state| matches!(state, ChannelState::InForce { is_stale: false, .. });
        let are_fresh = channels.iter().all(|channel| is_fresh(channel.state(&record.policy.recovery, now)));
        Ok(recovery.checklist.lines(&Facts {
            is_registered: record.policy.provider.as_ref().map(|_| record.provider.installation().is_some()),
            has_second_factor: recovery.second_factor.now(now).or(recovery.second_factor.pending_factor()).is_some(),
            channels_are_fresh: !channels.is_empty() && are_fresh,
            has_biometrics: record.biometric.slot().is_some(),
        }))
    })
}

/// The app says that the owner has done this, or does not want to see it any more.
pub(crate) fn tick_off(engine: &Engine, id: SessionId, task: Task, is_dismissed: bool) -> Result<(), LockError> {
    modify(engine, id, Action::Write, |_, work| {
        let checklist = &mut work.record.recovery.checklist;
        if is_dismissed {
            checklist.dismiss(task)
        } else {
            checklist.note_done(task)
        }
        Ok(())
    })
}

/// What each single loss would mean.
pub(crate) fn health(engine: &Engine, id: SessionId) -> Result<Vec<HealthLine>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    with_key(engine, id, |_, view| {
        let channels = kinds(&view.record.recovery.channels.in_force(now));
        Ok(set_up(view.record, &channels, now).health())
    })
}
