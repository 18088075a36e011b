//! The check that recognises the wipe PIN among wrong PINs. It opens nothing and protects nothing.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::crypto::{Random, hmac_sha256};
use crate::hex;

/// A MAC over the wipe PIN's Argon2id output, or random filler of the same shape and length. Every try is compared with
/// it, so that the time of a try does not reveal whether a wipe PIN is set.
///
/// It depends on the salt and the cost of the PIN slot, so that a try needs only one Argon2id for both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WipeCheck {
    /// Random, and new whenever a wipe PIN is set: setting the same PIN twice gives two different MACs.
    #[serde(with = "hex::array")]
    key: [u8; 32],
    #[serde(with = "hex::array")]
    mac: [u8; 32],
    /// 1 or 0: one digit, and one byte. The length of a sealed record must not reveal it, and in the JSON of format 1 a
    /// `bool` has two lengths.
    is_set: u8,
}

impl WipeCheck {
    /// The check for the wipe PIN with this Argon2id output.
    pub(crate) fn make(random: &mut Random, kdf_output: &[u8; 32]) -> Self {
        let key = *random.bytes();
        Self { key, mac: *hmac_sha256(&key, &[LABEL, kdf_output]), is_set: 1 }
    }

    /// Filler, for a wallet without a wipe PIN.
    pub(crate) fn make_filler(random: &mut Random) -> Self {
        Self { key: *random.bytes(), mac: *random.bytes(), is_set: 0 }
    }

    /// Whether a wipe PIN is set. Called only for an open session or after the PIN was verified: a try must not depend
    /// on it.
    pub(crate) fn is_set(&self) -> bool {
        self.is_set != 0
    }

    /// Whether `is_set` has a value that this code writes.
    pub(crate) fn is_in_range(&self) -> bool {
        let Self { key: _, mac: _, is_set } = self;
        *is_set <= 1
    }

    /// Whether the PIN with this Argon2id output is the wipe PIN. The time taken depends neither on that nor on whether
    /// a wipe PIN is set.
    pub(crate) fn matches(&self, kdf_output: &[u8; 32]) -> bool {
        hmac_sha256(&self.key, &[LABEL, kdf_output]).ct_eq(&self.mac).into()
    }
}

const LABEL: &[u8] = b"walletlock v1 wipe pin";

/// The check in a record from before there were wipe PINs. It is compared like any other; no PIN has a MAC of zeros.
impl Default for WipeCheck {
    fn default() -> Self {
        Self { key: [0; 32], mac: [0; 32], is_set: 0 }
    }
}

impl std::fmt::Debug for WipeCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WipeCheck")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    fn random() -> Random {
        testing::random(5)
    }

    #[test]
    fn it_knows_one_pin_and_filler_knows_none() {
        let check = WipeCheck::make(&mut random(), &[1; 32]);
        assert_eq!([1, 2].map(|output| check.matches(&[output; 32])), [true, false]);
        for none in [WipeCheck::make_filler(&mut random()), WipeCheck::default()] {
            assert_eq!([0, 1, 2].map(|output| none.matches(&[output; 32])), [false; 3]);
            assert!(check.is_set() && !none.is_set());
        }
    }

    #[test]
    fn the_same_pin_set_twice_leaves_two_macs() {
        let mut random = random();
        let [first, second] = [(); 2].map(|()| WipeCheck::make(&mut random, &[1; 32]));
        assert!(first.mac != second.mac && first.key != second.key);
        assert!(first.matches(&[1; 32]) && second.matches(&[1; 32]));
    }

    #[test]
    fn filler_is_random() {
        let mut random = random();
        let [first, second] = [(); 2].map(|()| WipeCheck::make_filler(&mut random));
        assert!(first.key != second.key && first.mac != second.mac && first.key != first.mac);
    }

    #[test]
    fn one_that_is_set_is_as_long_as_filler_and_neither_prints_anything() {
        let (set, filler) = (WipeCheck::make(&mut random(), &[1; 32]), WipeCheck::make_filler(&mut random()));
        let length = |check: &WipeCheck| crate::binary::to_bytes(check, 100).expect("short").len();
        assert_eq!(length(&set), length(&filler));
        assert_eq!(length(&set), length(&WipeCheck::default()));
        assert_eq!(format!("{set:?} {filler:?}"), "WipeCheck WipeCheck");
    }

    /// Computed independently of this code, by RFC 2104 with Python's hmac.
    #[test]
    fn the_format_is_frozen() {
        let written = r#"{"key":"KEY","mac":"MAC","is_set":1}"#
            .replace("KEY", &"55".repeat(32))
            .replace("MAC", "2e2f26cb8b2e3af259c21582b728cd887617794849d2c2c7746316f2df0ac963");
        let check: WipeCheck = serde_json::from_str(&written).expect("a check");
        assert!(check.matches(&[0x44; 32]));
        assert_eq!(serde_json::to_string(&check).expect("text"), written);
    }
}
