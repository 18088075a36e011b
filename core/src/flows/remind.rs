//! Reminding people of their PIN, their history and their cards.

use crate::engine::Engine;
use crate::error::LockError;
use crate::reminders::Reminder;
use crate::store::Durability;

/// The reminder that is due now, if any. Returning it counts as reminding.
pub(crate) fn take_reminder(engine: &Engine) -> Result<Option<Reminder>, LockError> {
    let now = engine.platform.clock.now()?;
    engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, |work| {
        let record = &mut *work.record;
        let has_unused_card = record.cards.unused(record.payments.estimate_ms(now)).next().is_some();
        Ok(record.reminders.take(&record.policy, has_unused_card, now))
    })
}
