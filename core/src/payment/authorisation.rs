//! The authorisation of a payment: one payload, signed twice (RFC 7515, compact). The first signature is by the phone's
//! key in its keystore (ES256), the second by a key that only the PIN or biometrics open (EdDSA, RFC 8037).

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::Serialize;

use super::lines::Language;
use super::reservation::Fingerprint;
use crate::base64url;
use crate::crypto::{DataKey, Purpose};
use crate::request::{OwnerPublicKey, Payment, ProofLevel};

/// `typ` of both (RFC 8725, section 3.11).
const TYPE: &str = "walletlock-authorisation+jwt";

/// What is handed out for an approved payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorisation {
    /// The payment's id.
    pub payment: String,
    /// Signed by the phone's key. `None`: the phone is not registered with a provider.
    pub by_phone: Option<String>,
    /// Signed by the owner's key, over the same payload.
    pub by_owner: String,
    /// The lines that were shown, which are in both.
    pub lines: Vec<String>,
    /// When both end, by the phone's wall clock: seconds since 1970.
    pub expires_s: i64,
}

/// The owner's key for payments: a subkey of the data key, so it exists only after a PIN or biometrics.
pub(crate) struct OwnerKey(Ed25519KeyPair);

impl OwnerKey {
    pub(crate) fn derive(data_key: &DataKey) -> Option<Self> {
        let seed = data_key.derive(Purpose::PaymentSigningKey);
        Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).ok().map(Self)
    }

    /// The public key, which `register` hands out.
    pub(crate) fn public_key(&self) -> Option<OwnerPublicKey> {
        self.0.public_key().as_ref().try_into().ok().map(OwnerPublicKey)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

/// The claims.
pub(crate) struct Claims<'a> {
    pub(crate) payment: &'a Payment,
    pub(crate) wallet_id: &'a [u8; 16],
    pub(crate) installation: Option<&'a [u8; 16]>,
    pub(crate) jti: &'a [u8; 16],
    pub(crate) seq: u64,
    pub(crate) issued_s: i64,
    pub(crate) expires_s: i64,
    pub(crate) level: ProofLevel,
    pub(crate) lines: &'a [String],
    pub(crate) language: Language,
    pub(crate) risk: &'a [String],
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    typ: &'a str,
}

#[derive(Serialize)]
struct Payload<'a> {
    v: u32,
    jti: String,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    iat: i64,
    exp: i64,
    seq: u64,
    #[serde(flatten)]
    content: Content<'a>,
    shown: &'a [String],
    locale: &'a str,
    auth_time: i64,
    amr: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    exemption: Option<&'a str>,
    risk: &'a [String],
}

/// What is paid, as it is signed.
#[derive(Serialize)]
struct Content<'a> {
    id: &'a str,
    amount_minor: String,
    currency: String,
    exponent: u32,
    kind: &'a str,
    fee_max_minor: String,
    payee: Party<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Card<'a>>,
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mcc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<Billing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

#[derive(Serialize)]
struct Party<'a> {
    name: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct Card<'a> {
    #[serde(rename = "ref")]
    id: &'a str,
    label: &'a str,
    last4: &'a str,
}

#[derive(Serialize)]
struct Billing {
    amount_minor: String,
    currency: String,
}

impl<'a> Content<'a> {
    fn of(payment: &'a Payment) -> Self {
        let Payment { id, amount, kind, fee_max_minor, payee, card, channel, mcc, billing, nonce } = payment;
        let currency = amount.currency();
        Self {
            id,
            amount_minor: amount.minor().to_string(),
            currency: currency.to_string(),
            exponent: currency.decimals().unwrap_or_default(),
            kind: match kind {
                crate::request::AmountKind::Exact => "exact",
                crate::request::AmountKind::UpTo => "up_to",
            },
            fee_max_minor: fee_max_minor.to_string(),
            payee: Party { name: &payee.name, id: &payee.id },
            card: card.as_ref().map(|card| Card { id: &card.id, label: &card.label, last4: &card.last4 }),
            channel: channel.name(),
            mcc: mcc.map(|code| format!("{code:04}")),
            billing: billing.map(|billing| Billing {
                amount_minor: billing.minor().to_string(),
                currency: billing.currency().to_string(),
            }),
            nonce: nonce.as_deref(),
        }
    }
}

/// What tells two payments apart. `None` cannot happen: serialising strings cannot fail.
pub(crate) fn fingerprint(payment: &Payment) -> Option<Fingerprint> {
    Some(Fingerprint::of(&payment.id, &serde_json::to_vec(&Content::of(payment)).ok()?))
}

impl Claims<'_> {
    /// The payload, in its frozen form.
    pub(crate) fn to_json(&self) -> Option<Vec<u8>> {
        let Self { payment, wallet_id, installation, jti, seq, issued_s, expires_s, level, lines, language, risk } =
            self;
        let payload = Payload {
            v: 1,
            jti: base64url::encode(*jti),
            iss: base64url::encode(*wallet_id),
            sub: installation.map(|id| base64url::encode(id)),
            iat: *issued_s,
            exp: *expires_s,
            seq: *seq,
            content: Content::of(payment),
            shown: lines,
            locale: language.tag(),
            auth_time: *issued_s,
            amr: methods(*level),
            exemption: (*level == ProofLevel::Nothing).then_some("low_value"),
            risk,
        };
        serde_json::to_vec(&payload).ok()
    }
}

/// Authentication methods (RFC 8176). It has no name for 'a finger or a face, the phone does not say which': `bio` is our
/// own.
fn methods(level: ProofLevel) -> &'static [&'static str] {
    match level {
        ProofLevel::Nothing => &["hwk"],
        ProofLevel::Biometrics => &["hwk", "bio", "mfa"],
        ProofLevel::Pin => &["hwk", "pin", "mfa"],
        ProofLevel::PinAndBiometrics => &["hwk", "pin", "bio", "mfa"],
        ProofLevel::PinAndCode => &["hwk", "pin", "otp", "mfa"],
    }
}

/// The text that is signed: header and payload. `kid`: the installation's id, or the id of the owner's key.
pub(crate) fn signing_input(alg: &str, kid: &str, payload: &[u8]) -> Option<String> {
    let header = serde_json::to_vec(&Header { alg, kid, typ: TYPE }).ok()?;
    Some(format!("{}.{}", base64url::encode(&header), base64url::encode(payload)))
}
