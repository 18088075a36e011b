//! How guessable a PIN is: asked when one is set, never when one is checked.
//!
//! Every rule that matches is reported, so that a person learns all reasons at once. A rule looks at the whole PIN,
//! whatever its length: 123 inside a PIN is nothing, 123456 is a [run](Finding::Run). Where a PIN of odd length would
//! slip through, the last piece of a pattern may be cut short (12121, 11223). [`Finding`] says what each rule matches
//! and why.
//!
//! The share of all PINs that each rule removes, counted by a test that fails when this table is wrong. A PIN that
//! breaks two rules stands in both rows, and once in the sums. What is `Personal` differs from person to person and is
//! not in the sums; its rows are examples: 5 August 1990, and a telephone number of eleven digits. `UsedBefore` removes
//! as many PINs as the lock remembers.
//!
//! | rule                     | of 4 digits |     share | of 6 digits |     share |
//! |--------------------------|------------:|----------:|------------:|----------:|
//! | `OneDigit`               |          10 |   0.100 % |          10 |   0.001 % |
//! | `Run`                    |          40 |   0.400 % |          60 |   0.006 % |
//! | `RepeatedBlock`          |          90 |   0.900 % |        1080 |   0.108 % |
//! | `KeypadLine`             |          90 |   0.900 % |         488 |   0.049 % |
//! | `Common`                 |         297 |   2.970 % |          94 |   0.009 % |
//! | `Personal`, a birthday   |          26 |   0.260 % |        2674 |   0.267 % |
//! | `Personal`, a number     |          13 |   0.130 % |        1264 |   0.126 % |
//! | `Date`                   |        1598 |  15.980 % |       86162 |   8.616 % |
//! | `Palindrome`             |          90 |   0.900 % |         990 |   0.099 % |
//! | all that are forbidden   |         526 |   5.260 % |        1710 |   0.171 % |
//! | all that are only weak   |        1470 |  14.700 % |       86828 |   8.683 % |
//! | both together            |        1996 |  19.960 % |       88538 |   8.854 % |
//!
//! What is not promised: a PIN without findings is not a strong one. It is merely none of those that are tried first,
//! and what protects it is the lock's counting. Findings narrow a PIN down: show them to the person who typed it, and
//! log them nowhere.

mod common;
mod dates;
mod keypad;
mod personal;
mod shape;
#[cfg(test)]
mod tests;

pub use personal::Personal;

use super::Pin;

/// One reason why a PIN is easy to guess. In the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// Fewer digits than the policy asks for. From [`judge_length`].
    TooShort {
        /// The fewest digits that the policy allows.
        min: u8,
    },
    /// More digits than the policy allows. From [`judge_length`].
    TooLong {
        /// The most digits that the policy allows.
        max: u8,
    },
    /// One digit repeated: 0000. What is one digit is called that, and not a repeated block or a palindrome as well.
    OneDigit,
    /// Up or down by one all the way, past 9 and 0 too: 1234, 890123, 3210; also with every digit typed as often as the
    /// others: 1122, 111222, 332211.
    Run,
    /// A block of two or more digits, typed twice or more: 1212, 123123, 112112.
    RepeatedBlock,
    /// What a finger draws on the keypad (1-2-3, 4-5-6, 7-8-9, 0 under the 8) instead of remembering digits. Either
    /// straight lines one after the other, each a row, a column or a diagonal of three keys or the four of 2580, in
    /// either direction: 147258, 159753; in more than four digits the last may be cut short (14725). Or one path from
    /// each key to the one beside, above or below it, none twice: 1236, 1254, 478963.
    KeypadLine,
    /// One of the PINs that people choose most, for reasons that no other rule sees: 1004, 5683 (LOVE), 5201314, and
    /// the years from 1940 to 2029.
    Common,
    /// Made of what the app said is personal, forwards or backwards. Either the whole PIN is, or a piece of it of at
    /// least four digits and half its length, and the rest is trivial: a single digit, one digit repeated, or a run.
    /// See [`Personal`].
    Personal,
    /// One of the last PINs of this wallet. Found where those are kept, not here.
    UsedBefore,
    /// A wipe PIN that is one slip from the PIN: one digit changed, or two neighbours swapped. Found where both are entered, not here.
    NearPin,
    /// A date, though nobody said whose. Two digits for day and month, two or four (1900 to 2099) for the year; only
    /// days that the calendar has. Of 4 digits: day and month in either order, month and year, a year. Of 6 and 8: day,
    /// month, year; month, day, year; year, month, day; of 6 also month and long year in either order. Of 5 and 7: such
    /// a date that begins with a day or month below 10, without its zero.
    Date,
    /// The same read backwards: 1221, 472274.
    Palindrome,
}

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Such a PIN is refused: a thief who has a handful of tries would try it.
    Forbidden,
    /// Such a PIN is accepted with a warning, unless the policy forbids weak ones too.
    Weak,
}

impl Finding {
    /// How bad it is, before any policy that forbids weak PINs too. Only [`Date`](Self::Date) and
    /// [`Palindrome`](Self::Palindrome) are weak. Dates are too many to be tried in a few guesses, unless the thief
    /// knows the day; palindromes are a rarer habit than repeated blocks; and a person who is refused too often ends
    /// with a worse PIN or a written one.
    pub fn severity(self) -> Severity {
        match self {
            Self::Date | Self::Palindrome => Severity::Weak,
            Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::OneDigit
            | Self::Run
            | Self::RepeatedBlock
            | Self::KeypadLine
            | Self::Common
            | Self::Personal
            | Self::UsedBefore
            | Self::NearPin => Severity::Forbidden,
        }
    }
}

/// Whether the PIN is as long as the policy wants: `min` to `max` digits.
pub fn judge_length(pin: &Pin, min: u8, max: u8) -> Option<Finding> {
    let digits = pin.ascii().len();
    if digits < usize::from(min) {
        Some(Finding::TooShort { min })
    } else if digits > usize::from(max) {
        Some(Finding::TooLong { max })
    } else {
        None
    }
}

/// Every reason why this PIN is easy to guess, in the order of [`Finding`], none twice. Empty if there is none.
///
/// What is `personal` is looked at during this call only. Length and earlier PINs are judged elsewhere.
pub fn judge(pin: &Pin, personal: &[Personal]) -> Vec<Finding> {
    let pin = pin.ascii();
    [
        (Finding::OneDigit, shape::is_one_digit(pin)),
        (Finding::Run, shape::is_run(pin)),
        (Finding::RepeatedBlock, shape::is_repeated_block(pin)),
        (Finding::KeypadLine, keypad::is_line(pin)),
        (Finding::Common, common::is_common(pin)),
        (Finding::Personal, personal::is_personal(pin, personal)),
        (Finding::Date, dates::is_date(pin)),
        (Finding::Palindrome, shape::is_palindrome(pin)),
    ]
    .into_iter()
    .filter_map(|(finding, found)| found.then_some(finding))
    .collect()
}
