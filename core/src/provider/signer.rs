//! The provider's side: signs words, and reads requests. For tests, and for the fakes. What ships is built without it.

use std::fmt;

use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use super::escrow;
use crate::base64url;
use crate::crypto::{Random, derive_public_key, sha256};
use crate::policy::{EscrowKey, KeyId, KeyRole, ProviderKey};

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
        self.sign_raw(header, payload)
    }

    /// A JWS with any header and any payload.
    pub fn sign_raw(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", encode(header.as_ref()), encode(payload.as_ref()));
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

/// SHA-256 of an escrow slot, as a deposit names it.
pub fn escrow_digest(slot: &[u8]) -> String {
    base64url::encode(&escrow::digest(slot))
}

/// A request of a phone, as its provider reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadRequest {
    /// The wallet's id, base64url.
    pub wallet: String,
    /// The installation's id, base64url.
    pub installation: String,
    /// What it asks for.
    pub kind: String,
    /// The highest number of an order that the phone knows; 0: none.
    pub last_order: u64,
    /// What the app says, or the channel that the request is about.
    pub channel: Option<String>,
    /// What the app says: a code that the person typed.
    pub code: Option<String>,
    /// What the app says, or the address of a channel that is being set up.
    pub what: Option<String>,
    /// What is set up, and what waits: only in a report.
    pub report: Option<ReadReport>,
    /// SHA-256 of the escrow slot in force, base64url, and the version of its row: only in a deposit.
    pub deposit: Option<(String, u64)>,
    /// The escrow slot to be opened, and the key to which the data key is to be sealed: only in a request for escrow.
    pub escrow: Option<(Vec<u8>, [u8; 32])>,
    /// The public key that signed it, an uncompressed point.
    pub public_key: Vec<u8>,
    /// The public key of the owner's signatures, Ed25519: only in a request to register.
    pub owner_key: Option<Vec<u8>>,
    /// What is frozen: only in a notice of a freeze.
    pub frozen: Option<Vec<String>>,
}

/// What a phone reports of the owner's ways back in, as its provider reads it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadReport {
    /// The channels.
    pub channels: Vec<ReadChannel>,
    /// The name of the second factor in force.
    pub second_factor: Option<String>,
    /// What waits.
    pub pending: Vec<ReadChange>,
}

/// A channel in a report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadChannel {
    /// Its kind and its id.
    pub channel: String,
    /// `new`, `waiting` or `in_force`.
    pub state: String,
}

/// A change in a report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadChange {
    /// What changes.
    pub what: String,
    /// Seconds until it holds.
    pub left_s: u64,
}

/// Leaves out what the app says: it may be a code that the person typed.
impl fmt::Debug for ReadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadRequest").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Reads a request, and checks its signature: under the key in it, if it has one, as a request to register has; else
/// under `registered`, the key of the installation. `None`: it is no request of this phone.
pub fn read_request(text: &str, registered: Option<&[u8]>) -> Option<ReadRequest> {
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let json = |part: &str| serde_json::from_slice::<Value>(&base64url::decode(part)?).ok();
    let text_of = |value: &Value| value.as_str().map(str::to_owned);
    let (header, payload) = (json(header)?, json(payload)?);
    let public_key = match header.get("jwk") {
        None => registered?.to_vec(),
        Some(jwk) if registered.is_none() => {
            let half = |name: &str| base64url::decode(jwk.get(name)?.as_str()?);
            [vec![4], half("x")?, half("y")?].concat()
        }
        Some(_) => return None,
    };
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &public_key)
        .verify(signed.as_bytes(), &base64url::decode(signature)?)
        .ok()?;
    let installation = text_of(payload.get("installation")?)?;
    let id = sha256(&[&public_key]);
    let is_its_key = base64url::encode(id.get(..16)?) == installation;
    let is_right = header.get("alg")? == "ES256" && header.get("typ")? == "walletlock-request+jwt";
    let bytes_of = |name: &str| payload.get(name).and_then(text_of).and_then(|text| base64url::decode(&text));
    let orders = payload.get("last_orders")?.as_array()?.iter().filter_map(|order| order.get("seq")?.as_u64());
    (is_its_key && is_right && header.get("kid")?.as_str()? == installation).then_some(ReadRequest {
        wallet: text_of(payload.get("wallet")?)?,
        installation,
        kind: text_of(payload.get("kind")?)?,
        last_order: orders.max().unwrap_or(0),
        channel: payload.get("channel").and_then(text_of),
        code: payload.get("code").and_then(text_of),
        what: payload.get("what").and_then(text_of),
        report: payload.get("report").map(ReadReport::deserialize).transpose().ok()?,
        deposit: payload.get("digest").and_then(text_of).zip(payload.get("version").and_then(Value::as_u64)),
        escrow: bytes_of("slot").zip(bytes_of("key").and_then(|key| key.try_into().ok())),
        public_key,
        owner_key: bytes_of("owner_key"),
        frozen: payload.get("frozen").map(Vec::deserialize).transpose().ok()?,
    })
}

/// Reads an authorisation of a payment, and checks both signatures: the first by the installation's key, the second by
/// the owner's. Returns the payload, which has to be the same in both. What it says of time and numbers is the caller's to
/// check. `None`: it is not one of this phone and owner.
pub fn read_authorisation(by_phone: &str, by_owner: &str, phone_key: &[u8], owner_key: &[u8]) -> Option<Value> {
    let read = |text: &str, alg: &str, verifies: &dyn Fn(&[u8], &[u8]) -> bool| {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&base64url::decode(header)?).ok()?;
        let is_right = header.get("alg")? == alg && header.get("typ")? == "walletlock-authorisation+jwt";
        (is_right && verifies(signed.as_bytes(), &base64url::decode(signature)?)).then(|| payload.to_owned())
    };
    let phone = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, phone_key);
    let owner = UnparsedPublicKey::new(&ED25519, owner_key);
    let payload = read(by_phone, "ES256", &|signed, signature| phone.verify(signed, signature).is_ok())?;
    let same = read(by_owner, "EdDSA", &|signed, signature| owner.verify(signed, signature).is_ok())?;
    (payload == same).then(|| serde_json::from_slice(&base64url::decode(&payload)?).ok()).flatten()
}

/// The provider's key pair for escrow.
pub struct EscrowPair([u8; 32]);

impl EscrowPair {
    /// The key pair of this private key (RFC 7748, section 5).
    pub fn from_private_key(key: &[u8; 32]) -> Self {
        Self(*key)
    }

    /// The public key, for a policy.
    #[allow(clippy::missing_panics_doc, reason = "32 bytes are always a private key")]
    pub fn key(&self) -> EscrowKey {
        let Some(key) = derive_public_key(&self.0) else { unreachable!("32 bytes are a private key") };
        EscrowKey(key)
    }

    /// The claim `sealed` of a grant: opens the slot, and seals the data key to the request, whose text is given.
    /// `random`: 32 random bytes. `None`: the slot is not one of this wallet that is sealed to this pair.
    pub fn reseal(&self, request: &str, read: &ReadRequest, random: &[u8; 32]) -> Option<String> {
        let wallet_id = base64url::decode_array(&read.wallet)?;
        let (slot, key) = read.escrow.as_ref()?;
        let request = sha256(&[request.as_bytes()]);
        let fill = |bytes: &mut [u8]| {
            bytes.copy_from_slice(random);
            Ok(())
        };
        let mut random = Random::draw(fill).ok()?;
        let sealed = escrow::grant(&mut random, &self.0, &wallet_id, slot, &request, key)?;
        Some(base64url::encode(&sealed))
    }
}

impl std::fmt::Debug for EscrowPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EscrowPair")
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.id())
    }
}
