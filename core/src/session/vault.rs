//! The vault, as an open wallet uses it.

use zeroize::Zeroizing;

use super::Session;
use crate::error::LockError;
use crate::flows::vault_items;

/// The vault of an open wallet: named items.
#[derive(Clone, Copy, Debug)]
pub struct VaultHandle<'a>(pub(super) &'a Session);

impl VaultHandle<'_> {
    /// Reads an item's bytes. `None` if there is no such item.
    pub fn read(&self, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
        vault_items::read(&self.0.engine, self.0.id, item)
    }

    /// Writes an item, in place of what was stored under its name. It is on the disk when this returns.
    /// [`LockError::PinNeeded`] in a session that biometrics opened.
    ///
    /// Limits: [`crate::MAX_ID_BYTES`] for a name, [`crate::MAX_ITEM_BYTES`] for an item, [`crate::MAX_ITEMS`] items.
    pub fn write(&self, item: &str, bytes: &[u8]) -> Result<(), LockError> {
        vault_items::write(&self.0.engine, self.0.id, item, bytes)
    }

    /// Deletes the item. `false` if there was none. [`LockError::PinNeeded`] in a session that biometrics opened.
    pub fn delete(&self, item: &str) -> Result<bool, LockError> {
        vault_items::delete(&self.0.engine, self.0.id, item)
    }

    /// The names of all items, in order.
    pub fn names(&self) -> Result<Vec<String>, LockError> {
        vault_items::names(&self.0.engine, self.0.id)
    }
}
