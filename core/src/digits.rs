//! Digits that a person types one after the other, and that nobody can read back.

use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::{Zeroize, ZeroizeOnDrop};

/// What was pushed is not a digit from 0 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digit from 0 to 9")]
pub struct NotADigit;

/// The digits typed so far, at most `N`.
pub(crate) struct TypedDigits<const N: usize> {
    // An array has room for every digit from the start; a growing vector would leave unwiped copies behind. It is on
    // the heap, so that moving it moves a pointer and leaves no copy of the digits behind.
    digits: Mutex<Box<Digits<N>>>,
}

/// The digits as ASCII, and how many there are. The rest of the array is zeros.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Digits<const N: usize> {
    pub(crate) ascii: [u8; N],
    pub(crate) length: usize,
}

impl<const N: usize> Default for TypedDigits<N> {
    fn default() -> Self {
        Self { digits: Mutex::new(Box::new(Digits { ascii: [0; N], length: 0 })) }
    }
}

impl<const N: usize> TypedDigits<N> {
    /// The digits, locked. No operation leaves them half changed, so a poisoned mutex can still be used.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Box<Digits<N>>> {
        self.digits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<const N: usize> Digits<N> {
    /// Adds a digit. `Ok(false)`, and no change, if there are `N` already.
    pub(crate) fn push(&mut self, digit: u32) -> Result<bool, NotADigit> {
        let ascii = u8::try_from(digit).ok().filter(|digit| *digit <= 9).map(|digit| b'0' + digit).ok_or(NotADigit)?;
        let Some(place) = self.ascii.get_mut(self.length) else { return Ok(false) };
        *place = ascii;
        self.length += 1;
        Ok(true)
    }

    /// Removes the last digit. `false` if there was none.
    pub(crate) fn pop(&mut self) -> bool {
        let Some(last) = self.length.checked_sub(1) else { return false };
        if let Some(place) = self.ascii.get_mut(last) {
            place.zeroize();
        }
        self.length = last;
        true
    }

    /// The digits as ASCII.
    pub(crate) fn typed(&self) -> &[u8] {
        self.ascii.get(..self.length).unwrap_or_default()
    }
}
