//! The history of PINs, so that an earlier PIN is not used again: MACs over their Argon2id outputs, kept in the vault's
//! sealed index.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::kdf::{KdfCost, SALT_BYTES};
use crate::crypto::{Random, hmac_sha256};
use crate::hex;

/// Most PINs that are kept, including the one in force.
const MAX_KEPT: usize = 5;

/// The last PINs. They share one salt and one cost, so that a proposed PIN is derived once and compared with each of
/// them.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinHistory {
    #[serde(with = "hex::array")]
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) cost: KdfCost,
    /// Oldest first; the last is the PIN in force.
    macs: Vec<Tag>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Tag(#[serde(with = "hex::array")] [u8; 32]);

impl PinHistory {
    pub(crate) fn make(random: &mut Random, cost: KdfCost) -> Self {
        Self { salt: *random.bytes(), cost, macs: Vec::new() }
    }

    /// Whether the PIN with this Argon2id output is among the last `remember` PINs. The PIN in force is one of them.
    /// `key`: the key of the MACs, derived from the wallet's first data key.
    pub(crate) fn contains(&self, key: &[u8; 32], kdf_output: &[u8; 32], remember: u32) -> bool {
        let tag = derive_tag(key, kdf_output);
        let recent = self.macs.iter().rev().take(remember as usize);
        // All are compared, so that the time taken does not reveal which one is equal.
        recent.fold(false, |found, mac| found | bool::from(mac.0.ct_eq(tag.as_slice())))
    }

    /// Adds the PIN with this Argon2id output, and drops the oldest beyond [`MAX_KEPT`].
    pub(crate) fn push(&mut self, key: &[u8; 32], kdf_output: &[u8; 32]) {
        self.macs.push(Tag(*derive_tag(key, kdf_output)));
        let surplus = self.macs.len().saturating_sub(MAX_KEPT);
        self.macs.drain(..surplus);
    }
}

fn derive_tag(key: &[u8; 32], kdf_output: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    hmac_sha256(key, &[kdf_output])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    const KEY: [u8; 32] = [0x11; 32];

    fn history(outputs: &[u8]) -> PinHistory {
        let mut history = PinHistory::make(&mut testing::random(11), KdfCost::CHEAP);
        outputs.iter().for_each(|output| history.push(&KEY, &[*output; 32]));
        history
    }

    #[test]
    fn it_knows_the_last_pins_and_no_others() {
        let history = history(&[1, 2, 3]);
        let known = |output, remember| history.contains(&KEY, &[output; 32], remember);
        assert_eq!([1, 2, 3, 4].map(|output| known(output, 5)), [true, true, true, false]);
        assert_eq!([1, 2, 3].map(|output| known(output, 2)), [false, true, true], "the newest two");
        assert_eq!([1, 2, 3].map(|output| known(output, 0)), [false; 3]);
    }

    #[test]
    fn a_pin_set_twice_is_known() {
        let history = history(&[1, 1]);
        assert!(history.contains(&KEY, &[1; 32], 5));
    }

    #[test]
    fn it_keeps_five() {
        let history = history(&[1, 2, 3, 4, 5, 6, 7]);
        let known = [2, 3, 7].map(|output| history.contains(&KEY, &[output; 32], u32::MAX));
        assert_eq!((history.macs.len(), known), (MAX_KEPT, [false, true, true]));
    }

    #[test]
    fn without_its_key_it_tells_nothing() {
        let history = history(&[1]);
        assert!(!history.contains(&[0x12; 32], &[1; 32], 5));
    }
}
