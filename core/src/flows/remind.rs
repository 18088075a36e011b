//! Reminding people of their PIN.

use crate::engine::Engine;
use crate::error::LockError;
use crate::pin::Reminder;
use crate::store::Durability;

/// What is due now, if anything. Asking counts as reminding.
pub(crate) fn take_reminder(engine: &Engine) -> Result<Option<Reminder>, LockError> {
    let now = engine.platform.clock.now()?;
    engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, |work| {
        let record = &mut *work.record;
        Ok(record.reminders.take(&record.policy.pin, now))
    })
}
