//! The owner's channels and second factor.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::policy::GuardedAction;
use walletlock_core::proof::ChannelKind;
use walletlock_core::recovery::{self, FactorKind};
use zeroize::Zeroizing;

use crate::error::{LockError, invalid};
use crate::pin_entry::PinEntry;
use crate::proving::{CodeRequest, FactorOutcome, channel_id};
use crate::recovery::RecoveryChange;
use crate::session::Access;
use crate::types::signed;

#[uniffi::remote(Enum)]
pub enum ChannelKind {
    Sms,
    Mail,
    BackupMail,
}

#[uniffi::remote(Enum)]
pub enum FactorKind {
    Authenticator,
    Sms,
}

#[uniffi::remote(Enum)]
pub enum GuardedAction {
    Write,
    ChangePin,
    SwitchBiometrics,
    ChangeRecovery,
    RaiseLimit,
    Unfreeze,
    AllowRemoteWipe,
}

#[derive(uniffi::Record)]
pub struct Channel {
    pub id: String,
    pub kind: ChannelKind,
    pub mask: String,
    pub state: ChannelState,
}

#[derive(uniffi::Enum)]
pub enum ChannelState {
    NotConfirmed,
    Waiting { left_ms: i64 },
    InForce { confirmed_ms: i64, is_stale: bool, leaves_in_ms: Option<i64> },
}

#[derive(uniffi::Record)]
pub struct NewChannel {
    pub id: String,
    pub request: CodeRequest,
}

#[derive(uniffi::Record)]
pub struct SecondFactor {
    pub in_force: Option<FactorKind>,
    pub pending: Option<PendingFactor>,
}

#[derive(uniffi::Record)]
pub struct PendingFactor {
    pub left_ms: i64,
    pub to: Option<FactorKind>,
}

/// A secret for an authenticator app. It wipes itself when it is freed.
#[derive(Debug, uniffi::Object)]
pub struct NewAuthenticator(core::NewAuthenticator);

#[uniffi::export]
impl NewAuthenticator {
    /// The ASCII code of the secret's letter at a place (0 to 31).
    pub fn letter(&self, place: i32) -> Result<i32, LockError> {
        let letter = usize::try_from(place).ok().and_then(|place| self.0.letter(place));
        Ok(u32::from(letter.ok_or_else(|| invalid("place"))?).cast_signed())
    }

    /// The URI for the QR code. Uniffi does not wipe the buffer in which it passes it: a copy stays in native memory
    /// until that memory is used again.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<Vec<u8>, LockError> {
        let mut uri = self.0.uri(issuer, account).ok_or_else(|| invalid("issuer or account"))?;
        Ok(std::mem::take(&mut *uri))
    }
}

#[uniffi::export]
impl Access {
    pub fn channels(&self) -> Result<Vec<Channel>, LockError> {
        Ok(self.0.core()?.access().channels()?.into_iter().map(Into::into).collect())
    }

    pub fn add_channel(&self, kind: ChannelKind, address: String) -> Result<NewChannel, LockError> {
        let address = Zeroizing::new(address);
        let (id, request) = self.0.core()?.access().add_channel(kind, &address)?;
        Ok(NewChannel { id: id.to_string(), request: request.into() })
    }

    /// Hands in a code that was sent to the channel; without one, says that the link in the mail was opened. The entry
    /// is left empty.
    pub fn confirm_channel(&self, channel: &str, code: Option<Arc<PinEntry>>) -> Result<CodeRequest, LockError> {
        let code = code.as_ref().map(|code| &code.0);
        Ok(self.0.core()?.access().confirm_channel(channel_id(channel)?, code)?.into())
    }

    /// Asks the provider to send another code.
    pub fn send_code(&self, channel: &str) -> Result<CodeRequest, LockError> {
        Ok(self.0.core()?.access().send_code(channel_id(channel)?)?.into())
    }

    pub fn order_channels(&self, channels: Vec<String>) -> Result<(), LockError> {
        let ids = channels.iter().map(|id| channel_id(id)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.0.core()?.access().order_channels(&ids)?)
    }

    pub fn remove_channel(&self, channel: &str) -> Result<RecoveryChange, LockError> {
        Ok(self.0.core()?.access().remove_channel(channel_id(channel)?)?.into())
    }

    pub fn cancel_channel_change(&self, channel: &str) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().cancel_channel_change(channel_id(channel)?)?)
    }

    pub fn make_authenticator(&self) -> Result<Arc<NewAuthenticator>, LockError> {
        Ok(Arc::new(NewAuthenticator(self.0.core()?.access().make_authenticator()?)))
    }

    /// Whether the typed code is the one of this secret. The entry is left empty.
    pub fn confirm_authenticator(&self, new: &NewAuthenticator, code: &PinEntry) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().confirm_authenticator(&new.0, &code.0)?)
    }

    pub fn set_authenticator(&self, new: &NewAuthenticator) -> Result<RecoveryChange, LockError> {
        Ok(self.0.core()?.access().set_authenticator(&new.0)?.into())
    }

    pub fn set_sms_factor(&self) -> Result<RecoveryChange, LockError> {
        Ok(self.0.core()?.access().set_sms_factor()?.into())
    }

    pub fn remove_second_factor(&self) -> Result<RecoveryChange, LockError> {
        Ok(self.0.core()?.access().remove_second_factor()?.into())
    }

    pub fn cancel_second_factor_change(&self) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().cancel_second_factor_change()?)
    }

    pub fn second_factor(&self) -> Result<SecondFactor, LockError> {
        Ok(self.0.core()?.access().second_factor()?.into())
    }

    /// Whether this session needs the second factor, for this action or, without one, for everything.
    pub fn needs_second_factor(&self, action: Option<GuardedAction>) -> Result<bool, LockError> {
        Ok(self.0.core()?.access().needs_second_factor(action)?)
    }

    pub fn prove_second_factor(&self, code: &PinEntry) -> Result<FactorOutcome, LockError> {
        Ok(self.0.core()?.access().prove_second_factor(&code.0)?.into())
    }

    pub fn prove_sms_factor(&self, channel: &str, code: &PinEntry) -> Result<CodeRequest, LockError> {
        Ok(self.0.core()?.access().prove_sms_factor(channel_id(channel)?, &code.0)?.into())
    }
}

impl From<core::ChannelInfo> for Channel {
    fn from(channel: core::ChannelInfo) -> Self {
        let core::ChannelInfo { id, kind, mask, state } = channel;
        Self { id: id.to_string(), kind, mask, state: state.into() }
    }
}

impl From<recovery::ChannelState> for ChannelState {
    fn from(state: recovery::ChannelState) -> Self {
        match state {
            recovery::ChannelState::NotConfirmed => Self::NotConfirmed,
            recovery::ChannelState::Waiting { left_ms } => Self::Waiting { left_ms: signed(left_ms) },
            recovery::ChannelState::InForce { confirmed_ms, is_stale, leaves_in_ms } => {
                Self::InForce { confirmed_ms, is_stale, leaves_in_ms: leaves_in_ms.map(signed) }
            }
        }
    }
}

impl From<core::SecondFactorInfo> for SecondFactor {
    fn from(factor: core::SecondFactorInfo) -> Self {
        let pending =
            |pending: core::PendingFactorChange| PendingFactor { left_ms: signed(pending.left_ms), to: pending.to };
        Self { in_force: factor.in_force, pending: factor.pending.map(pending) }
    }
}
