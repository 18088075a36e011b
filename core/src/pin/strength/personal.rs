//! What the app knows about the person, and a thief may know too.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::shape::is_trivial;

/// Shorter pieces would be found in PINs by chance, and are not worth a refusal.
const SHORTEST_PIECE: usize = 4;

/// The most digits that a part of a birthday can have, by its type.
const LONGEST_NUMBER: usize = 5;

/// The zeros of the decimal digits in which a number may have been typed: ASCII, Arabic-Indic, Persian, Devanagari,
/// Bengali, Thai, full-width. The other nine follow each.
const ZEROS: [char; 7] = ['0', '\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{E50}', '\u{FF10}'];

/// Something that belongs to the person and must not be the PIN. Wiped when dropped; stored, logged and shown nowhere.
#[derive(Zeroize, ZeroizeOnDrop)]
pub enum Personal {
    /// Any date that a thief could know: also a partner's or a child's birthday, a wedding.
    ///
    /// Day, month and year, any of them and each at most once, are looked for in any order: written in full, or with
    /// two digits (05 for 5, 90 for 1990). No calendar is asked, so that every calendar works; a part that is 0 is
    /// unknown and left out.
    Birthday {
        /// The year in full: 1990.
        year: u16,
        /// The month, from 1.
        month: u8,
        /// The day of the month, from 1.
        day: u8,
    },
    /// A telephone number, the number of an identity or bank card, a postcode: any text with digits in it. All else in
    /// it is ignored. Any part of it, of the PIN's length, is looked for.
    Number(Zeroizing<String>),
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(redacted)")
    }
}

/// Whether the PIN is, or trivially hides, a piece of what is personal, forwards or backwards.
pub(super) fn is_personal(pin: &[u8], personal: &[Personal]) -> bool {
    let backwards: Zeroizing<Vec<u8>> = Zeroizing::new(pin.iter().rev().copied().collect());
    personal.iter().any(|known| match known {
        Personal::Birthday { year, month, day } => {
            let is_written = |piece: &[u8]| is_arranged(piece, [u16::from(*day), u16::from(*month), *year]);
            gives_away(pin, is_written) || gives_away(&backwards, is_written)
        }
        Personal::Number(text) => {
            let number = digits_in(text);
            let is_part = |piece: &[u8]| number.windows(piece.len()).any(|part| part == piece);
            gives_away(pin, is_part) || gives_away(&backwards, is_part)
        }
    })
}

/// Whether all of the PIN is known, or a stretch of it that leaves next to nothing to guess: at least four digits and
/// half of it, with only trivial digits around. So who knows 1990 has 199000, 019901 and 199012.
fn gives_away(pin: &[u8], is_known: impl Fn(&[u8]) -> bool) -> bool {
    let shortest = pin.len().div_ceil(2).max(SHORTEST_PIECE);
    (shortest..=pin.len()).any(|length| {
        pin.windows(length).enumerate().any(|(start, piece)| {
            let (before, after) = (pin.get(..start), pin.get(start + length..));
            let rest = before.unwrap_or_default().iter().chain(after.unwrap_or_default());
            is_trivial(rest) && is_known(piece)
        })
    })
}

/// Whether the digits are some of these numbers, one after another, in any order, none twice. A number that is unknown
/// or used is 0.
fn is_arranged(digits: &[u8], numbers: [u16; 3]) -> bool {
    let [day, month, year] = numbers;
    let mut value = 0;
    digits.is_empty()
        || (1..=LONGEST_NUMBER).zip(digits).any(|(length, digit)| {
            value = value * 10 + u32::from(digit - b'0');
            let in_full = digits.first() != Some(&b'0');
            let is = |number| number != 0 && (in_full && value == number || length == 2 && value == number % 100);
            let is_rest = |numbers| is_arranged(digits.get(length..).unwrap_or_default(), numbers);
            is(u32::from(day)) && is_rest([0, month, year])
                || is(u32::from(month)) && is_rest([day, 0, year])
                || is(u32::from(year)) && is_rest([day, month, 0])
        })
}

/// The digits of a text, as ASCII.
fn digits_in(text: &str) -> Zeroizing<Vec<u8>> {
    // Room for all from the start: a growing vector would leave unwiped copies behind.
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.chars().filter_map(ascii_digit));
    digits
}

fn ascii_digit(letter: char) -> Option<u8> {
    let value =
        ZEROS.iter().find_map(|zero| u32::from(letter).checked_sub(u32::from(*zero)).filter(|value| *value <= 9))?;
    u8::try_from(value).ok().map(|value| b'0' + value)
}
