//! AES-256-GCM, HKDF-SHA256 and HMAC-SHA256 as plain functions. The libraries' code is generic, so it is
//! compiled in the crate that calls it, at that crate's optimisation level. The core is optimised for the smallest
//! size, at which sealing and opening are slow; this crate has a faster level. `core/DESIGN.md` has the figures.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use hkdf::HkdfExtract;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// Length of an AES-256-GCM nonce, in bytes.
pub const NONCE_BYTES: usize = 12;
/// Length of an AES-256-GCM tag, in bytes.
pub const TAG_BYTES: usize = 16;

/// A key of AES-256-GCM (NIST SP 800-38D). Its key schedule is computed once, because that takes as long as opening a
/// short ciphertext. It wipes itself when dropped.
pub struct AeadKey(Box<Aes256Gcm>);

impl AeadKey {
    /// Makes the key from its 32 bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Box::new(Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key))))
    }

    /// Seals a plaintext: returns ciphertext and tag. `None` for plaintexts of 64 GiB and more.
    pub fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
        self.0.encrypt(&Nonce::from(*nonce), Payload { msg: plaintext, aad }).ok()
    }

    /// Opens a ciphertext with its tag: returns the plaintext. `None` if any bit of them, of the key, of the nonce or
    /// of `aad` differs.
    pub fn open(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad }).ok().map(Zeroizing::new)
    }
}

/// HKDF-SHA256 (RFC 5869) over the concatenated `secrets`, to 32 bytes.
pub fn hkdf_sha256(secrets: &[&[u8]], salt: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut extract = HkdfExtract::<Sha256>::new(Some(salt));
    secrets.iter().for_each(|secret| extract.input_ikm(secret));
    let (mut extracted, expand) = extract.finalize();
    let mut key = Zeroizing::new([0; 32]);
    let expanded = expand.expand(info, key.as_mut_slice());
    extracted.as_mut_slice().zeroize();
    let Ok(()) = expanded else { unreachable!("HKDF gives 32 bytes") };
    key
}

/// HMAC-SHA256 (RFC 2104) of the concatenated `parts`.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { unreachable!("HMAC takes keys of any length") };
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}
