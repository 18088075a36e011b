//! Typing a recovery code on the PIN pad, group by group.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::code::{CodeBytes, DIGITS, GROUP_DIGITS, GROUPS, piece_of};
use crate::digits::{Digits, NotADigit, TypedDigits};
use crate::stack::with_stack_wiped;

/// The digits of a recovery code, or of one of its groups, typed so far. An app cannot read them: it can count them,
/// and pass the entry to the lock.
pub struct CodeEntry {
    digits: TypedDigits<DIGITS>,
    /// The first group and the last one that are typed, 1 to 8.
    groups: (usize, usize),
}

/// How far an entry is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStep {
    /// The next digit belongs to this group.
    Typing {
        /// 1 to 8.
        group: usize,
    },
    /// All digits of this group are typed, and no code has such a group: there is a typing slip in it. No further digit
    /// is taken until digits of it are removed.
    Slip {
        /// 1 to 8.
        group: usize,
    },
    /// All digits are typed, and each group can be one of a code.
    Complete,
}

impl Default for CodeEntry {
    fn default() -> Self {
        Self { digits: TypedDigits::default(), groups: (1, GROUPS) }
    }
}

impl CodeEntry {
    /// An empty entry for a whole code.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty entry for one group, 1 to 8. `None`: a code has no such group.
    pub fn of_group(group: usize) -> Option<Self> {
        (1..=GROUPS).contains(&group).then(|| Self { groups: (group, group), ..Self::default() })
    }

    /// Adds a digit, unless the entry is complete or its last group holds a slip. Returns how far it is typed then.
    pub fn push(&self, digit: u32) -> Result<CodeStep, NotADigit> {
        let mut digits = self.digits.lock();
        if matches!(self.step_of(&digits), CodeStep::Typing { .. }) || digit > 9 {
            digits.push(digit)?;
        }
        Ok(self.step_of(&digits))
    }

    /// Removes the last digit. `false` if there was none.
    pub fn pop(&self) -> bool {
        self.digits.lock().pop()
    }

    /// Removes the digits of the last group that has any.
    pub fn clear_group(&self) {
        let mut digits = self.digits.lock();
        let begin = digits.length.saturating_sub(1) / GROUP_DIGITS * GROUP_DIGITS;
        while digits.length > begin && digits.pop() {}
    }

    /// Wipes all digits.
    pub fn clear(&self) {
        self.digits.lock().zeroize();
    }

    /// How many digits were typed.
    pub fn length(&self) -> usize {
        self.digits.lock().length
    }

    /// Another entry with the same digits. Checking a code empties its entry; a screen that may have to check the code
    /// again, after a keystore that gave no answer, passes a duplicate.
    pub fn duplicate(&self) -> Self {
        let duplicate = Self { groups: self.groups, ..Self::default() };
        with_stack_wiped(|| {
            // The two mutexes are never held together.
            let (ascii, length) = {
                let digits = self.digits.lock();
                (Zeroizing::new(digits.ascii), digits.length)
            };
            let mut digits = duplicate.digits.lock();
            digits.ascii = *ascii;
            digits.length = length;
        });
        duplicate
    }

    /// How far the entry is typed.
    pub fn step(&self) -> CodeStep {
        self.step_of(&self.digits.lock())
    }

    /// The code. The error is the group in which a digit is missing or wrong.
    pub(crate) fn code(&self) -> Result<CodeBytes, usize> {
        let digits = self.digits.lock();
        let mut code = CodeBytes::default();
        for (group, piece) in (1..).zip(code.as_chunks_mut::<2>().0) {
            *piece = self.piece(&digits, group).ok_or(group)?.to_be_bytes();
        }
        Ok(code)
    }

    /// The group of an entry for one group, and its digits. The entry is left empty. `None`: they are not whole.
    pub(super) fn take_group(&self) -> Option<(usize, Zeroizing<[u8; GROUP_DIGITS]>)> {
        let mut digits = self.digits.lock();
        let typed = digits.typed().try_into().ok().map(Zeroizing::new);
        digits.zeroize();
        typed.map(|typed| (self.groups.0, typed))
    }

    /// The piece of the code in this group. `None` if the group is not typed whole, or holds a slip.
    fn piece(&self, digits: &Digits<DIGITS>, group: usize) -> Option<u16> {
        let begin = group.checked_sub(self.groups.0)? * GROUP_DIGITS;
        piece_of(group, digits.typed().get(begin..begin + GROUP_DIGITS)?)
    }

    /// Only the last complete group can hold a slip: no digit is taken after it.
    fn step_of(&self, digits: &Digits<DIGITS>) -> CodeStep {
        let (first, last) = self.groups;
        let (complete, is_begun) = (digits.length / GROUP_DIGITS, !digits.length.is_multiple_of(GROUP_DIGITS));
        let group = first + complete;
        if complete > 0 && !is_begun && self.piece(digits, group - 1).is_none() {
            return CodeStep::Slip { group: group - 1 };
        }
        if group > last { CodeStep::Complete } else { CodeStep::Typing { group } }
    }
}

impl fmt::Debug for CodeEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeEntry(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;
    use crate::recovery::RecoveryCode;

    fn type_in(entry: &CodeEntry, digits: &str) -> CodeStep {
        let mut step = entry.step();
        digits.bytes().for_each(|digit| step = entry.push((digit - b'0').into()).expect("a digit"));
        step
    }

    fn digits_of(code: &RecoveryCode) -> String {
        let places = (1..=GROUPS).flat_map(|group| (0..GROUP_DIGITS).map(move |place| (group, place)));
        places.map(|(group, place)| code.digit(group, place).expect("a digit").to_string()).collect()
    }

    #[test]
    fn a_duplicate_has_the_same_digits_and_goes_its_own_way() {
        let entry = CodeEntry::of_group(2).expect("a group");
        type_in(&entry, "0056");
        let duplicate = entry.duplicate();
        assert_eq!((duplicate.length(), type_in(&duplicate, "67")), (4, CodeStep::Complete));
        assert_eq!((entry.length(), entry.step()), (4, CodeStep::Typing { group: 2 }));
        duplicate.clear();
        assert_eq!(type_in(&entry, "67"), CodeStep::Complete);
    }

    #[test]
    fn a_code_that_is_typed_is_the_code_that_was_shown() {
        let code = RecoveryCode::make(&mut testing::random(4));
        let (entry, digits) = (CodeEntry::new(), digits_of(&code));
        for (nth, digit) in digits.bytes().enumerate() {
            assert_eq!(entry.step(), CodeStep::Typing { group: nth / GROUP_DIGITS + 1 });
            assert_eq!(entry.code().err(), Some(nth / GROUP_DIGITS + 1), "not whole yet");
            entry.push((digit - b'0').into()).expect("a digit");
        }
        assert_eq!((entry.step(), entry.length()), (CodeStep::Complete, DIGITS));
        assert_eq!(entry.push(1), Ok(CodeStep::Complete), "and no digit more is taken");
        assert_eq!(entry.code().expect("a code").as_slice(), code.bytes().as_slice());
    }

    #[test]
    fn a_slip_shows_in_its_group_at_once_and_stops_there() {
        let entry = CodeEntry::new();
        assert_eq!(type_in(&entry, "000012"), CodeStep::Typing { group: 2 });
        assert_eq!(type_in(&entry, "005666"), CodeStep::Slip { group: 2 });
        assert_eq!(type_in(&entry, "0"), CodeStep::Slip { group: 2 });
        assert_eq!((entry.length(), entry.code().err()), (12, Some(2)));
        assert!(entry.pop());
        assert_eq!(type_in(&entry, "7"), CodeStep::Typing { group: 3 });
        assert_eq!(type_in(&entry, "000000"), CodeStep::Slip { group: 3 }, "zeros are no group");
        entry.clear_group();
        assert_eq!((entry.step(), entry.length()), (CodeStep::Typing { group: 3 }, 12));
        type_in(&entry, "01");
        entry.clear_group();
        assert_eq!(entry.length(), 12, "a group begun is removed whole");
        entry.clear_group();
        assert_eq!(entry.length(), 6);
        entry.clear();
        assert_eq!((entry.length(), entry.pop()), (0, false));
        entry.clear_group();
        assert_eq!(entry.step(), CodeStep::Typing { group: 1 });
    }

    #[test]
    fn one_group_is_typed_alone() {
        let entry = CodeEntry::of_group(3).expect("a group");
        assert_eq!(entry.step(), CodeStep::Typing { group: 3 });
        assert_eq!(type_in(&entry, "000013"), CodeStep::Slip { group: 3 });
        entry.clear_group();
        assert_eq!(type_in(&entry, "000014"), CodeStep::Complete);
        assert_eq!((entry.push(1), entry.length()), (Ok(CodeStep::Complete), 6));
        assert_eq!(entry.code().err(), Some(1), "it is no whole code");
        assert_eq!(entry.take_group().map(|(group, typed)| (group, *typed)), Some((3, *b"000014")));
        assert_eq!((entry.length(), entry.take_group()), (0, None));
        assert!(CodeEntry::of_group(0).is_none() && CodeEntry::of_group(9).is_none());
    }

    #[test]
    fn what_is_no_digit_is_refused() {
        let entry = CodeEntry::new();
        assert_eq!((entry.push(10), entry.push(u32::MAX), entry.length()), (Err(NotADigit), Err(NotADigit), 0));
        type_in(&entry, "000000");
        assert_eq!(entry.push(10), Err(NotADigit), "also where no digit is taken");
        assert_eq!(format!("{entry:?}"), "CodeEntry(redacted)");
    }
}

#[cfg(test)]
mod fuzz {
    use super::*;
    use crate::fuzz::inputs;

    /// What a group must be, by the decimal rule for 11: the digits, added and subtracted in turn from the last one on.
    /// With six digits the largest piece is 65,535.
    fn is_group(group: usize, digits: &[u8]) -> bool {
        let turns = digits.iter().rev().zip([1, -1].into_iter().cycle());
        let remainder = turns.map(|(digit, sign)| sign * i32::from(*digit)).sum::<i32>().rem_euclid(11);
        let number = digits.iter().fold(0, |number, digit| number * 10 + usize::from(*digit));
        remainder as usize == group && (group..=11 * 65_535 + group).contains(&number)
    }

    #[test]
    fn what_is_typed_is_a_code_exactly_if_each_group_is_one() {
        let mut complete = 0;
        for (place, mut rng) in inputs() {
            let entry = CodeEntry::new();
            let (mut typed, mut slip) = (Vec::new(), None);
            for group in 1..=GROUPS {
                let mut digits: Vec<u8> =
                    format!("{:06}", 11 * rng.below(65_536) + group).bytes().map(|digit| digit - b'0').collect();
                match rng.below(64) {
                    0 => digits = (0..GROUP_DIGITS).map(|_| rng.below(10) as u8).collect(),
                    1 => digits[rng.below(GROUP_DIGITS)] = rng.below(10) as u8,
                    2 => digits.swap(rng.below(GROUP_DIGITS), rng.below(GROUP_DIGITS)),
                    3 => drop(digits.pop()),
                    _ => {}
                }
                digits.iter().for_each(|digit| assert!(entry.push((*digit).into()).is_ok(), "{place}"));
                typed.extend(digits);
            }
            for group in 1..=GROUPS {
                let digits = typed.get((group - 1) * GROUP_DIGITS..group * GROUP_DIGITS);
                if !digits.is_some_and(|digits| is_group(group, digits)) {
                    slip = Some(group);
                    break;
                }
            }
            assert_eq!(entry.code().err(), slip, "{place}: {typed:?}");
            complete += u32::from(entry.step() == CodeStep::Complete);
        }
        assert!(complete > 100, "hardly any code is right: {complete}");
    }
}
