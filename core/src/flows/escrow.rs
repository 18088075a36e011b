//! Switching escrow on and off. `recovery_change.rs` says when a change takes effect, and `ask_escrow.rs` asks the
//! provider for the data key.

use super::recovery_change::{RecoveryChange, cancel, request_change};
use crate::engine::{Engine, SessionId};
use crate::error::LockError;
use crate::recovery::{Change, WayBack};

/// Switches escrow on or off. [`LockError::WrongState`] if it is so already, or the policy names no key for it.
pub(crate) fn switch(engine: &Engine, id: SessionId, is_on: bool) -> Result<RecoveryChange, LockError> {
    request_change(engine, id, if is_on { &Change::EscrowOn } else { &Change::EscrowOff })
}

/// Cancels the change of escrow that waits. `false` if none does.
pub(crate) fn cancel_change(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    cancel(engine, id, WayBack::Escrow)
}
