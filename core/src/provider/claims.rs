//! The claims of each kind of word. A claim that its kind does not name, a doubled one, and one that is null are
//! refused.

use super::fields::Fields;
use super::jws::{Opened, WordType};
use super::outcome::WordError;
use crate::base64url;
use crate::json;
use crate::money::MAX_MINOR;
use crate::policy::KeyId;
use crate::proof::{Proof, ProofMethod};
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
    Settle(Settle),
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
    /// What the request told of is proven: a code that came back, or what a person or another device vouches for.
    Proof,
    /// With the data key, sealed to the request's key.
    Escrow(Box<[u8; SEALED_BYTES]>),
    Appeal,
    Devices,
}

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

/// A word that says what became of a payment. It may loosen: what was not charged counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settle {
    pub(crate) installation: [u8; 16],
    /// The authorisation's `jti`: what became of one payment says nothing of a later one with the same id.
    pub(crate) jti: [u8; 16],
    /// The payment's id.
    pub(crate) payment: String,
    /// What was charged, in minor units of the currency that the phone counts. `None`: nothing, it was declined.
    pub(crate) captured_minor: Option<u64>,
}

impl Word {
    /// Reads the claims of a word whose signature is right. `expects` are the kinds that the call takes.
    pub(crate) fn read(opened: &Opened, expects: &[WordType]) -> Result<Self, WordError> {
        let typ = opened.typ.filter(|typ| expects.contains(typ)).ok_or(WordError::WrongType)?;
        let Opened { kid, payload, .. } = opened;
        let mut claims: Fields = json::from_slice(payload).map_err(|_| WordError::Malformed)?;
        if claims.number("v").ok_or(WordError::Malformed)? != VERSION {
            return Err(WordError::WrongVersion);
        }
        let read = match typ {
            WordType::Order => read_order(&mut claims),
            WordType::Grant => read_grant(&mut claims),
            WordType::Heartbeat => read_heartbeat(&mut claims),
            WordType::Keys => read_keys(&mut claims),
            WordType::Settle => read_settle(&mut claims),
        };
        // A claim that its kind does not name, or a doubled one, is left over.
        let (wallet_id, claims) = read.filter(|_| claims.is_used_up()).ok_or(WordError::Malformed)?;
        Ok(Self { kid: *kid, wallet_id, claims })
    }
}

type Read = Option<([u8; 16], Claims)>;

fn read_order(claims: &mut Fields) -> Read {
    let wallet_id = id(claims, "aud")?;
    let finder = if claims.has("message") {
        let message = claims.text("message")?;
        let fits = message.chars().count() <= MAX_MESSAGE && shows_what_it_says(&message);
        let contact = if claims.has("contact") { Some(claims.number("contact")?) } else { None };
        let contact = contact.map(usize::try_from).transpose().ok()?;
        Some(fits.then_some(FinderWords { message, contact })?)
    } else {
        None
    };
    let act = match claims.text("act")?.as_str() {
        "lock" => OrderAct::Lock { reason: OrderReason::named(&claims.text("reason")?)?, message: finder },
        "freeze" if finder.is_none() => OrderAct::Freeze,
        "wipe" if finder.is_none() => OrderAct::Wipe,
        _ => return None,
    };
    Some((wallet_id, Claims::Order(Order { seq: number_from(1, claims.number("seq")?)?, act })))
}

fn read_grant(claims: &mut Fields) -> Read {
    let act = match claims.text("act")?.as_str() {
        "escrow" => GrantAct::Escrow(Box::new(base64url::decode_array(&claims.text("sealed")?)?)),
        "register" => GrantAct::Register,
        "unlock" => GrantAct::Unlock,
        "unfreeze" => GrantAct::Unfreeze,
        "reset_pin" => GrantAct::ResetPin,
        "proof" => GrantAct::Proof,
        "appeal" => GrantAct::Appeal,
        "devices" => GrantAct::Devices,
        _ => return None,
    };
    let proofs: Vec<Proof> = claims.list("proofs")?.iter_mut().map(read_proof).collect::<Option<_>>()?;
    if proofs.is_empty() || proofs.len() > MAX_PROOFS {
        return None;
    }
    let grant = Grant {
        installation: id(claims, "sub")?,
        act,
        request: base64url::decode_array(&claims.text("req")?)?,
        after: number_from(0, claims.number("after")?)?,
        proofs,
    };
    Some((id(claims, "aud")?, Claims::Grant(grant)))
}

fn read_proof(claims: &mut Fields) -> Option<Proof> {
    let is_elsewhere = match claims.text("place")?.as_str() {
        "phone" => false,
        "elsewhere" => true,
        _ => return None,
    };
    let proof = Proof::new(ProofMethod::named(&claims.text("method")?)?, is_elsewhere, id(claims, "challenge")?);
    claims.is_used_up().then_some(proof)
}

fn read_heartbeat(claims: &mut Fields) -> Read {
    let heartbeat = Heartbeat {
        installation: id(claims, "sub")?,
        time_s: number_from(0, claims.number("iat")?)?,
        request: base64url::decode_array(&claims.text("req")?)?,
        last_order: number_from(0, claims.number("last_order")?)?,
    };
    Some((id(claims, "aud")?, Claims::Heartbeat(heartbeat)))
}

fn read_keys(claims: &mut Fields) -> Read {
    let add = if claims.has("add") { Some(base64url::decode_array(&claims.text("add")?)?) } else { None };
    let keys =
        Keys { seq: number_from(1, claims.number("seq")?)?, revoke: KeyId::parse(&claims.text("revoke")?)?, add };
    Some((id(claims, "aud")?, Claims::Keys(keys)))
}

fn read_settle(claims: &mut Fields) -> Read {
    let captured_minor = match claims.text("state")?.as_str() {
        "captured" => Some(claims.number("captured_minor")?).filter(|minor| *minor <= MAX_MINOR),
        "declined" => return read_settled(claims, None),
        _ => return None,
    };
    read_settled(claims, Some(captured_minor?))
}

fn read_settled(claims: &mut Fields, captured_minor: Option<u64>) -> Read {
    let (jti, payment) = (id(claims, "jti")?, claims.text("payment")?);
    let settle = Settle { installation: id(claims, "sub")?, jti, payment, captured_minor };
    Some((id(claims, "aud")?, Claims::Settle(settle)))
}

/// Takes an id of 16 bytes.
fn id(claims: &mut Fields, name: &str) -> Option<[u8; 16]> {
    base64url::decode_array(&claims.text(name)?)
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
