//! The recovery code: 128 random bits, written as 48 digits in 8 groups of 6.
//!
//! Group `i` (1 to 8) is `11 * v + i`, where `v` is the i-th of the code's 16-bit pieces (big-endian). This is the
//! format of BitLocker's recovery password, except that the remainder is the group's number and not 0: so zeros, and
//! two groups that were swapped, are refused. 11 is prime and greater than any difference between two digits, so a
//! wrong digit, or two neighbouring digits that were swapped, always show in their own group.

use std::sync::atomic::{AtomicU8, Ordering};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::entry::CodeEntry;
use crate::crypto::Random;
use crate::stack::with_stack_wiped;

/// How many groups a code has.
pub const GROUPS: usize = 8;
/// How many digits a group has.
pub const GROUP_DIGITS: usize = 6;
/// Number of digits of a whole code.
pub(super) const DIGITS: usize = GROUPS * GROUP_DIGITS;
/// How many groups the person types to show that the code was written down.
const ASKED: usize = 2;
const FACTOR: u32 = 11;

/// The bits of a code. They are on the heap, so that moving them moves a pointer and leaves no copy behind.
pub(crate) type CodeBytes = Box<Zeroizing<[u8; 2 * GROUPS]>>;

/// A new recovery code, to be shown to the person once. It wipes itself when it is dropped, and is kept nowhere.
///
/// Before the code counts, the person types two of its groups, which show that it was written down:
/// [`Self::asked_groups`], [`Self::confirm`].
pub struct RecoveryCode {
    bytes: CodeBytes,
    /// The groups that are asked back.
    asked: [usize; ASKED],
    /// One bit for each asked group that was confirmed.
    confirmed: AtomicU8,
}

impl RecoveryCode {
    /// Makes a random code.
    pub(crate) fn make(random: &mut Random) -> Self {
        let mut bytes = CodeBytes::default();
        bytes.copy_from_slice(random.bytes::<16>().as_slice());
        let [first, distance] = *random.bytes::<2>();
        // Two different groups. The remainders favour no group: 256 is a multiple of 8, and how often each distance
        // comes differs by less than 3 %, which helps nobody.
        let (first, distance) = (usize::from(first) % GROUPS, 1 + usize::from(distance) % (GROUPS - 1));
        let mut asked = [first + 1, (first + distance) % GROUPS + 1];
        asked.sort_unstable();
        Self { bytes, asked, confirmed: AtomicU8::new(0) }
    }

    /// A digit, 0 to 9, of a group (1 to 8) at a place (0 to 5), for drawing it. `None`: there is no such group or
    /// place.
    pub fn digit(&self, group: usize, place: usize) -> Option<u8> {
        let ascii = self.group(group)?;
        ascii.get(place).map(|digit| digit - b'0')
    }

    /// The groups that the person has to type, in ascending order. They are chosen when the code is made.
    pub fn asked_groups(&self) -> [usize; ASKED] {
        self.asked
    }

    /// Compares a typed group ([`CodeEntry::of_group`]) with the code's, and remembers it if it is right and was asked.
    /// The entry is left empty.
    pub fn confirm(&self, entry: &CodeEntry) -> bool {
        with_stack_wiped(|| {
            let Some((group, typed)) = entry.take_group() else { return false };
            let place = self.asked.iter().position(|asked| *asked == group);
            let (Some(place), Some(digits)) = (place, self.group(group)) else { return false };
            let is_right = bool::from(typed.as_slice().ct_eq(digits.as_slice()));
            if is_right {
                self.confirmed.fetch_or(1 << place, Ordering::Relaxed);
            }
            is_right
        })
    }

    /// Whether every asked group was confirmed.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed.load(Ordering::Relaxed) == (1 << ASKED) - 1
    }

    pub(crate) fn bytes(&self) -> &CodeBytes {
        &self.bytes
    }

    /// The digits of a group as ASCII.
    fn group(&self, group: usize) -> Option<Zeroizing<[u8; GROUP_DIGITS]>> {
        let piece = self.bytes.as_chunks::<2>().0.get(group.checked_sub(1)?)?;
        let mut rest = FACTOR * u32::from(u16::from_be_bytes(*piece)) + u32::try_from(group).ok()?;
        let mut digits = Zeroizing::new([b'0'; GROUP_DIGITS]);
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        Some(digits)
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(redacted)")
    }
}

/// The 16-bit piece in the digits of a group (1 to 8). `None`: a code has no such group; there is a typing slip.
pub(super) fn piece_of(group: usize, ascii: &[u8]) -> Option<u16> {
    let digits: &[u8; GROUP_DIGITS] = ascii.try_into().ok()?;
    let number = digits.iter().fold(0, |number: u32, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')));
    let rest = number.checked_sub(u32::try_from(group).ok()?)?;
    if rest.is_multiple_of(FACTOR) { u16::try_from(rest / FACTOR).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    fn code(bytes: [u8; 16]) -> RecoveryCode {
        RecoveryCode { bytes: Box::new(Zeroizing::new(bytes)), asked: [2, 7], confirmed: AtomicU8::new(0) }
    }

    fn text(code: &RecoveryCode) -> String {
        let digit = |group, place| code.digit(group, place).expect("a digit").to_string();
        (1..=GROUPS).map(|group| (0..GROUP_DIGITS).map(|place| digit(group, place)).collect::<String>() + " ").collect()
    }

    fn typed(group: usize, digits: &str) -> CodeEntry {
        let entry = CodeEntry::of_group(group).expect("a group");
        digits.bytes().for_each(|digit| assert!(entry.push((digit - b'0').into()).is_ok()));
        entry
    }

    /// People keep codes on paper.
    #[test]
    fn the_digits_are_frozen() {
        let counting = std::array::from_fn(|i| i as u8);
        for (bytes, digits) in [
            ([0; 16], "000001 000002 000003 000004 000005 000006 000007 000008 "),
            ([0xff; 16], "720886 720887 720888 720889 720890 720891 720892 720893 "),
            (counting, "000012 005667 011322 016977 022632 028287 033942 039597 "),
        ] {
            assert_eq!(text(&code(bytes)), digits);
        }
        assert_eq!(
            (code([0; 16]).digit(0, 0), code([0; 16]).digit(9, 0), code([0; 16]).digit(1, 6)),
            (None, None, None)
        );
    }

    #[test]
    fn a_group_gives_its_piece_back_and_only_in_its_place() {
        let code = code(*testing::random(3).bytes());
        for group in 1..=GROUPS {
            let digits = code.group(group).expect("a group");
            let piece = u16::from_be_bytes(code.bytes.as_chunks::<2>().0[group - 1]);
            for place in 1..=GROUPS {
                assert_eq!(piece_of(place, digits.as_slice()), (place == group).then_some(piece), "{group} at {place}");
            }
        }
    }

    /// All groups of one value in a hundred, every wrong digit, and every swap of two neighbours.
    #[test]
    fn a_typing_slip_always_shows() {
        for value in (0..=u16::MAX).step_by(101) {
            let code = code(std::array::from_fn(|i| value.to_be_bytes()[i % 2]));
            for group in 1..=GROUPS {
                let digits = *code.group(group).expect("a group");
                for place in 0..GROUP_DIGITS {
                    for wrong in (b'0'..=b'9').filter(|wrong| *wrong != digits[place]) {
                        let mut slip = digits;
                        slip[place] = wrong;
                        assert_eq!(piece_of(group, &slip), None, "{value} in {group}");
                    }
                }
                for place in (1..GROUP_DIGITS).filter(|place| digits[*place] != digits[place - 1]) {
                    let mut slip = digits;
                    slip.swap(place, place - 1);
                    assert_eq!(piece_of(group, &slip), None, "{value} in {group}");
                }
            }
        }
    }

    #[test]
    fn numbers_that_no_piece_gives_are_refused() {
        for (group, digits) in
            [(1, "720897"), (1, "999999"), (1, "000000"), (8, "000007"), (1, "00001"), (1, "0000012")]
        {
            assert_eq!(piece_of(group, digits.as_bytes()), None, "{digits}");
        }
    }

    #[test]
    fn it_counts_only_when_both_asked_groups_were_typed() {
        let code = code(std::array::from_fn(|i| i as u8));
        assert!(!code.confirm(&typed(1, "000012")), "right, but not asked for");
        assert!(!code.confirm(&typed(2, "005678")), "another code's");
        assert!(!code.confirm(&typed(2, "0056")), "not whole");
        assert!(code.confirm(&typed(2, "005667")));
        assert!(code.confirm(&typed(2, "005667")), "typed twice, it is one group");
        assert!(!code.is_confirmed());
        let entry = typed(7, "033942");
        assert!(code.confirm(&entry));
        assert!(code.is_confirmed());
        assert_eq!(entry.length(), 0);
    }

    #[test]
    fn two_different_groups_are_asked() {
        let mut random = testing::random(9);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..600 {
            let [first, second] = RecoveryCode::make(&mut random).asked_groups();
            assert!(1 <= first && first < second && second <= GROUPS, "{first}, {second}");
            seen.insert((first, second));
        }
        assert_eq!(seen.len(), 28, "every pair comes");
    }

    #[test]
    fn it_prints_nothing() {
        assert_eq!(format!("{:?}", code([0x5a; 16])), "RecoveryCode(redacted)");
    }
}
