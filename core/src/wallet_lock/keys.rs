//! The device keys of a wallet: what they are called, and what an app may know of them.

use std::sync::Arc;

use super::WalletLock;
use super::epochs::seal_alias;
use crate::anti_rollback::RollbackProtection;
use crate::error::LockError;
use crate::journal::Details;
use crate::platform::SecurityLevel;

impl WalletLock {
    /// What keeps the PIN's device key. [`LockError::WrongState`] while no PIN is set.
    pub fn security_level(&self) -> Result<SecurityLevel, LockError> {
        let number = self.read(|_, record| Ok(record.slot().map(|slot| slot.key_number())))?;
        Ok(self.platform.device_key.security_level(&self.pin_alias(number.ok_or(LockError::WrongState)?))?)
    }

    /// Whether an older copy of the database, put back, is found out: chosen when the first PIN was set. [`LockError::WrongState`] while none
    /// is set.
    pub fn rollback_protection(&self) -> Result<RollbackProtection, LockError> {
        self.read(|_, record| Ok(record.rollback_protection))
    }

    /// For whoever is about to drop the last hold of the lock and guards something meanwhile: waits for the key that is being made ahead, if
    /// any, as dropping the lock would.
    pub fn before_last_drop(self: &Arc<Self>) {
        if Arc::strong_count(self) == 1 {
            self.epochs.finish();
        }
    }

    /// What the journal says of a key just made. That the phone does not say is no reason to refuse it.
    pub(super) fn level_details(&self, alias: &str) -> Details {
        let level = self.platform.device_key.security_level(alias).unwrap_or(SecurityLevel::Unknown);
        Details::of("device_key", level.name())
    }

    pub(super) fn pin_alias(&self, number: u64) -> String {
        format!("{}pin/{number:016x}", self.scope)
    }

    pub(super) fn biometric_alias(&self, number: u64) -> String {
        format!("{}biometric/{number:016x}", self.scope)
    }

    pub(super) fn is_biometric_alias(&self, alias: &str) -> bool {
        alias.strip_prefix(&self.scope).is_some_and(|alias| alias.starts_with("biometric/"))
    }

    pub(super) fn seal_alias(&self, epoch: u64) -> String {
        seal_alias(&self.scope, epoch)
    }
}

impl Drop for WalletLock {
    fn drop(&mut self) {
        self.epochs.close();
    }
}
