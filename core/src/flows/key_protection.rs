//! What an app may ask about the wallet's keys.

use crate::engine::Engine;
use crate::error::LockError;
use crate::platform::SecurityLevel;
use crate::policy::RollbackProtection;

/// The hardware or software that keeps the PIN's device key. [`LockError::WrongState`] while no PIN is set.
pub(crate) fn security_level(engine: &Engine) -> Result<SecurityLevel, LockError> {
    let alias = engine.ledger.read(|view| {
        let slot = view.record.slot().ok_or(LockError::WrongState)?;
        Ok(engine.device_keys.pin(&view.header.wallet_id, &slot))
    })?;
    Ok(engine.device_keys.security_level(&alias)?)
}

/// Whether rollback protection is on, as chosen when the first PIN was set. [`LockError::WrongState`] while none is
/// set.
pub(crate) fn rollback_protection(engine: &Engine) -> Result<RollbackProtection, LockError> {
    engine.ledger.read(|view| Ok(view.record.rollback_protection))
}
