//! A key slot as the record keeps it.

use serde::{Deserialize, Serialize};

use crate::hex;

/// A key slot in its stored bytes, not yet parsed. What reads them is in `key_slots/`.
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
