//! Asking the provider for the data key, which it can open, and opening the wallet with its grant. Nothing is changed
//! in the wallet here. Works while the record cannot be read, and without a registered phone or its key: then the
//! provider sees a phone that it does not know.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::enter_code::CodeRefusal;
use super::open;
use super::open_row::{OpenedBy, OpenedByRow, find, open_with, refused};
use super::request::sign_parts;
use crate::crypto::sha256;
use crate::engine::{Engine, MarkedEffect};
use crate::error::LockError;
use crate::platform::KeyPurpose;
use crate::policy::ProviderPolicy;
use crate::proof::Proof;
use crate::provider::escrow::{AskedEscrow, RequestKey};
use crate::provider::{EscrowPart, Installation, Provider, ProviderRequest, RequestParts, WordError};
use crate::recovery::{Enough, Proofs, WayBack};
use crate::stack::with_stack_wiped;
use crate::time::Now;

/// What a request for escrow is called in its text.
const KIND: &str = "escrow";

/// A request, its text, and the key that was made for it.
pub(crate) struct EscrowAsk {
    /// With the code in it that the person typed.
    pub(crate) text: Zeroizing<String>,
    /// `None` once a grant opened the wallet: its key is not needed any more.
    asked: Mutex<Option<Arc<AskedEscrow>>>,
    /// The alias of the key that signed the request, if it was made for it: to be deleted with the request.
    pub(crate) own_key: Option<String>,
}

/// Why a grant opened nothing.
pub(crate) enum GrantRefusal {
    Word(WordError),
    Wallet(CodeRefusal),
}

/// Makes the request. [`LockError::Invalid`]: a text of `said` is too long.
pub(crate) fn ask(engine: &Engine, said: &ProviderRequest) -> Result<Result<EscrowAsk, CodeRefusal>, LockError> {
    if !said.fits() {
        return Err(LockError::Invalid("request"));
    }
    let asked = with_stack_wiped(|| {
        let now = engine.sessions.read_clock().map_err(|fault| refused(engine, &fault.into()))?.now;
        let found = find(engine, WayBack::Escrow, now)?;
        let slot = found.row.escrow().ok_or(CodeRefusal::NotSetUp)?;
        let wallet_id = *found.row.wallet_id();
        let (_, provider) = known(engine, &wallet_id)?;
        make(engine, said, &wallet_id, slot, &provider, now).map_err(|fault| refused(engine, &fault))
    });
    Ok(asked)
}

fn make(
    engine: &Engine,
    said: &ProviderRequest,
    wallet_id: &[u8; 16],
    slot: &[u8],
    provider: &Provider,
    now: Now,
) -> Result<EscrowAsk, LockError> {
    let mut random = engine.draw()?;
    let key = RequestKey::make(&mut random).ok_or(LockError::Invalid("request"))?;
    let device_keys = &engine.device_keys;
    let registered = match provider.installation() {
        Some(installation) if device_keys.is_there(&installation.alias)? => Some(installation),
        _ => None,
    };
    let own_key = match registered {
        Some(_) => None,
        None => Some(device_keys.new_installation(wallet_id, u64::from_be_bytes(*random.bytes()))),
    };
    let make = |alias: &String| {
        device_keys.create(alias, KeyPurpose::Installation)?;
        device_keys.public_key(alias)
    };
    let signed = own_key.as_ref().map(make).transpose();
    let signed = signed.map_err(LockError::from).and_then(|public_key| {
        let installation = match (&public_key, &own_key, registered) {
            (Some(public_key), Some(alias), _) => Installation::of(public_key, alias.clone(), None),
            (_, _, Some(registered)) => registered.clone(),
            _ => return Err(LockError::WrongState),
        };
        let parts = RequestParts {
            kind: KIND,
            wallet_id,
            installation: &installation,
            public_key: public_key.as_ref(),
            escrow: Some(EscrowPart::Ask { slot, key: &key.public_key }),
            report: None,
            frozen: None,
            nonce: &random.bytes(),
            said,
        };
        Ok((sign_parts(engine, &parts, provider)?, installation.id))
    });
    if let (Err(_), Some(alias)) = (&signed, &own_key) {
        device_keys.delete(alias).ok();
    }
    let (text, installation) = signed?;
    let request = sha256(&[text.as_bytes()]);
    let last_order = provider.last_order();
    let asked = AskedEscrow { wallet_id: *wallet_id, installation, request, last_order, key, asked: now };
    Ok(EscrowAsk { text, asked: Mutex::new(Some(Arc::new(asked))), own_key })
}

impl EscrowAsk {
    fn asked(&self) -> MutexGuard<'_, Option<Arc<AskedEscrow>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the wallet with the provider's grant, and then forgets the request's key. The new PIN has to be set within ten
/// minutes.
pub(crate) fn redeem(engine: &Engine, ask: &EscrowAsk, grant: &str) -> Result<Box<OpenedByRow>, GrantRefusal> {
    let asked = ask.asked().clone().ok_or(GrantRefusal::Word(WordError::NotAsked))?;
    let opened = open_granted(engine, &asked, grant)?;
    *ask.asked() = None;
    Ok(opened)
}

fn open_granted(engine: &Engine, asked: &AskedEscrow, grant: &str) -> Result<Box<OpenedByRow>, GrantRefusal> {
    with_stack_wiped(|| {
        let refused = |fault: &LockError| GrantRefusal::Wallet(refused(engine, fault));
        let now = engine.sessions.read_clock().map_err(|fault| refused(&fault.into()))?.now;
        let mut random = engine.draw().map_err(|fault| refused(&fault))?;
        // First, because the record tells more of orders and keys than the marks do.
        open::open_if_broken(engine).map_err(|fault| refused(&fault))?;
        let (policy, provider) = known(engine, &asked.wallet_id).map_err(GrantRefusal::Wallet)?;
        let taken = asked.take(&provider.keys(&policy), provider.last_order(), grant, now);
        let (data_key, proofs) = taken.map_err(GrantRefusal::Word)?;
        if !is_enough(engine, &proofs, now).map_err(GrantRefusal::Wallet)? {
            return Err(GrantRefusal::Word(WordError::NotEnough));
        }
        let found = find(engine, WayBack::Escrow, now).map_err(GrantRefusal::Wallet)?;
        let proofs: Vec<_> = proofs.iter().map(|proof| proof.name()).collect();
        let by = OpenedBy::Escrow { proofs: proofs.join(", ") };
        open_with(Some(data_key), by, found, &engine.requested_policy, &mut random, now).map_err(GrantRefusal::Wallet)
    })
}

/// Whether what the provider verified is enough for a new PIN, together with what this phone knows. While the record
/// cannot be read, no wait can be counted: then something from elsewhere is needed.
fn is_enough(engine: &Engine, verified: &[Proof], now: Now) -> Result<bool, CodeRefusal> {
    let read = engine.ledger.read(|view| {
        let wait_ms = view.record.policy.recovery.proofs_wait_ms();
        Ok(view.record.recovery.proofs.enough(verified, wait_ms, now))
    });
    let enough = match read {
        Ok(enough) => enough,
        Err(LockError::DataDamaged | LockError::WrongState | LockError::DeviceKey(_)) => {
            Proofs::default().enough(verified, engine.requested_policy.recovery.proofs_wait_ms(), now)
        }
        Err(fault) => return Err(refused(engine, &fault)),
    };
    Ok(enough == Enough::Now)
}

/// The policy about the provider, and what the wallet knows about it. While the record cannot be read, that is the
/// policy that the app asks for, and the orders of which marks tell.
fn known(engine: &Engine, wallet_id: &[u8; 16]) -> Result<(ProviderPolicy, Provider), CodeRefusal> {
    let read = engine.ledger.read(|view| Ok((view.record.policy.provider.clone(), view.record.provider.clone())));
    let (policy, provider) = match read {
        Ok(known) => known,
        Err(LockError::DataDamaged | LockError::WrongState | LockError::DeviceKey(_)) => {
            let marks = engine.device_keys.lost_marks(wallet_id).map_err(|fault| refused(engine, &fault.into()))?;
            let mut provider = Provider::default();
            let seen = marks.iter().filter(|mark| mark.effect != MarkedEffect::Withheld);
            seen.for_each(|mark| provider.note_order(mark.kid, mark.seq));
            (engine.requested_policy.provider.clone(), provider)
        }
        Err(fault) => return Err(refused(engine, &fault)),
    };
    Ok((policy.ok_or(CodeRefusal::NotSetUp)?, provider))
}
