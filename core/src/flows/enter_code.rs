//! Entering the recovery code: does it open this wallet, and may it? Nothing is written here.

use super::open_row::{OpenedBy, OpenedByRow, find, open_with, refused};
use super::outcome::NoVerdict;
use crate::engine::Engine;
use crate::record::LockStatus;
use crate::recovery::{CodeEntry, WayBack};
use crate::stack::with_stack_wiped;

/// Why a recovery code, or the provider's grant of escrow, opened nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// The digits are not a recovery code.
    NotACode {
        /// The group (1 to 8) in which a digit is missing or wrong.
        group: usize,
    },
    /// It is a recovery code, but not one of this wallet.
    Wrong,
    /// The file holds an older code, or an older escrow, than the one in force: somebody put an older copy there. It is
    /// not accepted.
    OldCode,
    /// The code or the grant is right, but what it should open was changed: by somebody who changed the file, or by
    /// damage that reached the vault itself.
    Altered,
    /// There is no recovery code, or no escrow: it was never set up, or what it would open is gone.
    NotSetUp,
    /// The wallet cannot be opened so in this state: it was wiped, the phone has to be restarted first, or the wait
    /// before the code clears a lock of the provider is not over.
    Locked(LockStatus),
    /// The check gave no verdict. The code or the grant may be right.
    NoVerdict(NoVerdict),
}

/// Checks the code. If it opens the wallet, the new PIN has to be set within ten minutes. The entry is emptied once the
/// code was checked; a code that could not be checked need not be typed again.
pub(crate) fn enter_code(engine: &Engine, entry: &CodeEntry) -> Result<Box<OpenedByRow>, CodeRefusal> {
    let entered = check(engine, entry);
    if matches!(entered, Ok(_) | Err(CodeRefusal::Wrong | CodeRefusal::OldCode | CodeRefusal::Altered)) {
        entry.clear();
    }
    entered
}

fn check(engine: &Engine, entry: &CodeEntry) -> Result<Box<OpenedByRow>, CodeRefusal> {
    with_stack_wiped(|| {
        let code = entry.code().map_err(|group| CodeRefusal::NotACode { group })?;
        let now = engine.sessions.read_clock().map_err(|fault| refused(engine, &fault.into()))?.now;
        let mut random = engine.draw().map_err(|fault| refused(engine, &fault))?;
        let found = find(engine, WayBack::Code, now)?;
        let data_key = found.row.open(&code);
        open_with(data_key, OpenedBy::Code, found, &engine.requested_policy, &mut random, now)
    })
}
