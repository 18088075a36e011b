//! The provider's desk: it registers a phone, and says that a code was right.

use sha2::{Digest, Sha256};
use walletlock_core::policy::{ClearsUnusual, KeyRole, ProviderPolicy};
use walletlock_core::provider::signer::{ReadRequest, Signer, encode, read_request, request_hash};

/// Its keys, one online and two guarded.
pub(crate) fn policy() -> ProviderPolicy {
    let roles = [(1, KeyRole::Online), (2, KeyRole::Guarded), (3, KeyRole::Guarded)];
    ProviderPolicy {
        keys: roles.map(|(seed, role)| Signer::from_seed(&[seed; 32]).key(role)).to_vec(),
        allowance_h: None,
        warn_percent: 80,
        unusual: ClearsUnusual::Pin,
        escrow_key: None,
    }
}

/// The grant that registers a phone, for its request. Returns the phone's key, too.
pub(crate) fn sign_registration(text: &str) -> (String, Vec<u8>) {
    let read = read_request(text, None).expect("a request of a phone that is not registered");
    (grant(&read, text, "register", "person", "elsewhere"), read.public_key)
}

/// The grant that says that the code by SMS was right, for a request of the phone with this key. Returns the code that
/// was typed, too.
pub(crate) fn sign_sms_proof(text: &str, public_key: &[u8]) -> (String, Option<String>) {
    let read = read_request(text, Some(public_key)).expect("a request of this phone");
    (grant(&read, text, "proof", "sms", "phone"), read.code)
}

fn grant(read: &ReadRequest, text: &str, act: &str, method: &str, place: &str) -> String {
    let (ReadRequest { wallet, installation, last_order, .. }, req) = (read, request_hash(text));
    // Each proof answers a question of its own.
    let challenge = encode(&Sha256::digest(text)[..16]);
    let proof = format!(r#"{{"method":"{method}","place":"{place}","challenge":"{challenge}"}}"#);
    let named = format!(r#""aud":"{wallet}","sub":"{installation}","act":"{act}""#);
    let claims = format!(r#"{{"v":1,{named},"req":"{req}","after":{last_order},"proofs":[{proof}]}}"#);
    Signer::from_seed(&[2; 32]).sign("grant", &claims)
}
