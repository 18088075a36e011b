//! What the app may ask about the provider.

use super::request::deposit;
use crate::engine::Engine;
use crate::error::LockError;
use crate::provider::AllowanceState;

/// What stands between the wallet and its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderState {
    /// The wallet's id, as words and requests name it.
    pub wallet: [u8; 16],
    /// This phone's id at the provider. `None`: it is not registered.
    pub installation: Option<[u8; 16]>,
    /// The number of the last order that this phone knows; 0: none.
    pub last_order: u64,
    /// Milliseconds until the phone locks itself unless a heartbeat comes; 0: it is locked. `None`: it never does.
    pub allowance_left_ms: Option<u64>,
    /// The owner is to be told that the phone will lock itself: let it reach its provider.
    pub warns: bool,
    /// Payments are frozen.
    pub is_frozen: bool,
    /// The owner allowed that an order of the provider destroys everything.
    pub allows_wipe: bool,
    /// SHA-256 of the escrow slot in force. `None`: there is no escrow. If it differs from what the provider has, send
    /// it a deposit ([`RequestKind::Deposit`](crate::RequestKind::Deposit)).
    pub escrow_digest: Option<[u8; 32]>,
}

/// [`LockError::WrongState`] while no PIN is set.
pub(crate) fn state(engine: &Engine) -> Result<ProviderState, LockError> {
    let now = engine.sessions.read_clock()?.now;
    engine.ledger.read(|view| {
        let record = view.record;
        let (allowance_left_ms, warns) = match record.allowance(now) {
            None => (None, false),
            Some(AllowanceState::Fine { left_ms }) => (Some(left_ms), false),
            Some(AllowanceState::Warns { left_ms }) => (Some(left_ms), true),
            Some(AllowanceState::Expired) => (Some(0), false),
        };
        Ok(ProviderState {
            wallet: view.header.wallet_id,
            installation: record.provider.installation().map(|installation| installation.id),
            last_order: record.provider.last_order(),
            allowance_left_ms,
            warns,
            is_frozen: record.locks.is_frozen(),
            allows_wipe: record.provider.allows_wipe(),
            escrow_digest: deposit(record).map(|(digest, _)| digest),
        })
    })
}
