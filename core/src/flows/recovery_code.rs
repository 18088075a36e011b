//! Making, replacing and withdrawing the recovery code. `recovery_change.rs` says when a change takes effect.

use super::in_session::check;
use super::recovery_change::{RecoveryChange, cancel, request_change};
use crate::engine::{Action, Engine, SessionId};
use crate::error::LockError;
use crate::recovery::{Change, CodeKey, RecoveryCode, WayBack};
use crate::stack::with_stack_wiped;

/// Makes a code. It counts for nothing until [`set`] has put it in force.
pub(crate) fn create(engine: &Engine, id: SessionId) -> Result<RecoveryCode, LockError> {
    check(engine, id, Action::ChangeRecovery)?;
    Ok(RecoveryCode::make(&mut engine.draw()?))
}

/// Puts a confirmed code in force.
pub(crate) fn set(engine: &Engine, id: SessionId, code: &RecoveryCode) -> Result<RecoveryChange, LockError> {
    if !code.is_confirmed() {
        return Ok(RecoveryChange::NotConfirmed);
    }
    with_stack_wiped(|| {
        check(engine, id, Action::ChangeRecovery)?;
        let code_key = CodeKey::make(&mut engine.draw()?, code.bytes()).ok_or(LockError::Invalid("recovery code"))?;
        request_change(engine, id, &Change::SetCode(code_key))
    })
}

/// Has the code in force withdrawn. [`LockError::WrongState`] if there is none.
pub(crate) fn withdraw(engine: &Engine, id: SessionId) -> Result<RecoveryChange, LockError> {
    request_change(engine, id, &Change::WithdrawCode)
}

/// Cancels the change of the code that waits. `false` if none does.
pub(crate) fn cancel_change(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    cancel(engine, id, WayBack::Code)
}
