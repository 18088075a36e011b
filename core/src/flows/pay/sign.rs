//! Signing the authorisation of a payment that is set aside.

use super::reserve::Reserved;
use crate::base64url;
use crate::crypto::{DataKey, sha256};
use crate::engine::Engine;
use crate::error::LockError;
use crate::payment::Authorisation;
use crate::payment::authorisation::{Claims, OwnerKey, signing_input};
use crate::request::Payment;

/// Signs. If it fails, the payment stays set aside, and asking again with the same id makes the same authorisation.
pub(super) fn sign(
    engine: &Engine,
    data_key: &DataKey,
    payment: &Payment,
    reserved: &Reserved,
) -> Result<Authorisation, LockError> {
    let (wallet_id, installation) = engine.ledger.read(|view| {
        let installation = view.record.is_registered().then(|| view.record.provider.installation().cloned());
        Ok((view.header.wallet_id, installation.flatten()))
    })?;
    let claims = Claims {
        payment,
        wallet_id: &wallet_id,
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
    let wrong = LockError::Invalid("payment");
    let payload = claims.to_json().ok_or(wrong.clone())?;
    let by_phone = match &installation {
        None => None,
        Some(installation) => {
            let kid = base64url::encode(&installation.id);
            let text = signing_input("ES256", &kid, &payload).ok_or(wrong.clone())?;
            let signature = engine.device_keys.sign(&installation.alias, text.as_bytes())?;
            Some(format!("{text}.{}", base64url::encode(&signature)))
        }
    };
    let owner = OwnerKey::derive(data_key).ok_or(wrong.clone())?;
    let public_key = owner.public_key().ok_or(wrong.clone())?;
    let id = sha256(&[&public_key.0]);
    let text = signing_input("EdDSA", &base64url::encode(id.get(..16).unwrap_or_default()), &payload).ok_or(wrong)?;
    let signature = base64url::encode(&owner.sign(text.as_bytes()));
    Ok(Authorisation {
        payment: payment.id.clone(),
        by_phone,
        by_owner: format!("{text}.{signature}"),
        lines: reserved.shown.lines.clone(),
        expires_s: reserved.expires_s,
    })
}
