//! Mutated words. Most are signed anew, so that what reads the claims is reached. None makes a parser panic, and none
//! is taken unless its claims are those that the README's table names.

use serde_json::{Map, Value, json};

use super::*;
use crate::fuzz::{inputs, mutate};
use crate::policy::KeyId;

/// The kinds of words, and the calls that take them.
const KINDS: [(&str, Call); 5] = [
    ("order", Call::Accept),
    ("keys", Call::Accept),
    ("grant", Call::Redeem),
    ("heartbeat", Call::Heartbeat),
    ("settle", Call::Heartbeat),
];
const CALLS: [Call; 3] = [Call::Accept, Call::Redeem, Call::Heartbeat];
/// The claims of all kinds, and some of none.
const NAMES: [&str; 19] = [
    "v",
    "aud",
    "sub",
    "seq",
    "iat",
    "act",
    "reason",
    "message",
    "contact",
    "req",
    "after",
    "proofs",
    "sealed",
    "last_order",
    "revoke",
    "add",
    "exp",
    "jti",
    "",
];

/// A word as it was before it was mutated.
struct Seed {
    kind: &'static str,
    payload: Map<String, Value>,
    text: String,
}

/// The frozen words.
fn seeds() -> Vec<Seed> {
    let frozen = include_str!("../../../vectors/provider_words_v1.txt");
    let words = frozen.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
    let seeds: Vec<_> = words.map(|(_, text)| seed(text)).collect();
    assert_eq!(seeds.len(), 8);
    seeds
}

fn seed(text: &str) -> Seed {
    let mut parts = text.split('.').map(|part| super::super::signer::decode(part).expect("base64url"));
    let (header, payload) = (parts.next().expect("a header"), parts.next().expect("a payload"));
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    let typ = header["typ"].as_str().expect("a kind");
    let (kind, _) = KINDS.into_iter().find(|(kind, _)| typ == format!("walletlock-{kind}+jwt")).expect("known");
    Seed { kind, payload: serde_json::from_slice(&payload).expect("JSON"), text: text.to_owned() }
}

/// A value that one of the claims may have, or one that is nearly that.
fn value(rng: &mut TestRng) -> Value {
    let text = |length: usize, letter: char| Value::String(letter.to_string().repeat(length));
    match rng.below(22) {
        0 => json!(0),
        1 => json!(1),
        2 => json!(9_007_199_254_740_991_u64),
        3 => json!(9_007_199_254_740_992_u64),
        4 => json!(u64::MAX),
        5 => json!(-1),
        6 => json!(1.0),
        7 => json!(1e300),
        8 => Value::Null,
        9 => json!(true),
        10 => json!([]),
        11 => json!({}),
        12 => json!(rng.pick(&["lock", "freeze", "wipe", "register", "unlock", "escrow", "unfreeze", "proof"])),
        13 => json!(rng.pick(&["lost", "unusual", "order", "Lost", ""])),
        14 => text(rng.pick(&[1, 160, 161]), rng.pick(&['a', ' ', '\u{202e}', '\u{1f512}', '\n'])),
        15 | 16 => {
            let mut bytes = vec![0; rng.pick(&[15, 16, 17, 31, 32, 33, 79, 80, 81])];
            rng.fill(&mut bytes);
            Value::String(encode(&bytes) + rng.pick(&["", "", "=", "A"]))
        }
        17 => json!(rng.pick(&["34750f98bd59fcfc", "34750F98BD59FCFC", "34750f98bd59fcf"])),
        18 => json!({"method": rng.pick(&["sms", "person", "SMS"]), "place": rng.pick(&["phone", "here"])}),
        19 => {
            let proof = json!({"method": "sms", "place": "phone", "challenge": encode(&[7; 16])});
            Value::Array(vec![proof; rng.below(11)])
        }
        20 => (0..rng.below(200)).fold(json!(1), |inner, _| json!([inner])),
        _ => json!(rng.draw() >> rng.below(64)),
    }
}

/// A payload with one to three claims changed, dropped, renamed or added. The second value: a claim was doubled.
fn payload(seed: &Seed, others: &[Seed], rng: &mut TestRng) -> (Vec<u8>, bool) {
    let mut claims = seed.payload.clone();
    for _ in 0..rng.below(4) {
        let name = rng.pick(&NAMES);
        match rng.below(4) {
            0 => drop(claims.remove(name)),
            1 => {
                let other = &others[rng.below(others.len())].payload;
                claims.extend(other.get(name).map(|value| (name.to_owned(), value.clone())));
            }
            _ => drop(claims.insert(name.to_owned(), value(rng))),
        }
    }
    let mut text = Value::Object(claims.clone()).to_string();
    let doubled = claims.iter().nth(rng.below(8)).filter(|_| rng.one_in(8));
    if let Some((name, value)) = doubled {
        text.truncate(text.len() - 1);
        text.push_str(&format!(",{}:{value}}}", Value::String(name.clone())));
    }
    let mut bytes = text.into_bytes();
    // A mutation could take the doubled claim away again.
    if doubled.is_none() && rng.one_in(3) {
        mutate(&mut bytes, rng);
    }
    (bytes, doubled.is_some())
}

/// A header, mostly the right one.
fn header(signer: &Signer, kind: &str, rng: &mut TestRng) -> Vec<u8> {
    let mut header = json!({"alg": "EdDSA", "kid": signer.id(), "typ": format!("walletlock-{kind}+jwt")});
    match rng.below(24) {
        0 => header["alg"] = json!(rng.pick(&["none", "Ed25519", "HS256", "eddsa", ""])),
        1 => header["kid"] = json!(rng.pick(&["34750f98bd59fcfc", "6a3803d5f059902a", "6A3803D5F059902A", "0"])),
        2 => header["typ"] = json!(rng.pick(&["JWT", "walletlock-order", "walletlock-grant+JWT", ""])),
        3 => header["crit"] = json!([]),
        4 => header["jwk"] = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(&[1; 32])}),
        _ => {}
    }
    let mut bytes = header.to_string().into_bytes();
    if rng.one_in(24) {
        mutate(&mut bytes, rng);
    }
    bytes
}

/// Whether the README's tables allow this word of this key.
fn is_valid(kind: &str, role: KeyRole, payload: &[u8]) -> bool {
    let Ok(Value::Object(claims)) = serde_json::from_slice(payload) else { return false };
    let number =
        |name: &str, least: u64| claims.get(name).and_then(Value::as_u64).is_some_and(|it| it >= least && it < 1 << 53);
    let act = claims.get("act").and_then(Value::as_str).unwrap_or_default();
    let (names, optional, signs): (&[&str], &[&str], KeyRole) = match (kind, act) {
        ("order", "lock") => (&["seq", "act", "reason"], &["message", "contact"], KeyRole::Online),
        ("order", "freeze") => (&["seq", "act"], &[], KeyRole::Online),
        ("order", "wipe") => (&["seq", "act"], &[], KeyRole::Guarded),
        ("grant", "escrow") => (&["sub", "act", "req", "after", "proofs", "sealed"], &[], KeyRole::Guarded),
        ("grant", "register" | "unlock" | "unfreeze" | "reset_pin" | "proof" | "appeal" | "devices") => {
            (&["sub", "act", "req", "after", "proofs"], &[], KeyRole::Guarded)
        }
        ("heartbeat", "") => (&["sub", "iat", "req", "last_order"], &[], KeyRole::Online),
        ("keys", "") => (&["seq", "revoke"], &["add"], KeyRole::Guarded),
        _ => return false,
    };
    let is_allowed = |name: &str| ["v", "aud"].contains(&name) || names.contains(&name) || optional.contains(&name);
    let fits = |(name, value): (&String, &Value)| match name.as_str() {
        "v" => *value == json!(1),
        "aud" | "sub" => is_bytes(value, 16),
        "req" | "add" => is_bytes(value, 32),
        "sealed" => is_bytes(value, 80),
        "seq" => number("seq", 1),
        "iat" | "after" | "last_order" => number(name, 0),
        "act" => true,
        "reason" => ["lost", "unusual", "order"].iter().any(|reason| value == reason),
        "message" => value.as_str().is_some_and(is_message),
        "contact" => value.as_u64().is_some() && claims.contains_key("message"),
        "revoke" => value
            .as_str()
            .is_some_and(|id| id.len() == 16 && id.bytes().all(|digit| b"0123456789abcdef".contains(&digit))),
        "proofs" => {
            value.as_array().is_some_and(|proofs| (1..=8).contains(&proofs.len()) && proofs.iter().all(is_proof))
        }
        _ => false,
    };
    let is_whole = ["v", "aud"].iter().chain(names).all(|name| claims.contains_key(*name));
    role == signs && is_whole && claims.keys().all(|name| is_allowed(name)) && claims.iter().all(fits)
}

fn is_bytes(value: &Value, length: usize) -> bool {
    let bytes = value.as_str().and_then(|text| Some((text, super::super::signer::decode(text)?)));
    bytes.is_some_and(|(text, bytes)| bytes.len() == length && encode(&bytes) == text)
}

fn is_message(text: &str) -> bool {
    let is_hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    (1..=160).contains(&text.chars().count())
        && !text.chars().any(is_hidden)
        && text.chars().any(|it| !it.is_whitespace())
}

fn is_proof(proof: &Value) -> bool {
    let text = |name: &str| proof.get(name).and_then(Value::as_str);
    let methods = ["sms", "mail", "link", "authenticator", "code", "device", "person"];
    proof.as_object().is_some_and(|members| members.len() == 3)
        && text("method").is_some_and(|method| methods.contains(&method))
        && text("place").is_some_and(|place| ["phone", "elsewhere"].contains(&place))
        && proof.get("challenge").is_some_and(|challenge| is_bytes(challenge, 16))
}

/// A phone with open requests for the frozen words.
fn phone() -> Provider {
    [("u", Asked::Unlock), ("f", Asked::Unfreeze), ("h", Asked::Heartbeat), ("p", asked_proof())]
        .iter()
        .fold(registered(), |provider, (text, kind)| with_request(&provider, text, *kind))
}

#[test]
fn a_word_whose_text_was_changed_is_not_taken() {
    let (seeds, phone) = (seeds(), phone());
    for (place, mut rng) in inputs() {
        let Seed { text, .. } = &seeds[rng.below(seeds.len())];
        let mut bytes = text.clone().into_bytes();
        mutate(&mut bytes, &mut rng);
        if rng.one_in(4) {
            // The parts of another word.
            let other: Vec<_> = seeds[rng.below(seeds.len())].text.split('.').map(str::as_bytes).collect();
            let mut parts: Vec<_> = bytes.split(|byte| *byte == b'.').collect();
            let at = rng.below(parts.len());
            parts[at] = other[at % other.len()];
            bytes = parts.join(&b'.');
        }
        let mutated = String::from_utf8_lossy(&bytes);
        let is_a_seed = seeds.iter().any(|seed| seed.text == mutated);
        let call = rng.pick(&CALLS);
        assert!(is_a_seed || take(&phone, call, &mutated, NOW).is_err(), "{place}: {mutated} was taken");
    }
}

#[test]
fn a_word_that_is_signed_anew_is_taken_only_if_its_claims_are_valid() {
    let (seeds, phone, keys) = (seeds(), phone(), phone().keys(&policy()));
    let signers = [(online(), KeyRole::Online), (guarded(), KeyRole::Guarded), (offline(), KeyRole::Guarded)];
    let (mut read_words, mut taken) = (0, 0);
    for (place, mut rng) in inputs() {
        let seed = &seeds[rng.below(seeds.len())];
        let kind = if rng.one_in(8) { rng.pick(&KINDS).0 } else { seed.kind };
        let (signer, role) = &signers[rng.below(signers.len())];
        let (payload, is_doubled) = payload(seed, &seeds, &mut rng);
        let text = signer.sign_raw(header(signer, kind, &mut rng), &payload);
        // The call that takes such words, and any.
        let right = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, call)| *call);
        for call in right.into_iter().chain([rng.pick(&CALLS)]) {
            let Ok(word) = read(call, &keys, &text) else { continue };
            read_words += 1;
            let said = String::from_utf8_lossy(&payload);
            assert!(is_valid(kind, *role, &payload) && !is_doubled, "{place}: {kind} {said} was read");
            assert!(KINDS.contains(&(kind, call)), "{place}: {kind} was read by {call:?}");
            assert_eq!(word.kid, KeyId::of(&signer.key(*role).key), "{place}");
            let claims: Value = serde_json::from_slice(&payload).expect("JSON");
            assert_eq!(claims["aud"], encode(&word.wallet_id), "{place}");
            taken += u32::from(take(&phone, call, &text, NOW).is_ok());
        }
    }
    assert!(read_words > 100 && taken > 100, "hardly any word is valid: {read_words}, {taken}");
}

/// The control: the test's own table takes every frozen word.
#[test]
fn the_frozen_words_are_valid() {
    for seed in seeds() {
        let payload = Value::Object(seed.payload).to_string();
        let is_valid = |role| is_valid(seed.kind, role, payload.as_bytes());
        assert_ne!(is_valid(KeyRole::Online), is_valid(KeyRole::Guarded), "{payload}");
    }
}
