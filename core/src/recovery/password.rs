//! Judging an account password when it is set. It is never judged when one is checked.
//!
//! Every rule that matches is reported, so that a person learns all reasons at once. A character is a Unicode scalar
//! value. The text is expected in NFC; [`PasswordEntry`] says who normalises it.
//!
//! Not guaranteed: a password without findings is not a strong password. It is only not among those that are tried
//! first. Findings help to guess a password: show them to the person who typed it, and never log them.

mod common;
mod entry;
mod history;
#[cfg(test)]
mod tests;

pub use entry::{PasswordEntry, PasswordFault};
pub(crate) use history::PasswordHistory;

use crate::policy::PasswordPolicy;

/// Most characters of a password. NIST SP 800-63B-4 asks for at least 64.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// One reason why a password is refused. The variants are in the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFinding {
    /// Fewer characters than the policy asks for.
    TooShort {
        /// The fewest characters that the policy allows.
        least: u32,
    },
    /// No upper-case letter, and the policy asks for one.
    NoUpperCase,
    /// No lower-case letter, and the policy asks for one.
    NoLowerCase,
    /// No digit, and the policy asks for one. Digits of every script count.
    NoDigit,
    /// No symbol, and the policy asks for one. A symbol is everything that is neither a letter with an upper and a
    /// lower case nor a digit: also a space, an emoji, and a character of Chinese.
    NoSymbol,
    /// One piece, typed twice or more: the password is only as good as the piece, and the piece is shorter than the
    /// policy allows. Upper and lower case are not told apart, and the last piece may be cut short: Abcd1!Abcd1!Ab.
    Repeated,
    /// Nothing but one word of the list of 1,000 that are tried first, once or several times, with digits and symbols
    /// before, between and after. Upper and lower case are not told apart. Usual replacements count as the letter: 0
    /// for o, 1 for i and l, 3 for e, 4 and @ for a, 5 and $ for s, 7 for t, ! for i. A symbol counts as the digit on
    /// its key.
    Common,
    /// One of the last passwords, as many as the policy remembers.
    UsedBefore,
}

/// Every reason to refuse this password; none, if it may be set. `earlier`: the history and the key of its MACs.
/// `None`: the wallet has no history, or it is not open.
pub(crate) fn judge(
    text: &str,
    policy: &PasswordPolicy,
    earlier: Option<(&PasswordHistory, &[u8; 32])>,
) -> Vec<PasswordFinding> {
    let PasswordPolicy { min_length: least, require_classes, remember } = *policy;
    let lacks = |is_of_class: fn(char) -> bool| require_classes && !text.contains(is_of_class);
    [
        (text.chars().count() < least as usize, PasswordFinding::TooShort { least }),
        (lacks(char::is_uppercase), PasswordFinding::NoUpperCase),
        (lacks(char::is_lowercase), PasswordFinding::NoLowerCase),
        (lacks(char::is_numeric), PasswordFinding::NoDigit),
        (lacks(is_symbol), PasswordFinding::NoSymbol),
        (is_repeated(text, least as usize), PasswordFinding::Repeated),
        (common::is_common(text), PasswordFinding::Common),
        (earlier.is_some_and(|(history, key)| history.contains(key, text, remember)), PasswordFinding::UsedBefore),
    ]
    .into_iter()
    .filter_map(|(applies, finding)| applies.then_some(finding))
    .collect()
}

fn is_symbol(letter: char) -> bool {
    !letter.is_uppercase() && !letter.is_lowercase() && !letter.is_numeric()
}

/// Whether the text is a piece shorter than `least` characters, twice or more.
fn is_repeated(text: &str, least: usize) -> bool {
    let letters = || text.chars().map(|letter| letter.to_ascii_lowercase());
    let longest = (letters().count() / 2).min(least.saturating_sub(1));
    (1..=longest).any(|piece| letters().zip(letters().skip(piece)).all(|(one, next)| one == next))
}
