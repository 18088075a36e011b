//! The history of account passwords, so that an earlier one is not used again: MACs, kept in the vault's sealed index.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::hmac_sha256;
use crate::hex;

/// Most passwords that are kept, including the one in force.
const MAX_KEPT: usize = 5;

/// The last passwords.
///
/// The history of PINs runs Argon2id first; this one does not. The key of these MACs is derived from the wallet's data
/// key, and the MACs lie inside what that key seals. So they say nothing to anyone who has not opened the wallet. Who
/// has could try passwords against them, about as many as HMAC-SHA256 allows. A PIN would fall to that even with
/// Argon2id; a password that [`judge`](super::judge) let through should not.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordHistory {
    /// Oldest first; the last is the password in force.
    macs: Vec<Tag>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Tag(#[serde(with = "hex::array")] [u8; 32]);

impl PasswordHistory {
    /// Whether no password was ever noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.macs.is_empty()
    }

    /// Whether this is among the last `remember` passwords. The password in force is one of them. `key`: the key of the
    /// MACs, which the caller derives from the wallet's first data key.
    pub(crate) fn contains(&self, key: &[u8; 32], text: &str, remember: u32) -> bool {
        let tag = derive_tag(key, text);
        let recent = self.macs.iter().rev().take(remember as usize);
        // All are compared, so that the time taken does not reveal which one is equal.
        recent.fold(false, |found, mac| found | bool::from(mac.0.ct_eq(tag.as_slice())))
    }

    /// Adds a password, and drops the oldest beyond [`MAX_KEPT`].
    pub(crate) fn push(&mut self, key: &[u8; 32], text: &str) {
        self.macs.push(Tag(*derive_tag(key, text)));
        let surplus = self.macs.len().saturating_sub(MAX_KEPT);
        self.macs.drain(..surplus);
    }
}

fn derive_tag(key: &[u8; 32], text: &str) -> Zeroizing<[u8; 32]> {
    hmac_sha256(key, &[text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [0x11; 32];

    fn history(texts: &[&str]) -> PasswordHistory {
        let mut history = PasswordHistory::default();
        texts.iter().for_each(|text| history.push(&KEY, text));
        history
    }

    #[test]
    fn it_knows_the_last_passwords_and_no_others() {
        let history = history(&["one", "two", "three"]);
        let known = |text, remember| history.contains(&KEY, text, remember);
        assert_eq!(["one", "two", "three", "Three"].map(|text| known(text, 5)), [true, true, true, false]);
        assert_eq!(["one", "two", "three"].map(|text| known(text, 2)), [false, true, true], "the newest two");
        assert_eq!(["one", "two", "three"].map(|text| known(text, 0)), [false; 3]);
    }

    #[test]
    fn it_keeps_five() {
        let history = history(&["1", "2", "3", "4", "5", "6", "7"]);
        let known = ["2", "3", "7"].map(|text| history.contains(&KEY, text, u32::MAX));
        assert_eq!((history.macs.len(), known), (MAX_KEPT, [false, true, true]));
    }

    #[test]
    fn without_its_key_it_tells_nothing() {
        assert!(!history(&["one"]).contains(&[0x12; 32], "one", 5));
    }

    #[test]
    fn it_survives_json_and_holds_no_text() {
        let json = serde_json::to_string(&history(&["one", "two"])).expect("JSON");
        assert!(!json.contains("one") && !json.contains("two"), "{json}");
        let read: PasswordHistory = serde_json::from_str(&json).expect("a history");
        assert!(read.contains(&KEY, "one", 5) && read.contains(&KEY, "two", 1));
        for bad in [r#"{}"#, r#"{"macs":["00"]}"#, r#"{"macs":[],"more":1}"#] {
            assert!(serde_json::from_str::<PasswordHistory>(bad).is_err(), "{bad}");
        }
    }
}
