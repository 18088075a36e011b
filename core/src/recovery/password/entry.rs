//! Typing or pasting an account password.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::{Zeroize, Zeroizing};

use super::MAX_PASSWORD_CHARS;

/// The most bytes that a character has in UTF-8.
const MAX_CHAR_BYTES: usize = 4;

/// Why a [`PasswordEntry`] does not take a text. None of these says anything about the text's strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotText,
    /// It has more than [`MAX_PASSWORD_CHARS`] characters. It is refused and not cut: a person whose password was cut
    /// would not know it.
    #[error("more than {MAX_PASSWORD_CHARS} characters")]
    TooLong,
    /// It holds a control character, for example a line break or a tab. Such a character comes with a paste, and most
    /// keyboards cannot type it again.
    #[error("a control character")]
    ControlCharacter,
}

/// The password that the person typed or pasted. An app cannot read it: it can replace it, and pass the entry to the
/// lock.
///
/// The text is expected in the Unicode form NFC. The platform normalises it before it calls [`set`](Self::set): on
/// Android with `java.text.Normalizer`. The tables for this would make the library 112 kB larger. A text in another
/// form is taken as it is, and is another password for the lock.
pub struct PasswordEntry {
    // Made once with room for the longest password: a growing string would leave unwiped copies behind.
    text: Mutex<Zeroizing<String>>,
}

impl Default for PasswordEntry {
    fn default() -> Self {
        let text = String::with_capacity(MAX_PASSWORD_CHARS * MAX_CHAR_BYTES);
        Self { text: Mutex::new(Zeroizing::new(text)) }
    }
}

impl PasswordEntry {
    /// An empty entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces what is in the entry by this text in UTF-8. If it is refused, the entry is empty.
    pub fn set(&self, utf8: &[u8]) -> Result<(), PasswordFault> {
        let mut text = self.lock();
        text.zeroize();
        let new = str::from_utf8(utf8).map_err(|_| PasswordFault::NotText)?;
        if new.chars().count() > MAX_PASSWORD_CHARS {
            return Err(PasswordFault::TooLong);
        }
        if new.contains(char::is_control) {
            return Err(PasswordFault::ControlCharacter);
        }
        text.push_str(new);
        Ok(())
    }

    /// Wipes the text.
    pub fn clear(&self) {
        self.lock().zeroize();
    }

    /// Whether there is no text in the entry.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// A copy of the text, to judge it. The entry keeps its text.
    pub(crate) fn peek(&self) -> Zeroizing<String> {
        self.lock().clone()
    }

    /// The text, locked. No operation leaves it half changed, so a poisoned mutex can still be used.
    fn lock(&self) -> MutexGuard<'_, Zeroizing<String>> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PasswordEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordEntry(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_whole_and_replaced_whole() {
        let entry = PasswordEntry::new();
        assert!(entry.is_empty());
        assert_eq!(entry.set("Grüne Kröte 7, 你好 🐸".as_bytes()), Ok(()));
        assert_eq!((entry.peek().as_str(), entry.is_empty()), ("Grüne Kröte 7, 你好 🐸", false));
        assert_eq!(entry.set(b"short"), Ok(()));
        assert_eq!(entry.peek().as_str(), "short");
        assert_eq!(entry.set(b"again"), Ok(()));
        entry.clear();
        assert_eq!((entry.peek().as_str(), entry.is_empty()), ("", true));
    }

    #[test]
    fn the_longest_is_kept_whole_and_a_longer_one_is_refused() {
        let entry = PasswordEntry::new();
        for letter in ["x", "é", "密", "🐸"] {
            let longest = letter.repeat(128);
            assert_eq!(entry.set(longest.as_bytes()), Ok(()));
            assert_eq!(*entry.peek(), longest);
            assert_eq!(entry.set(letter.repeat(129).as_bytes()), Err(PasswordFault::TooLong));
            assert!(entry.is_empty());
        }
    }

    #[test]
    fn what_is_refused_leaves_the_entry_empty() {
        for (bytes, fault) in [
            (b"caf\xe9".as_slice(), PasswordFault::NotText),
            (b"\xf0\x9f\x90", PasswordFault::NotText),
            (b"\xed\xa0\x80", PasswordFault::NotText),
            (&[b'x'; 100_000], PasswordFault::TooLong),
            (b"pasted\n", PasswordFault::ControlCharacter),
            (b"with\ttab", PasswordFault::ControlCharacter),
            (b"with\0zero", PasswordFault::ControlCharacter),
            ("next\u{85}line".as_bytes(), PasswordFault::ControlCharacter),
        ] {
            let entry = PasswordEntry::new();
            entry.set(b"before").expect("a text");
            assert_eq!((entry.set(bytes), entry.is_empty()), (Err(fault), true));
        }
    }

    #[test]
    fn the_buffer_never_moves() {
        let entry = PasswordEntry::new();
        let place = || {
            let text = entry.lock();
            (text.as_ptr(), text.capacity())
        };
        let first = place();
        for text in ["", "x", &"🐸".repeat(128), "y", &"🐸".repeat(129), &"🐸".repeat(128)] {
            entry.set(text.as_bytes()).ok();
            assert_eq!(place(), first);
        }
        entry.clear();
        assert_eq!(place(), first);
    }

    #[test]
    fn debug_shows_nothing() {
        let entry = PasswordEntry::new();
        entry.set(b"secret").expect("a text");
        assert_eq!(format!("{entry:?}"), "PasswordEntry(redacted)");
    }
}
