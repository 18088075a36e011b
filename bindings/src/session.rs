//! An open wallet.

use std::sync::Arc;

use walletlock_core as core;

use crate::biometric::{BiometricChange, Means};
use crate::error::LockError;
use crate::outcomes::PinChange;
use crate::pin_entry::PinEntry;
use crate::registry;
use crate::types::{ExportPart, JournalPage, JournalQuery, Personal, unsigned};

#[derive(uniffi::Object)]
pub struct Session(Option<core::Session>);

#[uniffi::export]
impl Session {
    /// The item's bytes; null if there is no such item.
    pub fn read(&self, item: String) -> Result<Option<Vec<u8>>, LockError> {
        Ok(self.core()?.read(&item)?.map(|mut bytes| std::mem::take(&mut *bytes)))
    }

    pub fn write(&self, item: String, bytes: &[u8]) -> Result<(), LockError> {
        Ok(self.core()?.write(&item, bytes)?)
    }

    pub fn delete(&self, item: String) -> Result<bool, LockError> {
        Ok(self.core()?.delete(&item)?)
    }

    pub fn items(&self) -> Result<Vec<String>, LockError> {
        Ok(self.core()?.items()?)
    }

    pub fn journal(&self, query: JournalQuery) -> Result<JournalPage, LockError> {
        Ok(self.core()?.journal(&query.into())?.into())
    }

    pub fn export_journal(&self, after: i64, limit: i32) -> Result<ExportPart, LockError> {
        Ok(self.core()?.export_journal(unsigned(after), usize::try_from(limit).unwrap_or(0))?.into())
    }

    pub fn journal_public_key(&self) -> Result<Vec<u8>, LockError> {
        Ok(self.core()?.journal_public_key()?)
    }

    pub fn change_pin(
        &self,
        current: &PinEntry,
        new: &PinEntry,
        personal: Vec<Personal>,
    ) -> Result<PinChange, LockError> {
        let personal: Vec<_> = personal.into_iter().map(Into::into).collect();
        Ok(self.core()?.change_pin(&current.0, &new.0, &personal)?.into())
    }

    /// Asks the person for a finger or face, and waits.
    pub fn enable_biometrics(&self) -> Result<BiometricChange, LockError> {
        Ok(self.core()?.enable_biometrics()?.into())
    }

    pub fn disable_biometrics(&self) -> Result<bool, LockError> {
        Ok(self.core()?.disable_biometrics()?)
    }

    pub fn means(&self) -> Result<Means, LockError> {
        Ok(self.core()?.means()?.into())
    }

    pub fn set_wipe_pin(&self, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
        Ok(self.core()?.set_wipe_pin(&current.0, &wipe.0)?.into())
    }

    pub fn clear_wipe_pin(&self, current: &PinEntry) -> Result<PinChange, LockError> {
        Ok(self.core()?.clear_wipe_pin(&current.0)?.into())
    }

    pub fn has_wipe_pin(&self) -> Result<bool, LockError> {
        Ok(self.core()?.has_wipe_pin()?)
    }

    pub fn is_live(&self) -> bool {
        self.core().is_ok_and(core::Session::is_live)
    }

    /// Ends the session. Named so because uniffi's own `close` frees the object.
    pub fn end(&self) {
        if let Ok(session) = self.core() {
            session.close();
        }
    }
}

impl Session {
    pub(crate) fn new(session: core::Session) -> Arc<Self> {
        Arc::new(Self(Some(session)))
    }

    /// It is taken out only when this object is dropped.
    fn core(&self) -> Result<&core::Session, LockError> {
        self.0.as_ref().ok_or(LockError::SessionEnded)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.0.iter().for_each(core::Session::before_last_drop);
        registry::release(self.0.take());
    }
}
