//! A recovery code on paper.

use crate::recovery::{CodeEntry, GROUP_DIGITS, GROUPS, RecoveryCode};

/// The 48 digits of a code as its owner writes them down.
pub fn digits_of(code: &RecoveryCode) -> String {
    let places = (1..=GROUPS).flat_map(|group| (0..GROUP_DIGITS).map(move |place| (group, place)));
    places.filter_map(|(group, place)| code.digit(group, place)).map(|digit| char::from(b'0' + digit)).collect()
}

/// Writes a code down, and types the groups that are asked back. Returns its digits.
pub fn write_down(code: &RecoveryCode) -> String {
    let digits = digits_of(code);
    for group in code.asked_groups() {
        let typed = digits.get((group - 1) * GROUP_DIGITS..group * GROUP_DIGITS).unwrap_or_default();
        let entry = CodeEntry::of_group(group).unwrap_or_default();
        type_in(&entry, typed);
        code.confirm(&entry);
    }
    digits
}

/// A code, typed from paper.
pub fn code_entry(digits: &str) -> CodeEntry {
    let entry = CodeEntry::new();
    type_in(&entry, digits);
    entry
}

fn type_in(entry: &CodeEntry, digits: &str) {
    // What is no digit is left out.
    digits.chars().filter_map(|digit| digit.to_digit(10)).for_each(|digit| {
        entry.push(digit).ok();
    });
}
