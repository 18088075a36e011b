//! Keys of the data keys that were replaced. Each recovery makes a new data key; with these keys the journal's lines
//! from before stay readable, and earlier PINs stay known.

use zeroize::Zeroizing;

use crate::crypto::{DataKey, Purpose, derive_key};
use crate::journal::EarlierJournalKeys;

/// The id of their row. The index's id is empty, and the ids of items have 16 bytes.
pub(crate) const EARLIER_KEYS_ROW: &[u8] = b"keys";

const JOURNAL_KEYS_BYTES: usize = 8 + 32 + 32;

/// The keys of all data keys before the present one. Their row is sealed under the vault's key. The plaintext is
/// (numbers are big-endian):
///
/// | bytes | what |
/// |---|---|
/// | 32 | the key of the PIN history, derived from the first data key |
/// | 72 | for each replaced data key, oldest first: the last line of the journal that was written under it (8), the journal's private key (32), the key of the lines' details (32) |
pub(crate) struct EarlierKeys {
    pub(crate) pin_history: Zeroizing<[u8; 32]>,
    pub(crate) journal: Vec<EarlierJournalKeys>,
}

impl EarlierKeys {
    /// The key of the history of account passwords. It stays the same under every data key, as that of the PINs does.
    pub(crate) fn password_history(&self) -> Zeroizing<[u8; 32]> {
        derive_key(&[self.pin_history.as_slice()], &[], Purpose::PasswordHistory)
    }

    /// The keys while there is only one data key.
    pub(crate) fn none(data_key: &DataKey) -> Self {
        Self { pin_history: data_key.derive(Purpose::PinHistory), journal: Vec::new() }
    }

    /// Adds the keys of a data key that is being replaced, after `last_line` was written under it.
    pub(crate) fn add(&mut self, data_key: &DataKey, last_line: u64) {
        self.journal.push(EarlierJournalKeys::derive(data_key, last_line));
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Reserved at once: a growing vector would leave unwiped copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 + self.journal.len() * JOURNAL_KEYS_BYTES));
        bytes.extend_from_slice(self.pin_history.as_slice());
        for EarlierJournalKeys { last_line, private_key, details_key } in &self.journal {
            bytes.extend_from_slice(&last_line.to_be_bytes());
            bytes.extend_from_slice(private_key.as_slice());
            bytes.extend_from_slice(details_key.as_slice());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (pin_history, rest) = bytes.split_first_chunk()?;
        let (entries, rest) = rest.as_chunks::<JOURNAL_KEYS_BYTES>();
        let read = |entry: &[u8; JOURNAL_KEYS_BYTES]| {
            let (last_line, keys) = entry.split_first_chunk()?;
            let (private_key, details_key) = keys.split_first_chunk()?;
            Some(EarlierJournalKeys {
                last_line: u64::from_be_bytes(*last_line),
                private_key: Zeroizing::new(*private_key),
                details_key: Zeroizing::new(details_key.try_into().ok()?),
            })
        };
        // Room for one more, which `add` may need: a growing vector would leave unwiped copies behind.
        let mut journal = Vec::with_capacity(entries.len() + 1);
        for entry in entries {
            journal.push(read(entry)?);
        }
        rest.is_empty().then(|| Self { pin_history: Zeroizing::new(*pin_history), journal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let mut random = testing::random(41);
        let mut keys = EarlierKeys::none(&DataKey::make(&mut random));
        for last_line in [7, 1 << 40] {
            keys.add(&DataKey::make(&mut random), last_line);
        }
        let bytes = keys.to_bytes();
        let read = EarlierKeys::from_bytes(&bytes).expect("its own bytes");
        assert_eq!(read.journal.iter().map(|keys| keys.last_line).collect::<Vec<_>>(), [7, 1 << 40]);
        assert_eq!(read.to_bytes(), bytes);
        let lengths: Vec<_> =
            (0..bytes.len()).filter(|length| EarlierKeys::from_bytes(&bytes[..*length]).is_some()).collect();
        assert_eq!(lengths, [32, 32 + JOURNAL_KEYS_BYTES], "whole keys only");
    }
}
