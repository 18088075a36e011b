//! The words of the provider: what is read, what is refused and why, and what each changes.

mod claims;
mod floors;
mod fuzz;
mod grants;
mod vectors;

use super::signer::{Signer, encode, request_hash};
use super::*;
use crate::platform::testing::TestRng;
use crate::policy::{ClearsUnusual, KeyRole, ProviderPolicy};
use crate::proof::ChannelId;
use crate::time::Now;

const WALLET: [u8; 16] = [0x11; 16];
const INSTALLATION: [u8; 16] = [0x22; 16];
const NOW: Now = Now { boot: Some(2), since_boot_ms: 60_000, wall_ms: 1_767_225_600_000 };

fn online() -> Signer {
    Signer::from_seed(&[1; 32])
}

fn guarded() -> Signer {
    Signer::from_seed(&[2; 32])
}

fn offline() -> Signer {
    Signer::from_seed(&[3; 32])
}

fn policy() -> ProviderPolicy {
    let keys = vec![online().key(KeyRole::Online), guarded().key(KeyRole::Guarded), offline().key(KeyRole::Guarded)];
    ProviderPolicy { keys, allowance_h: Some(168), warn_percent: 80, unusual: ClearsUnusual::Pin, escrow_key: None }
}

/// A phone, as its record knows it, that the provider has registered.
fn registered() -> Provider {
    let asked = with_request(&Provider::default(), "register", Asked::Register);
    let mut asked = asked;
    asked.note_pending(Installation {
        id: INSTALLATION,
        alias: "place/wallet/installation/7".to_owned(),
        owner_key: None,
    });
    let word = grant("register", "register", 0);
    take(&asked, Call::Redeem, &word, NOW).expect("registered").0
}

fn with_request(provider: &Provider, text: &str, kind: Asked) -> Provider {
    let mut provider = provider.clone();
    provider.note_request(text, kind, NOW, provider.changes());
    provider
}

/// What a request asks for that hands a code in.
fn asked_proof() -> Asked {
    Asked::Proof {
        purpose: ProofPurpose::Recovery,
        channel: Some(ChannelId([0xab; 8])),
        is_first: false,
        is_typed: true,
    }
}

fn proofs() -> String {
    format!(r#"[{{"method":"sms","place":"phone","challenge":"{}"}}]"#, encode(&[7; 16]))
}

fn order(seq: u64, act: &str) -> String {
    format!(r#"{{"v":1,"aud":"{}","seq":{seq},{act}}}"#, encode(&WALLET))
}

fn lock(seq: u64) -> String {
    online().sign("order", &order(seq, r#""act":"lock","reason":"lost""#))
}

fn grant_claims(act: &str, request: &str, after: u64) -> String {
    let (aud, sub, req) = (encode(&WALLET), encode(&INSTALLATION), request_hash(request));
    let proofs = proofs();
    format!(r#"{{"v":1,"aud":"{aud}","sub":"{sub}","act":"{act}","req":"{req}","after":{after},"proofs":{proofs}}}"#)
}

fn grant(act: &str, request: &str, after: u64) -> String {
    guarded().sign("grant", &grant_claims(act, request, after))
}

fn heartbeat_claims(request: &str, time_s: u64, last_order: u64) -> String {
    let (aud, sub, req) = (encode(&WALLET), encode(&INSTALLATION), request_hash(request));
    format!(r#"{{"v":1,"aud":"{aud}","sub":"{sub}","iat":{time_s},"req":"{req}","last_order":{last_order}}}"#)
}

fn heartbeat(request: &str, time_s: u64, last_order: u64) -> String {
    online().sign("heartbeat", &heartbeat_claims(request, time_s, last_order))
}

fn keys(seq: u64, rest: &str) -> String {
    let claims = format!(r#"{{"v":1,"aud":"{}","seq":{seq},{rest}}}"#, encode(&WALLET));
    guarded().sign("keys", &claims)
}

/// Takes a word as a flow does: the state after it, and its effect. A text that was answered before changes nothing.
fn take(provider: &Provider, call: Call, text: &str, now: Now) -> Result<(Provider, Option<Effect>), WordError> {
    let policy = policy();
    let scene = Scene { policy: &policy, wallet_id: &WALLET, order_is_missing: false, has_code: false, now };
    match provider.read(call, &scene, text)? {
        Reading::Again(_) => Ok((provider.clone(), None)),
        Reading::New(word, hash) => {
            let (mut next, effect) = provider.take(&word, &scene)?;
            next.note_answer(hash, WordDone::Locked);
            assert!(next.is_in_range(), "{next:?}");
            Ok((next, Some(effect)))
        }
    }
}

fn refusal(provider: &Provider, call: Call, text: &str) -> WordError {
    take(provider, call, text, NOW).expect_err(text)
}

fn later(ms: u64) -> Now {
    Now { since_boot_ms: NOW.since_boot_ms + ms, wall_ms: NOW.wall_ms + ms as i64, ..NOW }
}
