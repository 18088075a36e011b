//! Proving who somebody is, to get back in or to cancel that: codes that the provider sends, and the authenticator.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::proof::{ChannelId, ProofMethod};

use crate::error::{LockError, invalid};
use crate::pin_entry::PinEntry;
use crate::recovery_progress::RecoveryProgress;
use crate::types::{signed, signed_32};
use crate::wallet_lock::WalletLock;

#[uniffi::remote(Enum)]
pub enum ProofMethod {
    Sms,
    Mail,
    Link,
    Authenticator,
    Code,
    Device,
    Person,
}

#[derive(uniffi::Enum)]
pub enum CodeRequest {
    Asked { request: String },
    NotYet { left_ms: i64 },
    NoCode,
}

#[derive(uniffi::Enum)]
pub enum FactorOutcome {
    Right,
    Wrong { tries_left: i32, wait_ms: i64 },
    Waiting { left_ms: i64 },
    NotSetUp,
    NotACode,
    NotEnough,
}

#[uniffi::export]
impl WalletLock {
    pub fn recovery_progress(&self) -> Result<RecoveryProgress, LockError> {
        Ok(self.core()?.recovery().progress()?.into())
    }

    /// Asks the provider to send a code.
    pub fn send_code(&self, channel: &str) -> Result<CodeRequest, LockError> {
        Ok(self.core()?.recovery().send_code(channel_id(channel)?)?.into())
    }

    /// Hands in a code; without one, says that the link in the mail was opened. The entry is left empty.
    pub fn prove(&self, channel: &str, code: Option<Arc<PinEntry>>) -> Result<CodeRequest, LockError> {
        let code = code.as_ref().map(|code| &code.0);
        Ok(self.core()?.recovery().prove(channel_id(channel)?, code)?.into())
    }

    /// Asks what a person at the provider, or another device, has verified.
    pub fn prove_elsewhere(&self, what: Option<String>) -> Result<CodeRequest, LockError> {
        Ok(self.core()?.recovery().prove_elsewhere(what)?.into())
    }

    pub fn prove_authenticator(&self, code: &PinEntry) -> Result<FactorOutcome, LockError> {
        Ok(self.core()?.recovery().prove_authenticator(&code.0)?.into())
    }

    /// Asks for what was proven to be cancelled. Without a channel: by a person, or another device.
    pub fn cancel_recovery(
        &self,
        channel: Option<String>,
        code: Option<Arc<PinEntry>>,
    ) -> Result<CodeRequest, LockError> {
        let channel = channel.as_deref().map(channel_id).transpose()?;
        Ok(self.core()?.recovery().cancel(channel, code.as_ref().map(|code| &code.0))?.into())
    }

    /// Asks for the change that ended this former channel to be paused.
    pub fn pause_channel_change(&self, channel: &str, code: Option<Arc<PinEntry>>) -> Result<CodeRequest, LockError> {
        let code = code.as_ref().map(|code| &code.0);
        Ok(self.core()?.recovery().pause_channel_change(channel_id(channel)?, code)?.into())
    }

    pub fn cancel_by_authenticator(&self, code: &PinEntry) -> Result<FactorOutcome, LockError> {
        Ok(self.core()?.recovery().cancel_by_authenticator(&code.0)?.into())
    }
}

/// The id of a channel from its text.
pub(crate) fn channel_id(text: &str) -> Result<ChannelId, LockError> {
    ChannelId::parse(text).ok_or_else(|| invalid("channel"))
}

impl From<core::CodeRequest> for CodeRequest {
    fn from(request: core::CodeRequest) -> Self {
        match request {
            core::CodeRequest::Asked(mut text) => Self::Asked { request: std::mem::take(&mut *text) },
            core::CodeRequest::NotYet { left_ms } => Self::NotYet { left_ms: signed(left_ms) },
            core::CodeRequest::NoCode => Self::NoCode,
        }
    }
}

impl From<core::FactorOutcome> for FactorOutcome {
    fn from(outcome: core::FactorOutcome) -> Self {
        match outcome {
            core::FactorOutcome::Right => Self::Right,
            core::FactorOutcome::Wrong { tries_left, wait_ms } => {
                Self::Wrong { tries_left: signed_32(tries_left), wait_ms: signed(wait_ms) }
            }
            core::FactorOutcome::Waiting { left_ms } => Self::Waiting { left_ms: signed(left_ms) },
            core::FactorOutcome::NotSetUp => Self::NotSetUp,
            core::FactorOutcome::NotACode => Self::NotACode,
            core::FactorOutcome::NotEnough => Self::NotEnough,
        }
    }
}
