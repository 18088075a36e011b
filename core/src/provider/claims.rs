//! The claims of each kind of word. A claim that its kind does not name, a doubled one, and one that is null are
//! refused.

use serde::{Deserialize, Deserializer};

use super::jws::{Opened, WordType};
use super::outcome::WordError;
use crate::base64url;
use crate::policy::KeyId;
use crate::request::shows_what_it_says;

/// The version of the words.
const VERSION: u64 = 1;
/// Largest number in a word: what every JSON library reads exactly (RFC 8259, section 6).
pub(crate) const MAX_NUMBER: u64 = (1 << 53) - 1;
/// Longest message for the finder, in characters: as long as a text message.
const MAX_MESSAGE: usize = 160;
/// Most proofs in a grant. Our own choice.
const MAX_PROOFS: usize = 8;
/// The sealed data key: 32 bytes of encapsulated key, then 32 bytes with a tag of 16 (RFC 9180, DHKEM(X25519),
/// AES-256-GCM).
pub(crate) const SEALED_BYTES: usize = 32 + 32 + 16;

/// A word of the provider whose signature is right and whose claims are those of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The key that signed it.
    pub(crate) kid: KeyId,
    /// The wallet that it is for.
    pub(crate) wallet_id: [u8; 16],
    pub(crate) claims: Claims,
}

/// What a word says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claims {
    Order(Order),
    Grant(Grant),
    Heartbeat(Heartbeat),
    Keys(Keys),
}

/// An order: it comes unasked and only tightens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) seq: u64,
    pub(crate) act: OrderAct,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrderAct {
    Lock { reason: OrderReason, message: Option<FinderWords> },
    Freeze,
    Wipe,
}

/// Why an order locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderReason {
    Lost,
    Unusual,
    Order,
}

/// What whoever finds the phone is to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FinderWords {
    pub(crate) message: String,
    /// The place of a contact in the policy's list.
    pub(crate) contact: Option<usize>,
}

/// A grant: it answers a request of this phone, and may loosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) installation: [u8; 16],
    pub(crate) act: GrantAct,
    pub(crate) request: [u8; 32],
    /// The highest number among the orders that the request reported; 0: none.
    pub(crate) after: u64,
    pub(crate) proofs: Vec<Proof>,
}

/// What a grant allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GrantAct {
    Register,
    Unlock,
    Unfreeze,
    ResetPin,
    /// With the data key, sealed to the request's key.
    Escrow(Box<[u8; SEALED_BYTES]>),
    Appeal,
    Devices,
}

/// What the provider verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) method: &'static str,
    /// Not with this phone, which a thief may hold.
    pub(crate) is_elsewhere: bool,
    /// Names the question that was answered, so that the provider's support finds it again.
    pub(crate) challenge: [u8; 16],
}

impl Proof {
    /// The proof in one line of the journal.
    pub(crate) fn name(&self) -> String {
        let place = if self.is_elsewhere { "elsewhere" } else { "on this phone" };
        format!("{} {place} ({})", self.method, base64url::encode(&self.challenge))
    }
}

/// The methods of a proof, with their names in a word.
const METHODS: [&str; 7] = ["sms", "mail", "link", "authenticator", "code", "device", "person"];

/// A heartbeat: it answers a request, and says the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heartbeat {
    pub(crate) installation: [u8; 16],
    /// Seconds since 1970.
    pub(crate) time_s: u64,
    pub(crate) request: [u8; 32],
    /// The number of the last order that the provider sent; 0: none.
    pub(crate) last_order: u64,
}

/// A word that revokes an online key, and may name another one in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) seq: u64,
    pub(crate) revoke: KeyId,
    pub(crate) add: Option<[u8; 32]>,
}

#[derive(Deserialize)]
struct VersionClaim {
    v: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderClaims {
    #[serde(rename = "v")]
    _v: u64,
    aud: String,
    seq: u64,
    act: String,
    #[serde(default, deserialize_with = "not_null")]
    reason: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    message: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    contact: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantClaims {
    #[serde(rename = "v")]
    _v: u64,
    aud: String,
    sub: String,
    act: String,
    req: String,
    after: u64,
    proofs: Vec<ProofClaims>,
    #[serde(default, deserialize_with = "not_null")]
    sealed: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofClaims {
    method: String,
    place: String,
    challenge: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeartbeatClaims {
    #[serde(rename = "v")]
    _v: u64,
    aud: String,
    sub: String,
    iat: u64,
    req: String,
    last_order: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysClaims {
    #[serde(rename = "v")]
    _v: u64,
    aud: String,
    seq: u64,
    revoke: String,
    #[serde(default, deserialize_with = "not_null")]
    add: Option<String>,
}

/// A claim that may be left out and may not be null.
fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl Word {
    /// Reads the claims of a word whose signature is right. `expects` are the kinds that the call takes.
    pub(crate) fn read(opened: &Opened, expects: &[WordType]) -> Result<Self, WordError> {
        let typ = opened.typ.filter(|typ| expects.contains(typ)).ok_or(WordError::WrongType)?;
        let Opened { kid, payload, .. } = opened;
        let version: VersionClaim = parse(payload)?;
        if version.v != VERSION {
            return Err(WordError::WrongVersion);
        }
        let read = match typ {
            WordType::Order => read_order(parse(payload)?),
            WordType::Grant => read_grant(parse(payload)?),
            WordType::Heartbeat => read_heartbeat(parse(payload)?),
            WordType::Keys => read_keys(parse(payload)?),
            // A later version reads them.
            WordType::Settle => return Err(WordError::WrongType),
        };
        let (wallet_id, claims) = read.ok_or(WordError::Malformed)?;
        Ok(Self { kid: *kid, wallet_id, claims })
    }
}

fn parse<'de, T: Deserialize<'de>>(payload: &'de [u8]) -> Result<T, WordError> {
    serde_json::from_slice(payload).map_err(|_| WordError::Malformed)
}

type Read = Option<([u8; 16], Claims)>;

fn read_order(claims: OrderClaims) -> Read {
    let OrderClaims { _v, aud, seq, act, reason, message, contact } = claims;
    let finder = match (message, contact) {
        (Some(message), contact) => {
            let fits = message.chars().count() <= MAX_MESSAGE && shows_what_it_says(&message);
            let contact = contact.map(usize::try_from).transpose().ok()?;
            Some(fits.then_some(FinderWords { message, contact })?)
        }
        (None, None) => None,
        (None, Some(_)) => return None,
    };
    let act = match (act.as_str(), reason.as_deref()) {
        ("lock", Some(reason)) => OrderAct::Lock { reason: OrderReason::named(reason)?, message: finder },
        ("freeze", None) if finder.is_none() => OrderAct::Freeze,
        ("wipe", None) if finder.is_none() => OrderAct::Wipe,
        _ => return None,
    };
    Some((base64url::decode_array(&aud)?, Claims::Order(Order { seq: number_from(1, seq)?, act })))
}

fn read_grant(claims: GrantClaims) -> Read {
    let GrantClaims { _v, aud, sub, act, req, after, proofs, sealed } = claims;
    let act = match (act.as_str(), sealed) {
        ("escrow", Some(sealed)) => GrantAct::Escrow(Box::new(base64url::decode_array(&sealed)?)),
        ("register", None) => GrantAct::Register,
        ("unlock", None) => GrantAct::Unlock,
        ("unfreeze", None) => GrantAct::Unfreeze,
        ("reset_pin", None) => GrantAct::ResetPin,
        ("appeal", None) => GrantAct::Appeal,
        ("devices", None) => GrantAct::Devices,
        _ => return None,
    };
    if proofs.is_empty() || proofs.len() > MAX_PROOFS {
        return None;
    }
    let grant = Grant {
        installation: base64url::decode_array(&sub)?,
        act,
        request: base64url::decode_array(&req)?,
        after: number_from(0, after)?,
        proofs: proofs.iter().map(read_proof).collect::<Option<_>>()?,
    };
    Some((base64url::decode_array(&aud)?, Claims::Grant(grant)))
}

fn read_proof(claims: &ProofClaims) -> Option<Proof> {
    let method = METHODS.into_iter().find(|method| *method == claims.method)?;
    let is_elsewhere = match claims.place.as_str() {
        "phone" => false,
        "elsewhere" => true,
        _ => return None,
    };
    Some(Proof { method, is_elsewhere, challenge: base64url::decode_array(&claims.challenge)? })
}

fn read_heartbeat(claims: HeartbeatClaims) -> Read {
    let HeartbeatClaims { _v, aud, sub, iat, req, last_order } = claims;
    let heartbeat = Heartbeat {
        installation: base64url::decode_array(&sub)?,
        time_s: number_from(0, iat)?,
        request: base64url::decode_array(&req)?,
        last_order: number_from(0, last_order)?,
    };
    Some((base64url::decode_array(&aud)?, Claims::Heartbeat(heartbeat)))
}

fn read_keys(claims: KeysClaims) -> Read {
    let KeysClaims { _v, aud, seq, revoke, add } = claims;
    let add = add.map(|key| base64url::decode_array(&key).ok_or(())).transpose().ok()?;
    let keys = Keys { seq: number_from(1, seq)?, revoke: KeyId::parse(&revoke)?, add };
    Some((base64url::decode_array(&aud)?, Claims::Keys(keys)))
}

fn number_from(least: u64, number: u64) -> Option<u64> {
    (least..=MAX_NUMBER).contains(&number).then_some(number)
}

impl OrderReason {
    const ALL: [Self; 3] = [Self::Lost, Self::Unusual, Self::Order];

    /// The name in a word, and in the alias of a mark.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Unusual => "unusual",
            Self::Order => "order",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}
