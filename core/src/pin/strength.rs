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
//! | `FewDigits`              |          10 |   0.100 % |        2800 |   0.280 % |
//! | `Run`                    |          60 |   0.600 % |        1640 |   0.164 % |
//! | `RepeatedBlock`          |          90 |   0.900 % |        1890 |   0.189 % |
//! | `Doubled`                |          90 |   0.900 % |        1080 |   0.108 % |
//! | `KeypadLine`             |          90 |   0.900 % |        1926 |   0.193 % |
//! | `Common`                 |         313 |   3.130 % |          76 |   0.008 % |
//! | `Personal`, a birthday   |          26 |   0.260 % |        2674 |   0.267 % |
//! | `Personal`, a number     |          13 |   0.130 % |        1264 |   0.126 % |
//! | `Date`                   |        1598 |  15.980 % |       86162 |   8.616 % |
//! | `Palindrome`             |          90 |   0.900 % |         990 |   0.099 % |
//! | `MostlyOneDigit`         |         360 |   3.600 % |       10800 |   1.080 % |
//! | `KeypadWalk`             |         320 |   3.200 % |        5532 |   0.553 % |
//! | all that are forbidden   |         631 |   6.310 % |        8482 |   0.848 % |
//! | all that are only weak   |        1994 |  19.940 % |      100563 |  10.056 % |
//! | both together            |        2625 |  26.250 % |      109045 |  10.905 % |
//!
//! Two bounds hold, and that test watches them: at most 8 % of the PINs of four digits and 1 % of those of six are
//! forbidden. Who measured what refusing does (Markert and others, 'On the Security of Smartphone Unlock PINs', 2021)
//! found it best to refuse the 1,000 most used of four digits and the 2,000 most used of six. A rule refuses more than a
//! list of six digits would, because it also knows the PINs that nobody chose among those counted.
//!
//! What is not promised: a PIN without findings is not a strong one. It is merely none of those that are tried first,
//! and what protects it is the lock's counting. Findings narrow a PIN down: show them to the person who typed it, and
//! log them nowhere.

mod common;
mod dates;
mod keypad;
#[cfg(test)]
mod most_used;
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
    /// One digit repeated: 0000. In five digits or more also two different ones in any order: 000001, 110010. What is one
    /// digit is called that, and not a repeated block or a palindrome as well.
    FewDigits,
    /// Up or down in equal steps of one or two all the way, past 9 and 0 too: 1234, 890123, 3210, 024680. With steps of
    /// one also with every digit typed as often as the others: 1122, 111222, 332211. And two pieces of three digits or
    /// more, of which one is a run in steps of one and the other too, or one digit repeated: one after the other (123000,
    /// 321987) or every second digit (142536, 121314, 102030; in five digits 10203).
    Run,
    /// A block of two or more digits, typed twice or more: 1212, 123123, 112112. Of a block of two in six digits or more
    /// the last digit may be another: 121213.
    RepeatedBlock,
    /// Every digit typed twice, or every digit three times or more: 0022, 112299, 000999.
    Doubled,
    /// What a finger draws on the keypad (1-2-3, 4-5-6, 7-8-9, 0 under the 8) instead of remembering digits. Straight
    /// lines one after the other, each a row, a column or a diagonal of three keys or the four of 2580, in either
    /// direction: 147258, 159753; in more than four digits the last may be cut short (14725). Two such lines, or a line
    /// and a run or one digit repeated, typed in turn (134679 is 147 and 369) or one after the other (147000). Or one path
    /// from each key to the one beside, above or below it, none twice: 1236, 1254, 478963.
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
    /// One digit makes up two thirds or more: 1333, 0004, 212224. What has [few digits](Self::FewDigits) is called that
    /// only.
    MostlyOneDigit,
    /// A finger hardly leaves the keys on its way, without drawing a [line](Self::KeypadLine): in four digits, three keys
    /// of a row, column or diagonal and one more before or after (1472, 0369); in more, a path that also goes to the next
    /// key across a corner (126895), or presses a key again before it moves on (125580).
    KeypadWalk,
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
    /// How bad it is, before any policy that forbids weak PINs too. Weak are [`Date`](Self::Date),
    /// [`Palindrome`](Self::Palindrome), [`MostlyOneDigit`](Self::MostlyOneDigit) and [`KeypadWalk`](Self::KeypadWalk).
    /// Dates are too many to be tried in a few guesses, unless the thief knows the day; the other three are chosen only a
    /// little more often than other PINs; and a person who is refused too often ends with a worse PIN or a written one.
    pub fn severity(self) -> Severity {
        match self {
            Self::Date | Self::Palindrome | Self::MostlyOneDigit | Self::KeypadWalk => Severity::Weak,
            Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::FewDigits
            | Self::Run
            | Self::RepeatedBlock
            | Self::Doubled
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
        (Finding::FewDigits, shape::has_few_digits(pin)),
        (Finding::Run, shape::is_run(pin)),
        (Finding::RepeatedBlock, shape::is_repeated_block(pin)),
        (Finding::Doubled, shape::is_doubled(pin)),
        (Finding::KeypadLine, keypad::is_line(pin)),
        (Finding::Common, common::is_common(pin)),
        (Finding::Personal, personal::is_personal(pin, personal)),
        (Finding::Date, dates::is_date(pin)),
        (Finding::Palindrome, shape::is_palindrome(pin)),
        (Finding::MostlyOneDigit, shape::is_mostly_one_digit(pin)),
        (Finding::KeypadWalk, keypad::is_walk(pin)),
    ]
    .into_iter()
    .filter_map(|(finding, found)| found.then_some(finding))
    .collect()
}
