//! The policy's part about getting back in.

use serde::{Deserialize, Serialize};

use super::ranges::within;
use crate::error::PolicyError;

/// Longest wait before a change takes effect: a week.
const MAX_PENDING_H: u32 = 168;

/// How a person gets back in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecoveryPolicy {
    /// Hours of time since boot, 1 to 168, before a change of the recovery code takes effect. Meanwhile the owner can
    /// cancel a change that somebody else asked for who knew the PIN. Apple and Google let such changes wait too.
    pub pending_change_h: u32,
}

impl Default for RecoveryPolicy {
    fn default() -> Self {
        Self { pending_change_h: 24 }
    }
}

impl RecoveryPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("recovery.pending_change_h", self.pending_change_h, 1, MAX_PENDING_H)
    }

    /// Whether this policy eases nothing that `sealed` asks for.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self { pending_change_h } = self;
        *pending_change_h >= sealed.pending_change_h
    }
}
