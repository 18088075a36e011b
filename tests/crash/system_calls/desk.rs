//! The provider's desk for escrow: it keeps the digest of one slot, and opens no other one. What it keeps is in files,
//! because it outlasts the phone's processes.

use std::fs;

use walletlock_core::provider::signer::{EscrowPair, ReadRequest, encode, escrow_digest, read_request};
use walletlock_core::{
    EscrowOutcome, EscrowRequest, GrantOutcome, LockError, ProviderRequest, RequestKind, Rescue, Session, WalletLock,
};

use crate::life::failed;
use crate::phone::Home;
use crate::{backend, paper};

/// The file with the digest of the slot that was deposited.
const DEPOSIT: &str = "deposit";

pub(crate) fn escrow_pair() -> EscrowPair {
    EscrowPair::from_private_key(&[4; 32])
}

/// Notes the key of a phone that is registered.
pub(crate) fn note_phone(home: &Home, phone: &ReadRequest) {
    fs::write(home.desk().join(&phone.installation), &phone.public_key).expect("noted");
}

/// Has escrow switched on or off.
pub(crate) fn switch(session: &Session, is_on: bool) -> Result<String, LockError> {
    session.access().switch_escrow(is_on).map(paper::in_words)
}

/// The phone deposits its slot.
pub(crate) fn deposit(home: &Home, lock: &WalletLock) -> String {
    match lock.provider().request(RequestKind::Deposit, &ProviderRequest::default()) {
        Ok(request) => {
            let (digest, _) = read(home, &request).deposit.expect("a deposit");
            fs::write(home.desk().join(DEPOSIT), digest).expect("noted");
            "deposited".to_owned()
        }
        Err(error) => failed(&error),
    }
}

/// A request for the data key, in the memory of the phone's process, and the provider's grant for it.
pub(crate) struct Granted {
    request: EscrowRequest,
    grant: String,
}

/// What the provider has verified.
pub(crate) type Verified<'a> = &'a [(&'a str, &'a str)];
/// A person has verified the owner, and called back the account's number.
pub(crate) const BY_PERSON: Verified<'_> = &[("person", "elsewhere"), ("sms", "phone")];
/// Only a code that was sent.
pub(crate) const BY_SMS: Verified<'_> = &[("sms", "phone")];

/// Asks for the data key. The provider opens the slot if it is the one that was deposited.
pub(crate) fn ask(home: &Home, lock: &WalletLock, verified: Verified<'_>) -> Result<Granted, String> {
    let request = match lock.recovery().ask_escrow(&ProviderRequest::default()) {
        Ok(EscrowOutcome::Asked(request)) => request,
        Ok(EscrowOutcome::Refused(refusal)) => return Err(paper::refusal_in_words(&refusal)),
        Err(error) => return Err(failed(&error)),
    };
    let read = read(home, request.text());
    let (slot, _) = read.escrow.as_ref().expect("a request for escrow");
    if deposited(home).as_deref() != Some(escrow_digest(slot).as_str()) {
        return Err("not deposited".to_owned());
    }
    let sealed = escrow_pair().reseal(request.text(), &read, &[9; 32]).expect("a slot of this wallet");
    let act = format!(r#""act":"escrow","sealed":"{sealed}""#);
    let grant = backend::grant_with(&read.wallet, &read.installation, &act, request.text(), read.last_order, verified);
    Ok(Granted { request, grant })
}

/// Opens the wallet with the grant.
pub(crate) fn open(granted: &Granted) -> Result<Rescue, String> {
    match granted.request.redeem(&granted.grant) {
        GrantOutcome::Opened(rescue) => Ok(rescue),
        GrantOutcome::Refused(error) => Err(format!("refused: {error}")),
        GrantOutcome::NotOpened(refusal) => Err(paper::refusal_in_words(&refusal)),
    }
}

/// Whether the slot in force is the one that was deposited. `None`: escrow is off.
pub(crate) fn is_deposited(home: &Home, lock: &WalletLock) -> Result<Option<bool>, String> {
    let state = backend::state(lock).map_err(|error| failed(&error))?;
    Ok(state.escrow_digest.map(|digest| deposited(home) == Some(encode(&digest))))
}

fn deposited(home: &Home) -> Option<String> {
    fs::read_to_string(home.desk().join(DEPOSIT)).ok()
}

/// Reads a request of a phone that brings its key or is registered.
pub(crate) fn read(home: &Home, request: &str) -> ReadRequest {
    let files = fs::read_dir(home.desk()).expect("the desk").flatten();
    let mut keys = files.filter_map(|file| fs::read(file.path()).ok());
    let read = read_request(request, None).or_else(|| keys.find_map(|key| read_request(request, Some(&key))));
    read.expect("a request of a phone")
}
