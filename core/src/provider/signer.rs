//! Signs words as a provider does: for tests, and for the fakes. What ships is built without it.

use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::base64url;
use crate::crypto::sha256;
use crate::policy::{KeyId, KeyRole, ProviderKey};

/// A key pair of a provider.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// The key pair of this seed (RFC 8032, section 5.1.5).
    #[allow(clippy::missing_panics_doc, reason = "32 bytes are always a seed")]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(seed) else { unreachable!("32 bytes are a seed") };
        Self(pair)
    }

    /// The public key with its role, for a policy.
    pub fn key(&self, role: KeyRole) -> ProviderKey {
        let mut key = [0; 32];
        key.iter_mut().zip(self.0.public_key().as_ref()).for_each(|(to, from)| *to = *from);
        ProviderKey { key, role }
    }

    /// The key's id, 16 hexadecimal digits.
    pub fn id(&self) -> String {
        KeyId::of(&self.key(KeyRole::Online).key).to_string()
    }

    /// A word of this kind (`order`, `grant`, `heartbeat`, `keys`, `settle`) with this payload.
    pub fn sign(&self, kind: &str, payload: &str) -> String {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"walletlock-{kind}+jwt"}}"#, self.id());
        self.sign_raw(&header, payload)
    }

    /// A JWS with any header.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        format!("{signed}.{}", encode(self.0.sign(signed.as_bytes()).as_ref()))
    }
}

/// Bytes as base64url, for the claims of a word.
pub fn encode(bytes: &[u8]) -> String {
    base64url::encode(bytes)
}

/// The bytes of base64url text. `None`: it is none.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    base64url::decode(text)
}

/// SHA-256 of a request's text, as the claim `req` names it.
pub fn request_hash(request: &str) -> String {
    base64url::encode(&sha256(&[request.as_bytes()]))
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.id())
    }
}
