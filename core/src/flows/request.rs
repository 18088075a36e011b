//! Asking the provider for something: a request that this phone's key signs, and that the record remembers until it is
//! answered. A deposit and a report ask for nothing, and are not remembered.

use std::mem::take;

use zeroize::Zeroizing;

use super::report;
use crate::base64url;
use crate::crypto::Random;
use crate::engine::{Engine, UnitOfWork, View};
use crate::error::LockError;
use crate::key_slots::RescueRow;
use crate::provider::{EscrowPart, Installation, Provider, ProviderRequest, RequestKind, RequestParts, escrow, joined};
use crate::record::Record;
use crate::request::Scope;
use crate::store::Durability;

/// The phone, as it signs a request.
pub(super) struct Signer {
    wallet_id: [u8; 16],
    provider: Provider,
    installation: Installation,
}

impl Signer {
    /// [`LockError::WrongState`]: the policy has no provider, this phone is not registered, or nothing is left to open.
    pub(super) fn of(view: &View<'_>) -> Result<Self, LockError> {
        let provider = view.record.policy.provider.as_ref().map(|_| view.record.provider.clone());
        let installation = provider.as_ref().and_then(Provider::installation).cloned();
        let found = provider.zip(installation).filter(|_| view.record.is_alive()).ok_or(LockError::WrongState)?;
        Ok(Self { wallet_id: view.header.wallet_id, provider: found.0, installation: found.1 })
    }

    /// Whether this is still the phone of this wallet, in the transaction that notes the request.
    pub(super) fn check(&self, work: &UnitOfWork<'_>) -> Result<(), LockError> {
        let is_same =
            *work.wallet_id == self.wallet_id && work.record.provider.installation() == Some(&self.installation);
        if is_same { Ok(()) } else { Err(LockError::WrongState) }
    }

    /// Which orders the request reports. If one has come since, no grant for the request counts.
    pub(super) fn changes(&self) -> u64 {
        self.provider.changes()
    }

    /// A request with nothing in it but what the app says.
    fn parts<'a>(&'a self, kind: &'a str, nonce: &'a [u8; 16], said: &'a ProviderRequest) -> RequestParts<'a> {
        RequestParts {
            kind,
            wallet_id: &self.wallet_id,
            installation: &self.installation,
            public_key: None,
            escrow: None,
            report: None,
            frozen: None,
            nonce,
            said,
        }
    }
}

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
    let (signer, deposit, report, frozen) = engine.ledger.read(|view| {
        let signer = Signer::of(&view)?;
        let deposit =
            if kind == RequestKind::Deposit { Some(deposit(view.record).ok_or(LockError::WrongState)?) } else { None };
        let report = (kind == RequestKind::Report).then(|| report::of(view.record, now));
        let frozen = (kind == RequestKind::FreezeNotice).then(|| frozen(view.record));
        Ok((signer, deposit, report, frozen))
    })?;
    let nonce = random.bytes();
    let parts = RequestParts {
        escrow: deposit.as_ref().map(|(digest, version)| EscrowPart::Deposit { digest, version: *version }),
        report: report.as_ref(),
        frozen: frozen.as_deref(),
        ..signer.parts(kind.name(), &nonce, said)
    };
    let mut text = sign_parts(engine, &parts, &signer.provider)?;
    let Some(asked) = kind.asked() else { return Ok(take(&mut *text)) };
    engine.ledger.commit(&mut random, now, Durability::Ordered, |work| {
        signer.check(work)?;
        work.record.provider.note_request(&text, asked, now, signer.changes());
        Ok(())
    })?;
    Ok(take(&mut *text))
}

/// What is frozen: `all`, or the names of channels, and `card:` with the id of each card.
fn frozen(record: &Record) -> Vec<String> {
    let payments = &record.payments;
    if record.locks.is_frozen() || payments.is_in_panic() {
        return vec![Scope::All.to_string()];
    }
    let channels = payments.frozen_channels().iter().map(|channel| channel.name().to_owned());
    channels.chain(record.cards.frozen().map(|card| Scope::Card(card.to_owned()).to_string())).collect()
}

/// The digest of the escrow slot in force, and the version of its row. `None`: there is no escrow.
pub(super) fn deposit(record: &Record) -> Option<([u8; 32], u64)> {
    let row = RescueRow::parse(record.recovery.row()?.as_bytes())?;
    Some((escrow::digest(row.escrow()?), row.version()))
}

/// A request with its signature, and nothing in it but what `said` says.
pub(super) fn sign(
    engine: &Engine,
    random: &mut Random,
    signer: &Signer,
    kind: &str,
    said: &ProviderRequest,
) -> Result<Zeroizing<String>, LockError> {
    sign_parts(engine, &signer.parts(kind, &random.bytes(), said), &signer.provider)
}

/// The request with its signature. It has the code in it that the person typed.
pub(super) fn sign_parts(
    engine: &Engine,
    parts: &RequestParts<'_>,
    provider: &Provider,
) -> Result<Zeroizing<String>, LockError> {
    let signed = parts.to_signed_text(provider).ok_or(LockError::Invalid("request"))?;
    let signature = engine.device_keys.sign(&parts.installation.alias, signed.as_bytes())?;
    Ok(joined(&signed, &base64url::encode(&signature)))
}
