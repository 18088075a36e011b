//! What the phone says to its provider: requests, as JWS compact with ES256 (RFC 7518, section 3.4), signed by the
//! installation's key in the phone's keystore.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::state::{Installation, Provider};
use crate::base64url;
use crate::policy::KeyId;
use crate::proof::ChannelId;

/// Longest text in a request, in bytes. Our own choice.
const MAX_TEXT_BYTES: usize = 200;
/// More than the JSON of a request takes: three texts, of which each byte may be written as six, and 2,000 bytes for
/// the rest.
const MAX_JSON_BYTES: usize = 3 * 6 * MAX_TEXT_BYTES + 2_000;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// That the provider registers this phone.
    Register,
    /// That locks are cleared.
    Unlock,
    /// That the provider's freeze ends.
    Unfreeze,
    /// The time, and orders that were missed.
    Heartbeat,
    /// Nothing: it tells the provider which escrow slot is in force, so that the provider opens no other one.
    Deposit,
    /// Nothing: it tells the provider which channels and which second factor there are, and what waits, so that the
    /// provider announces on the channels in force what is about to change.
    Report,
    /// Nothing: it tells the provider that the owner has frozen payments, and which, because a freeze on the phone recalls
    /// nothing that was handed out.
    FreezeNotice,
}

/// What a request asked for that an answer is expected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asked {
    Register,
    Unlock,
    Unfreeze,
    Heartbeat,
    /// That the provider checks a code, or says that a person or another device vouches for the owner.
    Proof {
        purpose: ProofPurpose,
        /// Where the code was sent. `None`: a person or another device.
        channel: Option<ChannelId>,
        /// It was asked for in the session in which the wallet was set up or recovered.
        is_first: bool,
        /// A code was typed. Otherwise a link was opened, or somebody vouches.
        is_typed: bool,
    },
}

/// What a proof is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProofPurpose {
    /// Getting back in.
    Recovery,
    /// Cancelling a recovery that waits.
    Cancel,
    /// Pausing the replacement or removal of a former channel.
    Pause,
    /// Confirming a channel.
    Confirm,
    /// The second factor of an open session.
    SecondFactor,
}

impl RequestKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Unlock => "unlock",
            Self::Unfreeze => "unfreeze",
            Self::Heartbeat => "heartbeat",
            Self::Deposit => "deposit",
            Self::Report => "report",
            Self::FreezeNotice => "freeze",
        }
    }

    /// What it asks for. `None`: nothing answers it.
    pub(crate) fn asked(self) -> Option<Asked> {
        match self {
            Self::Register => Some(Asked::Register),
            Self::Unlock => Some(Asked::Unlock),
            Self::Unfreeze => Some(Asked::Unfreeze),
            Self::Heartbeat => Some(Asked::Heartbeat),
            Self::Deposit | Self::Report | Self::FreezeNotice => None,
        }
    }
}

impl ProofPurpose {
    /// The kind of the request.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Recovery => "prove",
            Self::Cancel => "cancel",
            Self::Pause => "pause",
            Self::Confirm => "confirm",
            Self::SecondFactor => "second_factor",
        }
    }
}

/// What the app tells the provider in a request. The lock does not look at it.
#[derive(Clone, Default)]
pub struct ProviderRequest {
    /// The channel of a proof, for example `sms`; at most 200 bytes.
    pub channel: Option<String>,
    /// The code that the person received and typed; at most 200 bytes.
    pub code: Option<Zeroizing<String>>,
    /// Anything else that the provider asks for, for example the number of a conversation; at most 200 bytes.
    pub what: Option<String>,
}

impl ProviderRequest {
    /// Whether each text is short enough.
    pub(crate) fn fits(&self) -> bool {
        let Self { channel, code, what } = self;
        let texts = [channel.as_deref(), code.as_ref().map(|code| code.as_str()), what.as_deref()];
        texts.into_iter().flatten().all(|text| text.len() <= MAX_TEXT_BYTES)
    }
}

/// The code is a secret until the provider has checked it.
impl std::fmt::Debug for ProviderRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProviderRequest")
    }
}

/// A request before it is signed.
pub(crate) struct RequestParts<'a> {
    /// The name of what it asks for.
    pub(crate) kind: &'a str,
    pub(crate) wallet_id: &'a [u8; 16],
    pub(crate) installation: &'a Installation,
    /// The installation's public key, if the provider does not know it: an uncompressed point (SEC 1, section 2.3.3).
    pub(crate) public_key: Option<&'a [u8; 65]>,
    pub(crate) escrow: Option<EscrowPart<'a>>,
    pub(crate) report: Option<&'a Report>,
    /// In a notice of a freeze: what is frozen.
    pub(crate) frozen: Option<&'a [String]>,
    pub(crate) nonce: &'a [u8; 16],
    pub(crate) said: &'a ProviderRequest,
}

/// What a request says about escrow.
#[derive(Clone, Copy)]
pub(crate) enum EscrowPart<'a> {
    /// The slot in force: SHA-256 of its bytes, and the version of its row.
    Deposit { digest: &'a [u8; 32], version: u64 },
    /// The slot to be opened, and the key to which the data key is to be sealed.
    Ask { slot: &'a [u8], key: &'a [u8; 32] },
}

/// What is set up, and what waits.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) channels: Vec<ReportedChannel>,
    /// The name of the second factor in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) second_factor: Option<&'static str>,
    /// What waits, each with the time after which it holds.
    pub(crate) pending: Vec<ReportedChange>,
}

/// A channel in a report.
#[derive(Serialize)]
pub(crate) struct ReportedChannel {
    /// Its kind and its id, as in `channel`.
    pub(crate) channel: String,
    /// `new`: not confirmed; `waiting`: confirmed, and it does not count yet; `in_force`; `former`: it went
    /// within the last seven days, and a code that is sent there pauses that, or has paused it.
    pub(crate) state: &'static str,
}

/// Something that waits.
#[derive(Serialize)]
pub(crate) struct ReportedChange {
    /// What changes: `code`, `escrow`, `second_factor`, `recovery` (a new PIN), or a channel.
    pub(crate) what: String,
    pub(crate) left_s: u64,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: String,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwk: Option<Jwk<'a>>,
}

/// RFC 7517; RFC 7518, section 6.2.
#[derive(Serialize)]
struct Jwk<'a> {
    crv: &'a str,
    kty: &'a str,
    x: String,
    y: String,
}

#[derive(Serialize)]
struct Payload<'a> {
    v: u32,
    wallet: String,
    installation: String,
    kind: &'a str,
    nonce: String,
    last_orders: Vec<LastOrder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen: Option<&'a [String]>,
}

#[derive(Serialize)]
struct LastOrder {
    kid: KeyId,
    seq: u64,
}

impl RequestParts<'_> {
    /// The text that is signed: header and payload. `provider` names the orders that the phone knows.
    pub(crate) fn to_signed_text(&self, provider: &Provider) -> Option<Zeroizing<String>> {
        let Self { kind, wallet_id, installation, public_key, escrow, report, frozen, nonce, said } = self;
        let ProviderRequest { channel, code, what } = said;
        let id = base64url::encode(&installation.id);
        let jwk = public_key.and_then(|point| {
            let (x, y) = point.get(1..)?.split_at_checked(32)?;
            Some(Jwk { crv: "P-256", kty: "EC", x: base64url::encode(x), y: base64url::encode(y) })
        });
        let (digest, version, slot, key) = match escrow {
            None => (None, None, None, None),
            Some(EscrowPart::Deposit { digest, version }) => {
                (Some(base64url::encode(*digest)), Some(*version), None, None)
            }
            Some(EscrowPart::Ask { slot, key }) => {
                (None, None, Some(base64url::encode(slot)), Some(base64url::encode(*key)))
            }
        };
        let header = Header { alg: "ES256", kid: id.clone(), typ: "walletlock-request+jwt", jwk };
        let payload = Payload {
            v: 1,
            wallet: base64url::encode(*wallet_id),
            installation: id,
            kind,
            nonce: base64url::encode(*nonce),
            last_orders: provider.last_orders().map(|(kid, seq)| LastOrder { kid, seq }).collect(),
            digest,
            version,
            slot,
            key,
            channel: channel.as_deref(),
            code: code.as_ref().map(|code| code.as_str()),
            what: what.as_deref(),
            report: *report,
            owner_key: public_key.and(installation.owner_key).map(|key| base64url::encode(&key.0)),
            frozen: *frozen,
        };
        let header = base64url::encode(&to_json(&header)?);
        // With the code in it.
        let payload = Zeroizing::new(base64url::encode(&to_json(&payload)?));
        Some(joined(&header, &payload))
    }
}

/// Two parts of a JWS, with the dot between them. Made in one allocation: a buffer that grows moves, and leaves a copy
/// of the code behind that nobody wipes. `tests/attacks/memory.rs` found such copies.
pub(crate) fn joined(before: &str, after: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(before.len() + 1 + after.len()));
    text.push_str(before);
    text.push('.');
    text.push_str(after);
    text
}

/// JSON, made in one allocation for the same reason.
fn to_json(value: &impl Serialize) -> Option<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::with_capacity(MAX_JSON_BYTES));
    serde_json::to_writer(&mut *json, value).ok()?;
    Some(json)
}

/// The signature as JWS wants it, r and s of 32 bytes each (RFC 7518, section 3.4), from the DER that keystores give
/// (RFC 3279, section 2.2.3). `None`: this is not the DER of such a signature.
pub(crate) fn der_to_fixed(der: &[u8]) -> Option<[u8; 64]> {
    let (0x30, sequence, []) = element(der)? else { return None };
    let (0x02, r, rest) = element(sequence)? else { return None };
    let (0x02, s, []) = element(rest)? else { return None };
    let mut fixed = [0; 64];
    let (left, right) = fixed.split_at_mut(32);
    for (number, to) in [(r, left), (s, right)] {
        // A leading zero keeps a number from looking negative.
        let digits = match number {
            [0, digits @ ..] if digits.first().is_some_and(|digit| *digit >= 0x80) => digits,
            [0 | 0x80..=0xff, ..] | [] => return None,
            digits => digits,
        };
        let at = to.len().checked_sub(digits.len())?;
        to.get_mut(at..)?.copy_from_slice(digits);
    }
    Some(fixed)
}

/// The tag, the content and what follows. No signature of 64 bytes needs a length of more than one byte.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length @ 0..0x80, rest @ ..] = der else { return None };
    let (content, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_of_a_keystore_becomes_that_of_jws_or_nothing() {
        let der = |r: &[u8], s: &[u8]| {
            let numbers = [&[2, r.len() as u8], r, &[2, s.len() as u8], s].concat();
            [&[0x30, numbers.len() as u8], numbers.as_slice()].concat()
        };
        let high = [&[0][..], &[0xff; 32]].concat();
        let fixed = der_to_fixed(&der(&[7], &high)).expect("a signature");
        assert_eq!((&fixed[..31], fixed[31], &fixed[32..]), (&[0; 31][..], 7, &[0xff; 32][..]));
        let good = der(&[7], &[8]);
        for bad in [
            vec![],
            good[..good.len() - 1].to_vec(),
            [&good[..], &[0]].concat(),
            der(&[0xff; 32], &[1]),
            der(&[0, 7], &[1]),
            der(&[], &[1]),
            der(&[1; 33], &[1]),
            [&[0x31][..], &good[1..]].concat(),
            [&[0x30, 0x81, 6][..], &good[2..]].concat(),
        ] {
            assert_eq!(der_to_fixed(&bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn the_longest_request_fits_the_buffer_that_is_made_for_it() {
        let floors = vec![serde_json::json!({ "kid": "0101010101010101", "seq": (1_u64 << 53) - 1 }); 16];
        let provider = serde_json::from_value(serde_json::json!({ "orders": floors })).expect("a state");
        // Of all characters, control characters are written with the most letters.
        let text = || Some("\u{1}".repeat(MAX_TEXT_BYTES));
        let said = ProviderRequest { channel: text(), code: text().map(Zeroizing::new), what: text() };
        let parts = RequestParts {
            kind: "heartbeat",
            wallet_id: &[9; 16],
            installation: &Installation { id: [9; 16], alias: String::new(), owner_key: None },
            public_key: Some(&[4; 65]),
            escrow: Some(EscrowPart::Ask { slot: &[9; 80], key: &[9; 32] }),
            report: None,
            frozen: None,
            nonce: &[9; 16],
            said: &said,
        };
        let text = parts.to_signed_text(&provider).expect("a request");
        let (_, payload) = text.split_once('.').expect("two parts");
        let json = base64url::decode(payload).expect("base64url");
        assert!((MAX_JSON_BYTES / 2..MAX_JSON_BYTES).contains(&json.len()), "{} bytes", json.len());
    }

    #[test]
    fn a_request_prints_nothing_and_has_an_end() {
        let with = |code: &str| ProviderRequest { code: Some(Zeroizing::new(code.to_owned())), ..Default::default() };
        assert_eq!(format!("{:?}", with("835179")), "ProviderRequest");
        assert!(with(&"1".repeat(200)).fits());
        assert!(!with(&"1".repeat(201)).fits());
        assert!(!ProviderRequest { what: Some("é".repeat(101)), ..Default::default() }.fits());
        assert!(!ProviderRequest { channel: Some("x".repeat(201)), ..Default::default() }.fits());
    }
}
