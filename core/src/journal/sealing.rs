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

use zeroize::Zeroizing;

use super::details::{Details, Plaintext, SALT_BYTES, derive_hash};
use crate::crypto::{
    AeadKey, DataKey, Purpose, Random, derive_public_key, open_with_private_key, seal_to_public_key, sha256,
};
use crate::json;

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
            None => {
                let sealed = seal_to_public_key(random, &self.public_key, INFO, &aad, plaintext.bytes())?;
                [&[TO_PUBLIC_KEY], sealed.as_slice()].concat()
            }
        };
        Some(SealedDetails { hash, ciphertext })
    }
}

/// Opens the details of a wallet's lines. Its keys are derived from the data key, so it can be made exactly when the
/// data key is at hand.
pub(crate) struct DetailsOpener<'a> {
    wallet_id: &'a [u8; 16],
    /// The keys of the data keys before this one, oldest first, each with the last line that was written under it.
    earlier: Vec<(u64, JournalKeys)>,
    present: JournalKeys,
}

/// The keys that open the details of the lines that were written under one data key.
struct JournalKeys {
    private_key: Zeroizing<[u8; 32]>,
    key: DetailsKey,
}

/// The keys of a data key that was replaced. They are kept under its successor, so that the lines from its time can
/// still be read.
pub(crate) struct EarlierJournalKeys {
    /// The last line that was written under that data key.
    pub(crate) last_line: u64,
    /// The journal's private key, derived from that data key.
    pub(crate) private_key: Zeroizing<[u8; 32]>,
    /// The subkey of that data key.
    pub(crate) details_key: Zeroizing<[u8; 32]>,
}

impl EarlierJournalKeys {
    /// The keys of `data_key`, under which lines were written up to `last_line`.
    pub(crate) fn derive(data_key: &DataKey, last_line: u64) -> Self {
        let details_key = data_key.derive(Purpose::JournalDetails);
        Self { last_line, private_key: derive_private_key(data_key), details_key }
    }
}

impl<'a> DetailsOpener<'a> {
    /// `earlier`: the keys of the data keys before this one, oldest first.
    pub(crate) fn new(data_key: &DataKey, wallet_id: &'a [u8; 16], earlier: Vec<EarlierJournalKeys>) -> Self {
        let present = JournalKeys { private_key: derive_private_key(data_key), key: DetailsKey::derive(data_key) };
        let earlier = earlier.into_iter().map(|EarlierJournalKeys { last_line, private_key, details_key }| {
            (last_line, JournalKeys { private_key, key: DetailsKey(AeadKey::new(&details_key)) })
        });
        let earlier = earlier.collect();
        Self { wallet_id, earlier, present }
    }

    /// The details of line `number`. `None` if they are not what was written.
    pub(crate) fn open(&self, details: &SealedDetails, number: u64) -> Option<Plaintext> {
        let earlier = self.earlier.iter().find(|(last_line, _)| number <= *last_line);
        earlier.map_or(&self.present, |(_, keys)| keys).open(self.wallet_id, details, number)
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

impl JournalKeys {
    fn open(&self, wallet_id: &[u8; 16], details: &SealedDetails, number: u64) -> Option<Plaintext> {
        let Some((how, sealed)) = details.ciphertext.split_first() else {
            return (details.hash == [0; 32]).then(Plaintext::default);
        };
        let aad = associated_data(wallet_id, number, &details.hash);
        let plaintext = match *how {
            TO_PUBLIC_KEY => open_with_private_key(&self.private_key, INFO, &aad, sealed),
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
        let salted = open_with_private_key(&self.private_key, INFO, &number.to_be_bytes(), &details.ciphertext)?;
        let (salt, json) = salted.split_first_chunk::<SALT_BYTES>()?;
        let is_it = derive_hash(&salted) == details.hash;
        if is_it { Details(json::from_slice(json).ok()?).to_plaintext(salt) } else { None }
    }
}

/// The journal's public key, to which lines are sealed while the wallet is locked. `None` cannot happen: every 32 bytes
/// are an X25519 private key.
pub(crate) fn derive_journal_key(data_key: &DataKey) -> Option<[u8; 32]> {
    derive_public_key(&derive_private_key(data_key))
}

/// The journal's private key. It is not stored anywhere, until its data key is replaced ([`EarlierJournalKeys`]).
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
