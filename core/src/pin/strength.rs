//! How easy a PIN is to guess. This is judged when a PIN is set, never when one is checked.
//!
//! Every rule that matches is reported, so that a person learns all reasons at once. A rule looks at the whole PIN,
//! whatever its length: 123456 is a [run](Finding::Run), but 123 inside a longer PIN matches no rule. The last piece of
//! a pattern may be cut short (12121, 11223), because the pattern would otherwise miss PINs of odd length. [`Finding`]
//! says what each rule matches and why.
//!
//! The table shows the share of all PINs that each rule matches. A test counts them and fails when the table is wrong.
//! A PIN that matches two rules counts in both rows, and once in the sums. `Personal` differs from person to person and
//! is not in the sums; its two rows are examples, for 5 August 1990 and for a telephone number of eleven digits.
//! `UsedBefore` matches as many PINs as the lock remembers.
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
//! The same test checks two bounds: at most 8 % of the four-digit PINs and 1 % of the six-digit PINs are forbidden. A
//! study of block lists (Markert and others, 'On the Security of Smartphone Unlock PINs', 2021) found it best to refuse
//! the 1,000 most used PINs of four digits and the 2,000 most used of six. Our rules refuse more PINs of six digits
//! than such a list, because a rule also matches PINs that occur in no count.
//!
//! Not guaranteed: a PIN without findings is not a strong PIN. It is only not among those that a thief tries first; the
//! lock's counter is what protects it. Findings help to guess a PIN: show them to the person who typed the PIN, and
//! never log them.

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

/// One reason why a PIN is easy to guess. The variants are in the order in which they are reported.
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
    /// One digit repeated: 0000. In five digits or more, also two different digits in any order: 000001, 110010. A PIN
    /// of one repeated digit is not also reported as a repeated block, a palindrome or mostly one digit.
    FewDigits,
    /// All digits go up or down in equal steps of one or two, also past 9 and 0: 1234, 890123, 3210, 024680. With steps
    /// of one, each digit may be typed the same number of times: 1122, 111222, 332211. Also two interleaved or adjacent
    /// pieces, of which one is a run in steps of one, and the other is such a run or one digit repeated: one piece
    /// after the other, each of three digits or more (123000, 321987), or every second digit (142536, 121314, 102030;
    /// in five digits 10203).
    Run,
    /// A block of two or more digits, typed twice or more: 1212, 123123, 112112. In six digits or more, the last digit
    /// after a repeated block of two may be any digit: 121213.
    RepeatedBlock,
    /// Every digit typed twice, or every digit three times or more: 0022, 112299, 000999.
    Doubled,
    /// A shape that the finger draws on the keypad (1-2-3, 4-5-6, 7-8-9, 0 under the 8). Either straight lines one
    /// after the other, each a row, a column or a diagonal of three keys or the four keys of 2580, in either direction:
    /// 147258, 159753; in more than four digits, the last line may be cut short (14725). Or two such lines, or one line
    /// and a run or one repeated digit, interleaved (134679 is 147 and 369) or one after the other (147000). Or a path
    /// that goes from each key to the one beside, above or below it and uses no key twice: 1236, 1254, 478963.
    KeypadLine,
    /// One of the PINs that people choose most, for reasons that no other rule covers: 1004, 5683 (LOVE), 5201314, and
    /// the years from 1940 to 2029.
    Common,
    /// Made of something that the app named as personal, forwards or backwards. Either the whole PIN is personal, or a
    /// piece of at least four digits and half the PIN's length is, and the rest is trivial: a single digit, one digit
    /// repeated, or a run. See [`Personal`].
    Personal,
    /// One of the last PINs of this wallet; of a wipe PIN also: the PIN itself. [`judge`] does not report this: the
    /// calls that set a PIN do.
    UsedBefore,
    /// A wipe PIN that is one slip away from the PIN: one digit changed, or two neighbouring digits swapped. [`judge`]
    /// does not report this: the call that sets a wipe PIN does.
    NearPin,
    /// Any date, whether or not it belongs to the person. Two digits for day and month, two or four (1900 to 2099) for
    /// the year; only days that exist in the calendar. In 4 digits: day and month in either order, month and year, or a
    /// year. In 6 and 8: day, month, year; month, day, year; or year, month, day. In 6 also: month and a four-digit
    /// year in either order. In 5 and 7: such a date that begins with a day or month below 10, written without its
    /// zero.
    Date,
    /// A PIN that reads the same backwards: 1221, 472274.
    Palindrome,
    /// One digit makes up two thirds of the PIN or more: 1333, 0004, 212224. A PIN of [few digits](Self::FewDigits) is
    /// not also reported as this.
    MostlyOneDigit,
    /// A path on which the finger hardly leaves the keys, but which is no [line](Self::KeypadLine). In four digits:
    /// three keys of a row, column or diagonal, and one more key before or after (1472, 0369). In more digits: a path
    /// that also moves diagonally to the next key (126895), or presses a key again before it moves on (125580).
    KeypadWalk,
}

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Such a PIN is refused: a thief with a handful of tries would try it.
    Forbidden,
    /// Such a PIN is accepted with a warning, unless the policy forbids weak PINs too.
    Weak,
}

impl Finding {
    /// How bad this finding is, without regard to a policy that forbids weak PINs too. [`Date`](Self::Date),
    /// [`Palindrome`](Self::Palindrome), [`MostlyOneDigit`](Self::MostlyOneDigit) and [`KeypadWalk`](Self::KeypadWalk)
    /// are weak. There are too many dates to try in a few guesses, unless the thief knows the day. People choose the
    /// other three only a little more often than other PINs. And a person whose PINs are refused too often takes a
    /// worse PIN, or writes it down.
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

/// The finding if the PIN is shorter than `min` or longer than `max` digits, the bounds of the policy.
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
/// `personal` is read during this call only and not kept. Length and earlier PINs are judged elsewhere.
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
