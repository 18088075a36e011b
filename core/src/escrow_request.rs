//! A request to the provider for the key to the wallet.

use std::sync::Arc;

use crate::engine::Engine;
use crate::flows::{CodeRefusal, EscrowAsk, GrantRefusal, ask_escrow};
use crate::provider::WordError;
use crate::recovery_handle::Rescue;
use crate::wallet_lock::WalletLock;

/// A request to the provider for the key to the wallet, which only the holder of this object can open. Dropping it
/// makes the provider's answer worthless.
pub struct EscrowRequest {
    engine: Arc<Engine>,
    ask: Box<EscrowAsk>,
}

/// How asking for the key to the wallet ended.
#[derive(Debug)]
pub enum EscrowOutcome {
    /// The request, for the app to carry to the provider.
    Asked(EscrowRequest),
    /// There is nothing to ask for, for this reason.
    Refused(CodeRefusal),
}

/// How taking the provider's grant of the key ended.
#[derive(Debug)]
pub enum GrantOutcome {
    /// The grant opened the wallet.
    Opened(Rescue),
    /// The grant was refused.
    Refused(WordError),
    /// The grant is right, and the wallet was not opened, for this reason.
    NotOpened(CodeRefusal),
}

impl EscrowRequest {
    pub(crate) fn new(engine: &Arc<Engine>, ask: EscrowAsk) -> Self {
        Self { engine: engine.clone(), ask: Box::new(ask) }
    }

    /// The lock of this wallet.
    pub fn lock(&self) -> WalletLock {
        WalletLock::of(&self.engine)
    }

    /// The text of the request.
    pub fn text(&self) -> &str {
        &self.ask.text
    }

    /// Takes the grant `escrow`. After any other outcome than [`GrantOutcome::Opened`] it can be taken again. After
    /// [`GrantOutcome::Opened`] the request's key is gone, and every further grant is refused as
    /// [`WordError::NotAsked`].
    pub fn redeem(&self, grant: &str) -> GrantOutcome {
        match ask_escrow::redeem(&self.engine, &self.ask, grant) {
            Ok(opened) => GrantOutcome::Opened(Rescue::new(&self.engine, opened)),
            Err(GrantRefusal::Word(error)) => GrantOutcome::Refused(error),
            Err(GrantRefusal::Wallet(refusal)) => GrantOutcome::NotOpened(refusal),
        }
    }
}

impl Drop for EscrowRequest {
    fn drop(&mut self) {
        if let Some(alias) = &self.ask.own_key {
            // What cannot be deleted now is deleted at the next opening.
            self.engine.device_keys.delete(alias).ok();
        }
    }
}

impl std::fmt::Debug for EscrowRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EscrowRequest")
    }
}
