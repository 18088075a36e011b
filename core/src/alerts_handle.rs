//! Alerts, as an app reaches them. Each method is one line; what a call does is written in `flows/`.

use crate::error::LockError;
use crate::flows::{PendingAlerts, alerts};
use crate::wallet_lock::WalletLock;

/// What the owner is to be told: every payment, refusal, lock, new device, changed limit and step of a recovery. An alert
/// comes at least once, in order, also after the app was killed, until the app acknowledges it.
#[derive(Clone, Copy, Debug)]
pub struct AlertsHandle<'a>(pub(crate) &'a WalletLock);

impl WalletLock {
    /// Alerts: what the owner is to be told.
    pub fn alerts(&self) -> AlertsHandle<'_> {
        AlertsHandle(self)
    }
}

impl AlertsHandle<'_> {
    /// The alerts after line `after` of the journal (0: from the first) that were not acknowledged, the oldest first. They
    /// tell number, kind and time, also while the wallet is locked; the details are in the journal's lines.
    pub fn pending(&self, after: u64) -> Result<PendingAlerts, LockError> {
        alerts::pending(self.0.engine(), after)
    }

    /// The alerts up to this line were shown. [`LockError::Invalid`]: [`Self::pending`] did not return it.
    pub fn acknowledge(&self, up_to: u64) -> Result<(), LockError> {
        alerts::acknowledge(self.0.engine(), up_to)
    }
}
