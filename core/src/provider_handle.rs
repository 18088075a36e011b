//! The wallet's provider, as an app reaches it. Each method is one line; what a call does is written in `flows/`.

use crate::error::LockError;
use crate::flows::{ProviderState, accept, heartbeat, provider_state, redeem, request};
use crate::provider::{ProviderRequest, RequestKind, WordOutcome};
use crate::wallet_lock::WalletLock;

/// Carries signed words between the wallet and its provider, the backend of the app. The app carries text and can make
/// no word say more. `core/src/provider/README.md` documents every byte.
///
/// All calls work while the wallet is locked. Without a provider in the policy they fail with
/// [`LockError::WrongState`].
#[derive(Clone, Copy, Debug)]
pub struct ProviderHandle<'a>(pub(crate) &'a WalletLock);

impl WalletLock {
    /// The wallet's provider: signed words between the wallet and the app's backend.
    pub fn provider(&self) -> ProviderHandle<'_> {
        ProviderHandle(self)
    }
}

impl ProviderHandle<'_> {
    /// Makes a key for this phone and a request to register it. The provider's grant puts it in force.
    ///
    /// [`DeviceKeyFault::NoHardware`](crate::platform::DeviceKeyFault::NoHardware): the keystore makes no signing keys.
    pub fn register(&self, said: &ProviderRequest) -> Result<String, LockError> {
        request::request(self.0.engine(), RequestKind::Register, said)
    }

    /// Makes a request. A grant for it counts for 600 seconds and not after a restart of the phone; a heartbeat counts
    /// for 60 seconds. The last four requests are remembered. [`LockError::WrongState`]: this phone is not registered.
    pub fn request(&self, kind: RequestKind, said: &ProviderRequest) -> Result<String, LockError> {
        request::request(self.0.engine(), kind, said)
    }

    /// Takes a grant, which answers a request and may loosen. It counts only once it is irrevocable: a keystore that
    /// fails now is an error, and the same grant can be taken again.
    pub fn redeem(&self, grant: &str) -> Result<WordOutcome, LockError> {
        redeem::redeem(self.0.engine(), grant)
    }

    /// Takes an order, or a word about the provider's keys. A lock ends every session and the biometric prompt at once.
    ///
    /// On a damaged wallet an order becomes a mark in the keystore, which locks or freezes what is rescued. A word
    /// about keys is [`LockError::DataDamaged`] there, to be delivered again after the rescue.
    pub fn accept(&self, order: &str) -> Result<WordOutcome, LockError> {
        accept::accept(self.0.engine(), order)
    }

    /// Takes a heartbeat with the orders that came with it, which are carried out first.
    pub fn heartbeat(&self, heartbeat: &str, orders: &[&str]) -> Result<WordOutcome, LockError> {
        heartbeat::heartbeat(self.0.engine(), heartbeat, orders)
    }

    /// What stands between the wallet and its provider. [`LockError::WrongState`] while no PIN is set.
    pub fn state(&self) -> Result<ProviderState, LockError> {
        provider_state::state(self.0.engine())
    }
}
