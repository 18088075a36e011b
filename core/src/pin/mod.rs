//! The PIN: how it is typed, when it exists, and which ones are too easy to guess.
//!
//! A person types into a [`PinEntry`], one digit at a time. A [`Pin`] is what a well-formed entry becomes; there is no other
//! way to make one. Both live in Rust only and wipe themselves.

pub(crate) mod history;
mod reminder;
pub mod strength;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use reminder::{Reminder, Reminders};
pub use strength::{Finding, Personal, Severity};

use crate::policy::{MAX_DIGITS, MIN_DIGITS};
use crate::stack::with_stack_wiped;

/// A well-formed PIN: [`MIN_DIGITS`] to [`MAX_DIGITS`] decimal digits.
///
/// Whether it is a good one is another question, asked only when a PIN is set. What was well formed once stays so: a policy that
/// later asks for longer PINs does not lock out the owner of a short one.
pub struct Pin {
    // On the heap, so that moving the PIN moves a pointer and leaves no copy of the digits behind.
    ascii: Box<Zeroizing<[u8; MAX_DIGITS]>>,
    length: usize,
}

impl Pin {
    /// Takes ASCII digits. `None` if there are too few or too many, or if one is not a digit.
    pub fn parse(ascii: &[u8]) -> Option<Self> {
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&ascii.len()) || !ascii.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut pin = Self { ascii: Box::new(Zeroizing::new([0; MAX_DIGITS])), length: ascii.len() };
        pin.ascii.iter_mut().zip(ascii).for_each(|(to, from)| *to = *from);
        Some(pin)
    }

    /// Whether a slip of the finger makes one of the other, of the same length: one digit changed, or two neighbours swapped. One is near
    /// itself.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        let mut differing =
            (0_u32..).zip(self.ascii().iter().zip(other.ascii())).filter(|(_, (mine, theirs))| mine != theirs);
        match (differing.next(), differing.next(), differing.next()) {
            (_, None, _) => true,
            (Some((place, (mine, theirs))), Some((next, (mine_next, theirs_next))), None) => {
                next == place + 1 && mine == theirs_next && mine_next == theirs
            }
            _ => false,
        }
    }

    /// The digits, `b'0'..=b'9'`, first typed first.
    pub fn ascii(&self) -> &[u8] {
        self.ascii.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(redacted)")
    }
}

/// The digits typed so far. Nothing reads them back out: they can be counted, compared with another entry, and handed to the lock.
#[derive(Default)]
pub struct PinEntry {
    // Room for every digit from the start: a growing vector would leave unwiped copies behind. On the heap, as with the PIN.
    digits: Mutex<Box<Digits>>,
}

#[derive(Default, Zeroize, ZeroizeOnDrop)]
struct Digits {
    ascii: [u8; MAX_DIGITS],
    length: usize,
}

/// What was pushed is not a digit from 0 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digit from 0 to 9")]
pub struct NotADigit;

impl PinEntry {
    /// An empty entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a digit. `Ok(false)` and no change when the entry already holds [`MAX_DIGITS`].
    pub fn push(&self, digit: u32) -> Result<bool, NotADigit> {
        let ascii = u8::try_from(digit).ok().filter(|digit| *digit <= 9).map(|digit| b'0' + digit).ok_or(NotADigit)?;
        let mut digits = self.digits();
        let next = digits.length;
        let Some(place) = digits.ascii.get_mut(next) else { return Ok(false) };
        *place = ascii;
        digits.length = next + 1;
        Ok(true)
    }

    /// Takes the last digit away. `false` if there was none.
    pub fn pop(&self) -> bool {
        let mut digits = self.digits();
        let Some(last) = digits.length.checked_sub(1) else { return false };
        if let Some(place) = digits.ascii.get_mut(last) {
            place.zeroize();
        }
        digits.length = last;
        true
    }

    /// Wipes all digits.
    pub fn clear(&self) {
        self.digits().zeroize();
    }

    /// How many digits were typed.
    pub fn length(&self) -> usize {
        self.digits().length
    }

    /// Whether both entries hold the same digits, for 'type it again'. Takes the same time wherever they differ.
    pub fn matches(&self, other: &Self) -> bool {
        // One lock after the other, never both: two threads comparing crosswise must not wait for each other.
        with_stack_wiped(|| {
            let (mine, length) = {
                let digits = self.digits();
                (Zeroizing::new(digits.ascii), digits.length)
            };
            let other = other.digits();
            bool::from(mine.as_slice().ct_eq(other.ascii.as_slice())) && length == other.length
        })
    }

    /// Another entry with the same digits. A call that checks a PIN empties the entry that it was given; a screen that needs the digits once more,
    /// as for changing the PIN, gives it a duplicate.
    pub fn duplicate(&self) -> Self {
        let duplicate = Self::new();
        with_stack_wiped(|| {
            // As in `matches`: one lock after the other.
            let (ascii, length) = {
                let digits = self.digits();
                (Zeroizing::new(digits.ascii), digits.length)
            };
            let mut digits = duplicate.digits();
            digits.ascii = *ascii;
            digits.length = length;
        });
        duplicate
    }

    /// Hands the digits over and leaves the entry empty. `None` if they are not a well-formed PIN.
    pub(crate) fn take(&self) -> Option<Pin> {
        let mut digits = self.digits();
        let pin = digits.ascii.get(..digits.length).and_then(Pin::parse);
        digits.zeroize();
        pin
    }

    /// A copy of the digits for judging, without emptying the entry. `None` if they are not a well-formed PIN.
    pub(crate) fn peek(&self) -> Option<Pin> {
        let digits = self.digits();
        digits.ascii.get(..digits.length).and_then(Pin::parse)
    }

    fn digits(&self) -> std::sync::MutexGuard<'_, Box<Digits>> {
        // No operation leaves the digits half changed, so a poisoned lock is still good.
        self.digits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PinEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinEntry(redacted)")
    }
}

#[cfg(test)]
mod tests;
