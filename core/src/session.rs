//! An open wallet, and its handles: vault, journal, access, payments, limits, cards, disputes.

mod access;
mod cards;
mod disputes;
mod journal;
mod payments;
mod vault;
mod ways_back;

use std::sync::Arc;

pub use access::AccessHandle;
pub use cards::CardsHandle;
pub use disputes::DisputesHandle;
pub use journal::JournalHandle;
pub use payments::{LimitsHandle, SessionPaymentsHandle};
pub use vault::VaultHandle;

use crate::engine::{AuthMethod, Engine, SessionId};
use crate::error::LockError;
use crate::wallet_lock::WalletLock;

/// An open wallet. The session ends when it is closed or dropped, when its time is over, when the wallet is locked, and
/// when the PIN or the biometrics that opened it are no longer in force.
pub struct Session {
    engine: Arc<Engine>,
    id: SessionId,
}

impl Session {
    pub(crate) fn new(engine: &Arc<Engine>, id: SessionId) -> Self {
        Self { engine: engine.clone(), id }
    }

    /// The vault: what the wallet keeps.
    pub fn vault(&self) -> VaultHandle<'_> {
        VaultHandle(self)
    }

    /// The journal: what happened.
    pub fn journal(&self) -> JournalHandle<'_> {
        JournalHandle(self)
    }

    /// The access: PIN, wipe PIN and biometrics.
    pub fn access(&self) -> AccessHandle<'_> {
        AccessHandle(self)
    }

    /// Payments.
    pub fn payments(&self) -> SessionPaymentsHandle<'_> {
        SessionPaymentsHandle(self)
    }

    /// The limits on payments.
    pub fn limits(&self) -> LimitsHandle<'_> {
        LimitsHandle(self)
    }

    /// The cards.
    pub fn cards(&self) -> CardsHandle<'_> {
        CardsHandle(self)
    }

    /// Payments that the owner disputes.
    pub fn disputes(&self) -> DisputesHandle<'_> {
        DisputesHandle(self)
    }

    /// What opened this session. Asking counts as use of the session. [`LockError::SessionEnded`] if it is over.
    pub fn auth_method(&self) -> Result<AuthMethod, LockError> {
        self.engine.sessions.method(self.id)
    }

    /// Whether the session is live. Asking does not prolong it.
    pub fn is_live(&self) -> bool {
        self.engine.sessions.is_live(self.id)
    }

    /// Ends the session and wipes its data key. Other sessions, and calls that are running, have copies of their own.
    pub fn close(&self) {
        self.engine.sessions.end(self.id);
    }

    /// Another reference to the lock that opened this session. A session alone also keeps the lock open.
    pub fn lock(&self) -> WalletLock {
        WalletLock::of(&self.engine)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}
