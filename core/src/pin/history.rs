//! Earlier PINs, so that they are not used again: MACs over their Argon2id output, kept in the sealed index of the vault.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::{Purpose, derive_mac};
use crate::hex;
use crate::key_slots::DataKey;
use crate::key_slots::kdf::{KdfCost, SALT_BYTES};
use crate::platform::Random;

/// Most earlier PINs that are kept, whatever the policy asks for.
const MAX_KEPT: usize = 5;

/// The last PINs. One salt and one cost for all of them, so that a proposal is derived once and compared with each.
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

    /// Whether the PIN of this Argon2id output is among the last `remember`, the one in force included.
    pub(crate) fn contains(&self, data_key: &DataKey, kdf_output: &[u8; 32], remember: u32) -> bool {
        let tag = derive_tag(data_key, kdf_output);
        let recent = self.macs.iter().rev().take(remember as usize);
        // Each is compared, so that the time does not tell which it was.
        recent.fold(false, |found, mac| found | bool::from(mac.0.ct_eq(tag.as_slice())))
    }

    /// Adds the PIN of this Argon2id output.
    pub(crate) fn push(&mut self, data_key: &DataKey, kdf_output: &[u8; 32]) {
        self.macs.push(Tag(*derive_tag(data_key, kdf_output)));
        let surplus = self.macs.len().saturating_sub(MAX_KEPT);
        self.macs.drain(..surplus);
    }
}

fn derive_tag(data_key: &DataKey, kdf_output: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    derive_mac(data_key.derive(Purpose::PinHistory).as_slice(), &[kdf_output])
}
