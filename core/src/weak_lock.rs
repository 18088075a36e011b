//! A weak reference to a lock, for code that shares locks without keeping them open.

use std::sync::{Arc, Weak};

use crate::engine::Engine;
use crate::wallet_lock::WalletLock;

/// A weak reference to a lock, which may be closed already.
pub struct WeakWalletLock(Weak<Engine>);

impl WeakWalletLock {
    pub(crate) fn of(engine: &Arc<Engine>) -> Self {
        Self(Arc::downgrade(engine))
    }

    /// Whether the lock is still open. Asking does not keep it open.
    pub fn is_open(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// Whether this refers to `lock`.
    pub fn is_of(&self, lock: &WalletLock) -> bool {
        std::ptr::eq(self.0.as_ptr(), Arc::as_ptr(lock.engine()))
    }

    /// A strong reference to the lock. `None`: the last reference was dropped.
    pub fn upgrade(&self) -> Option<WalletLock> {
        self.0.upgrade().as_ref().map(WalletLock::of)
    }
}
