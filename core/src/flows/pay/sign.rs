//! Signing the authorisation of a payment that is set aside: by the owner's key in the transaction that keeps it, because
//! the journal's line holds that signature, and by the phone's key after it, because the platform must not be called in
//! a transaction.

use super::reserve::Reserved;
use crate::base64url;
use crate::crypto::{DataKey, sha256};
use crate::engine::Engine;
use crate::error::LockError;
use crate::payment::Authorisation;
use crate::payment::authorisation::{Claims, OwnerKey, signing_input};
use crate::provider::Installation;
use crate::record::Record;
use crate::request::Payment;

/// What the owner's key signed.
#[derive(Clone)]
pub(super) struct ByOwner {
    payload: Vec<u8>,
    pub(super) text: String,
    /// The phone, if a provider registered it.
    installation: Option<Installation>,
}

/// Signs with the owner's key. The same payment gets the same text (RFC 8032: the signature is a function of key and
/// message).
pub(super) fn sign_by_owner(
    record: &Record,
    wallet_id: &[u8; 16],
    data_key: &DataKey,
    payment: &Payment,
    reserved: &Reserved,
) -> Option<ByOwner> {
    let installation = record.provider.installation().filter(|_| record.is_registered()).cloned();
    let claims = Claims {
        payment,
        wallet_id,
        installation: installation.as_ref().map(|installation| &installation.id),
        jti: &reserved.jti,
        seq: reserved.seq,
        issued_s: reserved.issued_s,
        expires_s: reserved.expires_s,
        level: reserved.level,
        lines: &reserved.shown.lines,
        language: reserved.shown.language,
        risk: &reserved.shown.risks,
    };
    let payload = claims.to_json()?;
    let owner = OwnerKey::derive(data_key)?;
    let id = sha256(&[&owner.public_key()?.0]);
    let text = signing_input("EdDSA", &base64url::encode(id.get(..16).unwrap_or_default()), &payload)?;
    let signature = base64url::encode(&owner.sign(text.as_bytes()));
    Some(ByOwner { payload, text: format!("{text}.{signature}"), installation })
}

/// Signs with the phone's key. If it fails, the payment stays set aside, and asking again with the same id makes the same
/// authorisation.
pub(super) fn sign_by_phone(
    engine: &Engine,
    payment: &Payment,
    reserved: &Reserved,
    by_owner: ByOwner,
) -> Result<Authorisation, LockError> {
    let ByOwner { payload, text: by_owner, installation } = by_owner;
    let by_phone = match &installation {
        None => None,
        Some(installation) => {
            let kid = base64url::encode(&installation.id);
            let text = signing_input("ES256", &kid, &payload).ok_or(LockError::Invalid("payment"))?;
            let signature = engine.device_keys.sign(&installation.alias, text.as_bytes())?;
            Some(format!("{text}.{}", base64url::encode(&signature)))
        }
    };
    Ok(Authorisation {
        payment: payment.id.clone(),
        by_phone,
        by_owner,
        lines: reserved.shown.lines.clone(),
        expires_s: reserved.expires_s,
    })
}
