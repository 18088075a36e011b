//! Work done ahead of a try, while the person types.

use crate::crypto::KdfFault;
use crate::engine::Engine;
use crate::error::LockError;

/// Reserves Argon2id's memory, has the next seal key made, and calibrates Argon2id's cost again if a newer version of
/// Walletlock requires it.
pub(crate) fn prepare(engine: &Engine) -> Result<(), LockError> {
    let found = engine.ledger.read(|view| Ok((view.record.calibration, view.record.slot().map(|slot| slot.cost()))));
    let (calibration, cost) = match found {
        Ok((calibration, Some(cost))) => (calibration, cost),
        // There is no PIN to check now, and enrolment calibrates by itself.
        Ok((_, None)) | Err(LockError::WrongState | LockError::DataDamaged | LockError::DeviceKey(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    engine.seal_keys.prepare(|| engine.ledger.protected_header().ok().flatten());
    let pending = engine.attempts.with_memory(|memory| {
        memory.prepare(&cost)?;
        Ok::<_, KdfFault>(engine.calibration.choose_again(cost, calibration, memory))
    })?;
    engine.attempts.set_pending_kdf_cost(pending);
    Ok(())
}

/// Gives Argon2id's memory back to the system, as soon as no try needs it.
pub(crate) fn release_memory(engine: &Engine) {
    engine.attempts.release_memory();
}
