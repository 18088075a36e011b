//! Asking the provider for something: a request that this phone's key signs, and that the record remembers until it is
//! answered. A deposit asks for nothing, and is not remembered.

use std::mem::take;

use zeroize::Zeroizing;

use crate::base64url;
use crate::engine::Engine;
use crate::error::LockError;
use crate::key_slots::RescueRow;
use crate::provider::{EscrowPart, Provider, ProviderRequest, RequestKind, RequestParts, escrow, joined};
use crate::record::Record;
use crate::store::Durability;

/// Makes a request. [`LockError::WrongState`]: the policy has no provider, this phone is not registered, or there is no
/// escrow to deposit.
pub(crate) fn request(engine: &Engine, kind: RequestKind, said: &ProviderRequest) -> Result<String, LockError> {
    if kind == RequestKind::Register {
        return super::register::register(engine, said);
    }
    if !said.fits() {
        return Err(LockError::Invalid("request"));
    }
    let now = engine.sessions.read_clock()?.now;
    let mut random = engine.draw()?;
    let (wallet_id, provider, installation, deposit) = engine.ledger.read(|view| {
        let provider = view.record.policy.provider.as_ref().map(|_| view.record.provider.clone());
        let installation = provider.as_ref().and_then(Provider::installation).cloned();
        let found = provider.zip(installation).filter(|_| view.record.is_alive()).ok_or(LockError::WrongState)?;
        let deposit =
            if kind == RequestKind::Deposit { Some(deposit(view.record).ok_or(LockError::WrongState)?) } else { None };
        Ok((view.header.wallet_id, found.0, found.1, deposit))
    })?;
    let parts = RequestParts {
        kind: kind.name(),
        wallet_id: &wallet_id,
        installation: &installation,
        public_key: None,
        escrow: deposit.as_ref().map(|(digest, version)| EscrowPart::Deposit { digest, version: *version }),
        nonce: &random.bytes(),
        said,
    };
    let mut text = sign(engine, &parts, &provider)?;
    if kind == RequestKind::Deposit {
        // Nothing answers it.
        return Ok(take(&mut *text));
    }
    engine.ledger.commit(&mut random, now, Durability::Ordered, |work| {
        if *work.wallet_id != wallet_id || work.record.provider.installation() != Some(&installation) {
            return Err(LockError::WrongState);
        }
        // If an order has come since the record was read, the request does not report it, and no grant for it counts.
        work.record.provider.note_request(&text, kind, now, provider.changes());
        Ok(())
    })?;
    Ok(take(&mut *text))
}

/// The digest of the escrow slot in force, and the version of its row. `None`: there is no escrow.
pub(super) fn deposit(record: &Record) -> Option<([u8; 32], u64)> {
    let row = RescueRow::parse(record.recovery.row()?.as_bytes())?;
    Some((escrow::digest(row.escrow()?), row.version()))
}

/// The request with its signature. It has the code in it that the person typed.
pub(super) fn sign(
    engine: &Engine,
    parts: &RequestParts<'_>,
    provider: &Provider,
) -> Result<Zeroizing<String>, LockError> {
    let signed = parts.to_signed_text(provider).ok_or(LockError::Invalid("request"))?;
    let signature = engine.device_keys.sign(&parts.installation.alias, signed.as_bytes())?;
    Ok(joined(&signed, &base64url::encode(&signature)))
}
