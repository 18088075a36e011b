//! An open wallet, and its three handles: what it keeps, what happened, what opens it.

mod access;
mod journal;
mod vault;

use std::sync::Arc;

pub use access::AccessHandle;
pub use journal::JournalHandle;
pub use vault::VaultHandle;

use crate::engine::{AuthMethod, Engine, SessionId};
use crate::error::LockError;
use crate::wallet_lock::WalletLock;

/// An open wallet. It ends when it is closed or dropped, when its time is over, and with every lock.
pub struct Session {
    engine: Arc<Engine>,
    id: SessionId,
}

impl Session {
    pub(crate) fn new(engine: &Arc<Engine>, id: SessionId) -> Self {
        Self { engine: engine.clone(), id }
    }

    /// What the wallet keeps.
    pub fn vault(&self) -> VaultHandle<'_> {
        VaultHandle(self)
    }

    /// What happened.
    pub fn journal(&self) -> JournalHandle<'_> {
        JournalHandle(self)
    }

    /// What opens the wallet.
    pub fn access(&self) -> AccessHandle<'_> {
        AccessHandle(self)
    }

    /// What opened it.
    pub fn auth_method(&self) -> Result<AuthMethod, LockError> {
        self.engine.sessions.method(self.id)
    }

    /// Whether the session still lives. Asking does not prolong it.
    pub fn is_live(&self) -> bool {
        self.engine.sessions.is_live(self.id)
    }

    /// Ends the session. The data key is wiped, if no other session holds it.
    pub fn close(&self) {
        self.engine.sessions.end(self.id);
    }

    /// A hold of the lock that the session is of: a session alone keeps the lock open too.
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
