//! A second PIN that destroys the wallet wherever a PIN is asked for. What is kept of it tells nobody whether there is one.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::crypto::derive_mac;
use crate::hex;
use crate::platform::Random;

/// A MAC over the Argon2id output of the wipe PIN, under the PIN slot's salt and cost. Without one, a MAC over something that is no such
/// output: it has the same length, and a try compares with it all the same.
///
/// The device key has no part in it: whoever could read this, in a record that only the keystore's seal key opens, learns at most which PIN
/// not to enter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WipePin {
    #[serde(with = "hex::array")]
    key: [u8; 32],
    #[serde(with = "hex::array")]
    check: [u8; 32],
}

const NONE: &[u8] = b"walletlock v1 no wipe PIN";

impl WipePin {
    /// None.
    pub(crate) fn none(random: &mut Random) -> Self {
        Self::made(*random.bytes(), NONE)
    }

    /// The PIN of this Argon2id output.
    pub(crate) fn make(random: &mut Random, kdf_output: &[u8; 32]) -> Self {
        Self::made(*random.bytes(), kdf_output)
    }

    /// Whether it is the PIN of this Argon2id output.
    pub(crate) fn is(&self, kdf_output: &[u8; 32]) -> bool {
        self.covers(kdf_output)
    }

    /// Whether there is one.
    pub(crate) fn is_set(&self) -> bool {
        !self.covers(NONE)
    }

    fn made(key: [u8; 32], of: &[u8]) -> Self {
        Self { key, check: *derive_mac(&key, &[of]) }
    }

    fn covers(&self, what: &[u8]) -> bool {
        bool::from(derive_mac(&self.key, &[what]).ct_eq(&self.check))
    }
}

impl Default for WipePin {
    /// None, in a record from before there were any.
    fn default() -> Self {
        Self::made([0; 32], NONE)
    }
}

impl std::fmt::Debug for WipePin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WipePin")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::FakeEntropy;

    #[test]
    fn it_is_one_pin_or_none_and_looks_the_same() {
        let mut random = Random::draw(&FakeEntropy::new(5)).expect("entropy");
        let (none, set) = (WipePin::none(&mut random), WipePin::make(&mut random, &[7; 32]));
        assert!(!none.is_set() && !WipePin::default().is_set() && set.is_set());
        assert!(set.is(&[7; 32]) && !set.is(&[8; 32]));
        assert!(!none.is(&[7; 32]) && !WipePin::default().is(&[0; 32]));
        let length = |pin: &WipePin| serde_json::to_string(pin).expect("JSON").len();
        assert_eq!(length(&none), length(&set));
        assert_eq!(format!("{set:?}"), "WipePin");
    }
}
