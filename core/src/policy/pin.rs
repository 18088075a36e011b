//! The policy's part about PINs: which ones may be set.

use serde::{Deserialize, Serialize};

use super::ranges::{within, within_some};
use crate::error::PolicyError;

/// Fewest digits a PIN may have.
pub const MIN_DIGITS: usize = 4;
/// Most digits a PIN may have, and most digits that an entry holds.
pub const MAX_DIGITS: usize = 12;
const MAX_DAYS: u32 = 3650;

/// Which PINs may be set, and when the person is reminded to practise or change theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PinPolicy {
    /// Fewest digits, 4 to 12. A PIN set earlier stays valid when this grows.
    pub min_digits: u32,
    /// Most digits, `min_digits` to 12.
    pub max_digits: u32,
    /// Whether PINs that are only weak (dates, palindromes, mostly one digit, walks on the keypad) are refused too.
    pub forbid_weak: bool,
    /// How many of the last PINs may not be set again, 0 to 5. The PIN in force is one of them: with 5, that PIN and
    /// the four before it.
    pub remember: u32,
    /// The person is reminded to practise the PIN when it was not entered for this many days.
    pub rehearse_after_days: Option<u32>,
    /// The person is reminded to change the PIN when it is this many days old.
    pub change_after_days: Option<u32>,
}

impl PinPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("pin.min_digits", self.min_digits as usize, MIN_DIGITS, MAX_DIGITS)?;
        within("pin.max_digits", self.max_digits as usize, self.min_digits as usize, MAX_DIGITS)?;
        within("pin.remember", self.remember, 0, 5)?;
        within_some("pin.rehearse_after_days", self.rehearse_after_days, 1, MAX_DAYS)?;
        within_some("pin.change_after_days", self.change_after_days, 1, MAX_DAYS)
    }

    /// Whether this policy eases nothing that `sealed` asks for. Reminders may change freely. A smaller `max_digits`
    /// eases the policy: a person who may not set a long PIN sets one that is guessed sooner.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides how to compare it.
        let Self { min_digits, max_digits, forbid_weak, remember, rehearse_after_days: _, change_after_days: _ } = self;
        *min_digits >= sealed.min_digits
            && *max_digits >= sealed.max_digits
            && *forbid_weak >= sealed.forbid_weak
            && *remember >= sealed.remember
    }
}
