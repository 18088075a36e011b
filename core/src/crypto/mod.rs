//! The cryptographic primitives of the library: one AEAD, one key derivation, one MAC, Argon2id, randomness, the data
//! key.

mod data_key;
mod hash;
pub(crate) mod kdf;
mod random;
mod sealing;
mod slot_bytes;

use walletlock_primitives::{NONCE_BYTES, TAG_BYTES, hkdf_sha256};
use zeroize::Zeroizing;

pub use data_key::DataKey;
pub(crate) use hash::{hmac_sha1, sha256};
pub use kdf::{Calibration, KdfCost, KdfFault, KdfMemory};
pub(crate) use random::Random;
pub(crate) use sealing::{SEALING_OVERHEAD, can_seal_to, derive_public_key, open_with_private_key, seal_to_public_key};
pub(crate) use slot_bytes::SlotBytes;
pub(crate) use walletlock_primitives::hmac_sha256;

/// Number of bytes that sealing adds: a random nonce before the ciphertext and the tag after it.
pub(crate) const AEAD_OVERHEAD: usize = NONCE_BYTES + TAG_BYTES;

/// What a derived key is used for. No key has two uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    PinSlot,
    DeviceKeyInput,
    BiometricSlot,
    RecordSeal,
    Vault,
    JournalPrivateKey,
    JournalDetails,
    JournalSigningKey,
    PinHistory,
    PasswordHistory,
    RecoveryCode,
    RescueRow,
    Survivors,
    PaymentSigningKey,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::PinSlot => b"walletlock v1 pin slot",
            Self::DeviceKeyInput => b"walletlock v2 pin slot device key input",
            Self::BiometricSlot => b"walletlock v1 biometric slot",
            Self::RecordSeal => b"walletlock v1 record seal",
            Self::Vault => b"walletlock v1 vault",
            Self::JournalPrivateKey => b"walletlock v1 journal private key",
            Self::JournalDetails => b"walletlock v1 journal details key",
            Self::JournalSigningKey => b"walletlock v1 journal signing key",
            Self::PinHistory => b"walletlock v1 pin history",
            Self::PasswordHistory => b"walletlock v1 password history",
            Self::RecoveryCode => b"walletlock v1 recovery code",
            Self::RescueRow => b"walletlock v1 rescue row",
            Self::Survivors => b"walletlock v1 survivors",
            Self::PaymentSigningKey => b"walletlock v1 payment signing key",
        }
    }
}

/// Derives 32 bytes with HKDF-SHA256 (RFC 5869) from the concatenated `secrets`. Each of them must have a fixed length.
pub(crate) fn derive_key(secrets: &[&[u8]], salt: &[u8], purpose: Purpose) -> Zeroizing<[u8; 32]> {
    hkdf_sha256(secrets, salt, purpose.label())
}

/// Seals with AES-256-GCM (NIST SP 800-38D) under a random nonce. The result is nonce, ciphertext, tag.
///
/// Random 96-bit nonces are safe for 2^32 messages under one key. A phone that commits once a second reaches that after
/// more than a century.
///
/// `None` for plaintexts of 64 GiB and more, which do not occur here.
pub(crate) fn aead_seal(random: &mut Random, key: &[u8; 32], aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    AeadKey::new(key).seal(random, aad, plaintext)
}

/// Opens what [`aead_seal`] made. `None` if any bit of `sealed`, of the key or of `aad` differs.
pub(crate) fn aead_open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    AeadKey::new(key).open(aad, sealed)
}

/// A key that computes its key schedule once, for data that is sealed in many small pieces: the schedule takes as long
/// to compute as one piece to open. It wipes itself when it is dropped.
pub(crate) struct AeadKey(walletlock_primitives::AeadKey);

impl AeadKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(walletlock_primitives::AeadKey::new(key))
    }

    /// [`aead_seal`] with this key.
    pub(crate) fn seal(&self, random: &mut Random, aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
        let nonce = random.bytes::<NONCE_BYTES>();
        let sealed = self.0.seal(&nonce, aad, plaintext)?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// [`aead_open`] with this key.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.0.open(nonce, aad, ciphertext)
    }
}
