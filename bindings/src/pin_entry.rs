//! The digits that a person types. They are added one at a time, and Kotlin cannot read them back.

use std::sync::Arc;

use walletlock_core::pin;

use crate::error::{LockError, invalid};

#[derive(Debug, uniffi::Object)]
pub struct PinEntry(pub(crate) pin::PinEntry);

#[uniffi::export]
impl PinEntry {
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(pin::PinEntry::new()))
    }

    /// Adds a digit, 0 to 9. `false` if the entry is full.
    pub fn push(&self, digit: i32) -> Result<bool, LockError> {
        let not_a_digit = || invalid("digit");
        let digit = u32::try_from(digit).map_err(|_| not_a_digit())?;
        self.0.push(digit).map_err(|_| not_a_digit())
    }

    /// Removes the last digit. `false` if there was none.
    pub fn pop(&self) -> bool {
        self.0.pop()
    }

    /// Wipes all digits.
    pub fn clear(&self) {
        self.0.clear();
    }

    /// How many digits were typed.
    pub fn length(&self) -> i32 {
        self.0.length() as i32
    }

    /// A new entry with the same digits.
    pub fn duplicate(&self) -> Arc<Self> {
        Arc::new(Self(self.0.duplicate()))
    }

    /// Whether both entries hold the same digits.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }
}
