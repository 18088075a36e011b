//! Alerts: what the owner is to be told.

use walletlock_core as core;
use walletlock_core::events::{AlertClass, Kind};

use crate::error::LockError;
use crate::types::{signed, unsigned};
use crate::wallet_lock::WalletLock;

#[uniffi::remote(Enum)]
pub enum AlertClass {
    Security,
    Money,
    Information,
}

#[derive(uniffi::Record)]
pub struct Alert {
    pub number: i64,
    pub wall_ms: i64,
    pub kind: Kind,
    pub class: AlertClass,
}

#[derive(uniffi::Record)]
pub struct PendingAlerts {
    pub alerts: Vec<Alert>,
    pub up_to: i64,
    pub has_more: bool,
}

#[uniffi::export]
impl WalletLock {
    pub fn pending_alerts(&self, after: i64) -> Result<PendingAlerts, LockError> {
        Ok(self.core()?.alerts().pending(unsigned(after))?.into())
    }

    pub fn acknowledge_alerts(&self, up_to: i64) -> Result<(), LockError> {
        Ok(self.core()?.alerts().acknowledge(unsigned(up_to))?)
    }
}

impl From<core::PendingAlerts> for PendingAlerts {
    fn from(pending: core::PendingAlerts) -> Self {
        let alert = |alert: core::Alert| {
            let core::Alert { number, time, kind, class } = alert;
            Alert { number: signed(number), wall_ms: time.wall_ms, kind, class }
        };
        let alerts = pending.alerts.into_iter().map(alert).collect();
        Self { alerts, up_to: signed(pending.up_to), has_more: pending.has_more }
    }
}
