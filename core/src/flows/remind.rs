//! Reminding people of their PIN.

use crate::engine::Engine;
use crate::error::LockError;
use crate::pin::Reminder;
use crate::store::Durability;

/// The reminder that is due now, if any. Returning it counts as reminding.
pub(crate) fn take_reminder(engine: &Engine) -> Result<Option<Reminder>, LockError> {
    let now = engine.platform.clock.now()?;
    engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, |work| {
        let record = &mut *work.record;
        Ok(record.reminders.take(&record.policy.pin, now))
    })
}
