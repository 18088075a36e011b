//! Frozen words: what a provider signs today is read by every later version.

use super::*;

/// A word of the vectors, and how it is taken.
struct Vector {
    name: &'static str,
    call: Call,
    text: String,
}

/// The words that stand in `core/vectors/provider_words_v1.txt`, in its order.
fn words() -> Vec<Vector> {
    let vector = |name, call, text| Vector { name, call, text };
    let online_id = online().id();
    vec![
        vector(
            "lock",
            Call::Accept,
            online().sign(
                "order",
                &order(41, r#""act":"lock","reason":"lost","message":"Please call. Reward!","contact":0"#),
            ),
        ),
        vector("freeze", Call::Accept, online().sign("order", &order(42, r#""act":"freeze""#))),
        vector("wipe", Call::Accept, guarded().sign("order", &order(43, r#""act":"wipe""#))),
        vector(
            "keys",
            Call::Accept,
            keys(
                1,
                &format!(
                    r#""revoke":"{online_id}","add":"{}""#,
                    encode(&Signer::from_seed(&[4; 32]).key(KeyRole::Online).key)
                ),
            ),
        ),
        vector("unlock", Call::Redeem, grant("unlock", "u", 0)),
        vector("unfreeze", Call::Redeem, grant("unfreeze", "f", 0)),
        vector("heartbeat", Call::Heartbeat, heartbeat("h", 1_767_225_600, 0)),
        vector("proof", Call::Redeem, grant("proof", "p", 0)),
    ]
}

fn asked() -> Provider {
    [("u", Asked::Unlock), ("f", Asked::Unfreeze), ("h", Asked::Heartbeat), ("p", asked_proof())]
        .iter()
        .fold(registered(), |provider, (text, kind)| with_request(&provider, text, *kind))
}

/// Ed25519 is deterministic (RFC 8032), so the same words have the same bytes for ever.
#[test]
fn the_words_are_frozen() {
    let frozen = include_str!("../../../vectors/provider_words_v1.txt");
    let frozen: Vec<_> = frozen.lines().filter(|line| !line.starts_with('#')).collect();
    let words = words();
    assert_eq!(frozen.len(), words.len());
    for (line, Vector { name, call, text }) in frozen.iter().zip(&words) {
        assert_eq!(*line, format!("{name} {text}"));
        assert!(take(&asked(), *call, text, NOW).is_ok(), "{name}");
    }
}

/// Every byte of every word is covered: changed in any one bit, the word is refused. That a refusal changes nothing
/// follows from the type: the state after a word exists only if the word was taken.
#[test]
fn a_word_with_any_bit_flipped_is_refused() {
    let asked = asked();
    for Vector { name, call, text } in words() {
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let flipped = String::from_utf8(bytes).expect("ASCII");
                assert!(take(&asked, call, &flipped, NOW).is_err(), "{name}: bit {bit} of byte {at}");
            }
        }
    }
}

/// The point of the requests' key, as a request to register holds it.
fn point_of(request: &str) -> [u8; 65] {
    let read = signer::read_request(request, None).expect("a request to register");
    read.public_key.try_into().expect("a point")
}

/// A phone's requests are frozen too: every backend must read them. Their signatures differ each time (ECDSA), so what
/// is signed is compared, and the frozen signature verified.
#[test]
fn the_requests_are_frozen() {
    let frozen = include_str!("../../../vectors/provider_requests_v1.txt");
    let texts: Vec<_> = frozen.lines().filter(|line| !line.starts_with('#')).collect();
    let [register, unlock, deposit, ask, send_code, prove, report] = texts.as_slice() else { panic!("seven requests") };
    let public_key = point_of(register);
    let mut id = [0; 16];
    id.copy_from_slice(&crate::crypto::sha256(&[&public_key])[..16]);
    let installation = Installation { id, alias: "not in it".to_owned(), owner_key: None };
    let signed_with = |kind: &str, public_key, escrow, report, provider: &Provider, said: &ProviderRequest| {
        let (nonce, wallet_id, installation) = (&[0x33; 16], &WALLET, &installation);
        let parts =
            RequestParts { kind, wallet_id, installation, public_key, escrow, report, frozen: None, nonce, said };
        parts.to_signed_text(provider).expect("short").to_string()
    };
    let signed = |kind: &str, public_key, escrow, provider: &Provider, said: &ProviderRequest| {
        signed_with(kind, public_key, escrow, None, provider, said)
    };
    let without_signature = |text: &str| text.rsplit_once('.').expect("a signature").0.to_owned();
    let nothing = ProviderRequest::default();
    let expected = signed("register", Some(&public_key), None, &Provider::default(), &nothing);
    assert_eq!(without_signature(register), expected);
    let (locked, _) = take(&registered(), Call::Accept, &lock(41), NOW).expect("taken");
    let said = ProviderRequest {
        channel: Some("sms".to_owned()),
        code: Some(zeroize::Zeroizing::new("123456".to_owned())),
        what: Some("case 7".to_owned()),
    };
    assert_eq!(without_signature(unlock), signed("unlock", None, None, &locked, &said));
    let read = signer::read_request(unlock, Some(&public_key)).expect("signed by that key");
    assert_eq!((read.kind.as_str(), read.last_order, read.code.as_deref()), ("unlock", 41, Some("123456")));
    let (digest, slot, key) = ([0x44; 32], [0x55; 80], [0x66; 32]);
    let part = Some(EscrowPart::Deposit { digest: &digest, version: 7 });
    assert_eq!(without_signature(deposit), signed("deposit", None, part, &locked, &nothing));
    let read = signer::read_request(deposit, Some(&public_key)).expect("signed by that key");
    assert_eq!((read.kind.as_str(), read.deposit), ("deposit", Some((signer::encode(&digest), 7))));
    let part = Some(EscrowPart::Ask { slot: &slot, key: &key });
    assert_eq!(without_signature(ask), signed("escrow", Some(&public_key), part, &locked, &nothing));
    let read = signer::read_request(ask, None).expect("signed by the key in it");
    assert_eq!((read.kind.as_str(), read.escrow), ("escrow", Some((slot.to_vec(), key))));
    let (phone, mail) = ("sms:abababababababab", "mail:cdcdcdcdcdcdcdcd");
    let about = |code: Option<&str>, what: Option<&str>| ProviderRequest {
        channel: Some(phone.to_owned()),
        code: code.map(|code| zeroize::Zeroizing::new(code.to_owned())),
        what: what.map(str::to_owned),
    };
    let said = about(None, Some("+8613812345678"));
    assert_eq!(without_signature(send_code), signed("send_code", None, None, &locked, &said));
    let read = signer::read_request(send_code, Some(&public_key)).expect("signed by that key");
    assert_eq!((read.channel.as_deref(), read.what.as_deref()), (Some(phone), Some("+8613812345678")));
    assert_eq!(without_signature(prove), signed("prove", None, None, &locked, &about(Some("123456"), None)));
    let read = signer::read_request(prove, Some(&public_key)).expect("signed by that key");
    assert_eq!((read.kind.as_str(), read.code.as_deref(), read.report), ("prove", Some("123456"), None));
    let channel = |channel: &str, state| ReportedChannel { channel: channel.to_owned(), state };
    let change = |what: &str, left_s| ReportedChange { what: what.to_owned(), left_s };
    let told = Report {
        channels: vec![channel(phone, "in_force"), channel(mail, "waiting")],
        second_factor: Some("authenticator"),
        pending: vec![change("recovery", 259_200), change(mail, 86_400)],
    };
    assert_eq!(without_signature(report), signed_with("report", None, None, Some(&told), &locked, &nothing));
    let read = signer::read_request(report, Some(&public_key)).and_then(|read| read.report).expect("a report");
    let channels: Vec<_> = read.channels.iter().map(|it| (it.channel.as_str(), it.state.as_str())).collect();
    assert_eq!(channels, [(phone, "in_force"), (mail, "waiting")]);
    let pending: Vec<_> = read.pending.iter().map(|it| (it.what.as_str(), it.left_s)).collect();
    assert_eq!(
        (read.second_factor.as_deref(), pending),
        (Some("authenticator"), vec![("recovery", 259_200), (mail, 86_400)])
    );
    let other = unlock.replacen("eyJ", "eyK", 1);
    assert_eq!(signer::read_request(&other, Some(&public_key)), None);
}
