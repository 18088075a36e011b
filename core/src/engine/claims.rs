//! One open lock for each wallet in a process: two copies of a file have the same keys, and each lock would delete the
//! other's keys as stale.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::lock;
use crate::error::LockError;
use crate::platform::DeviceKey;

/// The open wallets: which keystore, and the wallet's id.
static OPEN: Mutex<BTreeSet<Claimed>> = Mutex::new(BTreeSet::new());

type Claimed = (u64, [u8; 16]);

/// The right to have a wallet open. Dropping it returns the right.
#[derive(Debug)]
pub(crate) struct WalletClaim(Claimed);

impl WalletClaim {
    /// Claims a wallet. [`LockError::InUse`]: a lock in this process already has it open, through another file.
    pub(crate) fn take(keystore: &Arc<dyn DeviceKey>, wallet_id: &[u8; 16]) -> Result<Self, LockError> {
        let claimed = (keystore.instance(), *wallet_id);
        if lock(&OPEN).insert(claimed) { Ok(Self(claimed)) } else { Err(LockError::InUse) }
    }
}

impl Drop for WalletClaim {
    fn drop(&mut self) {
        lock(&OPEN).remove(&self.0);
    }
}
