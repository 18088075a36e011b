//! Personal data that the app knows about the person, and that a thief may know too.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::shape::is_trivial;

/// Shorter pieces occur in PINs by chance and are no reason to refuse one.
const SHORTEST_PIECE: usize = 4;

/// The most digits that a part of a birthday can have: a `u16` has at most five.
const LONGEST_NUMBER: usize = 5;

/// The zeros of the scripts in which a number may have been typed: ASCII, Arabic-Indic, Persian, Devanagari, Bengali,
/// Thai, full-width. In Unicode, the digits 1 to 9 follow each of these zeros.
const ZEROS: [char; 7] = ['0', '\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{E50}', '\u{FF10}'];

/// Personal data that must not be used as the PIN. It is wiped when dropped, and never stored, logged or shown.
#[derive(Zeroize, ZeroizeOnDrop)]
pub enum Personal {
    /// Any date that a thief could know: also a partner's or a child's birthday, or a wedding day.
    ///
    /// The PIN is searched for the day, month and year in any order, each at most once, and not all of them have to
    /// occur. Each may be written in full or with two digits (05 for 5, 90 for 1990). The parts are not checked against
    /// a calendar, so every calendar works. A part that is 0 is unknown and left out.
    Birthday {
        /// The year in full: 1990.
        year: u16,
        /// The month, from 1.
        month: u8,
        /// The day of the month, from 1.
        day: u8,
    },
    /// A telephone number, the number of an identity or bank card, a postcode: any text with digits in it. All other
    /// characters are ignored. A PIN matches if the whole PIN, or all of it but trivial digits, is a part of the
    /// number.
    Number(Zeroizing<String>),
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(redacted)")
    }
}

/// Whether the PIN, read forwards or backwards, is a piece of the personal data, alone or among trivial digits.
pub(super) fn is_personal(pin: &[u8], personal: &[Personal]) -> bool {
    let backwards: Zeroizing<Vec<u8>> = Zeroizing::new(pin.iter().rev().copied().collect());
    personal.iter().any(|known| match known {
        Personal::Birthday { year, month, day } => {
            let is_written = |piece: &[u8]| is_permutation_of_parts(piece, [u16::from(*day), u16::from(*month), *year]);
            is_mostly_known(pin, is_written) || is_mostly_known(&backwards, is_written)
        }
        Personal::Number(text) => {
            let number = digits_in(text);
            let is_part = |piece: &[u8]| number.windows(piece.len()).any(|part| part == piece);
            is_mostly_known(pin, is_part) || is_mostly_known(&backwards, is_part)
        }
    })
}

/// Whether all of the PIN is known, or a piece that leaves next to nothing to guess: at least four digits and half of
/// the PIN, with only trivial digits around it. A thief who knows 1990 also guesses 199000, 019901 and 199012.
fn is_mostly_known(pin: &[u8], is_known: impl Fn(&[u8]) -> bool) -> bool {
    let shortest = pin.len().div_ceil(2).max(SHORTEST_PIECE);
    (shortest..=pin.len()).any(|length| {
        pin.windows(length).enumerate().any(|(start, piece)| {
            let (before, after) = (pin.get(..start), pin.get(start + length..));
            let rest = before.unwrap_or_default().iter().chain(after.unwrap_or_default());
            is_trivial(rest) && is_known(piece)
        })
    })
}

/// Whether the digits are some of these numbers (day, month, year), one after another, in any order, none twice. A
/// number that is unknown or already used is 0.
fn is_permutation_of_parts(digits: &[u8], numbers: [u16; 3]) -> bool {
    let [day, month, year] = numbers;
    let mut value = 0;
    digits.is_empty()
        || (1..=LONGEST_NUMBER).zip(digits).any(|(length, digit)| {
            value = value * 10 + u32::from(digit - b'0');
            let in_full = digits.first() != Some(&b'0');
            let is = |number| number != 0 && (in_full && value == number || length == 2 && value == number % 100);
            let is_rest = |numbers| is_permutation_of_parts(digits.get(length..).unwrap_or_default(), numbers);
            is(u32::from(day)) && is_rest([0, month, year])
                || is(u32::from(month)) && is_rest([day, 0, year])
                || is(u32::from(year)) && is_rest([day, month, 0])
        })
}

/// The digits of a text, as ASCII.
fn digits_in(text: &str) -> Zeroizing<Vec<u8>> {
    // There is room for all digits from the start: a growing vector would leave unwiped copies behind.
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.chars().filter_map(ascii_digit));
    digits
}

fn ascii_digit(letter: char) -> Option<u8> {
    let value =
        ZEROS.iter().find_map(|zero| u32::from(letter).checked_sub(u32::from(*zero)).filter(|value| *value <= 9))?;
    u8::try_from(value).ok().map(|value| b'0' + value)
}
