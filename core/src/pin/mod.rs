//! The PIN: how it is typed, when it is well formed, and which PINs are too easy to guess.
//!
//! A person types into a [`PinEntry`], one digit at a time. The lock makes a [`Pin`] of an entry that is well formed.
//! Both exist in Rust only and wipe themselves when they are dropped.

pub(crate) mod history;
pub mod strength;

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

pub use strength::{Finding, Personal, Severity};

pub use crate::digits::NotADigit;
use crate::digits::TypedDigits;
use crate::policy::{MAX_DIGITS, MIN_DIGITS};
use crate::stack::with_stack_wiped;

/// A well-formed PIN: [`MIN_DIGITS`] to [`MAX_DIGITS`] decimal digits.
///
/// Whether it is easy to guess is judged only when a PIN is set. A policy that later asks for longer PINs does not lock
/// out the owner of a short one: these bounds are fixed.
pub struct Pin {
    // On the heap, so that moving the PIN moves a pointer and leaves no copy of the digits behind.
    ascii: Box<Zeroizing<[u8; MAX_DIGITS]>>,
    length: usize,
}

impl Pin {
    /// Makes a PIN of ASCII digits. `None` if there are too few or too many, or if a byte is not a digit.
    pub fn parse(ascii: &[u8]) -> Option<Self> {
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&ascii.len()) || !ascii.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut pin = Self { ascii: Box::new(Zeroizing::new([0; MAX_DIGITS])), length: ascii.len() };
        pin.ascii.iter_mut().zip(ascii).for_each(|(to, from)| *to = *from);
        Some(pin)
    }

    /// Whether one typing slip turns one PIN into the other: one digit changed, or two neighbouring digits swapped. A
    /// PIN is near itself. The caller has checked that both are of the same length; this function does not.
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

    /// The digits, `b'0'..=b'9'`, in the order in which they were typed.
    pub fn ascii(&self) -> &[u8] {
        self.ascii.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(redacted)")
    }
}

/// The digits typed so far. An app cannot read them: it can count them, compare them with another entry, and pass the
/// entry to the lock.
#[derive(Default)]
pub struct PinEntry(TypedDigits<MAX_DIGITS>);

impl PinEntry {
    /// An empty entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a digit. `Ok(false)`, and no change, if the entry already holds [`MAX_DIGITS`].
    pub fn push(&self, digit: u32) -> Result<bool, NotADigit> {
        self.0.lock().push(digit)
    }

    /// Removes the last digit. `false` if there was none.
    pub fn pop(&self) -> bool {
        self.0.lock().pop()
    }

    /// Wipes all digits.
    pub fn clear(&self) {
        self.0.lock().zeroize();
    }

    /// How many digits were typed.
    pub fn length(&self) -> usize {
        self.0.lock().length
    }

    /// Whether both entries hold the same digits, for a 'type it again' screen. The time taken does not depend on where
    /// they differ.
    pub fn matches(&self, other: &Self) -> bool {
        // The two mutexes are never held together: two threads that compare the same entries in opposite order would
        // deadlock.
        with_stack_wiped(|| {
            let (mine, length) = {
                let digits = self.0.lock();
                (Zeroizing::new(digits.ascii), digits.length)
            };
            let other = other.0.lock();
            bool::from(mine.as_slice().ct_eq(other.ascii.as_slice())) && length == other.length
        })
    }

    /// A new entry with the same digits. A call that checks a PIN empties the entry that it gets. A screen that needs
    /// the digits again, for example to change the PIN, passes a duplicate.
    pub fn duplicate(&self) -> Self {
        let duplicate = Self::new();
        with_stack_wiped(|| {
            // As in `matches`, the two mutexes are never held together.
            let (ascii, length) = {
                let digits = self.0.lock();
                (Zeroizing::new(digits.ascii), digits.length)
            };
            let mut digits = duplicate.0.lock();
            digits.ascii = *ascii;
            digits.length = length;
        });
        duplicate
    }

    /// Takes the digits out as a PIN, and always leaves the entry empty. `None` if they are not a well-formed PIN.
    pub(crate) fn take(&self) -> Option<Pin> {
        let mut digits = self.0.lock();
        let pin = Pin::parse(digits.typed());
        digits.zeroize();
        pin
    }

    /// A copy of the digits as a PIN, to judge it. The entry keeps its digits. `None` if they are not a well-formed
    /// PIN.
    pub(crate) fn peek(&self) -> Option<Pin> {
        Pin::parse(self.0.lock().typed())
    }
}

impl fmt::Debug for PinEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinEntry(redacted)")
    }
}

#[cfg(test)]
mod tests;
