//! A request to the provider for the key to the wallet.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::WordError;

use crate::error::LockError;
use crate::recovery::{CodeRefusal, Rescue};
use crate::registry;

/// A request for the key to the wallet, which only this object can open.
#[derive(uniffi::Object)]
pub struct EscrowRequest(Option<core::EscrowRequest>);

#[derive(uniffi::Enum)]
pub enum EscrowOutcome {
    Asked { request: Arc<EscrowRequest> },
    Refused { refusal: CodeRefusal },
}

#[derive(uniffi::Enum)]
pub enum GrantOutcome {
    Opened { rescue: Arc<Rescue> },
    Refused { error: WordError },
    NotOpened { refusal: CodeRefusal },
}

#[uniffi::export]
impl EscrowRequest {
    pub fn text(&self) -> Result<String, LockError> {
        Ok(self.core()?.text().to_owned())
    }

    pub fn redeem(&self, grant: &str) -> Result<GrantOutcome, LockError> {
        Ok(self.core()?.redeem(grant).into())
    }
}

impl EscrowRequest {
    /// The core's object. It is missing only while this one is being dropped.
    fn core(&self) -> Result<&core::EscrowRequest, LockError> {
        self.0.as_ref().ok_or(LockError::WrongState)
    }
}

impl Drop for EscrowRequest {
    fn drop(&mut self) {
        if let Some(request) = self.0.take() {
            let lock = request.lock();
            drop(request);
            registry::release(lock);
        }
    }
}

impl From<core::EscrowOutcome> for EscrowOutcome {
    fn from(outcome: core::EscrowOutcome) -> Self {
        match outcome {
            core::EscrowOutcome::Asked(request) => Self::Asked { request: Arc::new(EscrowRequest(Some(request))) },
            core::EscrowOutcome::Refused(refusal) => Self::Refused { refusal: refusal.into() },
        }
    }
}

impl From<core::GrantOutcome> for GrantOutcome {
    fn from(outcome: core::GrantOutcome) -> Self {
        match outcome {
            core::GrantOutcome::Opened(rescue) => Self::Opened { rescue: Rescue::new(rescue) },
            core::GrantOutcome::Refused(error) => Self::Refused { error },
            core::GrantOutcome::NotOpened(refusal) => Self::NotOpened { refusal: refusal.into() },
        }
    }
}
