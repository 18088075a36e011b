//! Which PINs may be set: data, in the policy's JSON.

use serde::{Deserialize, Serialize};

use super::ranges::{within, within_some};
use crate::error::PolicyError;

/// Fewest digits a PIN may have.
pub const MIN_DIGITS: usize = 4;
/// Most digits a PIN may have, and most an entry holds.
pub const MAX_DIGITS: usize = 12;
const MAX_DAYS: u32 = 3650;

/// Which PINs may be set, and how often the person is reminded of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PinPolicy {
    /// Fewest digits, 4 to 12. A PIN set earlier stays valid when this grows.
    pub min_digits: u32,
    /// Most digits, `min_digits` to 12.
    pub max_digits: u32,
    /// Whether weak PINs (plausible dates, palindromes, mostly one digit, walks on the keypad) are refused too. Guessable ones always are.
    pub forbid_weak: bool,
    /// How many earlier PINs may not be used again, 0 to 5.
    pub remember: u32,
    /// Remind to rehearse the PIN when it was not entered for so many days.
    pub rehearse_after_days: Option<u32>,
    /// Remind to change the PIN after so many days.
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

    /// Whether nothing that `sealed` asks for is eased. Reminders may change freely. Fewer digits at most ease it: who is
    /// not let set a long PIN sets one that is guessed sooner.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        // By name, so that a new field does not compile before someone decides about it.
        let Self { min_digits, max_digits, forbid_weak, remember, rehearse_after_days: _, change_after_days: _ } = self;
        *min_digits >= sealed.min_digits
            && *max_digits >= sealed.max_digits
            && *forbid_weak >= sealed.forbid_weak
            && *remember >= sealed.remember
    }
}
