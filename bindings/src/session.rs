//! A session, which is an open wallet, and its three handles.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::AuthMethod;
use zeroize::Zeroizing;

use crate::biometric::BiometricChange;
use crate::error::LockError;
use crate::journal::{ExportPart, JournalPage, JournalQuery, Summary};
use crate::outcomes::PinChange;
use crate::payments::{PaymentChannel, Unfreezing};
use crate::pin_entry::PinEntry;
use crate::recovery::{RecoveryChange, RecoveryCode};
use crate::registry;
use crate::types::{Personal, prompt_id, signed, unsigned};

/// What stands before a card's id where its token is read as an item.
const CARD_TOKEN: &str = "\0card/";

#[derive(uniffi::Object)]
pub struct Session(Option<core::Session>);

#[uniffi::export]
impl Session {
    pub fn vault(self: Arc<Self>) -> Arc<Vault> {
        Arc::new(Vault(self))
    }

    pub fn journal(self: Arc<Self>) -> Arc<Journal> {
        Arc::new(Journal(self))
    }

    pub fn access(self: Arc<Self>) -> Arc<Access> {
        Arc::new(Access(self))
    }

    pub fn auth_method(&self) -> Result<AuthMethod, LockError> {
        Ok(self.core()?.auth_method()?)
    }

    pub fn is_live(&self) -> bool {
        self.core().is_ok_and(core::Session::is_live)
    }

    /// Ends the session. It is not named `close`, because uniffi's own `close` frees the object.
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

    /// The item's bytes, for callers in Rust. They are wiped when they are dropped. `None`: there is no such item. The token
    /// of a card is read so too, under `CARD_TOKEN` and the card's id: no item of an app has such a name.
    pub fn read_item(&self, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
        let session = self.core()?;
        Ok(match item.strip_prefix(CARD_TOKEN) {
            Some(card) => session.cards().token(card)?,
            None => session.vault().read(item)?,
        })
    }

    /// The core's session. It is missing only while this object is being dropped.
    pub(crate) fn core(&self) -> Result<&core::Session, LockError> {
        self.0.as_ref().ok_or(LockError::SessionEnded)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            let lock = session.lock();
            drop(session);
            registry::release(lock);
        }
    }
}

/// The items that the wallet keeps.
#[derive(uniffi::Object)]
pub struct Vault(Arc<Session>);

#[uniffi::export]
impl Vault {
    /// The item's bytes; null if there is no such item. Uniffi does not wipe the buffer in which it passes them: a copy
    /// stays in native memory until that memory is used again. [`Session::read_item`] leaves no such copy.
    pub fn read(&self, item: String) -> Result<Option<Vec<u8>>, LockError> {
        Ok(self.0.read_item(&item)?.map(|mut bytes| std::mem::take(&mut *bytes)))
    }

    pub fn write(&self, item: String, bytes: &[u8]) -> Result<(), LockError> {
        Ok(self.0.core()?.vault().write(&item, bytes)?)
    }

    pub fn delete(&self, item: String) -> Result<bool, LockError> {
        Ok(self.0.core()?.vault().delete(&item)?)
    }

    pub fn names(&self) -> Result<Vec<String>, LockError> {
        Ok(self.0.core()?.vault().names()?)
    }
}

/// The journal of what happened to the wallet.
#[derive(uniffi::Object)]
pub struct Journal(Arc<Session>);

#[uniffi::export]
impl Journal {
    pub fn page(&self, query: JournalQuery) -> Result<JournalPage, LockError> {
        Ok(self.0.core()?.journal().page(&query.try_into()?)?.into())
    }

    pub fn summary(&self, from_wall_ms: i64, until_wall_ms: i64) -> Result<Summary, LockError> {
        Ok(self.0.core()?.journal().summary(from_wall_ms, until_wall_ms)?.into())
    }

    pub fn delete_lines(&self, before_wall_ms: i64) -> Result<i64, LockError> {
        Ok(signed(self.0.core()?.journal().delete_lines(before_wall_ms)?))
    }

    pub fn export(&self, after: i64, limit: i32) -> Result<ExportPart, LockError> {
        Ok(self.0.core()?.journal().export(unsigned(after), usize::try_from(limit).unwrap_or(0))?.into())
    }

    pub fn public_key(&self) -> Result<Vec<u8>, LockError> {
        Ok(self.0.core()?.journal().public_key()?)
    }
}

/// What opens the wallet: the PIN, biometrics, the wipe PIN and the ways back in; and what the owner allows the
/// provider.
#[derive(uniffi::Object)]
pub struct Access(pub(crate) Arc<Session>);

#[uniffi::export]
impl Access {
    pub fn change_pin(
        &self,
        current: &PinEntry,
        new: &PinEntry,
        personal: Vec<Personal>,
        keeps_biometrics: bool,
    ) -> Result<PinChange, LockError> {
        let personal: Vec<_> = personal.into_iter().map(Into::into).collect();
        Ok(self.0.core()?.access().change_pin(&current.0, &new.0, &personal, keeps_biometrics)?.into())
    }

    /// Switches biometrics on: shows a prompt, and blocks the calling thread until the person answers.
    pub fn enable_biometrics(&self, prompt: i64) -> Result<BiometricChange, LockError> {
        Ok(self.0.core()?.access().enable_biometrics(prompt_id(prompt))?.into())
    }

    pub fn disable_biometrics(&self) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().disable_biometrics()?)
    }

    pub fn set_wipe_pin(&self, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
        Ok(self.0.core()?.access().set_wipe_pin(&current.0, &wipe.0)?.into())
    }

    pub fn clear_wipe_pin(&self, current: &PinEntry) -> Result<PinChange, LockError> {
        Ok(self.0.core()?.access().clear_wipe_pin(&current.0)?.into())
    }

    pub fn has_wipe_pin(&self) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().has_wipe_pin()?)
    }

    pub fn create_recovery_code(&self) -> Result<Arc<RecoveryCode>, LockError> {
        Ok(RecoveryCode::new(self.0.core()?.access().create_recovery_code()?))
    }

    /// Puts a code in force, or asks for it. Without a code: has the one in force withdrawn.
    pub fn set_recovery_code(&self, code: Option<Arc<RecoveryCode>>) -> Result<RecoveryChange, LockError> {
        let session = self.0.core()?;
        let access = session.access();
        Ok(match code {
            Some(code) => access.set_recovery_code(&code.0)?.into(),
            None => access.withdraw_recovery_code()?.into(),
        })
    }

    pub fn cancel_recovery_code_change(&self) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().cancel_recovery_code_change()?)
    }

    pub fn switch_escrow(&self, is_on: bool) -> Result<RecoveryChange, LockError> {
        Ok(self.0.core()?.access().switch_escrow(is_on)?.into())
    }

    pub fn cancel_escrow_change(&self) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().cancel_escrow_change()?)
    }

    /// Ends the owner's freeze: of everything, or of one channel.
    pub fn unfreeze(&self, channel: Option<PaymentChannel>) -> Result<Unfreezing, LockError> {
        Ok(self.0.core()?.access().unfreeze(channel)?.into())
    }

    pub fn allow_remote_wipe(&self, is_allowed: bool) -> Result<(), LockError> {
        Ok(self.0.core()?.access().allow_remote_wipe(is_allowed)?)
    }
}
