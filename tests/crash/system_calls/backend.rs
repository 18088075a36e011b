//! The provider's side: it signs words for the wallet on this phone. Each function says how the wallet took the word,
//! in the words that [`crate::world`] knows.

use walletlock_core::policy::{ClearsUnusual, KeyRole, Policy, ProviderPolicy, presets};
use walletlock_core::provider::signer::{Signer, decode, encode, read_request, request_hash};
use walletlock_core::{LockError, ProviderRequest, ProviderState, RequestKind, WalletLock, WordOutcome};

use crate::life::failed;
use crate::phone::Home;
use crate::{desk, paying};

/// The number of the only order.
pub(crate) const ORDER: u64 = 1;
/// Hours without a heartbeat after which the wallet locks itself.
const ALLOWANCE_H: u32 = 168;

/// The keys: one online, and two guarded.
fn signers() -> [Signer; 3] {
    [1, 2, 3].map(|seed| Signer::from_seed(&[seed; 32]))
}

pub(crate) fn policy() -> Policy {
    let [online, guarded, offline] = signers();
    let keys = vec![online.key(KeyRole::Online), guarded.key(KeyRole::Guarded), offline.key(KeyRole::Guarded)];
    let provider = ProviderPolicy {
        keys,
        allowance_h: Some(ALLOWANCE_H),
        warn_percent: 80,
        unusual: ClearsUnusual::Pin,
        escrow_key: Some(desk::escrow_pair().key()),
    };
    Policy { provider: Some(provider), payment: paying::policy(), ..presets::walletlock() }
}

/// Registers the phone.
pub(crate) fn register(home: &Home, lock: &WalletLock) -> String {
    in_words(state(lock).and_then(|state| {
        let request = lock.provider().register(&ProviderRequest::default())?;
        let phone = read_request(&request, None).expect("a request of a phone");
        desk::note_phone(home, &phone);
        lock.provider().redeem(&grant(&state, &phone.installation, "register", &request))
    }))
}

/// The phone's request to clear its locks.
pub(crate) fn ask(lock: &WalletLock) -> Result<String, LockError> {
    lock.provider().request(RequestKind::Unlock, &ProviderRequest::default())
}

/// Grants that request, in knowledge of the order.
pub(crate) fn unlock(lock: &WalletLock, request: &str) -> String {
    in_words(state(lock).and_then(|state| {
        let installation = encode(&state.installation.expect("registered"));
        lock.provider().redeem(&grant(&state, &installation, "unlock", request))
    }))
}

/// Orders a lock: the phone is lost. A lock whose storage failed cannot tell the wallet's id; the provider knows it.
pub(crate) fn order(lock: &WalletLock, wallet: &[u8; 16]) -> String {
    let aud = encode(wallet);
    let claims = format!(r#"{{"v":1,"aud":"{aud}","seq":{ORDER},"act":"lock","reason":"lost"}}"#);
    in_words(lock.provider().accept(&signers()[0].sign("order", &claims)))
}

/// Answers a heartbeat's request. The last order that the provider says it has sent is `last_order`.
pub(crate) fn beat(lock: &WalletLock, last_order: u64) -> String {
    in_words(state(lock).and_then(|state| {
        let request = lock.provider().request(RequestKind::Heartbeat, &ProviderRequest::default())?;
        let (aud, req) = (encode(&state.wallet), request_hash(&request));
        let sub = encode(&state.installation.expect("registered"));
        let claims = format!(
            r#"{{"v":1,"aud":"{aud}","sub":"{sub}","iat":1767225600,"req":"{req}","last_order":{last_order}}}"#
        );
        lock.provider().heartbeat(&signers()[0].sign("heartbeat", &claims), &[])
    }))
}

/// Revokes the online key.
pub(crate) fn revoke(lock: &WalletLock) -> String {
    in_words(state(lock).and_then(|state| {
        let (aud, [online, _, offline]) = (encode(&state.wallet), signers());
        let claims = format!(r#"{{"v":1,"aud":"{aud}","seq":1,"revoke":"{}"}}"#, online.id());
        lock.provider().accept(&offline.sign("keys", &claims))
    }))
}

/// Says that so many minor units were charged for the payment that was authorised under this number.
pub(crate) fn settle(lock: &WalletLock, jti: &str, minor: u64) -> String {
    in_words(state(lock).and_then(|state| {
        let (aud, sub) = (encode(&state.wallet), encode(&state.installation.expect("registered")));
        let named = format!(r#""aud":"{aud}","sub":"{sub}","jti":"{jti}","payment":"{}""#, paying::PAYMENT);
        let claims = format!(r#"{{"v":1,{named},"state":"captured","captured_minor":{minor}}}"#);
        lock.provider().accept(&signers()[0].sign("settle", &claims))
    }))
}

fn grant(state: &ProviderState, installation: &str, act: &str, request: &str) -> String {
    grant_to(&encode(&state.wallet), installation, &format!(r#""act":"{act}""#), request, state.last_order)
}

/// A grant with these ids. `act`: the claim `act`, and what belongs to it.
pub(crate) fn grant_to(aud: &str, sub: &str, act: &str, request: &str, after: u64) -> String {
    // A person has verified the owner, and called back the account's number.
    grant_with(aud, sub, act, request, after, &[("person", "elsewhere"), ("sms", "phone")])
}

/// The same with these proofs, each by its method and place.
pub(crate) fn grant_with(
    aud: &str,
    sub: &str,
    act: &str,
    request: &str,
    after: u64,
    proofs: &[(&str, &str)],
) -> String {
    let req = request_hash(request);
    // Each proof answers a question of its own.
    let digest = decode(&req).expect("a hash");
    let proof = |(nth, (method, place)): (usize, &(&str, &str))| {
        let challenge = encode(&digest[nth..nth + 16]);
        format!(r#"{{"method":"{method}","place":"{place}","challenge":"{challenge}"}}"#)
    };
    let proofs = proofs.iter().enumerate().map(proof).collect::<Vec<_>>().join(",");
    let claims =
        format!(r#"{{"v":1,"aud":"{aud}","sub":"{sub}",{act},"req":"{req}","after":{after},"proofs":[{proofs}]}}"#);
    signers()[1].sign("grant", &claims)
}

/// The grant that says that the code in a request is the one that was sent. `None`: it is not.
pub(crate) fn prove(home: &Home, request: &str, sent: &str) -> Option<String> {
    let read = desk::read(home, request);
    if read.code.as_deref() != Some(sent) {
        return None;
    }
    let (aud, sub, after) = (&read.wallet, &read.installation, read.last_order);
    Some(grant_with(aud, sub, r#""act":"proof""#, request, after, &[("sms", "phone")]))
}

pub(crate) fn redeem(lock: &WalletLock, grant: &str) -> String {
    in_words(lock.provider().redeem(grant))
}

pub(crate) fn state(lock: &WalletLock) -> Result<ProviderState, LockError> {
    lock.provider().state()
}

fn in_words(taken: Result<WordOutcome, LockError>) -> String {
    match taken {
        Ok(WordOutcome::Done(done)) => format!("{done:?}"),
        Ok(WordOutcome::Refused(error)) => format!("refused: {error}"),
        Err(error) => failed(&error),
    }
}
