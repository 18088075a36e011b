//! A recovery code on paper, and an authenticator app.

use crate::recovery::{CodeEntry, GROUP_DIGITS, GROUPS, RecoveryCode, Secret, code_at};

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

/// The code that an authenticator app shows for this secret, in base32 as its owner reads it, when the phone's clock
/// shows `wall_ms`. Empty if the text is no secret.
pub fn authenticator_code(letters: &str, wall_ms: i64) -> String {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => Some(u64::from(letter - b'A')),
        b'2'..=b'7' => Some(u64::from(letter - b'2') + 26),
        _ => None,
    };
    let mut bytes = Vec::new();
    for group in letters.as_bytes().chunks(8) {
        let Some(bits) = group.iter().try_fold(0, |bits: u64, letter| Some(bits << 5 | value(*letter)?)) else {
            return String::new();
        };
        bytes.extend(bits.to_be_bytes().iter().skip(3));
    }
    let step = u64::try_from(wall_ms).unwrap_or(0) / 30_000;
    Secret::of(&bytes).map(|secret| format!("{:06}", code_at(&secret, step))).unwrap_or_default()
}
