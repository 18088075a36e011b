//! Asking the provider to register this phone: makes the installation's key, and signs a request with it.

use super::request::sign_parts;
use crate::engine::Engine;
use crate::error::LockError;
use crate::platform::KeyPurpose;
use crate::provider::{Asked, Installation, ProviderRequest, RequestKind, RequestParts};
use crate::store::Durability;

/// Makes a new installation's key and a request to register it. The request works in every state of a wallet whose
/// record opens: so whatever an order locked has a way back. Until the provider's grant comes, an earlier installation
/// counts.
pub(crate) fn register(engine: &Engine, said: &ProviderRequest) -> Result<String, LockError> {
    if !said.fits() {
        return Err(LockError::Invalid("request"));
    }
    let now = engine.sessions.read_clock()?.now;
    let mut random = engine.draw()?;
    let (wallet_id, provider, owner_key) = engine.ledger.read(|view| {
        if !view.record.is_alive() || view.record.policy.provider.is_none() {
            return Err(LockError::WrongState);
        }
        Ok((view.header.wallet_id, view.record.provider.clone(), view.record.payments.owner_key))
    })?;
    // Random, so that one alias never refers to two different keys.
    let alias = engine.device_keys.new_installation(&wallet_id, u64::from_be_bytes(*random.bytes()));
    engine.device_keys.create(&alias, KeyPurpose::Installation)?;
    let registered = engine.device_keys.public_key(&alias).map_err(LockError::from).and_then(|public_key| {
        let installation = Installation::of(&public_key, alias.clone(), owner_key);
        let parts = RequestParts {
            kind: RequestKind::Register.name(),
            wallet_id: &wallet_id,
            installation: &installation,
            public_key: Some(&public_key),
            escrow: None,
            report: None,
            frozen: None,
            nonce: &random.bytes(),
            said,
        };
        let mut text = sign_parts(engine, &parts, &provider)?;
        let replaced = engine.ledger.commit(&mut random, now, Durability::Ordered, |work| {
            if *work.wallet_id != wallet_id || !work.record.is_alive() {
                return Err(LockError::WrongState);
            }
            work.record.provider.note_request(&text, Asked::Register, now, provider.changes());
            Ok(work.record.provider.note_pending(installation.clone()))
        })?;
        // The key of a request that was not answered.
        engine.device_keys.delete_all(replaced.as_slice()).ok();
        Ok(std::mem::take(&mut *text))
    });
    // After a failed commit nobody knows whether the key is in the record. The next opening finds out.
    if !matches!(registered, Ok(_) | Err(LockError::Storage)) {
        engine.device_keys.delete(&alias).ok();
    }
    registered
}
