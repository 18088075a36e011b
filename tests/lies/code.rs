//! Recovery codes, as their owner writes them down and types them.

use walletlock_core::recovery::{CodeEntry, GROUP_DIGITS, GROUPS, RecoveryCode};

/// Writes a code down, and types the groups that are asked back. Returns its digits.
pub(crate) fn write_down(code: &RecoveryCode) -> String {
    let digit = |group, place| code.digit(group, place).expect("a digit").to_string();
    let group = |group| (0..GROUP_DIGITS).map(|place| digit(group, place)).collect::<String>();
    for asked in code.asked_groups() {
        let entry = CodeEntry::of_group(asked).expect("a group");
        type_in(&entry, &group(asked));
        assert!(code.confirm(&entry));
    }
    (1..=GROUPS).map(group).collect()
}

/// The code, typed.
pub(crate) fn entry(digits: &str) -> CodeEntry {
    let entry = CodeEntry::new();
    type_in(&entry, digits);
    entry
}

fn type_in(entry: &CodeEntry, digits: &str) {
    digits.bytes().for_each(|digit| assert!(entry.push((digit - b'0').into()).is_ok()));
}
