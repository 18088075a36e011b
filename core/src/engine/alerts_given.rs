//! Up to which line this process was given alerts: only those can have been shown.

use std::sync::Mutex;

use super::lock;

/// A wallet, and the line up to which this process was given its alerts.
#[derive(Default)]
pub(crate) struct AlertsGiven(Mutex<([u8; 16], u64)>);

impl AlertsGiven {
    /// The alerts up to this line were given.
    pub(crate) fn note(&self, wallet_id: &[u8; 16], up_to: u64) {
        let mut given = lock(&self.0);
        let before = if given.0 == *wallet_id { given.1 } else { 0 };
        *given = (*wallet_id, before.max(up_to));
    }

    /// Numbers of lines are used again: a rescue deletes lines that do not continue the journal.
    pub(crate) fn forget(&self) {
        *lock(&self.0) = Default::default();
    }

    /// Up to which line alerts of this wallet were given; 0: none were.
    pub(crate) fn up_to(&self, wallet_id: &[u8; 16]) -> u64 {
        let given = lock(&self.0);
        if given.0 == *wallet_id { given.1 } else { 0 }
    }
}
