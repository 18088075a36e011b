//! The policy's part about the journal: how long its lines are kept at least, and when the owner is reminded to look.

use serde::{Deserialize, Serialize};

use super::ranges::{within, within_some};
use crate::error::PolicyError;

/// Longest time: ten years, for which merchants keep receipts in several countries.
const MAX_KEEP_DAYS: u32 = 3_660;

/// How long the journal's lines are kept at least, and when the owner is reminded to look through them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HistoryPolicy {
    /// Days for which no line may be deleted, 30 to 3660.
    pub keep_days: u32,
    /// Days after which the owner is reminded to look through the history, 30 to 366. `None`: never.
    pub review_after_days: Option<u32>,
}

impl Default for HistoryPolicy {
    fn default() -> Self {
        // Directive (EU) 2015/2366, article 70(1)(c): for 18 months a payer may ask for the proof of a notification.
        Self { keep_days: 549, review_after_days: Some(30) }
    }
}

impl HistoryPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        let Self { keep_days, review_after_days } = self;
        within("history.keep_days", *keep_days, 30, MAX_KEEP_DAYS)?;
        within_some("history.review_after_days", *review_after_days, 30, 366)
    }

    /// Whether this policy eases nothing that `sealed` asks for.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self { keep_days, review_after_days: _ } = self;
        *keep_days >= sealed.keep_days
    }

    /// Whether this is the default, which is not written.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
