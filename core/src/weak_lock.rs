//! A lock that is known and not kept open: for those who share it.

use std::sync::{Arc, Weak};

use crate::engine::Engine;
use crate::wallet_lock::WalletLock;

/// A lock that may be gone.
pub struct WeakWalletLock(Weak<Engine>);

impl WeakWalletLock {
    pub(crate) fn of(engine: &Arc<Engine>) -> Self {
        Self(Arc::downgrade(engine))
    }

    /// Whether there is a hold of it. Asking takes none.
    pub fn is_open(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// Whether it is this lock.
    pub fn is_of(&self, lock: &WalletLock) -> bool {
        std::ptr::eq(self.0.as_ptr(), Arc::as_ptr(lock.engine()))
    }

    /// `None`: its last hold was dropped.
    pub fn upgrade(&self) -> Option<WalletLock> {
        self.0.upgrade().as_ref().map(WalletLock::of)
    }
}
