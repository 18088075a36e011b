//! What the app may ask about the recovery code and escrow, whether or not the wallet is open.

use crate::engine::{Engine, State};
use crate::error::LockError;
use crate::recovery::{Recovery, WayBack};
use crate::time::Now;

/// What is known about the recovery code and escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryStatus {
    /// Whether there is a code. `None`: it is not known now, because the keystore does not answer.
    pub has_code: Option<bool>,
    /// A change of the code that waits.
    pub pending: Option<PendingChange>,
    /// Whether the provider keeps the key to the wallet. `None`: it is not known now.
    pub has_escrow: Option<bool>,
    /// A change of escrow that waits.
    pub pending_escrow: Option<PendingChange>,
}

/// A change of the recovery code or of escrow that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingChange {
    /// Milliseconds until it is due; 0: it takes effect when the PIN next opens the wallet.
    pub left_ms: u64,
    /// The code is withdrawn, and no other takes its place; or escrow is switched off.
    pub withdraws: bool,
}

/// What is known now.
pub(crate) fn status(engine: &Engine) -> Result<RecoveryStatus, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let read = engine.ledger.read(|view| {
        let recovery = &view.record.recovery;
        Ok(RecoveryStatus {
            has_code: Some(recovery.has_code()),
            pending: pending(recovery, WayBack::Code, now),
            has_escrow: Some(recovery.ways().escrow.is_some()),
            pending_escrow: pending(recovery, WayBack::Escrow, now),
        })
    });
    match read {
        Err(LockError::WrongState | LockError::DataDamaged | LockError::DeviceKey(_)) => {
            let slots = engine.ledger.with_state(State::rescue_slots);
            Ok(RecoveryStatus {
                has_code: slots.map(|slots| slots.code),
                pending: None,
                has_escrow: slots.map(|slots| slots.escrow),
                pending_escrow: None,
            })
        }
        status => status,
    }
}

fn pending(recovery: &Recovery, way: WayBack, now: Now) -> Option<PendingChange> {
    let pending = recovery.pending(way)?;
    Some(PendingChange { left_ms: pending.left_ms(now), withdraws: pending.change.withdraws() })
}
