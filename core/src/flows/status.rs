//! The lock's status, as shown to the person, and the policy in force.

use crate::engine::{Engine, SessionEnd, State, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::policy::Policy;
use crate::provider::AllowanceState;
use crate::record::{LockStatus, Record};
use crate::store::Durability;
use crate::time::{Now, SAVE_BEFORE_POWER_OFF_MS, SAVE_WHILE_WATCHED_MS, Wait};

pub(crate) fn status(engine: &Engine) -> Result<LockStatus, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let seen = engine
        .ledger
        .read(|view| Ok((LockStatus::of(view.record, now), stale_wait(view.record, now, SAVE_WHILE_WATCHED_MS))));
    let status = seen.and_then(|(status, stale)| match stale {
        Some(stale) => save_wait(engine, stale, LockStatus::of),
        None => Ok(status),
    });
    match status {
        Err(LockError::WrongState) => Ok(without_record(engine)),
        Err(LockError::DataDamaged) => Ok(damaged(engine)),
        // This call does not ask the keystore: the fault is from the last opening, when the keystore gave no answer.
        Err(LockError::DeviceKey(_)) => Ok(LockStatus::Busy),
        status => status,
    }
}

/// Saves what is left of a wait, unless that was done within the last second: the phone may be switched off next.
pub(crate) fn save_time(engine: &Engine) -> Result<(), LockError> {
    let now = engine.sessions.read_clock()?.now;
    let stale = match engine.ledger.read(|view| Ok(stale_wait(view.record, now, SAVE_BEFORE_POWER_OFF_MS))) {
        // There is no record with a wait.
        Err(LockError::WrongState | LockError::DataDamaged | LockError::DeviceKey(_)) => None,
        stale => stale?,
    };
    stale.map_or(Ok(()), |stale| save_wait(engine, stale, |_, _| ()))
}

/// The status while no record can be read.
pub(super) fn without_record(engine: &Engine) -> LockStatus {
    engine.ledger.with_state(|state| match state {
        State::Wiped(_) => LockStatus::Wiped,
        // A record is there again: another call put it back since this call found none.
        State::Working | State::Failed(_) | State::Sealed(_) => LockStatus::Busy,
        State::Damaged { slots } => LockStatus::damaged(&engine.requested_policy, *slots),
        State::Unconfigured(_) => LockStatus::Unconfigured,
    })
}

/// The status after a call found the wallet damaged.
pub(super) fn damaged(engine: &Engine) -> LockStatus {
    let slots = engine.ledger.with_state(State::rescue_slots).unwrap_or_default();
    LockStatus::damaged(&engine.requested_policy, slots)
}

/// The policy in force: the sealed one, or the requested one while there is none.
pub(crate) fn policy(engine: &Engine) -> Result<Policy, LockError> {
    match engine.ledger.read(|view| Ok(view.record.policy.clone())) {
        Err(LockError::WrongState | LockError::DataDamaged | LockError::DeviceKey(_)) => {
            Ok(engine.requested_policy.clone())
        }
        policy => policy,
    }
}

/// Waits or an allowance whose saving is due. If a wait is not saved, a restart of the phone makes the person wait
/// longer than necessary.
pub(super) struct StaleWait {
    seen: Vec<Option<Wait>>,
    every_ms: u64,
    /// The allowance is used up, and the journal does not say so yet; or a card is to be destroyed.
    tightens: bool,
}

/// The waits to be saved, if the last saving of one is older than `every_ms` or of another boot; or the allowance, if
/// that is due.
pub(super) fn stale_wait(record: &Record, now: Now, every_ms: u64) -> Option<StaleWait> {
    let allowance = due_allowance(record, now, every_ms);
    let destroys = record.is_alive() && record.cards.has_due(now);
    let is_due = record.has_stale_wait(now, every_ms) || allowance.is_some() || destroys;
    let tightens = destroys || allowance.flatten() == Some(AllowanceState::Expired);
    is_due.then(|| StaleWait { seen: record.saved_waits(), every_ms, tightens })
}

/// Saves what is left of a wait, unless another call saved it meanwhile. Returns what `look` reads from the record
/// then. That the allowance is used up, or that a card is destroyed, is irrevocable if the keystore can make the next
/// seal key: otherwise an older copy and a clock that is set back would give the allowance, or the card, again.
pub(super) fn save_wait<T>(
    engine: &Engine,
    stale: StaleWait,
    look: impl Fn(&Record, Now) -> T,
) -> Result<T, LockError> {
    let mut looked = None;
    save_wait_once(engine, stale, &mut |record, now| looked = Some(look(record, now)))?;
    looked.ok_or(LockError::WrongState)
}

/// [`save_wait`] without type parameters, so that it is compiled once for all callers.
fn save_wait_once(
    engine: &Engine,
    StaleWait { seen, every_ms, tightens }: StaleWait,
    look: &mut dyn FnMut(&Record, Now),
) -> Result<(), LockError> {
    // The wait may have begun after the caller read the clock. Such an old reading would look like a clock that went
    // backwards, and would end the wait too early. A clock reading taken after the saved wait was loaded cannot predate
    // it.
    let now = engine.sessions.read_clock()?.now;
    let mut save = |work: &mut UnitOfWork<'_>| {
        if work.record.saved_waits() == seen {
            work.record.save_waits(now, every_ms);
        }
        save_allowance(engine, work, now, every_ms);
        work.settle_cards(now);
        look(work.record, now);
        Ok(())
    };
    let mut random = engine.draw()?;
    if tightens {
        match engine.ledger.commit_irrevocably(&mut random, now, &mut save) {
            Err(LockError::DeviceKey(_)) => {}
            saved => {
                engine.seal_keys.make_ahead();
                return saved.map(|saved| saved.value);
            }
        }
    }
    engine.ledger.commit(&mut random, now, Durability::Ordered, save)
}

/// Hours, not minutes: so much rarer than a wait is an allowance saved.
const ALLOWANCE_IS_RARER: u64 = 60;

/// What saving the allowance would tell. `None`: that is not due.
fn due_allowance(record: &Record, now: Now, every_ms: u64) -> Option<Option<AllowanceState>> {
    let policy = record.policy.provider.as_ref();
    let every_ms = every_ms.saturating_mul(ALLOWANCE_IS_RARER);
    policy.and_then(|_| record.provider.clone().save_allowance(policy, now, every_ms))
}

/// Whether the allowance is used up, and the journal does not say so yet.
pub(super) fn allowance_expires(record: &Record, now: Now) -> bool {
    due_allowance(record, now, u64::MAX).flatten() == Some(AllowanceState::Expired)
}

/// Saves the provider's allowance, if that is due. When the allowance is used up, every session ends, together with the
/// journal's line about it.
pub(super) fn save_allowance(engine: &Engine, work: &mut UnitOfWork<'_>, now: Now, every_ms: u64) {
    let record = &mut *work.record;
    let every_ms = every_ms.saturating_mul(ALLOWANCE_IS_RARER);
    match record.provider.save_allowance(record.policy.provider.as_ref(), now, every_ms).flatten() {
        Some(AllowanceState::Warns { left_ms }) => {
            work.note(&JournalEvent::HeartbeatDue { left_h: left_ms / 3_600_000 });
        }
        Some(AllowanceState::Expired) => {
            work.note(&JournalEvent::HeartbeatExpired);
            work.flush();
            engine.sessions.end_all(SessionEnd::Locked);
        }
        Some(AllowanceState::Fine { .. }) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::crypto::{Calibration, KdfCost};
    use crate::engine::Options;
    use crate::flows::{enrol, open};
    use crate::key_slots::RowSlots;
    use crate::pin::PinEntry;
    use crate::platform::testing::FakePhone;
    use crate::policy::AntiRollback;

    fn opened(folder: &Path) -> Engine {
        let options = Options {
            path: folder.join("wallet.db"),
            policy: Policy::default(),
            platform: FakePhone::default().platform(),
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        open::open(options).expect("it opens")
    }

    /// A call finds no record and asks for the status then. Meanwhile another call, such as a `recheck`, may have put
    /// the record back, or found it damaged.
    #[test]
    fn a_wallet_that_came_back_meanwhile_is_not_called_unconfigured() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let engine = opened(folder.path());
        assert_eq!(without_record(&engine), LockStatus::Unconfigured);
        let entry = PinEntry::new();
        [4, 9, 3, 7, 1, 6].iter().for_each(|digit| assert_eq!(entry.push(*digit), Ok(true)));
        enrol::enrol(&engine, &entry, &[]).expect("enrolled");
        assert_eq!(without_record(&engine), LockStatus::Busy);
        let slots = RowSlots { code: true, escrow: false };
        engine.ledger.put(State::Damaged { slots });
        assert_eq!(without_record(&engine), LockStatus::damaged(&Policy::default(), slots));
    }
}
