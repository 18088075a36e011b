//! The policy's part about sessions: how long an unlocked wallet stays unlocked.

use serde::{Deserialize, Serialize};

use super::ranges::within;
use crate::error::PolicyError;

const MAX_SESSION_S: u32 = 24 * 3600;

/// How long an unlocked wallet stays unlocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionPolicy {
    /// Seconds without use after which a session ends.
    pub idle_s: u32,
    /// Seconds after which a session ends even if it is used.
    pub absolute_s: u32,
}

impl SessionPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("session.absolute_s", self.absolute_s, 1, MAX_SESSION_S)?;
        within("session.idle_s", self.idle_s, 1, self.absolute_s)
    }

    /// Whether this policy eases nothing that `sealed` asks for.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self { idle_s, absolute_s } = self;
        *idle_s <= sealed.idle_s && *absolute_s <= sealed.absolute_s
    }
}
