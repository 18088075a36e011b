//! The part of a line that only the open wallet can read.

use std::collections::BTreeMap;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng};
use zeroize::Zeroizing;

use crate::crypto::{DataKey, Purpose, Random, sha256};
use crate::events::JournalEvent;

const SALT_BYTES: usize = 16;
/// Details are padded to a multiple of this, so that their length does not tell them apart.
const PAD_BYTES: usize = 64;
const INFO: &[u8] = b"walletlock v1 journal details";

/// Names and values that belong to a line: `tries_left` `3`, `item` `card-token`. Never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details(pub BTreeMap<String, String>);

/// Details as they are stored; both parts are empty for a line without any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedDetails {
    /// SHA-256 over a salt and the padded details. The chain covers it, and the salt is sealed with the details: so whoever shows
    /// both can prove what a line said, and who has only the chain can guess nothing.
    pub hash: [u8; 32],
    /// HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The encapsulated key comes first.
    pub ciphertext: Vec<u8>,
}

impl Details {
    /// Whether a name or value contains `text`, upper and lower case alike.
    pub(crate) fn contains(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.0.iter().any(|(name, value)| name.to_lowercase().contains(&text) || value.to_lowercase().contains(&text))
    }

    /// From salt and padded JSON; from nothing, nothing.
    pub(super) fn from_salted(salted: &[u8]) -> Option<Self> {
        if salted.is_empty() {
            return Some(Self::default());
        }
        serde_json::from_slice(salted.get(SALT_BYTES..)?).ok().map(Self)
    }

    /// Seals them for line `number`. `None` if `public_key` is not one.
    pub(crate) fn seal(&self, random: &mut Random, public_key: &[u8; 32], number: u64) -> Option<SealedDetails> {
        if self.0.is_empty() {
            return Some(SealedDetails::default());
        }
        let mut plaintext = Zeroizing::new(random.bytes::<SALT_BYTES>().to_vec());
        plaintext.extend(serde_json::to_vec(&self.0).ok()?);
        // JSON ignores blanks at its end.
        let padded = plaintext.len().next_multiple_of(PAD_BYTES);
        plaintext.resize(padded, b' ');
        let public_key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public_key).ok()?;
        let (encapsulated, ciphertext) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public_key,
            INFO,
            &plaintext,
            &number.to_be_bytes(),
            random,
        )
        .ok()?;
        Some(SealedDetails {
            hash: derive_hash(&plaintext),
            ciphertext: [encapsulated.to_bytes().as_slice(), &ciphertext].concat(),
        })
    }
}

impl From<&JournalEvent<'_>> for Details {
    fn from(event: &JournalEvent<'_>) -> Self {
        Self(event.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl SealedDetails {
    /// Opens them with the private half. `None` if they are not what was written.
    pub(crate) fn open(&self, private_key: &[u8; 32], number: u64) -> Option<Details> {
        Details::from_salted(&self.open_salted(private_key, number)?)
    }

    /// Opens them to what their hash is over: empty for a line without any.
    pub(super) fn open_salted(&self, private_key: &[u8; 32], number: u64) -> Option<Zeroizing<Vec<u8>>> {
        if self.ciphertext.is_empty() {
            return (self.hash == [0; 32]).then(Zeroizing::default);
        }
        let (encapsulated, ciphertext) = self.ciphertext.split_first_chunk::<32>()?;
        let plaintext = single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &<X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key).ok()?,
            &<X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?,
            INFO,
            ciphertext,
            &number.to_be_bytes(),
        )
        .map(Zeroizing::new)
        .ok()?;
        (derive_hash(&plaintext) == self.hash).then_some(plaintext)
    }

    /// SHA-256 of the ciphertext, which the chain covers too.
    pub(super) fn ciphertext_hash(&self) -> [u8; 32] {
        sha256(&[&self.ciphertext])
    }
}

/// The private half, from the data key. It is not stored anywhere: it is there exactly when the data key is.
pub(crate) fn derive_private_key(data_key: &DataKey) -> Zeroizing<[u8; 32]> {
    data_key.derive(Purpose::JournalPrivateKey)
}

/// The public half. `None` cannot happen: every 32 bytes are an X25519 private key.
pub(crate) fn derive_public_key(private_key: &[u8; 32]) -> Option<[u8; 32]> {
    let private_key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key).ok()?;
    <[u8; 32]>::try_from(X25519HkdfSha256::sk_to_pk(&private_key).to_bytes().as_slice()).ok()
}

fn derive_hash(salted: &[u8]) -> [u8; 32] {
    sha256(&[b"walletlock v1 journal details hash", salted])
}
