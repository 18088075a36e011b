//! Sealing of a line's details, so that only the data key opens them.
//!
//! A line's details are stored as one byte that says how they are sealed, and then:
//!
//! | byte | how | when |
//! |---|---|---|
//! | 1 | HPKE (RFC 9180), base mode, to the journal's public key: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The encapsulated key (32 bytes), the ciphertext with its tag | while the wallet is locked, and the data key is not there |
//! | 2 | AES-256-GCM under a subkey of the data key: nonce (12 bytes), ciphertext, tag | where the data key is at hand. It opens a hundred times as fast |
//!
//! The plaintext is the same in both cases: the binary form of the details. So is the associated data: wallet id (16
//! bytes), number of the line (8, big-endian), hash of the details (32).

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng};
use zeroize::Zeroizing;

use super::details::{Details, Plaintext, SALT_BYTES, derive_hash};
use crate::crypto::{AeadKey, DataKey, Purpose, Random, sha256};

const TO_PUBLIC_KEY: u8 = 1;
const UNDER_SUBKEY: u8 = 2;
const INFO: &[u8] = b"walletlock v1 journal details";

/// Details as they are stored. For a line without details, the hash is zeros and the ciphertext is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedDetails {
    /// SHA-256 over a salt and the details. The chain covers it, and the salt is sealed with the details. So the salt
    /// and the details together prove what a line said, and nobody can guess the details from the chain alone.
    pub hash: [u8; 32],
    /// One byte that says how the details are sealed, and the ciphertext, which can be opened only when the wallet is
    /// open.
    pub ciphertext: Vec<u8>,
}

impl SealedDetails {
    /// SHA-256 of the ciphertext, which the chain covers too.
    pub(super) fn ciphertext_hash(&self) -> [u8; 32] {
        sha256(&[&self.ciphertext])
    }
}

/// The subkey of the data key that seals the details of new lines where the data key is at hand.
pub(crate) struct DetailsKey(AeadKey);

impl DetailsKey {
    pub(crate) fn derive(data_key: &DataKey) -> Self {
        Self(AeadKey::new(&data_key.derive(Purpose::JournalDetails)))
    }
}

/// Seals the details of a wallet's new lines.
pub(crate) struct DetailsSealer<'a> {
    pub(crate) wallet_id: &'a [u8; 16],
    /// The journal's public key, used if `key` is `None`.
    pub(crate) public_key: [u8; 32],
    /// The subkey, if the data key is at hand.
    pub(crate) key: Option<&'a DetailsKey>,
}

impl DetailsSealer<'_> {
    /// Seals details for line `number`. `None` if they do not fit the binary form, or if the public key is not valid.
    pub(crate) fn seal(&self, random: &mut Random, details: &Details, number: u64) -> Option<SealedDetails> {
        if details.0.is_empty() {
            return Some(SealedDetails::default());
        }
        let plaintext = details.to_plaintext(&random.bytes::<SALT_BYTES>())?;
        let hash = derive_hash(&plaintext.to_salted_json()?);
        let aad = associated_data(self.wallet_id, number, &hash);
        let ciphertext = match self.key {
            Some(DetailsKey(key)) => [&[UNDER_SUBKEY], key.seal(random, &aad, plaintext.bytes())?.as_slice()].concat(),
            None => seal_to_public_key(random, &self.public_key, &aad, plaintext.bytes())?,
        };
        Some(SealedDetails { hash, ciphertext })
    }
}

/// Opens the details of a wallet's lines. Its keys are derived from the data key, so it can be made exactly when the
/// data key is at hand.
pub(crate) struct DetailsOpener<'a> {
    wallet_id: &'a [u8; 16],
    private_key: Zeroizing<[u8; 32]>,
    key: DetailsKey,
}

impl<'a> DetailsOpener<'a> {
    pub(crate) fn new(data_key: &DataKey, wallet_id: &'a [u8; 16]) -> Self {
        Self { wallet_id, private_key: derive_private_key(data_key), key: DetailsKey::derive(data_key) }
    }

    /// The details of line `number`. `None` if they are not what was written.
    pub(crate) fn open(&self, details: &SealedDetails, number: u64) -> Option<Plaintext> {
        let Some((how, sealed)) = details.ciphertext.split_first() else {
            return (details.hash == [0; 32]).then(Plaintext::default);
        };
        let aad = associated_data(self.wallet_id, number, &details.hash);
        let plaintext = match *how {
            TO_PUBLIC_KEY => open_with_private_key(&self.private_key, &aad, sealed),
            UNDER_SUBKEY => self.key.0.open(&aad, sealed),
            _ => None,
        };
        match plaintext {
            Some(plaintext) => Plaintext::parse(plaintext),
            None => self.open_format_1(details, number),
        }
    }

    /// Opens details of format 1, which had no leading byte and no binary form: HPKE, with the line's number as
    /// associated data, over the salt and the JSON that the hash covers. Details of a later format never open this way.
    fn open_format_1(&self, details: &SealedDetails, number: u64) -> Option<Plaintext> {
        let salted = open_with_private_key(&self.private_key, &number.to_be_bytes(), &details.ciphertext)?;
        let (salt, json) = salted.split_first_chunk::<SALT_BYTES>()?;
        let is_it = derive_hash(&salted) == details.hash;
        if is_it { Details(serde_json::from_slice(json).ok()?).to_plaintext(salt) } else { None }
    }

    /// The details, and the salted JSON that their hash covers (empty for a line without details). `None` if they are
    /// not what was written.
    pub(super) fn open_salted_json(
        &self,
        details: &SealedDetails,
        number: u64,
    ) -> Option<(Plaintext, Zeroizing<Vec<u8>>)> {
        let plaintext = self.open(details, number)?;
        let salted = plaintext.to_salted_json()?;
        (salted.is_empty() || derive_hash(&salted) == details.hash).then_some((plaintext, salted))
    }
}

/// The journal's public key, to which lines are sealed while the wallet is locked. `None` cannot happen: every 32 bytes
/// are an X25519 private key.
pub(crate) fn derive_public_key(data_key: &DataKey) -> Option<[u8; 32]> {
    let private_key =
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(derive_private_key(data_key).as_slice()).ok()?;
    <[u8; 32]>::try_from(X25519HkdfSha256::sk_to_pk(&private_key).to_bytes().as_slice()).ok()
}

/// The journal's private key. It is not stored anywhere.
fn derive_private_key(data_key: &DataKey) -> Zeroizing<[u8; 32]> {
    data_key.derive(Purpose::JournalPrivateKey)
}

/// The associated data includes the hash, so that details open only beside their own hash. A search need not compute
/// the hash of each line.
fn associated_data(wallet_id: &[u8; 16], number: u64, hash: &[u8; 32]) -> [u8; 56] {
    let mut aad = [0; 56];
    let (wallet, line) = aad.split_at_mut(16);
    let (of_line, of_details) = line.split_at_mut(8);
    wallet.copy_from_slice(wallet_id);
    of_line.copy_from_slice(&number.to_be_bytes());
    of_details.copy_from_slice(hash);
    aad
}

fn seal_to_public_key(random: &mut Random, key: &[u8; 32], aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    let key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(key).ok()?;
    let (encapsulated, ciphertext) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &key,
        INFO,
        plaintext,
        aad,
        random,
    )
    .ok()?;
    Some([&[TO_PUBLIC_KEY], encapsulated.to_bytes().as_slice(), &ciphertext].concat())
}

fn open_with_private_key(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, ciphertext) = sealed.split_first_chunk::<32>()?;
    single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &<X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(key).ok()?,
        &<X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?,
        INFO,
        ciphertext,
        aad,
    )
    .map(Zeroizing::new)
    .ok()
}
