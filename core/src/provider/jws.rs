//! JWS compact (RFC 7515, section 3.1) with Ed25519 (RFC 8037, section 3.1): the shape of a word, its key, its
//! signature.

use ring::signature::{ED25519, UnparsedPublicKey};

use super::fields::Fields;
use super::outcome::WordError;
use crate::base64url;
use crate::json;
use crate::policy::{KeyId, KeyRole, ProviderKey};

/// Longest word, in bytes. The longest word of today, an order with a message of 160 characters, has about 1,300.
pub const MAX_WORD_BYTES: usize = 4096;

/// The kind of a word, as `typ` in its header names it (RFC 7515, section 4.1.9; RFC 8725, section 3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordType {
    Order,
    Grant,
    Heartbeat,
    Keys,
    Settle,
}

impl WordType {
    const ALL: [Self; 5] = [Self::Order, Self::Grant, Self::Heartbeat, Self::Keys, Self::Settle];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Order => "walletlock-order+jwt",
            Self::Grant => "walletlock-grant+jwt",
            Self::Heartbeat => "walletlock-heartbeat+jwt",
            Self::Keys => "walletlock-keys+jwt",
            Self::Settle => "walletlock-settle+jwt",
        }
    }
}

/// The provider's keys that count now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeysInForce(Vec<ProviderKey>);

impl KeysInForce {
    pub(crate) fn new(keys: Vec<ProviderKey>) -> Self {
        Self(keys)
    }

    pub(crate) fn role_of(&self, id: KeyId) -> Option<KeyRole> {
        self.find(id).map(|key| key.role)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().map(|key| KeyId::of(&key.key))
    }

    fn find(&self, id: KeyId) -> Option<&ProviderKey> {
        self.0.iter().find(|key| KeyId::of(&key.key) == id)
    }
}

/// A word whose signature is right. Its claims are not read yet.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) kid: KeyId,
    pub(crate) role: KeyRole,
    /// `None`: a `typ` that this version does not know.
    pub(crate) typ: Option<WordType>,
    pub(crate) payload: Vec<u8>,
}

impl Opened {
    /// Checks the shape, the header, the key and the signature, in this order.
    pub(crate) fn open(text: &str, keys: &KeysInForce) -> Result<Self, WordError> {
        if text.len() > MAX_WORD_BYTES {
            return Err(WordError::TooLong);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(WordError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(WordError::Malformed)?;
        // `decode` refuses a further dot.
        let decode = |part| base64url::decode(part).ok_or(WordError::Malformed);
        let (header, payload) = (decode(header)?, decode(payload)?);
        let signature: [u8; 64] = base64url::decode_array(signature).ok_or(WordError::Malformed)?;
        let mut header: Fields = json::from_slice(&header).map_err(|_| WordError::Malformed)?;
        let mut member = |name| header.text(name).ok_or(WordError::Malformed);
        let (alg, kid, typ) = (member("alg")?, member("kid")?, member("typ")?);
        // RFC 9864 names the algorithm `Ed25519` too. What the libraries of today write is this. The key's type is
        // pinned by its id, so nothing is left open by it.
        // Another member, or a doubled one, is left over.
        if alg != "EdDSA" || !header.is_used_up() {
            return Err(WordError::Malformed);
        }
        let kid = KeyId::parse(&kid).ok_or(WordError::Malformed)?;
        let key = keys.find(kid).ok_or(WordError::UnknownKey)?;
        UnparsedPublicKey::new(&ED25519, key.key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| WordError::BadSignature)?;
        let typ = WordType::ALL.into_iter().find(|known| known.name() == typ);
        Ok(Self { kid, role: key.role, typ, payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.4: a JWS with Ed25519. Its header has no `kid` and no `typ`, so only the parts are checked.
    #[test]
    fn the_example_of_rfc_8037_verifies() {
        let key: [u8; 32] = base64url::decode_array("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").expect("a key");
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature =
            base64url::decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
                .expect("a signature");
        let verify = |signed: &str| UnparsedPublicKey::new(&ED25519, key).verify(signed.as_bytes(), &signature);
        assert!(verify(signed).is_ok());
        assert!(verify(&signed.replacen("RXh", "RXi", 1)).is_err());
        let (header, payload) = signed.split_once('.').expect("two parts");
        assert_eq!(base64url::decode(header).as_deref(), Some(&br#"{"alg":"EdDSA"}"#[..]));
        assert_eq!(base64url::decode(payload).as_deref(), Some(&b"Example of Ed25519 signing"[..]));
    }
}
