//! The details of a line: names and values, and the two forms in which they are written.
//!
//! They are sealed in a binary form (all numbers are big-endian):
//!
//! | bytes | what |
//! |---|---|
//! | 16 | salt |
//! | 1, n | for each pair, in ascending order of the names' bytes: the name's length, 1 to 255, and the name in UTF-8 |
//! | 2, n | the value's length and the value in UTF-8 |
//! | 0 to 63 | zeros, up to a multiple of 64 bytes, so that the length reveals little about the details |
//!
//! There is at least one pair: a line without details seals nothing. The same details and salt have exactly one binary
//! form, and no other form is read.
//!
//! The chain covers, and an export shows, a hash over the salt and the same pairs as JSON, padded with blanks to a
//! multiple of 64 bytes too.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::crypto::sha256;
use crate::events::JournalEvent;

pub(super) const SALT_BYTES: usize = 16;
/// Both forms are padded to a multiple of this number of bytes.
const PAD_BYTES: usize = 64;

/// Names and values that belong to a line, for example `failures` `3` or `item` `card-token`. They never contain a
/// secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details(pub BTreeMap<String, String>);

impl Details {
    /// The binary form of these details. `None` if there are no details, or if a name is empty, or a name or value is
    /// too long.
    pub(super) fn to_plaintext(&self, salt: &[u8; SALT_BYTES]) -> Option<Plaintext> {
        let mut bytes = Zeroizing::new(salt.to_vec());
        for (name, value) in &self.0 {
            bytes.push(u8::try_from(name.len()).ok()?);
            bytes.extend(name.as_bytes());
            bytes.extend(u16::try_from(value.len()).ok()?.to_be_bytes());
            bytes.extend(value.as_bytes());
        }
        pad(&mut bytes, 0);
        Plaintext::parse(bytes)
    }
}

impl From<&JournalEvent<'_>> for Details {
    fn from(event: &JournalEvent<'_>) -> Self {
        Self(event.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Details in their binary form, which was checked. Empty for a line without details.
///
/// The pairs are not copied out until they are needed: a search goes through a million of these.
#[derive(Default)]
pub(crate) struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// `None` if the bytes are not exactly the binary form of some details.
    pub(super) fn parse(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let mut rest = bytes.get(SALT_BYTES..).filter(|_| bytes.len().is_multiple_of(PAD_BYTES))?;
        let mut before = "";
        while let Step::Pair { name, after, .. } = step(rest)? {
            // Names are not empty, so the first name is greater than the initial "".
            if name <= before {
                return None;
            }
            (before, rest) = (name, after);
        }
        (!before.is_empty()).then_some(Self(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = self.0.get(SALT_BYTES..).unwrap_or_default();
        std::iter::from_fn(move || {
            let Step::Pair { name, value, after } = step(rest)? else { return None };
            rest = after;
            Some((name, value))
        })
    }

    /// The value of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    pub(super) fn to_details(&self) -> Details {
        Details(self.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The bytes that the hash covers: the salt, and the details as JSON, padded with blanks, which JSON ignores. Empty
    /// if there are no details.
    pub(super) fn to_salted_json(&self) -> Option<Zeroizing<Vec<u8>>> {
        let Some(salt) = self.0.get(..SALT_BYTES) else { return Some(Zeroizing::default()) };
        let mut salted = Zeroizing::new(salt.to_vec());
        salted.extend(serde_json::to_vec(&self.to_details().0).ok()?);
        pad(&mut salted, b' ');
        Some(salted)
    }
}

/// The next element of the binary form.
enum Step<'a> {
    Pair { name: &'a str, value: &'a str, after: &'a [u8] },
    End,
}

/// The element at the beginning of `bytes`. `None`: no valid element begins there.
fn step(bytes: &[u8]) -> Option<Step<'_>> {
    let Some((length, rest)) = bytes.split_first() else { return Some(Step::End) };
    if *length == 0 {
        let is_padding = bytes.len() < PAD_BYTES && rest.iter().all(|byte| *byte == 0);
        return is_padding.then_some(Step::End);
    }
    let (name, rest) = rest.split_at_checked((*length).into())?;
    let (length, rest) = rest.split_first_chunk()?;
    let (value, after) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some(Step::Pair { name: str::from_utf8(name).ok()?, value: str::from_utf8(value).ok()?, after })
}

fn pad(bytes: &mut Vec<u8>, with: u8) {
    bytes.resize(bytes.len().next_multiple_of(PAD_BYTES), with);
}

/// The hash of the details, which the chain covers. The salted JSON proves what a line said. Because of the salt,
/// nobody can guess the details from the chain alone.
pub(super) fn derive_hash(salted_json: &[u8]) -> [u8; 32] {
    sha256(&[b"walletlock v1 journal details hash", salted_json])
}
