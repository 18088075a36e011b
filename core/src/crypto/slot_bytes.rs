//! A key slot in the form that the record keeps.

use serde::{Deserialize, Serialize};

use crate::hex;

/// The stored bytes of a key slot, not yet parsed. `key_slots/` parses them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SlotBytes(#[serde(with = "hex::vec")] Vec<u8>);

impl SlotBytes {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for SlotBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SlotBytes")
    }
}
